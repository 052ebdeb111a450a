"""What queues receive of S3, and which configurations are refused."""

import json

import urllib3

from harness import entry

CREATED = ["s3:ObjectCreated:*"]
HIDDEN = {
    "x-amz-id-2": "amz-id",
    "x-amz-request-id": "amz-request-id",
    "sequencer": "sequencer",
    "versionId": "version-id",
}


def hide(t):
    for key, word in HIDDEN.items():
        t.mask(key, word)


def notifying(t, events=CREATED, region=None, **configuration):
    """A bucket and a queue's URL; what happens in the one is told to the other."""
    hide(t)
    s3, sqs = (t.client(name, region=region) for name in ("s3", "sqs"))
    url = sqs.create_queue(QueueName=t.name("queue"))["QueueUrl"]
    t.defer(sqs.delete_queue, QueueUrl=url)
    arn = f"arn:aws:sqs:{region or t.region}:{t.account}:{url.split('/')[-1]}"
    place = {"LocationConstraint": region}
    made = {} if region is None else {"CreateBucketConfiguration": place}
    bucket = t.name("bucket")
    s3.create_bucket(Bucket=bucket, **made)
    t.defer(t.empty_bucket, name=bucket)
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": events, **configuration}]
        },
    )
    return bucket, url


def events_of(t, url, count, region=None):
    """So many records, in the order of their names and keys; the test event is none."""
    found = []
    sqs = t.client("sqs", region=region)

    def look():
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.extend(json.loads(message["Body"]).get("Records", []))
        return len(found) >= count

    t.until(look, every=0)
    return sorted(found, key=lambda event: (event["eventName"], event["s3"]["object"]["key"]))


def told(t, url, count):
    t.record("receive_messages", {"messages": events_of(t, url, count)})


@entry("TestS3NotificationsToSQS::test_object_created_put")
def put(t):
    bucket, url = notifying(t)
    t.s3.put_object(Bucket=bucket, Key="my_key_0", Body="something")
    t.s3.put_object(Bucket=bucket, Key="my_key_1", Body="something else")
    told(t, url, 2)


@entry("TestS3NotificationsToSQS::test_object_created_copy")
def copy(t):
    bucket, url = notifying(t, ["s3:ObjectCreated:Copy"])
    t.s3.put_object(Bucket=bucket, Key="src-dest-0", Body="something")
    t.s3.copy_object(
        Bucket=bucket, CopySource={"Bucket": bucket, "Key": "src-dest-0"}, Key="key-dest-1"
    )
    told(t, url, 1)


@entry("TestS3NotificationsToSQS::test_object_created_and_object_removed")
def created_and_removed(t):
    bucket, url = notifying(t, ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"])
    source, target = "src-dest-0", "key-dest-1"
    t.s3.put_object(Bucket=bucket, Key=source, Body="something")
    t.s3.copy_object(Bucket=bucket, CopySource={"Bucket": bucket, "Key": source}, Key=target)
    t.s3.delete_object(Bucket=bucket, Key=source)
    told(t, url, 3)


@entry("TestS3NotificationsToSQS::test_delete_objects")
def deleted_together(t):
    bucket, url = notifying(t, ["s3:ObjectRemoved:*"])
    keys = [f"key-{index}" for index in range(4)]
    for key in keys[:3]:
        t.s3.put_object(Bucket=bucket, Key=key, Body="something")
    t.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})
    told(t, url, 3)


@entry("TestS3NotificationsToSQS::test_key_encoding")
def key_encoding(t):
    bucket, url = notifying(t)
    t.s3.put_object(Bucket=bucket, Key="a@b", Body="something")
    told(t, url, 1)


@entry("TestS3NotificationsToSQS::test_object_created_put_with_presigned_url_upload")
def presigned(t):
    for key, region in [("receive_messages", None), ("receive_messages_region_2", "us-west-2")]:
        bucket, url = notifying(t, region=region)
        signing = t.client("s3", region=region, signature_version="s3v4")
        upload = signing.generate_presigned_url(
            "put_object", Params={"Bucket": bucket, "Key": "key-by-hostname"}
        )
        answer = urllib3.request("PUT", upload, body=b"something")
        assert answer.status == 200, (upload, answer.status, answer.data)
        t.record(key, {"messages": events_of(t, url, 1, region)})


@entry("TestS3NotificationsToSQS::test_object_tagging_put_event")
def tagging_put(t):
    bucket, url = notifying(t, ["s3:ObjectTagging:Put"])
    t.s3.put_object(Bucket=bucket, Key="key", Body="FooBarBlitz")
    tag(t, bucket)
    told(t, url, 1)


@entry("TestS3NotificationsToSQS::test_object_tagging_delete_event")
def tagging_delete(t):
    bucket, url = notifying(t, ["s3:ObjectTagging:Delete"])
    t.s3.put_object(Bucket=bucket, Key="key", Body="FooBarBlitz")
    tag(t, bucket)
    t.s3.delete_object_tagging(Bucket=bucket, Key="key")
    told(t, url, 1)


def tag(t, bucket):
    t.s3.put_object_tagging(
        Bucket=bucket, Key="key", Tagging={"TagSet": [{"Key": "swallow_type", "Value": "african"}]}
    )


