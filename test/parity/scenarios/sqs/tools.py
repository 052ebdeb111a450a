"""What the scenarios of SQS have in common."""

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
