"""What queues receive of standard topics."""

import json

from harness import entry

from .tools import (
    as_user,
    attributes_of,
    fifo_topic,
    gathered,
    number,
    received,
    subscribe,
    subscribed,
    text,
)

DEAD = {"attr1": number("111"), "attr2": {"DataType": "Binary", "BinaryValue": b"\x02\x03\x04"}}


@entry("TestSNSSubscriptionSQS::test_publish_unicode_chars")
def unicode_characters(t):
    topic, url, _ = subscribed(t)
    t.sns.publish(TopicArn=topic, Message='ö§a1"_!?,. £$-')
    t.record("received-message", received(t, url))


@entry("TestSNSSubscriptionSQS::test_publish_sqs_from_sns")
def raw_and_not(t):
    topic = t.topic()
    url, arn = t.queue()
    subscription = subscribe(t, topic, arn, as_user(t))
    for raw, value in [("true", "99.12"), ("false", "100.12")]:
        t.sns.set_subscription_attributes(
            SubscriptionArn=subscription,
            AttributeName="RawMessageDelivery",
            AttributeValue=raw,
        )
        t.record(
            f"sub-attrs-raw-{raw}",
            t.sns.get_subscription_attributes,
            SubscriptionArn=subscription,
        )
        t.sns.publish(
            TopicArn=topic, Message="Test msg", MessageAttributes={"attr1": number(value)}
        )
        t.record(f"message-raw-{raw}", received(t, url, MessageAttributeNames=["All"]))


@entry("TestSNSSubscriptionSQS::test_publish_batch_messages_from_sns_to_sqs")
def batch(t):
    topic = t.topic()
    url, arn = t.queue()
    subscription = subscribe(t, topic, arn, as_user(t), RawMessageDelivery="true")
    t.record(
        "sub-attrs-raw-true", t.sns.get_subscription_attributes, SubscriptionArn=subscription
    )
    two = {"attr1": number("99.12"), "attr2": number("109.12")}
    one = {"attr1": number("19.12")}
    bodies = [
        ("Test Message with two attributes", {"Subject": "Subject", "MessageAttributes": two}),
        ("Test Message with one attribute", {"Subject": "Subject", "MessageAttributes": one}),
        ("Test Message without attribute", {"Subject": "Subject"}),
        ("Test Message without subject", {}),
        (json.dumps({"default": "test default", "sqs": "test sqs"}), {"MessageStructure": "json"}),
    ]
    entries = [
        {"Id": str(index + 1), "Message": body, **more} for index, (body, more) in enumerate(bodies)
    ]
    t.record(
        "publish-batch", t.sns.publish_batch, TopicArn=topic, PublishBatchRequestEntries=entries
    )
    found = gathered(t, url, 5, MessageAttributeNames=["All"])
    found["Messages"].sort(key=lambda message: message["Body"])
    t.record("messages", found)


@entry("TestSNSSubscriptionSQS::test_redrive_policy_sqs_queue_subscription", ["True", "False"])
def dead_letters(t, raw):
    topic = t.topic()
    url, arn = t.queue()
    dead, dead_arn = t.queue()
    policy = json.dumps({"deadLetterTargetArn": dead_arn})
    subscribe(t, topic, arn, RawMessageDelivery=raw.lower(), RedrivePolicy=policy)
    t.sqs.delete_queue(QueueUrl=url)
    t.sns.publish(
        TopicArn=topic, Message="test_dlq_after_sqs_endpoint_deleted", MessageAttributes=DEAD
    )
    t.record(
        "messages", received(t, dead, AttributeNames=["All"], MessageAttributeNames=["All"])
    )


@entry("TestSNSSubscriptionSQS::test_message_attributes_not_missing")
def attributes_travel(t):
    topic = t.topic()
    url, arn = t.queue()
    subscription = subscribe(t, topic, arn, RawMessageDelivery="true")
    attributes = {
        "an-attribute-key": text("an-attribute-value"),
        "binary-attribute": {"DataType": "Binary", "BinaryValue": b"\x02\x03\x04"},
    }
    for key in ["raw", "json"]:
        t.record(
            f"publish-msg-{key}",
            t.sns.publish,
            TopicArn=topic,
            Message="text",
            MessageAttributes=attributes,
        )
        t.record(
            f"{key}-delivery-msg-attrs",
            received(t, url, MessageAttributeNames=["All"], AttributeNames=["All"]),
        )
        t.sns.set_subscription_attributes(
            SubscriptionArn=subscription,
            AttributeName="RawMessageDelivery",
            AttributeValue="false",
        )


