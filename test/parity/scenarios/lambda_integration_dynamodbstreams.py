"""Streams of tables that drive functions."""

import json

from harness import entry

from .mapping_tools import PRINT, events, filters, mapping, parsed, read_filters, received, state

SOURCE = "TestDynamoDBEventSourceMapping::"
KEY = "my_partition_key"
RAISE = "def handler(event, context):\n    raise Exception('no')\n"
VIEW = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}


def table(t, key, hash_key=KEY, **arguments):
    """Records CreateTable, and waits until the table is active; its name."""
    name = t.name("table")
    t.record(
        key,
        t.dynamodb.create_table,
        TableName=name,
        AttributeDefinitions=[{"AttributeName": hash_key, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": hash_key, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        **arguments,
    )
    t.defer(t.dynamodb.delete_table, TableName=name)
    active(t, name)
    return name


def active(t, name):
    def look():
        answer = t.dynamodb.describe_table(TableName=name)["Table"]
        return answer if answer["TableStatus"] == "ACTIVE" else None

    return t.until(look)


def streamed(t, name, key=None, view=VIEW):
    """Gives a table a stream; the stream's ARN."""
    arguments = {"TableName": name, "StreamSpecification": view}
    if key is None:
        made = t.dynamodb.update_table(**arguments)
    else:
        made = t.record(key, t.dynamodb.update_table, **arguments)
    active(t, name)
    return made["TableDescription"]["LatestStreamArn"]


def new_mapping(t, arn, function, **arguments):
    """A mapping that is not recorded."""
    create = t.lambda_.create_event_source_mapping
    made = create(EventSourceArn=arn, FunctionName=function, **arguments)
    t.defer(t.lambda_.delete_event_source_mapping, UUID=made["UUID"])
    state(t, made["UUID"], "Enabled")


@entry(f"{SOURCE}test_disabled_dynamodb_event_source_mapping")
def disabled(t):
    function = t.function(PRINT)["FunctionName"]
    name = table(t, "dynamodb_create_table_result", "id", StreamSpecification=VIEW)
    arn = t.dynamodb.describe_table(TableName=name)["Table"]["LatestStreamArn"]
    uuid = mapping(
        t,
        "create_event_source_mapping_result",
        arn,
        function,
        StartingPosition="TRIM_HORIZON",
        MaximumBatchingWindowInSeconds=1,
    )
    t.dynamodb.put_item(TableName=name, Item={"id": {"S": "1"}})
    events(t, function)

    def processed():
        answer = t.lambda_.get_event_source_mapping(UUID=uuid)
        return answer["LastProcessingResult"] == "OK"

    t.until(processed)
    update = t.lambda_.update_event_source_mapping
    t.record("update_event_source_mapping_result", update, UUID=uuid, Enabled=False)


@entry(f"{SOURCE}test_deletion_event_source_mapping_with_dynamodb")
def table_deleted(t):
    function = t.function(PRINT)["FunctionName"]
    name = table(t, "create_dynamodb_table_response", "id", StreamSpecification=VIEW)
    arn = t.dynamodb.describe_table(TableName=name)["Table"]["LatestStreamArn"]
    mapping(
        t,
        "create_event_source_mapping_result",
        arn,
        function,
        StartingPosition="TRIM_HORIZON",
    )
    t.dynamodb.delete_table(TableName=name)
    listing = t.lambda_.list_event_source_mappings
    t.record("list_event_source_mapping_result", listing, EventSourceArn=arn)


@entry(f"{SOURCE}test_dynamodb_invalid_event_filter", ["single-string", '[{"eventName": ["INSERT"=123}]'])
def invalid_filter(t, pattern):
    function = t.function(PRINT)["FunctionName"]
    described = t.table(StreamSpecification=VIEW)
    t.record(
        "exception_event_source_creation",
        t.lambda_.create_event_source_mapping,
        EventSourceArn=described["LatestStreamArn"],
        FunctionName=function,
        StartingPosition="TRIM_HORIZON",
        FilterCriteria={"Filters": [{"Pattern": pattern}]},
    )


PRESENT = {"id": {"S": "id_value_1"}, "presentKey": {"S": "presentValue"}}


def image(content):
    return {"dynamodb": {"NewImage": content}}


@entry(
    f"{SOURCE}test_dynamodb_event_filter",
    {
        "content_filter_type": (image({"presentKey": {"S": ["presentValue"]}}), PRESENT, 1),
        "exists_filter_type": (image({"presentKey": {"S": [{"exists": True}]}}), PRESENT, 1),
        "exists_false_filter": (
            image({"presentKey": [{"exists": False}]}), {"id": {"S": "id_value_1"}}, 2),
    },
)
def filtered(t, pattern, item, count):
    function = t.function(PRINT)["FunctionName"]
    name = table(t, "table_creation_response", "id")
    both = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    arn = streamed(t, name, view=both)
    made = t.lambda_.create_event_source_mapping(
        EventSourceArn=arn,
        FunctionName=function,
        BatchSize=1,
        StartingPosition="TRIM_HORIZON",
        MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=1,
        FilterCriteria=filters(pattern),
    )
    t.defer(t.lambda_.delete_event_source_mapping, UUID=made["UUID"])
    t.record("create_event_source_mapping_response", read_filters(made))
    state(t, made["UUID"], "Enabled")
    t.dynamodb.put_item(TableName=name, Item=item)
    t.record("lambda-log-events", events(t, function))
    other = {**PRESENT, "id": {"S": "id_value_2"}} if count == 2 else {"id": {"S": "id_value_2"}}
    t.dynamodb.put_item(TableName=name, Item=other)
    t.record("lambda-multiple-log-events", events(t, function, count))


def recorded_mapping(t, code, target, **arguments):
    """The recorded table, its stream and a mapping that gives up to a destination."""
    function = t.function(code)["FunctionName"]
    name = table(t, "create_table_response")
    arn = streamed(t, name, "update_table_response")
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
    return function, name


@entry(f"{SOURCE}test_dynamodb_event_source_mapping_with_sns_on_failure_destination_config")
def given_up_to_a_topic(t):
    url, queue_arn = t.queue()
    topic = t.topic()
    subscribed = t.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    t.defer(t.sns.unsubscribe, SubscriptionArn=subscribed["SubscriptionArn"])
    _, name = recorded_mapping(t, RAISE, topic)
    t.dynamodb.put_item(TableName=name, Item={KEY: {"S": "hello world"}})
    message = received(t, url)["Messages"][0]["Body"]
    message["Message"] = parsed(message["Message"])
    t.record("failure_sns_message", message)


@entry(f"{SOURCE}test_dynamodb_event_source_mapping_with_s3_on_failure_destination")
def given_up_to_a_bucket(t):
    bucket = t.bucket()
    _, name = recorded_mapping(t, RAISE, f"arn:aws:s3:::{bucket}")
    t.dynamodb.put_item(TableName=name, Item={KEY: {"S": "hello world"}})
    found = t.until(lambda: t.s3.list_objects_v2(Bucket=bucket).get("Contents"))
    body = json.loads(t.s3.get_object(Bucket=bucket, Key=found[0]["Key"])["Body"].read())
    body["payload"] = parsed(body["payload"])
    t.record("record_body", body)


REPORTING = """
import json


def handler(event, context):
    print(json.dumps(event))
    failures = []
    for record in event["Records"]:
        if record["dynamodb"]["NewImage"]["should_fail"]["BOOL"]:
            failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failures}
"""
REPORT = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


def reporting(t):
    url, target = t.queue()
    arguments = {"BatchSize": 3, "MaximumRetryAttempts": 3, **REPORT}
    function, name = recorded_mapping(t, REPORTING, target, **arguments)
    for index in range(6):
        item = {KEY: {"S": f"testId{index}"}, "should_fail": {"BOOL": index == 5}}
        t.dynamodb.put_item(TableName=name, Item=item)
    t.record("destination_queue_messages", received(t, url))
    return function


@entry(f"{SOURCE}test_dynamodb_report_batch_item_failures")
def reported(t):
    function = reporting(t)
    records = [record for event in events(t, function, 6) for record in event["Records"]]
    records.sort(key=lambda record: record["dynamodb"]["Keys"][KEY]["S"])
    t.record("dynamodb_records", {"Records": records})


@entry(
    f"{SOURCE}test_dynamodb_report_batch_item_failures_with_on_failure_destination_config"
)
def reported_to_a_queue(t):
    reporting(t)


def answering(expression):
    return (
        "import json\n\n\ndef handler(event, context):\n    print(json.dumps(event))\n"
        f"    {expression}\n"
    )


def binary_item(t, name):
    item = {KEY: {"S": "hello world"}, "binary_key": {"B": b"foobar"}}
    t.dynamodb.put_item(TableName=name, Item=item)


@entry(
    f"{SOURCE}test_dynamodb_report_batch_item_failure_scenarios",
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
    url, target = t.queue()
    function = t.function(answering(expression))["FunctionName"]
    name = table(t, "create-table-result")
    arn = streamed(t, name)
    new_mapping(
        t,
        arn,
        function,
        StartingPosition="TRIM_HORIZON",
        BatchSize=3,
        MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=3,
        DestinationConfig={"OnFailure": {"Destination": target}},
        **REPORT,
    )
    binary_item(t, name)
    t.record("destination_queue_messages", received(t, url))
    t.record("dynamodb_events", events(t, function, 4))


@entry(
    f"{SOURCE}test_dynamodb_report_batch_item_success_scenarios",
    {
        "empty_string_success": 'return ""',
        "null_success": "return None",
        "empty_dict_success": "return {}",
        "empty_list_success": "return []",
        "null_batch_item_failure_success": 'return {"batchItemFailures": None}',
        "empty_batch_item_failure_success": 'return {"batchItemFailures": []}',
    },
)
def successful(t, expression):
    function = t.function(answering(expression))["FunctionName"]
    name = table(t, "create-table-result")
    arn = streamed(t, name)
    new_mapping(
        t,
        arn,
        function,
        StartingPosition="TRIM_HORIZON",
        BatchSize=3,
        MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=3,
        **REPORT,
    )
    binary_item(t, name)
    t.record("dynamodb_events", events(t, function))
