"""SQS, as AWS answered it, in both of its protocols.

`test_list_queues_pagination` has no scenario: what was recorded are the URLs and the token of another server.
"""

import json
import time

from harness import entry
from harness.sqs_query import client as query_client

PROTOCOLS = ["sqs", "sqs_query"]
MEBIBYTE = 1048576


def of(t, protocol):
    return t.sqs if protocol == "sqs" else query_client(t.region)


def fifo(t, name=None, **attributes):
    return t.queue((name or t.name("fifo")) + ".fifo", FifoQueue="true", **attributes)


def receive(client, url, **arguments):
    return client.receive_message(QueueUrl=url, **arguments)


def first(client, url, seconds=10, **arguments):
    """The first message that a queue gives."""
    answer = receive(client, url, WaitTimeSeconds=seconds, **arguments)
    return answer["Messages"][0]


def attributes_of(client, url):
    return client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])


def receive_all(t, client, url, count):
    """What several receives gave, as one answer; waits until there are `count` messages."""
    found = []

    def look():
        answer = receive(client, url, MaxNumberOfMessages=10, WaitTimeSeconds=1, AttributeNames=["All"])
        found.extend(answer.get("Messages", []))
        return len(found) >= count

    t.until(look, every=0)
    return found


# Sizes, ranges, and values out of them.


@entry("TestSqsProvider::test_send_receive_max_number_of_messages", PROTOCOLS)
def max_number_of_messages(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    client.send_message(QueueUrl=url, MessageBody="message")
    t.record("send_max_number_of_messages", client.receive_message, QueueUrl=url, MaxNumberOfMessages=11)


@entry("TestSqsProvider::test_send_oversized_message", PROTOCOLS)
def oversized_message(t, protocol):
    url, _ = t.queue()
    t.record(
        "send_oversized_message", of(t, protocol).send_message, QueueUrl=url, MessageBody="a" * (MEBIBYTE + 1)
    )


@entry("TestSqsProvider::test_send_message_with_updated_maximum_message_size", PROTOCOLS)
def updated_maximum_message_size(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    client.send_message(QueueUrl=url, MessageBody="a" * 2000)
    client.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "1024"})
    client.send_message(QueueUrl=url, MessageBody="a" * 1024)
    t.record("send_oversized_message", client.send_message, QueueUrl=url, MessageBody="a" * 1025)


