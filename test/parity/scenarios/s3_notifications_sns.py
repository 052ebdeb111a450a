"""What topics receive of S3."""

import json

from harness import entry

from .s3_notifications_sqs import CREATED, hide
from .sns.tools import subscribed


@entry("TestS3NotificationsToSns::test_object_created_put")
def put(t):
    hide(t)
    topic, url, _ = subscribed(t)
    bucket = t.bucket()
    configuration = {"TopicConfigurations": [{"TopicArn": topic, "Events": CREATED}]}
    t.s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration=configuration
    )
    for body in ["first event", "second event"]:
        t.s3.put_object(Bucket=bucket, Key="bucket-key", Body=body)
    # The first is the test event.
    found = [json.loads(message["Body"]) for message in t.messages(url, 3)]
    messages = [one for one in found if "Records" in one["Message"]]
    for message in messages:
        message["Message"] = json.loads(message["Message"])
    t.record("receive_messages", {"messages": messages})
