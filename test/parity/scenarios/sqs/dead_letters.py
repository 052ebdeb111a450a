"""Dead letters."""

import json

from harness import entry

from .tools import PROTOCOLS, fifo, first, of, receive


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
