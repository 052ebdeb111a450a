"""What the scenarios of SNS have in common."""

import uuid

import boto3
from botocore.config import Config


def as_user(t):
    """A client of a user: the recordings tell who subscribed."""
    name = t.name("user")
    t.iam.create_user(UserName=name)
    t.defer(t.iam.delete_user, UserName=name)
    key = t.iam.create_access_key(UserName=name)["AccessKey"]
    t.defer(t.iam.delete_access_key, UserName=name, AccessKeyId=key["AccessKeyId"])
    return boto3.client(
        "sns",
        region_name=t.region,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        config=Config(retries={"total_max_attempts": 1}),
    )


def fifo_topic(t, **attributes):
    return t.topic(t.name("topic") + ".fifo", FifoTopic="true", **attributes)


def subscribe(t, topic, queue_arn, sns=None, **attributes):
    """Subscribes a queue; answers the subscription's ARN."""
    answer = (sns or t.sns).subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue_arn,
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )
    t.defer(t.sns.unsubscribe, SubscriptionArn=answer["SubscriptionArn"])
    return answer["SubscriptionArn"]


def subscribed(t, topic=None, **attributes):
    """A topic, a queue's URL and the ARN of its subscription."""
    topic = topic or t.topic()
    url, arn = t.queue()
    return topic, url, subscribe(t, topic, arn, **attributes)


def attributes_of(t, topic):
    return t.call(t.sns.get_topic_attributes, TopicArn=topic)


def received(t, url, seconds=5, **arguments):
    """One receive; what it gives is deleted."""
    answer = t.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=seconds, **arguments)
    for message in answer.get("Messages", []):
        t.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return answer


def gathered(t, url, count, **arguments):
    """So many messages, in the order of their bodies where `sort` is told."""
    return {"Messages": t.messages(url, count, AttributeNames=["All"], **arguments)}


def number(value):
    return {"DataType": "Number", "StringValue": value}


def text(value):
    return {"DataType": "String", "StringValue": value}


def missing_subscription(topic):
    return f"{topic}:{uuid.uuid4()}"
