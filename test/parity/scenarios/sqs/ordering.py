"""FIFO queues: groups and deduplication."""

import json

from harness import entry

from .tools import PROTOCOLS, attributes_of, fifo, of, receive


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
    for index in (1, 2):
        send(client, url, f"Test{index}", f"Group{index}", "1")
        found = t.record(f"same-dedup-different-grp-{index}", receive(client, url, WaitTimeSeconds=5))
        client.delete_message(QueueUrl=url, ReceiptHandle=found["Messages"][0]["ReceiptHandle"])
    client.set_queue_attributes(QueueUrl=url, Attributes=REGULAR)
    t.record("set-to-regular-throughput", attributes_of, client=client, url=url)
    send(client, url, "Test3", "Group3", "1")
    t.record("same-dedup-different-grp-regular-throughput", receive(client, url, WaitTimeSeconds=2))
