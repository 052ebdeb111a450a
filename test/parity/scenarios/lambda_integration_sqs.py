"""Queues that drive functions."""

import json
import time

from harness import entry

from .mapping_tools import (
    PRINT,
    events,
    filters,
    mapping,
    mask_senders,
    read_filters,
    received,
    state,
    with_bodies,
)

MAPPING = "TestSQSEventSourceMapping::"

NUMERIC = {"body": {"test2": [{"numeric": [">=", 100, "<", 200]}]}}
FILTERS = {
    "filter0-item_matching0-item_not_matching0": (
        {"body": {"testItem": ["test24"]}}, {"testItem": "test24"}, {"testItem": "tesWER"}),
    "filter1-item_matching1-item_not_matching1": (
        {"body": {"testItem": ["test24", "test45"]}}, {"testItem": "test45"}, {"testItem": "WERTD"}),
    "filter4-item_matching4-this is a test string": (
        {"body": {"test2": [{"numeric": [">", 100]}]}}, {"test2": 105}, "this is a test string"),
    "filter5-item_matching5-item_not_matching5": (
        {"body": {"test2": [{"numeric": ["<", 100]}]}}, {"test2": 93}, {"test2": 105}),
    "filter6-item_matching6-item_not_matching6": (NUMERIC, {"test2": 105}, {"test2": 200}),
    "or-filter": (
        {"body": {"testItem": ["test24", "test45"]}}, {"testItem": "test45"}, {"testItem": "WERTD"}),
    "and-filter": (
        {"body": {"testItem": ["test24", "test45"], "test2": ["go"]}},
        {"testItem": "test45", "test2": "go"}, {"testItem": "test67", "test2": "go"}),
    "numeric-range": (
        {"body": {"my-number": [{"numeric": [">=", 100, "<", 200]}]}},
        {"my-number": 100}, {"my-number": 200}),
    "numeric-prefix": (
        {"body": {"test2": [{"prefix": "us-1"}]}}, {"test2": "us-1-48454"}, {"test2": "eu-wert"}),
    "or": (
        {"body": {"my-key": ["my-value-one", "my-value-two"]}},
        {"my-key": "my-value-two"}, {"my-key": "other"}),
    "exists": ({"body": {"my-key": [{"exists": True}]}}, {"my-key": "any-value-one"}, {"other": 1}),
    "valid-json-filter": ({"body": {"my-key": ["my-value"]}}, {"my-key": "my-value"}, {"my-key": "x"}),
}


@entry(f"{MAPPING}test_sqs_event_filter", FILTERS)
def filtered(t, pattern, matching, other):
    mask_senders(t)
    name = t.function(PRINT)["FunctionName"]
    url, arn = t.queue()
    create = t.lambda_.create_event_source_mapping
    made = create(
        EventSourceArn=arn,
        FunctionName=name,
        MaximumBatchingWindowInSeconds=1,
        FilterCriteria=filters(pattern),
    )
    t.record("create_event_source_mapping_response", read_filters(made))
    t.defer(t.lambda_.delete_event_source_mapping, UUID=made["UUID"])
    state(t, made["UUID"], "Enabled")
    t.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(matching))
    text = other if isinstance(other, str) else json.dumps(other)
    t.sqs.send_message(QueueUrl=url, MessageBody=text)
    t.record("invocation_events", with_bodies(events(t, name)))


@entry(f"{MAPPING}test_sqs_event_filter", ["plain-string-matching"])
def not_recorded(t, _id):
    pass


@entry(f"{MAPPING}test_sqs_event_source_mapping_batching_behaviour", ["20", "100", "1000"])
def batching(t, _size):
    pass


@entry(
    f"{MAPPING}test_sqs_invalid_event_filter",
    {
        "None": "None",
        "simple string": "simple string",
        "invalid_filter2": {"eventSource": "aws:sqs"},
        "invalid_filter3": {"eventSource": ["aws:sqs", {"exists": "nonsense"}]},
    },
)
def invalid_filter(t, pattern):
    name = t.function(PRINT)["FunctionName"]
    _, arn = t.queue()
    text = pattern if isinstance(pattern, str) else json.dumps(pattern)
    t.record(
        "create_event_source_mapping_exception",
        t.lambda_.create_event_source_mapping,
        EventSourceArn=arn,
        FunctionName=name,
        FilterCriteria={"Filters": [{"Pattern": text}]},
    )