@entry("TestSNSSubscriptionSQS::test_message_structure_json_to_sqs")
def by_protocol(t):
    topic, url, _ = subscribed(t)
    for key, message in [
        ("sqs", {"default": "default field", "sqs": json.dumps({"field": "value"})}),
        ("default", {"default": "default field"}),
    ]:
        t.sns.publish(TopicArn=topic, Message=json.dumps(message), MessageStructure="json")
        t.record(f"get-msg-json-{key}", received(t, url))


@entry("TestSNSSubscriptionSQS::test_publish_sqs_verify_signature", ["1", "2"])
def signature(t, version):
    topic, url, _ = subscribed(t)
    t.sns.set_topic_attributes(
        TopicArn=topic, AttributeName="SignatureVersion", AttributeValue=version
    )
    t.sns.publish(
        TopicArn=topic,
        Message="test signature value with attributes",
        MessageAttributes={"attr1": number("1")},
    )
    t.record("messages", received(t, url, AttributeNames=["All"]))


@entry("TestSNSSubscriptionSQS::test_publish_message_group_id")
def group_of_a_standard_topic(t):
    topic, url, _ = subscribed(t)
    t.sns.publish(
        TopicArn=topic,
        Message="test signature value with attributes",
        MessageGroupId="my-group-id-1",
        MessageAttributes={"attr1": number("1")},
    )
    t.record("messages", received(t, url, AttributeNames=["All"]))


@entry("TestSNSSubscriptionSQS::test_subscribe_to_sqs_with_queue_url")
def queue_url(t):
    url, _ = t.queue()
    t.record(
        "sub-queue-url", t.sns.subscribe, TopicArn=t.topic(), Protocol="sqs", Endpoint=url
    )


@entry("TestSNSMultiRegions::test_cross_region_delivery_sqs")
def cross_region(t):
    region = "us-west-2"
    away = t.client("sns", region=region)
    topic = away.create_topic(Name=t.name("topic"))["TopicArn"]
    t.defer(away.delete_topic, TopicArn=topic)
    url, arn = t.queue()
    t.hide("region", region)
    t.record(
        "subscribe-cross-region",
        t.sns.subscribe,
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn,
    )
    t.record(
        "subscribe-same-region", away.subscribe, TopicArn=topic, Protocol="sqs", Endpoint=arn
    )
    away.publish(
        TopicArn=topic,
        Message="This is a test message",
        MessageAttributes={"attr1": number("99.12")},
    )
    t.record("messages", received(t, url))


CONTENT = ["True", "False"]


def fifo_pair(t, content):
    """A FIFO topic and a FIFO queue's URL, subscribed; with deduplication by content or without."""
    by_content = {"ContentBasedDeduplication": content.lower()}
    topic = fifo_topic(t, **by_content)
    url, arn = t.queue(t.name("queue") + ".fifo", FifoQueue="true", **by_content)
    subscribe(t, topic, arn)
    return topic, url


@entry("TestSNSSubscriptionSQSFifo::test_message_to_fifo_sqs", CONTENT)
def fifo_to_fifo(t, content):
    topic, url = fifo_pair(t, content)
    publish_twice(t, topic, url, content)


@entry("TestSNSSubscriptionSQSFifo::test_publish_to_fifo_topic_deduplication_on_topic_level")
def deduplicated_by_the_topic(t):
    topic, url = fifo_pair(t, "True")
    publish_twice(t, topic, url, "True")


@entry("TestSNSSubscriptionSQSFifo::test_fifo_topic_to_regular_sqs", CONTENT)
def fifo_to_standard(t, content):
    topic = fifo_topic(t, ContentBasedDeduplication=content.lower())
    url, arn = t.queue()
    subscribe(t, topic, arn)
    publish_twice(t, topic, url, content)


def publish_twice(t, topic, url, content):
    ids = {"MessageGroupId": "message-group-id-1"}
    if content == "False":
        ids["MessageDeduplicationId"] = "message-deduplication-id-1"
    t.sns.publish(TopicArn=topic, Message="Test", **ids)
    t.record("messages", received(t, url, AttributeNames=["All"]))
    t.sns.publish(TopicArn=topic, Message="Test", **ids)
    t.record("dedup-messages", received(t, url, seconds=1, AttributeNames=["All"]))


