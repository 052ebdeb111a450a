"""Subscriptions: made, confirmed, told of, ended."""

import json
import uuid

from harness import entry

from .tools import as_user, missing_subscription, subscribe

TOKEN = "51b2ff3edb475b7d91550e0ab6edf0c1de2a34e6ebaf6" + "0" * 147


@entry("TestSNSSubscriptionCrud::test_subscribe_with_invalid_protocol")
def invalid_protocol(t):
    t.record(
        "exception",
        t.sns.subscribe,
        TopicArn=t.topic(),
        Protocol="test-protocol",
        Endpoint="localhost:4566",
    )


@entry("TestSNSSubscriptionCrud::test_unsubscribe_from_non_existing_subscription")
def unsubscribe_missing(t):
    arn = missing_subscription(t.topic())
    t.record("empty-unsubscribe", t.sns.unsubscribe, SubscriptionArn=arn)


@entry("TestSNSSubscriptionCrud::test_sns_confirm_subscription_wrong_token")
def wrong_token(t):
    topic = t.topic()
    for key, arn, token in [
        ("topic-not-exists", f"{topic}-none", TOKEN),
        ("invalid-token", topic, "randomtoken"),
        ("token-not-exists", topic, TOKEN),
    ]:
        t.record(key, t.sns.confirm_subscription, TopicArn=arn, Token=token)


@entry("TestSNSSubscriptionCrud::test_unsubscribe_wrong_arn_format")
def wrong_arn(t):
    missing = f"arn:aws:sns:{t.region}:{t.account}:random"
    for index, arn in enumerate(["randomstring", "arn:aws:sns:us-east-1:random", missing, ""]):
        t.record(f"invalid-unsubscribe-arn-{index + 1}", t.sns.unsubscribe, SubscriptionArn=arn)


@entry("TestSNSSubscriptionCrud::test_unsubscribe_idempotency")
def unsubscribe_twice(t):
    _, queue = t.queue()
    arn = subscribe(t, t.topic(), queue)
    for index in (1, 2):
        t.record(f"unsubscribe-{index}", t.sns.unsubscribe, SubscriptionArn=arn)


@entry("TestSNSSubscriptionCrud::test_list_subscriptions_by_topic_pagination")
def pagination(t):
    topic = t.topic()
    for index in range(101):
        made = t.sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint=f"+{123456 + index}")
        t.defer(t.sns.unsubscribe, SubscriptionArn=made["SubscriptionArn"])
    first = t.sns.list_subscriptions_by_topic(TopicArn=topic)
    assert len(first["Subscriptions"]) == 100
    t.record(
        "list-sub-per-topic-page-2",
        t.sns.list_subscriptions_by_topic,
        TopicArn=topic,
        NextToken=first["NextToken"],
    )


@entry("TestSNSSubscriptionCrud::test_subscribe_with_invalid_topic")
def invalid_topic(t):
    for key, arn in [
        ("invalid-subscribe-arn-1", "randomstring"),
        ("invalid-subscribe-arn-2", "arn:aws:sns:us-east-1:random"),
        ("non-existent-topic", f"{t.topic()}-none"),
    ]:
        t.record(
            key, t.sns.subscribe, TopicArn=arn, Protocol="email", Endpoint="someone@example.com"
        )


@entry("TestSNSSubscriptionCrudV2::test_subscribe_unknown_topic")
def unknown_topic(t):
    arn = f"arn:aws:sns:{t.region}:{t.account}:{t.name()}"
    t.record(
        "subscribe-unknown-topic",
        t.sns.subscribe,
        TopicArn=arn,
        Protocol="sms",
        Endpoint="+15551234567",
    )


@entry("TestSNSSubscriptionCrudV2::test_subscribe_unknown_sqs_queue")
def unknown_queue(t):
    topic = t.topic()
    arn = f"arn:aws:sqs:{t.region}:{t.account}:{t.name()}"
    for key, endpoint in [
        ("subscribe-unknown-sqs", arn),
        ("subscribe-unknown-sqs-invalid_arn", "invalid-arn"),
    ]:
        t.record(key, t.sns.subscribe, TopicArn=topic, Protocol="sqs", Endpoint=endpoint)


@entry("TestSNSSubscriptionCrudV2::test_subscribe_sqs_queue_url")
def queue_url(t):
    url, _ = t.queue()
    t.record(
        "subscribe-sqs-via-url-error",
        t.sns.subscribe,
        TopicArn=t.topic(),
        Protocol="sqs",
        Endpoint=url,
    )


@entry("TestSNSSubscriptionCrudV2::test_double_subscription")
def twice(t):
    topic = t.topic("double-sub-befdfdff")
    _, queue = t.queue()
    for key in ["first", "second"]:
        t.record(
            f"double-subscription-{key}",
            t.sns.subscribe,
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=queue,
        )


@entry("TestSNSSubscriptionCrudV2::test_creating_subscription")
def pending(t):
    t.record(
        "create-subscription",
        t.sns.subscribe,
        TopicArn=t.topic(),
        Protocol="http",
        Endpoint="http://example.com/",
    )


@entry("TestSNSSubscriptionCrudV2::test_unsubscribe_from_deleted_topic")
def unsubscribe_pending(t):
    topic = t.topic()
    t.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint="http://example.com/")
    listed = t.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]
    t.sns.delete_topic(TopicArn=topic)
    t.record(
        "unsubscribe-deleted-topic",
        t.sns.unsubscribe,
        SubscriptionArn=listed["SubscriptionArn"],
    )


