"""Batches."""

from harness import entry

from .tools import PROTOCOLS, first, of, receive_all


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