def fifo_batch(content, first, **more):
    bodies = [
        ("two attributes", {"attr1": number("99.12"), "attr2": number("109.12")}),
        ("one attribute", {"attr1": number("19.12")}),
        ("attribute", {}),
    ]
    entries = []
    for index, (text, attributes) in enumerate(bodies):
        with_or_without = "with" if attributes else "without"
        made = {
            "Id": str(index + 1),
            "Message": f"Test Message {with_or_without} {text}",
            "MessageGroupId": "complexMessageGroupId",
            **({"MessageAttributes": attributes} if attributes else {}),
            **more,
        }
        if content == "False":
            made["MessageDeduplicationId"] = f"MessageDeduplicationId-{index + first}"
        entries.append(made)
    return entries


@entry(
    "TestSNSSubscriptionSQSFifo::test_publish_batch_messages_from_fifo_topic_to_fifo_queue", CONTENT
)
def fifo_batches(t, content):
    by_content = {"ContentBasedDeduplication": content.lower()}
    topic = fifo_topic(t, **by_content)
    t.record("topic-attrs", attributes_of(t, topic))
    url, arn = t.queue(t.name("queue") + ".fifo", FifoQueue="true", **by_content)
    subscription = subscribe(t, topic, arn, as_user(t), RawMessageDelivery="true")
    t.record(
        "sub-attrs-raw-true", t.sns.get_subscription_attributes, SubscriptionArn=subscription
    )
    entries = fifo_batch(content, 0, Subject="Subject")
    for key in ["publish", "republish"]:
        t.record(
            f"{key}-batch-response-fifo",
            t.sns.publish_batch,
            TopicArn=topic,
            PublishBatchRequestEntries=entries,
        )
        if key == "publish":
            t.record("messages", gathered(t, url, 3, MessageAttributeNames=["All"]))
    t.record("duplicate-messages", received(t, url, seconds=1))


@entry(
    "TestSNSSubscriptionSQSFifo::test_publish_to_fifo_topic_to_sqs_queue_no_content_dedup", CONTENT
)
def topic_deduplicates_alone(t, raw):
    topic = fifo_topic(t, ContentBasedDeduplication="true")
    url, arn = t.queue(
        t.name("queue") + ".fifo", FifoQueue="true", ContentBasedDeduplication="false"
    )
    subscribe(t, topic, arn, RawMessageDelivery=raw.lower())
    group = {"MessageGroupId": "message-group-id-1"}
    t.sns.publish(TopicArn=topic, Message="Test single", **group)
    t.sns.publish_batch(
        TopicArn=topic,
        PublishBatchRequestEntries=[{"Id": "1", "Message": "Test batched", **group}],
    )
    t.record("messages", gathered(t, url, 2))


@entry("TestSNSSubscriptionSQSFifo::test_publish_fifo_messages_to_dlq", CONTENT)
def fifo_dead_letters(t, raw):
    topic = fifo_topic(t)
    t.record("topic-attrs", attributes_of(t, topic))
    url, arn = t.queue(t.name("queue") + ".fifo", FifoQueue="true")
    dead, dead_arn = t.queue(t.name("dead") + ".fifo", FifoQueue="true")
    policy = json.dumps({"deadLetterTargetArn": dead_arn})
    subscribe(t, topic, arn, RawMessageDelivery=raw.lower(), RedrivePolicy=policy)
    t.sqs.delete_queue(QueueUrl=url)
    t.record(
        "publish-batch-response-fifo",
        t.sns.publish_batch,
        TopicArn=topic,
        PublishBatchRequestEntries=fifo_batch("False", 1, Subject="Subject"),
    )
    names = {"MessageAttributeNames": ["All"]}
    t.record("batch-messages-in-dlq", gathered(t, dead, 3, **names))
    t.record(
        "publish-response-fifo",
        t.sns.publish,
        TopicArn=topic,
        Message="test-message",
        MessageGroupId="message-group-id-1",
        MessageDeduplicationId="message-deduplication-id-1",
    )
    t.record("messages-in-dlq", gathered(t, dead, 1, **names))