@entry("TestSNSSubscriptionCrudV2::test_delete_subscriptions_on_delete_topic")
def deleted_topic(t):
    topic = t.topic()
    _, queue = t.queue()
    arn = subscribe(t, topic, queue, as_user(t), RawMessageDelivery="true")
    t.sns.delete_topic(TopicArn=topic)
    t.record(
        "get-sub-after-topic-delete", t.sns.get_subscription_attributes, SubscriptionArn=arn
    )


@entry("TestSNSSubscriptionCrudV2::test_subscribe_invalid_filter_policy")
def invalid_filter_policy(t):
    _, queue = t.queue()
    t.record(
        "subscribe-invalid-filter-policy",
        t.sns.subscribe,
        TopicArn=t.topic(),
        Protocol="sqs",
        Endpoint=queue,
        Attributes={"FilterPolicy": "invalid"},
    )


# Telephones.


@entry("TestSNSSMS::test_subscribe_sms_endpoint")
def sms_endpoint(t):
    made = t.record(
        "subscribe-sms-endpoint",
        as_user(t).subscribe,
        TopicArn=t.topic(),
        Protocol="sms",
        Endpoint="+123123123",
    )
    t.record(
        "subscribe-sms-attrs",
        t.sns.get_subscription_attributes,
        SubscriptionArn=made["SubscriptionArn"],
    )


def sms(t, number, key):
    t.record(key, t.sns.subscribe, TopicArn=t.topic(), Protocol="sms", Endpoint=number)


@entry("TestSNSSubscriptionCrudV2::test_subscribe_sms")
def subscribe_sms(t):
    sms(t, "+15551234567", "subscribe-sms-1")


@entry("TestSNSSubscriptionCrudV2::test_subscribe_sms_obscure_phone_number")
def obscure_number(t):
    sms(t, "+15/55-123.4567", "subscribe-sms-2")


@entry("TestSNSSubscriptionCrudV2::test_subscribe_bad_sms")
def bad_sms(t):
    sms(t, "invalid-number", "subscribe-bad-sms")


@entry("TestSNSSubscriptionCrudV2::test_subscribe_invalid_sms")
def invalid_sms(t):
    for number in ["+15--551234567", "NAA+15551234567", "+15551234567.", "/+15551234567"]:
        sms(t, number, f"subscribe-bad-sms-{number}")


@entry("TestSNSSubscriptionCrudV2::test_check_not_opted_out")
def not_opted_out(t):
    answer = t.sns.check_if_phone_number_is_opted_out(phoneNumber="+15551234568")
    assert answer["isOptedOut"] is False


@entry("TestSNSSubscriptionCrudV2::test_opt_in")
def opt_in(t):
    assert t.sns.opt_in_phone_number(phoneNumber="+15551234568")


@entry("TestSNSSubscriptionCrudV2::test_check_opted_out_invalid")
def opted_out_invalid(t):
    answer = t.call(t.sns.check_if_phone_number_is_opted_out, phoneNumber="+44742LALALA")
    assert answer["Error"]["Code"] == "InvalidParameter", answer


@entry("TestSNSSMS::test_opt_in_phone_number")
def opt_in_number(t):
    t.record("opt-in-phone-number", t.sns.opt_in_phone_number, phoneNumber="+15551234568")


@entry("TestSNSSMS::test_opt_in_non_existing_phone_number")
def opt_in_missing(t):
    number = f"+1555{uuid.uuid4().int % 10**7:07}"
    t.record("opt-in-non-existing-number", t.sns.opt_in_phone_number, phoneNumber=number)


@entry("TestSNSSMS::test_set_get_sms_attributes")
def sms_attributes(t):
    t.sns.set_sms_attributes(
        attributes={
            "DeliveryStatusSuccessSamplingRate": "100",
            "DefaultSenderID": "LSTest",
            "DefaultSMSType": "Promotional",
        }
    )
    t.record("get-sms-all-attributes", t.sns.get_sms_attributes)
    t.record(
        "get-sms-some-attributes",
        t.sns.get_sms_attributes,
        attributes=["DefaultSenderID", "DefaultSMSType"],
    )


INVALID_SMS = {
    "InvalidAttributeName": {"InvalidAttribute": "test"},
    "NoLetterID": {"DefaultSendID": "1234"},
    "InvalidSMSType": {"DefaultSMSType": "Invalid"},
}


@entry(
    "TestSNSSMS::test_set_invalid_sms_attributes",
    {id: (attributes,) for id, attributes in INVALID_SMS.items()},
)
def invalid_sms_attributes(t, attributes):
    t.record("invalid-attribute", t.sns.set_sms_attributes, attributes=attributes)


@entry("TestSNSSMS::test_get_sms_attributes_from_unmodified_region")
def unmodified_region(t):
    t.record(
        "get-sms-attributes_unmodified_region",
        t.client("sns", region="eu-south-2").get_sms_attributes,
    )


@entry("TestSNSSubscriptionCrudV2::test_confirm_subscription")
def confirmed(t):
    """A queue of another account is asked whether it wants to be subscribed."""
    topic = t.topic("confirm-sub-e46f689a")
    name = t.name("queue")
    url = t.other.sqs.create_queue(QueueName=name)["QueueUrl"]
    t.defer(t.other.sqs.delete_queue, QueueUrl=url)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    t.other.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    endpoint = f"arn:aws:sqs:{t.region}:{t.other.account}:{name}"
    t.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint)
    message = t.other.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"][0]
    token = json.loads(message["Body"])["Token"]
    confirm = t.sns.confirm_subscription
    answer = t.record("confirm-subscription", confirm, TopicArn=topic, Token=token)
    t.defer(t.sns.unsubscribe, SubscriptionArn=answer["SubscriptionArn"])