@entry(f"{MAPPING}test_event_source_mapping_default_batch_size")
def default_batch_size(t):
    name = t.function(PRINT)["FunctionName"]
    _, arn = t.queue()
    _, other = t.queue()
    uuid = mapping(t, "create-event-source-mapping", arn, name)
    update = t.lambda_.update_event_source_mapping
    t.record(
        "invalid-update-event-source-mapping",
        update,
        UUID=uuid,
        FunctionName=name,
        BatchSize=15,
    )
    t.record(
        "invalid-create-event-source-mapping",
        t.lambda_.create_event_source_mapping,
        EventSourceArn=other,
        FunctionName=name,
        BatchSize=15,
    )


@entry(f"{MAPPING}test_sqs_event_source_mapping")
def mapped(t):
    mask_senders(t)
    name = t.function(PRINT)["FunctionName"]
    url, arn = t.queue()
    key = "create-event-source-mapping-response"
    mapping(t, key, arn, name, MaximumBatchingWindowInSeconds=1)
    t.sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"foo": "bar"}))
    t.record("events", with_bodies(events(t, name)))


@entry(f"{MAPPING}test_sqs_event_source_mapping_batch_size", ["15", "100", "1000", "10000"])
def batch_size(t, size):
    t.mask("SentTimestamp", "sent-timestamp")
    t.mask("MaximumBatchingWindowInSeconds", "maximum-batching-window-in-seconds")
    name = t.function(PRINT)["FunctionName"]
    url, arn = t.queue()
    mapping(
        t,
        "create-event-source-mapping-response",
        arn,
        name,
        MaximumBatchingWindowInSeconds=5,
        BatchSize=int(size),
    )
    for round, count in enumerate([10, 5]):
        entries = [
            {"Id": f"{index}-{round}", "MessageBody": f"{index}-{round}-message-{index}"}
            for index in range(count)
        ]
        send = t.sqs.send_message_batch
        t.record(f"send-message-batch-result-{count}", send, QueueUrl=url, Entries=entries)
    records = [record for event in events(t, name) for record in event["Records"]]
    t.record("Records", sorted(records, key=lambda record: record["body"]))


@entry(f"{MAPPING}test_duplicate_event_source_mappings")
def duplicate(t):
    name = t.function(PRINT)["FunctionName"]
    _, arn = t.queue()
    mapping(t, "create", arn, name)
    create = t.lambda_.create_event_source_mapping
    t.record("error", create, EventSourceArn=arn, FunctionName=name)


@entry("test_esm_with_not_existing_sqs_queue")
def missing_queue(t):
    name = t.function(PRINT)["FunctionName"]
    arn = f"arn:aws:sqs:{t.region}:{t.account}:{t.name('missing')}"
    create = t.lambda_.create_event_source_mapping
    t.record("error", create, EventSourceArn=arn, FunctionName=name, BatchSize=1)


@entry("test_fifo_message_group_parallelism")
def fifo(t):
    name = t.function(PRINT)["FunctionName"]
    _, arn = t.queue(f"{t.name('q')}.fifo", FifoQueue="true")
    uuid = mapping(t, "create_esm_disabled", arn, name, Enabled=False, BatchSize=1)
    update = t.lambda_.update_event_source_mapping
    t.record("update_esm_enabling", update, UUID=uuid, Enabled=True)
    t.record("get_esm_enabled", state(t, uuid, "Enabled"))


SQS = "import json, os, boto3\nsqs = boto3.client('sqs')\n"
REPORTING = SQS + """

def handler(event, context):
    attempts = {r["messageId"]: int(r["attributes"]["ApproximateReceiveCount"]) for r in event["Records"]}
    failures, has_failed = [], False
    for record in event["Records"]:
        body = json.loads(record["body"])
        if has_failed or body["fail_attempts"] >= attempts[record["messageId"]]:
            failures.append({"itemIdentifier": record["messageId"]})
            has_failed = body.get("is_ordered", False)
    result = {"batchItemFailures": failures}
    text = json.dumps({"event": event, "result": result})
    sqs.send_message(QueueUrl=os.environ["URL"], MessageBody=text)
    return result
"""


