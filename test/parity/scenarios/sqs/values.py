"""Sizes, ranges, and values out of them."""

from harness import entry

from .tools import MEBIBYTE, PROTOCOLS, of


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
