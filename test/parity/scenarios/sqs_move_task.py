"""Tasks that move dead letters."""

import base64
import json
import time
import uuid

from harness import entry


def poisoned(t, count):
    """A queue and its dead-letter queue, in which `count` messages lie: (URL, ARN) of each."""
    dead = t.queue()
    policy = json.dumps({"deadLetterTargetArn": dead[1], "maxReceiveCount": 1})
    source = t.queue(RedrivePolicy=policy, VisibilityTimeout="0")
    for index in range(count):
        t.sqs.send_message(QueueUrl=source[0], MessageBody=f"message-{index}")

    def all_dead():
        t.sqs.receive_message(QueueUrl=source[0], MaxNumberOfMessages=10)
        return waiting(t, dead[0]) == count

    t.until(all_dead)
    return source, dead


def waiting(t, url):
    attribute = "ApproximateNumberOfMessages"
    answer = t.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[attribute])
    return int(answer["Attributes"][attribute])


def latest(t, arn):
    return t.sqs.list_message_move_tasks(SourceArn=arn)


def completed(t, arn):
    def look():
        found = latest(t, arn)
        return found if found["Results"][0]["Status"] == "COMPLETED" else None

    return t.until(look, seconds=60)


def handle_of(source_arn):
    text = json.dumps({"taskId": str(uuid.uuid4()), "sourceArn": source_arn})
    return base64.b64encode(text.encode()).decode()


@entry("test_basic_move_task_workflow")
def basic_workflow(t):
    _, (_, dead_arn) = poisoned(t, 2)
    target_url, target_arn = t.queue()
    t.record(
        "start-message-move-task-response",
        t.sqs.start_message_move_task,
        SourceArn=dead_arn,
        DestinationArn=target_arn,
    )
    moved = t.messages(target_url, 2)
    assert {message["Body"] for message in moved} == {"message-0", "message-1"}
    t.record("list-message-move-task-response", completed(t, dead_arn))


@entry("test_move_task_with_throughput_limit")
def throughput_limit(t):
    (source_url, _), (_, dead_arn) = poisoned(t, 4)
    t.sqs.set_queue_attributes(QueueUrl=source_url, Attributes={"VisibilityTimeout": "30"})
    began = time.monotonic()
    t.record(
        "start-message-move-task-response",
        t.sqs.start_message_move_task,
        SourceArn=dead_arn,
        MaxNumberOfMessagesPerSecond=1,
    )
    t.until(lambda: waiting(t, source_url) == 4, seconds=30)
    assert time.monotonic() - began >= 3


@entry("test_start_multiple_move_tasks")
def second_task(t):
    _, (_, dead_arn) = poisoned(t, 3)
    t.sqs.start_message_move_task(SourceArn=dead_arn, MaxNumberOfMessagesPerSecond=1)
    t.record("error", t.sqs.start_message_move_task, SourceArn=dead_arn)


@entry("test_cancel_with_invalid_task_handle")
def invalid_handle(t):
    t.record("error", t.sqs.cancel_message_move_task, TaskHandle="foobared")


@entry("test_cancel_with_invalid_source_arn_in_task_handle")
def handle_of_no_queue(t):
    handle = handle_of(f"arn:aws:sqs:{t.region}:{t.account}:{t.name()}")
    t.record("error", t.sqs.cancel_message_move_task, TaskHandle=handle)


@entry("test_cancel_with_invalid_task_id_in_task_handle")
def handle_of_no_task(t):
    _, arn = t.queue()
    t.record("error", t.sqs.cancel_message_move_task, TaskHandle=handle_of(arn))
