"""Streams of Kinesis that drive functions."""

import base64
import json

from harness import entry

from .mapping_tools import PRINT, events, filters, mapping, parsed, read_filters, received, state

SOURCE = "TestKinesisSource::"
REPORT = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
RAISE = "def handler(event, context):\n    raise Exception('no')\n"


def stream(t, shards=1):
    """A stream's name and ARN, once it is active."""
    name = t.name("stream")
    t.kinesis.create_stream(StreamName=name, ShardCount=shards)
    t.defer(t.kinesis.delete_stream, StreamName=name, EnforceConsumerDeletion=True)
    describe = t.kinesis.describe_stream_summary

    def look():
        answer = describe(StreamName=name)["StreamDescriptionSummary"]
        return answer if answer["StreamStatus"] == "ACTIVE" else None

    return name, t.until(look)["StreamARN"]


def put(t, name, *records):
    """Puts records, each its key and its data."""
    entries = [{"PartitionKey": key, "Data": data} for key, data in records]
    t.kinesis.put_records(StreamName=name, Records=entries)


def flat(found):
    records = [record for event in found for record in event["Records"]]
    return {"Records": records}


@entry(f"{SOURCE}test_create_kinesis_event_source_mapping")
def latest(t):
    function = t.function(PRINT)["FunctionName"]
    name, arn = stream(t)
    key = "create_event_source_mapping_response"
    mapping(t, key, arn, function, StartingPosition="LATEST")
    put(t, name, *[(f"test_{index}", "hello") for index in range(10)])
    t.record("kinesis_records", flat(events(t, function)))


@entry(f"{SOURCE}test_kinesis_event_source_trim_horizon")
def from_the_beginning(t):
    code = (
        "import json, time\n\n\ndef handler(event, context):\n"
        '    print(json.dumps({"executionStart": time.time(), "event": event}))\n'
    )
    function = t.function(code)["FunctionName"]
    name, arn = stream(t)
    for batch in (0, 1, 3):
        notes = [json.dumps({"record_id": index}) for index in range(10)]
        put(t, name, *[(f"test_{batch}", note) for note in notes])
    mapping(
        t,
        "create_event_source_mapping_response",
        arn,
        function,
        StartingPosition="TRIM_HORIZON",
        BatchSize=10,
    )

    def look():
        lines = t.logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
        found = [parsed(line["message"]) for line in lines]
        found = [one for one in found if isinstance(one, dict) and "executionStart" in one]
        return found if len(found) >= 3 else None

    t.record("invocation_events", t.until(look))


@entry(f"{SOURCE}test_disable_kinesis_event_source_mapping")
def disabled(t):
    function = t.function(PRINT)["FunctionName"]
    name, arn = stream(t)
    key = "create_event_source_mapping_response"
    uuid = mapping(t, key, arn, function, StartingPosition="LATEST", BatchSize=10)
    records = [("test", json.dumps({"record_id": index})) for index in range(10)]
    put(t, name, *records)
    found = events(t, function)
    t.record("invocation_events", found)
    t.lambda_.update_event_source_mapping(UUID=uuid, Enabled=False)
    state(t, uuid, "Disabled")
    put(t, name, *records)


def failed(t, key, code, **arguments):
    """A mapping whose batches fail, and what its destination is told of it."""
    url, target = t.queue()
    function = t.function(code)["FunctionName"]
    name, arn = stream(t)
    mapping(
        t,
        "create_event_source_mapping_response",
        arn,
        function,
        StartingPosition="TRIM_HORIZON",
        MaximumBatchingWindowInSeconds=1,
        DestinationConfig={"OnFailure": {"Destination": target}},
        **{"BatchSize": 1, "MaximumRetryAttempts": 1, **arguments},
    )
    put(t, name, ("test", "hello"))
    t.record(key, received(t, url))
    return function


@entry(f"{SOURCE}test_kinesis_event_source_mapping_with_on_failure_destination_config")
def given_up(t):
    failed(t, "sqs_payload", RAISE)


@entry(f"{SOURCE}test_kinesis_event_source_mapping_with_sns_on_failure_destination_config")
def given_up_to_a_topic(t):
    url, queue_arn = t.queue()
    topic = t.topic()
    subscribed = t.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    t.defer(t.sns.unsubscribe, SubscriptionArn=subscribed["SubscriptionArn"])
    function = t.function(RAISE)["FunctionName"]
    name, arn = stream(t)
    mapping(
        t,
        "create_event_source_mapping_response",
        arn,
        function,
        StartingPosition="TRIM_HORIZON",
        BatchSize=1,
        MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": topic}},
    )
    put(t, name, ("test", "hello"))
    message = received(t, url)["Messages"][0]["Body"]
    message["Message"] = parsed(message["Message"])
    t.record("failure_sns_message", message)


@entry(
    f"{SOURCE}test_kinesis_maximum_record_age_exceeded",
    ["expire-before-ingestion", "expire-while-retrying"],
)
def too_old(t, case):
    url, target = t.queue()
    function = t.function(RAISE)["FunctionName"]
    name, arn = stream(t)
    put(t, name, ("test", "hello"))
    if case == "expire-before-ingestion":
        t.pass_time(61)
    mapping(
        t,
        "create_event_source_mapping_response",
        arn,
        function,
        StartingPosition="TRIM_HORIZON",
        BatchSize=1,
        MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=0 if case == "expire-before-ingestion" else -1,
        MaximumRecordAgeInSeconds=60,
        DestinationConfig={"OnFailure": {"Destination": target}},
    )
    if case != "expire-before-ingestion":
        t.pass_time(61)
    t.record("record_age_exceeded_payload", received(t, url))