@entry("test_report_batch_item_failures")
def report_failures(t):
    mask_senders(t)
    dead_url, dead_arn = t.queue(f"{t.name('d')}.fifo", FifoQueue="true")
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
    url, arn = t.queue(
        f"{t.name('q')}.fifo", FifoQueue="true", RedrivePolicy=policy, VisibilityTimeout="10"
    )
    to_url, to_arn = t.queue()
    to_name = to_arn.split(":")[-1]
    t.record("get_destination_queue_url", t.sqs.get_queue_url, QueueName=to_name)
    code = REPORTING.replace('attempts[record["messageId"]]', 'attempts[record["messageId"]]')
    variables = {"Variables": {"URL": to_url}}
    name = t.function(code, Environment=variables, Timeout=10)["FunctionName"]
    entries = [
        {
            "Id": f"message-{number}",
            "MessageBody": json.dumps({"message": number, "fail_attempts": attempts}),
            "MessageGroupId": "1",
            "MessageDeduplicationId": f"dedup-{number}",
        }
        for number, attempts in [(1, 0), (2, 1), (3, 1), (4, 2)]
    ]
    t.record("send_message_batch", t.sqs.send_message_batch, QueueUrl=url, Entries=entries)
    mapping(
        t,
        "create_event_source_mapping",
        arn,
        name,
        BatchSize=10,
        MaximumBatchingWindowInSeconds=0,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    for key in ["first_invocation", "second_invocation"]:
        answer = received(t, to_url)
        for message in answer["Messages"]:
            t.sqs.delete_message(QueueUrl=to_url, ReceiptHandle=message["ReceiptHandle"])
            with_bodies([message["Body"]["event"]])
        t.record(key, answer)
    t.record("dlq_response", received(t, dead_url))


@entry("test_report_batch_item_failures_on_lambda_error")
def failing(t):
    dead_url, dead_arn = t.queue()
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
    url, arn = t.queue(RedrivePolicy=policy, VisibilityTimeout="2")
    code = (
        "import json\n\n\ndef handler(event, context):\n"
        "    for record in event['Records']:\n        json.loads(record['body'])\n"
        "    raise Exception('no')\n"
    )
    name = t.function(code, Timeout=2)["FunctionName"]
    for body in ["{not a json body", json.dumps({"message": 2, "fail_attempts": 0})]:
        t.sqs.send_message(QueueUrl=url, MessageBody=body)
    made = t.lambda_.create_event_source_mapping(
        EventSourceArn=arn,
        FunctionName=name,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    t.defer(t.lambda_.delete_event_source_mapping, UUID=made["UUID"])
    found = []

    def look():
        answer = t.sqs.receive_message(QueueUrl=dead_url, WaitTimeSeconds=1, VisibilityTimeout=60)
        found.extend(answer.get("Messages", []))
        return len(found) >= 2

    t.until(look, 60)
    from .mapping_tools import parsed

    for message in found:
        message["Body"] = parsed(message["Body"])
    t.record("dlq_messages", sorted(found, key=lambda message: str(message["Body"]), reverse=True))


@entry("test_message_body_and_attributes_passed_correctly")
def attributes(t):
    mask_senders(t)
    to_url, to_arn = t.queue()
    t.record("get_destination_queue_url", t.sqs.get_queue_url, QueueName=to_arn.split(":")[-1])
    code = SQS + (
        "\n\ndef handler(event, context):\n"
        "    url = json.loads(event['Records'][0]['body'])['destination']\n"
        "    text = json.dumps({'error': None, 'event': event})\n"
        "    sqs.send_message(QueueUrl=url, MessageBody=text)\n"
    )
    name = t.function(code, Timeout=10)["FunctionName"]
    url, arn = t.queue()
    made = t.lambda_.create_event_source_mapping(EventSourceArn=arn, FunctionName=name)
    t.defer(t.lambda_.delete_event_source_mapping, UUID=made["UUID"])
    t.sqs.send_message(
        QueueUrl=url,
        MessageBody=json.dumps({"destination": to_url, "fail_attempts": 0}),
        MessageAttributes={
            "Title": {"DataType": "String", "StringValue": "The Whistler"},
            "Author": {"DataType": "String", "StringValue": "John Grisham"},
            "WeeksOn": {"DataType": "Number", "StringValue": "6"},
        },
    )
    t.record("first_attempt", received(t, to_url))


@entry("test_sqs_queue_as_lambda_dead_letter_queue")
def dead_letters(t):
    url, arn = t.queue()
    code = (
        "def handler(event, context):\n    if event.get('raise_error'):\n"
        "        raise Exception('Test exception (this is intentional)')\n"
    )
    made = t.function(code, DeadLetterConfig={"TargetArn": arn})
    t.record("lambda-response-dlq-config", made["DeadLetterConfig"])
    name = made["FunctionName"]
    t.lambda_.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    payload = json.dumps({"raise_error": 1})
    t.lambda_.invoke(FunctionName=name, Payload=payload, InvocationType="Event")
    t.record("messages", received(t, url, MessageAttributeNames=["All"]))
