"""What Publish and PublishBatch answer."""

import json

from harness import entry

from .tools import fifo_topic, number, received, subscribed, text

KIBIBYTES_256 = 256 * 1024


@entry("TestSNSPublishCrud::test_publish_wrong_arn_format")
def wrong_arn(t):
    for key, arn in [
        ("invalid-topic-arn", "randomstring"),
        ("invalid-topic-arn-1", "randomstring:1"),
        ("empty-topic", ""),
    ]:
        t.record(key, t.sns.publish, Message="test", TopicArn=arn)


@entry("TestSNSPublishCrud::test_publish_message_by_target_arn")
def by_target_arn(t):
    topic, url, _ = subscribed(t)
    t.sns.publish(TopicArn=topic, Message="test-msg-1")
    t.record("receive-topic-arn", received(t, url))
    t.sns.publish(TargetArn=topic, Message="test-msg-2")
    t.record("receive-target-arn", received(t, url))


@entry("TestSNSPublishCrud::test_publish_message_before_subscribe_topic")
def before_subscribing(t):
    topic = t.topic()
    t.record(
        "publish-before-subscribing",
        t.sns.publish,
        TopicArn=topic,
        Subject="test-subject-before-sub",
        Message="test_message_before",
    )
    _, url, _ = subscribed(t, topic)
    t.record(
        "publish-after-subscribing",
        t.sns.publish,
        TopicArn=topic,
        Subject="test-subject-after-sub",
        Message="test_message_after",
    )
    t.record("receive-messages", received(t, url))


@entry("TestSNSPublishCrud::test_unknown_topic_publish")
def unknown_topic(t):
    topic = t.topic()
    t.record("success", t.sns.publish, TopicArn=topic, Message="message")
    t.record("error", t.sns.publish, TopicArn=f"{topic}-fake", Message="message")


@entry("TestSNSPublishCrud::test_publish_with_empty_subject")
def empty_subject(t):
    topic = t.topic()
    t.record("response-without-subject", t.sns.publish, TopicArn=topic, Message="message")
    t.record(
        "response-with-empty-subject", t.sns.publish, TopicArn=topic, Subject="", Message="message"
    )


@entry("TestSNSPublishCrud::test_message_structure_json_exc")
def message_structure(t):
    topic = t.topic()
    for key, message in [
        ("missing-default-key", json.dumps({"sqs": "test message"})),
        ("invalid-json", '{"default": "This is a default message"} }'),
        ("duplicate-json-keys", '{"default": "one", "default": "two"}'),
        ("key-is-not-string", json.dumps({"default": {"object": "test"}})),
    ]:
        t.record(key, t.sns.publish, TopicArn=topic, Message=message, MessageStructure="json")


@entry("TestSNSPublishCrud::test_publish_batch_too_long_message")
def batch_too_long(t):
    topic = t.topic()

    def publish(key, entries):
        t.record(
            key, t.sns.publish_batch, TopicArn=topic, PublishBatchRequestEntries=entries
        )

    half = KIBIBYTES_256 // 2
    publish(
        "error-no-attrs",
        [{"Id": "1", "Message": "a" * half}, {"Id": "2", "Message": "b" * (half + 1)}],
    )
    attributes = {"k": text("a" * half)}
    publish(
        "error-with-attrs",
        [{"Id": "1", "Message": "a" * half, "MessageAttributes": attributes}],
    )


@entry("TestSNSSubscriptionSQS::test_publish_batch_messages_without_topic")
def batch_without_topic(t):
    topic = t.topic()
    t.record(
        "publish-batch-no-topic",
        t.sns.publish_batch,
        TopicArn=f"{topic}-fake-topic",
        PublishBatchRequestEntries=[{"Id": "1", "Message": "Test Message with two attributes"}],
    )


@entry("TestSNSSubscriptionSQS::test_publish_batch_exceptions")
def batch_exceptions(t):
    topic = fifo_topic(t)
    ids = {"MessageGroupId": "g", "MessageDeduplicationId": "d"}

    def publish(key, *entries, **more):
        t.record(
            key,
            t.sns.publish_batch,
            TopicArn=topic,
            PublishBatchRequestEntries=[{"Message": "m", **entry, **more} for entry in entries],
        )

    publish("no-group-id", {"Id": "1"})
    publish("too-many-msg", *[{"Id": f"Id_{index}"} for index in range(11)])
    publish("same-msg-id", {"Id": "1"}, {"Id": "1"}, **ids)
    publish("no-dedup-id", {"Id": "1"}, MessageGroupId="g")
    publish(
        "no-default-key-json",
        {"Id": "1", "Message": json.dumps({"not-default": "m"}), "MessageStructure": "json"},
        **ids,
    )


@entry("TestSNSSubscriptionSQS::test_message_attributes_prefixes")
def attribute_types(t):
    topic = t.topic()
    for key, type, value in [
        ("publish-error", "DataType", "value"),
        ("publish-error-2", "Stringprefixed", "value"),
        ("publish-ok-1", "String.prefixed", "value"),
        ("publish-ok-2", "Number.int", "1"),
    ]:
        attribute = {**number(value), "DataType": type}
        t.record(
            key,
            t.sns.publish,
            TopicArn=topic,
            Message="test message",
            MessageAttributes={"attr1": attribute},
        )