REPORTING = """
import base64, json


def handler(event, context):
    print(json.dumps(event))
    failures = []
    for record in event["Records"]:
        if json.loads(base64.b64decode(record["kinesis"]["data"]))["should_fail"]:
            failures.append({"itemIdentifier": record["kinesis"]["sequenceNumber"]})
    return {"batchItemFailures": failures}
"""


@entry(f"{SOURCE}test_kinesis_report_batch_item_failures")
def reported(t):
    url, target = t.queue()
    function = t.function(REPORTING)["FunctionName"]
    name, arn = stream(t)
    records = [
        (f"test_{index}", json.dumps({"should_fail": index == 5})) for index in range(6)
    ]
    put(t, name, *records)
    mapping(
        t,
        "create_event_source_mapping_response",
        arn,
        function,
        StartingPosition="TRIM_HORIZON",
        BatchSize=3,
        MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=3,
        DestinationConfig={"OnFailure": {"Destination": target}},
        **REPORT,
    )
    t.record("sqs_payload", received(t, url))
    records = flat(events(t, function, 6))["Records"]
    records.sort(key=lambda record: record["kinesis"]["partitionKey"])
    t.record("kinesis_records", {"Records": records})


def answering(expression):
    return (
        "import json\n\n\ndef handler(event, context):\n    print(json.dumps(event))\n"
        f"    {expression}\n"
    )


@entry(
    f"{SOURCE}test_kinesis_report_batch_item_failure_scenarios",
    {
        "empty_string_item_identifier_failure": (
            'return {"batchItemFailures": [{"itemIdentifier": ""}]}'),
        "null_item_identifier_failure": (
            'return {"batchItemFailures": [{"itemIdentifier": None}]}'),
        "invalid_key_foo_failure": 'return {"batchItemFailures": [{"foo": "123"}]}',
        "invalid_key_foo_null_value_failure": 'return {"batchItemFailures": [{"foo": None}]}',
        "item_identifier_not_present_failure": (
            'return {"batchItemFailures": [{"itemIdentifier": "not-there"}]}'),
        "unhandled_exception_in_function": 'raise Exception("no")',
    },
)
def malformed(t, expression):
    code = answering(expression)
    function = failed(t, "sqs_payload", code, MaximumRetryAttempts=2, **REPORT)
    t.record("kinesis_events", events(t, function, 3))


@entry(
    f"{SOURCE}test_kinesis_report_batch_item_success_scenarios",
    {
        "empty_string_success": 'return ""',
        "null_success": "return None",
        "empty_dict_success": "return {}",
        "empty_list_success": 'return {"batchItemFailures": []}',
        "null_batch_item_failure_success": 'return {"batchItemFailures": None}',
        "empty_batch_item_failure_success": 'return {"batchItemFailures": []}',
    },
)
def successful(t, expression):
    function = t.function(answering(expression))["FunctionName"]
    name, arn = stream(t)
    mapping(
        t,
        "create_event_source_mapping_response",
        arn,
        function,
        StartingPosition="TRIM_HORIZON",
        BatchSize=1,
        MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=2,
        **REPORT,
    )
    put(t, name, ("test", "hello"))
    t.record("kinesis_events", events(t, function))


@entry(f"{SOURCE}test_duplicate_event_source_mappings")
def duplicate(t):
    function = t.function(PRINT)["FunctionName"]
    _, arn = stream(t)
    mapping(t, "create", arn, function, StartingPosition="LATEST")
    t.record(
        "error",
        t.lambda_.create_event_source_mapping,
        EventSourceArn=arn,
        FunctionName=function,
        StartingPosition="LATEST",
    )


@entry(
    f"{SOURCE}test_create_kinesis_event_source_mapping_multiple_lambdas_single_kinesis_event_stream"
)
def two_functions(t):
    functions = {letter: t.function(PRINT)["FunctionName"] for letter in "ab"}
    name, arn = stream(t)
    for letter, function in functions.items():
        key = f"create_event_source_mapping_response-{letter}"
        mapping(t, key, arn, function, StartingPosition="TRIM_HORIZON")
    put(t, name, ("test_1", "hello"))
    for letter, function in functions.items():
        t.record(f"kinesis_records-{letter}", flat(events(t, function)))


@entry("TestKinesisEventFiltering::test_kinesis_event_filtering_json_pattern")
def filtered(t):
    functions = [t.function(PRINT)["FunctionName"] for _ in range(2)]
    name, arn = stream(t)
    keys = ["create_event_source_mapping_response", "create_event_source_mapping_2_response"]
    for index, (key, function) in enumerate(zip(keys, functions), 1):
        made = t.lambda_.create_event_source_mapping(
            EventSourceArn=arn,
            FunctionName=function,
            BatchSize=1,
            StartingPosition="TRIM_HORIZON",
            MaximumBatchingWindowInSeconds=1,
            MaximumRetryAttempts=1,
            FilterCriteria=filters({"data": {"event_type": [f"function_{index}"]}}),
        )
        t.defer(t.lambda_.delete_event_source_mapping, UUID=made["UUID"])
        t.record(key, read_filters(made))
        state(t, made["UUID"], "Enabled")
    put(t, name, ("test", json.dumps({"event_type": "function_1", "message": "foo"})))
    records = flat(events(t, functions[0]))["Records"]
    texts = [base64.b64decode(record["kinesis"]["data"]).decode() for record in records]
    t.record("kinesis-record-lambda-payload", json.dumps([json.loads(text) for text in texts]))