@entry("TestSqsProvider::test_send_message_batch_with_oversized_contents", PROTOCOLS)
def oversized_batch(t, protocol):
    url, _ = t.queue()
    halves = ["a" * (MEBIBYTE // 2), "b" * (MEBIBYTE // 2 + 1)]
    entries = [{"Id": str(index), "MessageBody": body} for index, body in enumerate(halves)]
    t.record(
        "send_oversized_message_batch", of(t, protocol).send_message_batch, QueueUrl=url, Entries=entries
    )


@entry("TestSqsProvider::test_send_receive_wait_time_seconds", PROTOCOLS)
def wait_time_seconds(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    for key, seconds in [("too_large", 21), ("too_small", -1)]:
        t.record(f"recieve_message_error_{key}", client.receive_message, QueueUrl=url, WaitTimeSeconds=seconds)
    client.send_message(QueueUrl=url, MessageBody="message")
    t.record("empty_short_poll_by_default_resp", client.receive_message, QueueUrl=url)
    client.send_message(QueueUrl=url, MessageBody="message")
    t.record("empty_short_poll_explicit_resp", client.receive_message, QueueUrl=url, WaitTimeSeconds=0)


@entry("TestSqsProvider::test_receive_empty_queue", PROTOCOLS)
def empty_queue(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    t.record("empty_short_poll_resp_no_param", client.receive_message, QueueUrl=url)
    t.record("empty_short_poll_resp", client.receive_message, QueueUrl=url, WaitTimeSeconds=0)
    t.record("empty_long_poll_resp", client.receive_message, QueueUrl=url, WaitTimeSeconds=1)


@entry("TestSqsProvider::test_send_empty_message", PROTOCOLS)
def empty_message(t, protocol):
    url, _ = t.queue()
    t.record("send_empty_message", of(t, protocol).send_message, QueueUrl=url, MessageBody="")


@entry("TestSqsProvider::test_send_message_with_empty_string_attribute", PROTOCOLS)
def empty_attribute(t, protocol):
    url, _ = t.queue()
    t.record(
        "empty-string-attr",
        of(t, protocol).send_message,
        QueueUrl=url,
        MessageBody="test",
        MessageAttributes={"ErrorDetails": {"StringValue": "", "DataType": "String"}},
    )


@entry("TestSqsProvider::test_send_message_with_binary_attributes", PROTOCOLS)
def binary_attributes(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    value = b"traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01"
    client.send_message(
        QueueUrl=url,
        MessageBody="test",
        MessageAttributes={"attr1": {"BinaryValue": value, "DataType": "Binary"}},
    )
    t.record("binary-attrs-msg", client.receive_message, QueueUrl=url, MessageAttributeNames=["All"])


# Queues and their attributes.


@entry("TestSqsProvider::test_create_fifo_queue_with_different_attributes_raises_error", PROTOCOLS)
def other_fifo_attributes(t, protocol):
    name = t.name("fifo") + ".fifo"
    t.queue(name, FifoQueue="true", ContentBasedDeduplication="true")
    t.record(
        "queue-already-exists",
        t.sqs.create_queue,
        QueueName=name,
        Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "false"},
    )


@entry("TestSqsProvider::test_create_queue_with_different_attributes_raises_exception", PROTOCOLS)
def other_attributes(t, protocol):
    client = of(t, protocol)
    name = t.name()
    url, _ = t.queue(name, DelaySeconds="1")
    t.record("create_queue_01", t.sqs.create_queue, QueueName=name, Attributes={"DelaySeconds": "2"})
    client.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "2"})
    t.record("create_queue_02", t.sqs.create_queue, QueueName=name, Attributes={"DelaySeconds": "1"})


@entry("TestSqsProvider::test_create_and_update_queue_attributes", PROTOCOLS)
def updated_attributes(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue(
        MessageRetentionPeriod="604800", ReceiveMessageWaitTimeSeconds="10", VisibilityTimeout="20"
    )
    t.record("get_queue_attributes", attributes_of, client=client, url=url)
    changed = {"MaximumMessageSize": "2048", "VisibilityTimeout": "69", "DelaySeconds": "420"}
    client.set_queue_attributes(QueueUrl=url, Attributes=changed)
    t.record("get_updated_queue_attributes", attributes_of, client=client, url=url)


@entry("TestSqsProvider::test_set_queue_attributes_default_values", PROTOCOLS)
def default_values(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    t.record("get-queue-attributes-initial-values", attributes_of, client=client, url=url)
    client.set_queue_attributes(
        QueueUrl=url,
        Attributes={"KmsMasterKeyId": "testKeyId", "KmsDataKeyReusePeriodSeconds": "6000"},
    )
    t.record("get-queue-attributes-after-update", attributes_of, client=client, url=url)
    client.set_queue_attributes(
        QueueUrl=url,
        Attributes={"KmsMasterKeyId": "", "KmsDataKeyReusePeriodSeconds": "300"},
    )
    t.record("get-queue-attributes-after-set-to-defaults", attributes_of, client=client, url=url)


@entry("TestSqsProvider::test_fifo_set_content_based_deduplication_strategy", PROTOCOLS)
def content_based_deduplication_strategy(t, protocol):
    client = of(t, protocol)
    url, _ = fifo(t, ContentBasedDeduplication="true")
    t.record("before-update", attributes_of, client=client, url=url)
    client.set_queue_attributes(QueueUrl=url, Attributes={"ContentBasedDeduplication": "false"})
    t.record("after-update", attributes_of, client=client, url=url)


@entry("TestSqsProvider::test_set_unsupported_attribute_fifo", PROTOCOLS)
def unsupported_attribute_fifo(t, protocol):
    client = of(t, protocol)
    standard, _ = t.queue()
    t.record(
        "invalid-attr-name-1",
        client.set_queue_attributes,
        QueueUrl=standard,
        Attributes={"FifoQueue": "true"},
    )
    url, _ = fifo(t)
    client.set_queue_attributes(QueueUrl=url, Attributes={"FifoQueue": "true"})
    t.record(
        "invalid-attr-name-2", client.set_queue_attributes, QueueUrl=url, Attributes={"FifoQueue": "false"}
    )


@entry("TestSqsProvider::test_set_unsupported_attribute_standard", PROTOCOLS)
def unsupported_attribute_standard(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    for key, value in [("1", "true"), ("2", "false")]:
        t.record(
            f"invalid-attr-name-{key}",
            client.set_queue_attributes,
            QueueUrl=url,
            Attributes={"FifoQueue": value},
        )


@entry("TestSqsProvider::test_create_standard_queue_with_fifo_attribute_raises_error", PROTOCOLS)
def fifo_attributes_of_a_standard_queue(t, protocol):
    tried = {
        "fifo-queue": {"FifoQueue": "false"},
        "content-based-deduplication": {"ContentBasedDeduplication": "true"},
        "deduplication-scope": {"DeduplicationScope": "queue"},
        "throughput-limit": {"FifoThroughputLimit": "perQueue"},
    }
    for key, attributes in tried.items():
        t.record(
            f"invalid-attribute-{key}", t.sqs.create_queue, QueueName=t.name(), Attributes=attributes
        )


@entry("TestSqsProvider::test_sse_kms_and_sqs_are_mutually_exclusive", PROTOCOLS)
def one_encryption(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    client.set_queue_attributes(
        QueueUrl=url, Attributes={"KmsMasterKeyId": "testKeyId", "SqsManagedSseEnabled": "false"}
    )
    try:
        client.set_queue_attributes(
            QueueUrl=url, Attributes={"KmsMasterKeyId": "testKeyId", "SqsManagedSseEnabled": "true"}
        )
    except Exception as refusal:
        t.record("error", str(refusal))


@entry("TestSqsProvider::test_set_empty_redrive_policy", PROTOCOLS)
def empty_redrive_policy(t, protocol):
    client = of(t, protocol)
    _, dead = t.queue()
    policy = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": "42"})
    url, _ = t.queue(RedrivePolicy=policy)
    assert "RedrivePolicy" in attributes_of(client, url)["Attributes"]
    client.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
    assert "RedrivePolicy" not in attributes_of(client, url)["Attributes"]


@entry("TestSqsProvider::test_invalid_dead_letter_arn_rejected_before_lookup")
def invalid_dead_letter_arn(t):
    policy = json.dumps({"deadLetterTargetArn": "dummy", "maxReceiveCount": 42})
    try:
        t.queue(RedrivePolicy=policy)
    except t.sqs.exceptions.ClientError as refusal:
        assert refusal.response["Error"]["Code"] == "InvalidParameterValue", refusal
        return
    raise AssertionError("taken")


@entry("TestSqsProvider::test_sqs_permission_lifecycle", PROTOCOLS)
def permission_lifecycle(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    label = "crossaccountpermission"

    def policy(key):
        t.record(
            f"get-queue-policy-attribute{key}",
            client.get_queue_attributes,
            QueueUrl=url,
            AttributeNames=["Policy"],
        )

    def add(accounts, name=label):
        return t.call(
            client.add_permission,
            QueueUrl=url,
            Label=name,
            AWSAccountIds=accounts,
            Actions=["ReceiveMessage"],
        )

    t.record("add-permission-response", add(["668614515564", t.account]))
    policy("")
    t.record("remove-permission-response", client.remove_permission, QueueUrl=url, Label=label)
    policy("-after-removal")
    add([t.account])
    policy("-first-account-same-label")
    t.record("get-queue-policy-attribute-second-account-same-label", add(["668614515564"]))
    add([t.account], f"{label}2")
    policy("-second-account-different-label")
    client.remove_permission(QueueUrl=url, Label=label)
    policy("-delete-first-permission")
    client.remove_permission(QueueUrl=url, Label=f"{label}2")
    policy("-delete-second-permission")
    t.record(
        "get-queue-policy-attribute-delete-non-existent-label",
        client.remove_permission,
        QueueUrl=url,
        Label=f"{label}2",
    )


@entry("TestSqsQueryApi::test_send_message_via_queue_url_with_json_protocol")
def json_at_the_queue_url(t):
    url, _ = t.queue()
    at_queue = t.client("sqs")
    at_queue.meta.events.register(
        "request-created.sqs.ReceiveMessage", lambda request, **_: setattr(request, "url", url)
    )
    t.record("receive-json-on-queue-url", at_queue.receive_message, QueueUrl=url)


# Visibility.


@entry("TestSqsProvider::test_change_message_visibility_after_visibility_timeout_expiration", PROTOCOLS)
def visibility_after_expiration(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue(VisibilityTimeout="1")
    client.send_message(QueueUrl=url, MessageBody="foobar")
    handle = first(client, url)["ReceiptHandle"]
    time.sleep(1.2)
    t.record(
        "visibility_timeout_expired",
        client.change_message_visibility,
        QueueUrl=url,
        ReceiptHandle=handle,
        VisibilityTimeout=2,
    )


@entry("TestSqsProvider::test_delete_after_visibility_timeout", PROTOCOLS)
def delete_after_timeout(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue(VisibilityTimeout="1")
    client.send_message(QueueUrl=url, MessageBody="foobar")
    handle = first(client, url)["ReceiptHandle"]
    time.sleep(1.2)
    client.delete_message(QueueUrl=url, ReceiptHandle=handle)
    t.record("delete_after_timeout_queue_empty", client.receive_message, QueueUrl=url)


@entry("TestSqsProvider::test_fifo_delete_after_visibility_timeout", PROTOCOLS)
def fifo_delete_after_timeout(t, protocol):
    client = of(t, protocol)
    url, _ = fifo(t, VisibilityTimeout="1", ContentBasedDeduplication="true")
    client.send_message(QueueUrl=url, MessageBody="foobar", MessageGroupId="1")
    answer = t.record("received_sqs_message", client.receive_message, QueueUrl=url, WaitTimeSeconds=5)
    time.sleep(1.2)
    t.record(
        "delete_after_timeout_fifo",
        client.delete_message,
        QueueUrl=url,
        ReceiptHandle=answer["Messages"][0]["ReceiptHandle"],
    )


@entry("TestSqsProvider::test_fifo_delete_after_visibility_timeout_extended", PROTOCOLS)
def fifo_delete_after_extended_timeout(t, protocol):
    client = of(t, protocol)
    url, _ = fifo(t, VisibilityTimeout="1", ContentBasedDeduplication="true")
    client.send_message(QueueUrl=url, MessageBody="foobar", MessageGroupId="1")
    answer = t.record("received_sqs_message", client.receive_message, QueueUrl=url, WaitTimeSeconds=5)
    handle = answer["Messages"][0]["ReceiptHandle"]
    client.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=10)
    time.sleep(1.2)
    t.record(
        "delete_after_timeout_fifo_extended", client.delete_message, QueueUrl=url, ReceiptHandle=handle
    )


@entry("TestSqsProvider::test_fifo_delete_message_with_expired_receipt_handle", PROTOCOLS)
def fifo_delete_with_expired_handle(t, protocol):
    client = of(t, protocol)
    url, _ = fifo(t, VisibilityTimeout="1", ContentBasedDeduplication="true")
    client.send_message(QueueUrl=url, MessageBody="foobar", MessageGroupId="1")
    handle = first(client, url)["ReceiptHandle"]
    time.sleep(1.2)
    refused = t.call(client.delete_message, QueueUrl=url, ReceiptHandle=handle)
    assert refused["Error"]["Code"] == "InvalidParameterValue", refused
    assert first(client, url)["Body"] == "foobar"


@entry("TestSqsProvider::test_approximate_number_of_messages_not_visible", PROTOCOLS)
def count_of_hidden(t, protocol):
    counted(t, of(t, protocol), t.queue()[0], [{}, {}, {}])


@entry("TestSqsProvider::test_fifo_approximate_number_of_messages_not_visible", PROTOCOLS)
def fifo_count_of_hidden(t, protocol):
    url, _ = fifo(t, ContentBasedDeduplication="true")
    counted(t, of(t, protocol), url, [{"MessageGroupId": str(group)} for group in range(3)])


def counted(t, client, url, targets):
    for index, target in enumerate(targets):
        client.send_message(QueueUrl=url, MessageBody=f"message-{index}", **target)
    found = receive_all(t, client, url, len(targets))

    def hidden():
        attributes = attributes_of(client, url)["Attributes"]
        assert attributes["ApproximateNumberOfMessages"] == "0", attributes
        return int(attributes["ApproximateNumberOfMessagesNotVisible"])

    assert hidden() == len(targets)
    client.delete_message(QueueUrl=url, ReceiptHandle=found[0]["ReceiptHandle"])
    assert hidden() == len(targets) - 1




@entry(
    "TestSqsProvider::test_fifo_group_visibility_extends_with_change_message_visibility",
    ["sqs-no-invisible", "sqs_query-no-invisible"],
)
def group_visibility(t, id):
    client = of(t, id.split("-")[0])
    url, _ = three_of_a_group(t, client)
    found = t.record(
        "receive_all_messages",
        client.receive_message,
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=1,
    )
    last = found["Messages"][2]["ReceiptHandle"]
    client.change_message_visibility(QueueUrl=url, ReceiptHandle=last, VisibilityTimeout=30)
    time.sleep(1.2)
    t.record(
        "some-messages-invisible", client.receive_message, QueueUrl=url, MaxNumberOfMessages=10
    )


@entry(
    "TestSqsProvider::test_fifo_group_visibility_extends_with_change_message_visibility",
    ["sqs-0-visible", "sqs_query-0-visible"],
)
def group_visibility_of_the_first(t, id):
    client = of(t, id.split("-")[0])
    url, _ = three_of_a_group(t, client)
    found = t.record(
        "receive_all_messages",
        client.receive_message,
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=30,
    )
    last = found["Messages"][2]["ReceiptHandle"]
    client.change_message_visibility(QueueUrl=url, ReceiptHandle=last, VisibilityTimeout=0)
    t.record(
        "some-messages-invisible", client.receive_message, QueueUrl=url, MaxNumberOfMessages=10
    )


def three_of_a_group(t, client):
    queue = fifo(t, ContentBasedDeduplication="true")
    for body in ["foo", "bar", "baz"]:
        client.send_message(QueueUrl=queue[0], MessageBody=body, MessageGroupId="1")
    return queue


# What a receive tells.


@entry("TestSqsProvider::test_receive_message_message_attribute_names_filters", PROTOCOLS)
def message_attribute_names(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue(VisibilityTimeout="0")
    values = {"Help.Me": "Me", "Hello": "There", "General": "Kenobi"}
    t.record(
        "send_message_response",
        client.send_message,
        QueueUrl=url,
        MessageBody="msg",
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in values.items()
        },
    )
    whole = {
        "empty_filter": [],
        "all_name": ["All"],
        "illegal_name_1": ["AWS."],
        "illegal_name_2": ["..foo"],
    }
    one = {
        "all_wildcard_asterisk": [".*"],
        "all_wildcard": [".*"],
        "only_non_existing_names": ["Foo", "Bar"],
        "only_existing": ["Hello", "General"],
        "existing_and_non_existing": ["Foo", "Hello"],
        "prefix_filter": ["Hel.*"],
    }
    for key in ["empty_filter", "all_name", *one, "illegal_name_1", "illegal_name_2"]:
        names = whole.get(key, one.get(key))
        answer = receive(client, url, MessageAttributeNames=names)
        t.record(key, answer if key in whole else answer["Messages"][0])


@entry("TestSqsProvider::test_receive_message_message_system_attribute_names_filters", PROTOCOLS)
def system_attribute_names(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue(VisibilityTimeout="0")
    client.send_message(
        QueueUrl=url,
        MessageBody="msg",
        MessageAttributes={"Foo": {"DataType": "String", "StringValue": "Bar"}},
    )
    t.record("all_attributes", receive(client, url, MessageSystemAttributeNames=["All"]))
    t.record(
        "all_system_and_message_attributes",
        receive(client, url, MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"]),
    )
    t.record("single_attribute", receive(client, url, MessageSystemAttributeNames=["SenderId"]))
    t.record(
        "multiple_attributes",
        receive(client, url, MessageSystemAttributeNames=["SenderId", "SequenceNumber"]),
    )


@entry("TestSqsProvider::test_fifo_message_attributes", PROTOCOLS)
def fifo_system_attributes(t, protocol):
    client = of(t, protocol)
    url, _ = fifo(t, VisibilityTimeout="0")
    t.record(
        "send_message",
        client.send_message,
        QueueUrl=url,
        MessageBody="message-body-1",
        MessageGroupId="group-1",
        MessageDeduplicationId="dedup-1",
    )
    for index in range(2):
        answer = receive(client, url, AttributeNames=["All"], WaitTimeSeconds=5)
        t.record(f"receive_message_{index}", answer)


@entry("TestSqsProvider::test_aws_trace_header_propagation", PROTOCOLS)
def trace_header(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    header = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"
    client.send_message(
        QueueUrl=url,
        MessageBody="test",
        MessageAttributes={"timestamp": {"StringValue": "1493147359900", "DataType": "Number"}},
        MessageSystemAttributes={"AWSTraceHeader": {"StringValue": header, "DataType": "String"}},
    )
    message = first(
        client,
        url,
        MessageSystemAttributeNames=["SentTimestamp", "AWSTraceHeader"],
        MessageAttributeNames=["All"],
    )
    t.record("xray-msg", message)


@entry("TestSqsProvider::test_fair_queue_with_message_group_id", PROTOCOLS)
def fair_queue(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    t.record(
        "send_message", client.send_message, QueueUrl=url, MessageBody="message", MessageGroupId="test"
    )
    t.record(
        "get-message-with-deduplication-id",
        receive(client, url, WaitTimeSeconds=5, MessageSystemAttributeNames=["All"]),
    )


INVALID_GROUPS = {"too_long": "a" * 129, "spaces": "group 123"}


@entry(
    "TestSqsProvider::test_send_message_to_standard_queue_with_invalid_message_group_id",
    INVALID_GROUPS,
)
def invalid_group(t, group):
    url, _ = t.queue()
    t.record(
        "error-response", t.sqs.send_message, QueueUrl=url, MessageBody="message", MessageGroupId=group
    )


@entry("TestSqsProvider::test_message_deduplication_id_invalid", INVALID_GROUPS)
def invalid_deduplication_id(t, id):
    url, _ = fifo(t)
    t.record(
        "error-response",
        t.sqs.send_message,
        QueueUrl=url,
        MessageBody="message",
        MessageGroupId="test",
        MessageDeduplicationId=id,
    )


@entry("TestSqsProvider::test_message_deduplication_id_success")
def valid_deduplication_id(t):
    url, _ = fifo(t)
    sent = t.sqs.send_message(
        QueueUrl=url, MessageBody="message", MessageGroupId="test", MessageDeduplicationId="a" * 128
    )
    assert sent["MessageId"]


# FIFO queues.


@entry("TestSqsProvider::test_fifo_empty_message_groups_added_back_to_queue", PROTOCOLS)
def group_comes_back(t, protocol):
    client = of(t, protocol)
    url, _ = fifo(t, ContentBasedDeduplication="true")
    client.send_message(QueueUrl=url, MessageBody="Message 1", MessageGroupId="1")
    found = t.record("inital-fifo-receive", receive(client, url, WaitTimeSeconds=5))
    client.delete_message(QueueUrl=url, ReceiptHandle=found["Messages"][0]["ReceiptHandle"])
    t.record("empty-fifo-receive", receive(client, url))
    client.send_message(QueueUrl=url, MessageBody="Message 2", MessageGroupId="1")
    t.record("final-fifo-receive", receive(client, url, WaitTimeSeconds=5))


@entry("TestSqsProvider::test_fifo_queue_send_message_with_delay_seconds_fails", PROTOCOLS)
def fifo_delay(t, protocol):
    url, _ = fifo(t, ContentBasedDeduplication="true")
    t.record(
        "send_message",
        of(t, protocol).send_message,
        QueueUrl=url,
        MessageBody="message-1",
        MessageGroupId="1",
        DelaySeconds=2,
    )


@entry("TestSqsProvider::test_fifo_queue_send_message_with_zero_delay_defaults_to_queue_delay", PROTOCOLS)
def fifo_zero_delay(t, protocol):
    client = of(t, protocol)
    url, _ = fifo(t, ContentBasedDeduplication="true", DelaySeconds="2")
    t.record(
        "send_message_result",
        client.send_message,
        QueueUrl=url,
        MessageBody="message-1",
        MessageGroupId="1",
        DelaySeconds=0,
    )
    t.record("receive_message_initial_result", receive(client, url))
    t.record("receive_message_after_delay_result", receive(client, url, WaitTimeSeconds=5))


@entry("TestSqsProvider::test_send_batch_missing_deduplication_id_for_fifo_queue", PROTOCOLS)
def batch_without_deduplication_id(t, protocol):
    url, _ = fifo(t)
    entries = [
        {"Id": "1", "MessageBody": "m", "MessageGroupId": "g", "MessageDeduplicationId": "d"},
        {"Id": "2", "MessageBody": "m", "MessageGroupId": "g"},
    ]
    t.record(
        "test_missing_deduplication_id_for_fifo_queue",
        of(t, protocol).send_message_batch,
        QueueUrl=url,
        Entries=entries,
    )


@entry("TestSqsProvider::test_send_batch_missing_message_group_id_for_fifo_queue", PROTOCOLS)
def batch_without_group(t, protocol):
    url, _ = fifo(t)
    entries = [{"Id": "1", "MessageBody": "m", "MessageDeduplicationId": "d"}]
    t.record(
        "test_missing_message_group_id_for_fifo_queue",
        of(t, protocol).send_message_batch,
        QueueUrl=url,
        Entries=entries,
    )


@entry("TestSqsProvider::test_posting_to_fifo_requires_deduplicationid_group_id", PROTOCOLS)
def fifo_requires_ids(t, protocol):
    client = of(t, protocol)
    url, _ = fifo(t)
    for key, sender in [("", client), ("-query", t.sqs)]:
        t.record(
            f"invalid-parameter-value{key}",
            sender.send_message,
            QueueUrl=url,
            MessageBody="test",
            MessageGroupId="g",
        )
        t.record(
            f"missing-parameter{key}",
            sender.send_message,
            QueueUrl=url,
            MessageBody="test",
            MessageDeduplicationId="d",
        )


@entry(
    "TestSqsProvider::test_fifo_deduplication_arrives_once_after_delete",
    [f"{protocol}-{content}" for protocol in PROTOCOLS for content in ["True", "False"]],
)
def once_after_delete(t, id):
    client, ids, url = deduplicating(t, id)
    body = json.dumps({"foo": "bar"})
    client.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g", **ids)
    found = t.record("get-messages", receive(client, url, WaitTimeSeconds=5))
    client.delete_message(QueueUrl=url, ReceiptHandle=found["Messages"][0]["ReceiptHandle"])
    client.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g", **ids)
    t.record("get-messages-duplicate", receive(client, url, WaitTimeSeconds=1))


@entry(
    "TestSqsProvider::test_fifo_deduplication_not_on_message_group_id",
    [f"{protocol}-{content}" for protocol in PROTOCOLS for content in ["True", "False"]],
)
def not_by_group(t, id):
    client, ids, url = deduplicating(t, id)
    body = json.dumps({"foo": "bar"})
    client.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g1", **ids)
    found = t.record("get-messages", receive(client, url, WaitTimeSeconds=5))
    client.delete_message(QueueUrl=url, ReceiptHandle=found["Messages"][0]["ReceiptHandle"])
    client.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g2", **ids)
    t.record("get-dedup-messages", receive(client, url, WaitTimeSeconds=1))


def deduplicating(t, id):
    protocol, content = id.split("-")
    attributes = {"ContentBasedDeduplication": "true"} if content == "True" else {}
    url, _ = fifo(t, **attributes)
    ids = {} if content == "True" else {"MessageDeduplicationId": "d"}
    return of(t, protocol), ids, url


HIGH = {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
REGULAR = {"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"}


def send(client, url, body, group, id):
    client.send_message(
        QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=id
    )


@entry("TestSqsProvider::test_fifo_high_throughput_ordering", PROTOCOLS)
def high_throughput(t, protocol):
    client = of(t, protocol)
    url, _ = fifo(t, **HIGH)
    for index in (1, 2):
        send(client, url, f"Test{index}", f"Group{index}", "1")
        t.record(f"same-dedup-different-grp-{index}", receive(client, url, WaitTimeSeconds=5))


@entry("TestSqsProvider::test_sqs_fifo_message_group_scope_no_throughput_setting", PROTOCOLS)
def group_scope_alone(t, protocol):
    client = of(t, protocol)
    url, _ = fifo(t, DeduplicationScope="messageGroup")
    for index in (1, 2):
        send(client, url, "Test", f"Group{index}", "1")
        t.record(f"same-dedup-different-grp-{index}", receive(client, url, WaitTimeSeconds=5))


@entry("TestSqsProvider::test_fifo_change_to_high_throughput_after_creation", PROTOCOLS)
def to_high_throughput(t, protocol):
    client = of(t, protocol)
    url, _ = fifo(t, **REGULAR)

    def sent(key, body, group, id):
        send(client, url, body, group, id)
        found = t.record(key, receive(client, url, WaitTimeSeconds=1))
        for message in found.get("Messages", []):
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    sent("same-dedup-different-grp-1", "Test1", "Group1", "1")
    sent("same-dedup-different-grp-2", "Test2", "Group2", "1")
    client.set_queue_attributes(QueueUrl=url, Attributes=HIGH)
    t.record("set-to-high-throughput", attributes_of, client=client, url=url)
    sent("same-dedup-different-grp-high-throughput", "Test3", "Group1", "1")
    sent("same-dedup-different-grp-high-throughput-2", "Test3", "Group2", "1")
    sent("new-dedup2-high-throughput", "Test4", "Group2", "2")
    sent("same-dedup2-high-throughput", "Test5", "Group2", "2")


@entry("TestSqsProvider::test_fifo_change_to_regular_throughput_after_creation", PROTOCOLS)
def to_regular_throughput(t, protocol):
    client = of(t, protocol)
    url, _ = fifo(t, **HIGH)
    send(client, url, "Test1", "Group1", "1")
    t.record("same-dedup-different-grp-1", receive(client, url, WaitTimeSeconds=5))
    send(client, url, "Test2", "Group2", "1")
    t.record("same-dedup-different-grp-2", receive(client, url, WaitTimeSeconds=5))
    client.set_queue_attributes(QueueUrl=url, Attributes=REGULAR)
    t.record("set-to-regular-throughput", attributes_of, client=client, url=url)
    send(client, url, "Test3", "Group3", "1")
    t.record("same-dedup-different-grp-regular-throughput", receive(client, url, WaitTimeSeconds=2))


# Batches.


INVALID_IDS = {"": "", "invalid:id": "invalid:id", "testLongId" * 10: "testLongId" * 10}


@entry(
    "TestSqsProvider::test_delete_message_batch_invalid_msg_id",
    {f"{protocol}-{id}": (protocol, id) for protocol in PROTOCOLS for id in INVALID_IDS},
)
def invalid_entry_id(t, protocol, id):
    client = of(t, protocol)
    url, _ = t.queue()
    client.send_message(QueueUrl=url, MessageBody="foobar")
    handle = first(client, url)["ReceiptHandle"]
    entries = [{"Id": id, "ReceiptHandle": handle}]
    t.record("error_response", client.delete_message_batch, QueueUrl=url, Entries=entries)


@entry("TestSqsProvider::test_delete_message_batch_with_too_large_batch", PROTOCOLS)
def too_large_batch(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    for batch in range(2):
        bodies = [f"message-{batch}-{index}" for index in range(10)]
        entries = [{"Id": body, "MessageBody": body} for body in bodies]
        client.send_message_batch(QueueUrl=url, Entries=entries)
    found = receive_all(t, client, url, 20)
    entries = [
        {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]}
        for index, message in enumerate(found)
    ]
    t.record("error_response", client.delete_message_batch, QueueUrl=url, Entries=entries)


# Dead letters.


@entry("TestSqsProvider::test_dead_letter_queue_message_attributes")
def dead_letter_attributes(t):
    dead, dead_arn = t.queue()
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})
    url, arn = t.queue(RedrivePolicy=policy, VisibilityTimeout="0")
    t.record("dlq-arn", dead_arn)
    t.record("sourcen-arn", arn)
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    t.sqs.send_message(
        QueueUrl=url,
        MessageBody="message-1",
        MessageAttributes={"MyAttribute": {"StringValue": "foobar", "DataType": "String"}},
        MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": header}},
    )
    t.sqs.send_message(QueueUrl=url, MessageBody="message-2")

    def received(source):
        found = []

        def look():
            answer = t.sqs.receive_message(
                QueueUrl=source,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,
                VisibilityTimeout=0 if source == url else 30,
                MessageAttributeNames=["All"],
                AttributeNames=["All"],
            )
            for message in answer.get("Messages", []):
                message["Attributes"].pop("SenderId")
                found.append(message)
            return len(found) >= 2

        t.until(look, every=0)
        return sorted(found, key=lambda message: message["Body"])

    t.record("rec-pre-dlq", received(url))
    t.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    t.record("dlq-messages", received(dead))


@entry("TestSqsProvider::test_dead_letter_queue_with_fifo_and_content_based_deduplication", PROTOCOLS)
def fifo_dead_letters(t, protocol):
    client = of(t, protocol)
    dead, dead_arn = fifo(t, ContentBasedDeduplication="true")
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})
    url, _ = fifo(t, RedrivePolicy=policy, ContentBasedDeduplication="true", VisibilityTimeout="1")
    sent = client.send_message(QueueUrl=url, MessageBody="test", MessageGroupId="1")
    first(client, url)
    found = []

    def look():
        assert "Messages" not in receive(client, url)
        found.extend(receive(client, dead).get("Messages", []))
        return found

    t.until(look)
    assert found[0]["MessageId"] == sent["MessageId"]
    assert found[0]["Body"] == "test"
