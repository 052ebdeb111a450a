"""When a message is seen, and what its receipt allows."""

import time

from harness import entry

from .tools import PROTOCOLS, attributes_of, fifo, first, of, receive_all


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