@entry("TestS3NotificationsToSQS::test_xray_header")
def trace_header(t):
    bucket, url = notifying(t)
    header = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"
    tracing = t.client("s3", user_agent_extra="traced")
    tracing.meta.events.register(
        "before-send.s3.*",
        lambda request, **_: request.headers.update({"X-Amzn-Trace-Id": header}),
    )
    tracing.put_object(Bucket=bucket, Key="test-data", Body="something")

    def look():
        answer = t.sqs.receive_message(
            QueueUrl=url,
            WaitTimeSeconds=1,
            MaxNumberOfMessages=10,
            AttributeNames=["AWSTraceHeader"],
        )
        return [one for one in answer.get("Messages", []) if "Records" in one["Body"]]

    found = t.until(look, every=0)
    for message in found:
        message["Body"] = json.loads(message["Body"])
    t.mask("MD5OfBody", "m-d5-of-body")
    t.record("receive_messages", {"messages": found})


@entry("TestS3NotificationsToSQS::test_notifications_with_filter")
def filters(t):
    """The text that was uploaded is not recorded, so that its ETag differs."""
    hide(t)
    bucket = t.bucket()
    url, arn = t.queue()
    t.hide("bucket", bucket)
    t.hide("queue", url.split("/")[-1])

    def configure(*configurations):
        t.s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"QueueConfigurations": list(configurations)}
        )
        return t.s3.get_bucket_notification_configuration(Bucket=bucket)

    def rules(**values):
        return {"Key": {"FilterRules": [{"Name": n, "Value": v} for n, v in values.items()]}}

    both = rules(Prefix="testupload/", Suffix="testfile.txt")
    own = {"QueueArn": arn}
    first = {**own, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"], "Filter": both}
    second = {**own, "Id": "id0002", "Events": ["s3:ObjectTagging:*"], "Filter": both}
    t.record("config", configure(first, second))
    text = "test content of the file, 32 B.."
    for key in ["testupload/dir1/testfile.txt", "testupload/other.txt", "testfile.txt"]:
        t.s3.put_object(Bucket=bucket, Key=key, Body=text)
    t.record("message", events_of(t, url, 1)[0])
    t.record("config_empty", configure())
    plain = {**own, "Id": "id123456", "Events": CREATED}
    t.record("config_updated", configure(plain))
    prefixed = {**plain, "Filter": rules(Prefix="testupload/")}
    t.record("config_updated_filter", configure(prefixed))


def configured(t, bucket, *arns, skip=False):
    configurations = [
        {"Id": id, "QueueArn": arn, "Events": [event]}
        for id, arn, event in zip(
            ["id123", "id2"], arns, ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]
        )
    ]
    more = {"SkipDestinationValidation": True} if skip else {}
    return t.call(
        t.s3.put_bucket_notification_configuration,
        Bucket=bucket,
        NotificationConfiguration={"QueueConfigurations": configurations},
        **more,
    )


@entry("TestS3NotificationsToSQS::test_invalid_sqs_arn")
def invalid_arn(t):
    bucket = t.bucket()
    t.record("invalid_not_skip", configured(t, bucket, "invalid-queue"))
    t.record("invalid_skip", configured(t, bucket, "invalid-queue", skip=True))
    missing = f"arn:aws:sqs:{t.region}:{t.account}:my-queue"
    t.record("queue-does-not-exist", configured(t, bucket, missing))
    configured(t, bucket, missing, skip=True)
    t.record(
        "skip_destination_validation",
        t.s3.get_bucket_notification_configuration,
        Bucket=bucket,
    )


@entry("TestS3NotificationsToSQS::test_multiple_invalid_sqs_arns")
def invalid_arns(t):
    bucket = t.bucket()
    missing = f"arn:aws:sqs:{t.region}:{t.account}:my-queue"
    t.record("two-queue-arns-invalid", configured(t, bucket, "invalid_arn", "invalid_arn_2"))
    t.record("one-queue-invalid-one-not-existent", configured(t, bucket, missing, "invalid_arn_2"))
    t.record("multiple-queues-do-not-exist", configured(t, bucket, missing, f"{missing}-2"))


@entry("TestS3NotificationsToSQS::test_object_created_put_versioned")
def versioned(t):
    bucket, url = notifying(t, ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"])
    versioning(t, bucket, "Enabled")
    key = {"Bucket": bucket, "Key": "test-key"}
    one = t.record("obj-ver1", t.s3.put_object, **key, Body="data")
    t.record("obj-ver2", t.s3.put_object, **key, Body="data-version2")
    marker = t.record("delete-marker", t.s3.delete_object, **key)
    t.record("delete-version", t.s3.delete_object, **key, VersionId=one["VersionId"])
    t.record("message-versioning-active", by_size(events_of(t, url, 4)))
    versioning(t, bucket, "Suspended")
    t.record("add-null-version", t.s3.put_object, **key, Body="data-version3")
    t.record("del-delete-marker", t.s3.delete_object, **key, VersionId=marker["VersionId"])
    t.record("message-versioning-suspended", by_size(events_of(t, url, 2)))


def versioning(t, bucket, status):
    t.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def by_size(events):
    """The newer of two that were put is the larger."""
    return sorted(events, key=lambda event: (event["eventName"], -event["s3"]["object"].get("size", 0)))
