"""What a receive tells of a message."""

from harness import entry

from .tools import PROTOCOLS, fifo, first, of, receive


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
