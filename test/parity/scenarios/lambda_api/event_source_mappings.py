"""Event source mappings, as far as they are not tried with their sources."""

from harness import entry

from .made import make

UNKNOWN = "0f8fad5b-d9cb-469f-a165-70867728950e"


@entry("TestLambdaEventSourceMappings::test_event_source_mapping_exceptions")
def refused_mappings(t):
    create = t.lambda_.create_event_source_mapping
    t.record("get_unknown_uuid", t.lambda_.get_event_source_mapping, UUID=UNKNOWN)
    t.record("delete_unknown_uuid", t.lambda_.delete_event_source_mapping, UUID=UNKNOWN)
    update = t.lambda_.update_event_source_mapping
    t.record("update_unknown_uuid", update, UUID=UNKNOWN, Enabled=False)
    t.record("create_no_event_source_arn", create, FunctionName="doesnotexist")
    queue = f"arn:aws:sqs:{t.region}:{t.account}:somequeue"
    t.record("create_unknown_params", create, FunctionName="doesnotexist", EventSourceArn=queue)
    name = make(t)["FunctionName"]
    _, source = t.queue()
    _, failures = t.queue()
    t.record(
        "destination_config_failure",
        create,
        FunctionName=name,
        EventSourceArn=source,
        DestinationConfig={"OnFailure": {"Destination": failures}},
    )


def stream(t):
    description = t.table(
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    )
    return description["LatestStreamArn"]


@entry("TestLambdaEventSourceMappings::test_create_event_source_validation")
def refused_positions(t):
    name, source = make(t)["FunctionName"], stream(t)
    table, label = source.split("/")[1], source.split("/")[3]
    t.hide("table-name", table)
    t.hide("stream-name", label)
    create = t.lambda_.create_event_source_mapping
    mapping = {"FunctionName": name, "EventSourceArn": source}
    t.record("no_starting_position", create, **mapping)
    t.record("invalid_starting_position", create, **mapping, StartingPosition="invalid")
    key = "incompatible_starting_position"
    t.record(
        key,
        create,
        **mapping,
        StartingPosition="AT_TIMESTAMP",
        StartingPositionTimestamp="1741010802",
    )


@entry("TestLambdaEventSourceMappings::test_create_event_filter_criteria_validation")
def empty_filters(t):
    name, source = make(t)["FunctionName"], stream(t)
    t.hide("table-name", source.split("/")[1])
    mapping = t.record(
        "response-with-empty-filters",
        t.lambda_.create_event_source_mapping,
        FunctionName=name,
        EventSourceArn=source,
        StartingPosition="LATEST",
        FilterCriteria={"Filters": []},
    )
    t.defer(t.lambda_.delete_event_source_mapping, UUID=mapping["UUID"])


@entry("TestLambdaEventSourceMappings::test_create_event_source_self_managed")
def self_managed_kafka(t):
    name = make(t)["FunctionName"]
    create = t.lambda_.create_event_source_mapping
    secret = f"arn:aws:secretsmanager:{t.region}:{t.account}:secret:kafka-abc123"

    def mapping(key, servers, **settings):
        answer = t.record(
            key,
            create,
            FunctionName=name,
            SelfManagedEventSource={"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": servers}},
            **settings,
        )
        if "UUID" in answer:
            t.defer(t.lambda_.delete_event_source_mapping, UUID=answer["UUID"])

    access = {"SourceAccessConfigurations": [{"Type": "BASIC_AUTH", "URI": secret}]}
    plain = {"Topics": ["topic"], "StartingPosition": "TRIM_HORIZON"}
    mapping("missing-source-access-configuration", ["kafka:1000"], **plain)
    mapping("event-source-mapping-default", ["kafka:1000"], **plain, **access)
    mapping("duplicate-source", ["kafka:1000"], **plain, **access)
    mapping(
        "event-source-mapping-values",
        ["kafka:1000"],
        **access,
        Topics=["topic_2"],
        StartingPosition="LATEST",
        BatchSize=1,
        SelfManagedKafkaEventSourceConfig={"ConsumerGroupId": "random_id"},
    )
    mapping("multiple-duplicate-source", ["kafka:1000", "kafka:2000"], **plain, **access)


@entry("TestLambdaEventSourceMappings::test_event_source_mapping_lifecycle_delete_function")
def function_deleted(t):
    name = make(t)["FunctionName"]
    table = t.table()["TableName"]
    _, failures = t.queue()
    updated = t.record(
        "update_table_response",
        t.dynamodb.update_table,
        TableName=table,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    mapping = t.record(
        "create_response",
        t.lambda_.create_event_source_mapping,
        FunctionName=name,
        BatchSize=1,
        StartingPosition="TRIM_HORIZON",
        EventSourceArn=updated["TableDescription"]["LatestStreamArn"],
        MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": failures}},
    )
    uuid = mapping["UUID"]
    get = t.lambda_.get_event_source_mapping
    t.until(lambda: get(UUID=uuid)["State"] == "Enabled")
    t.record("get_response", get, UUID=uuid)
    deleted = t.record(
        "delete_function_response", t.lambda_.delete_function, FunctionName=name
    )
    assert deleted
    t.until(lambda: "Error" in t.call(t.lambda_.get_function, FunctionName=name))
    t.record("get_response_post_delete", get, UUID=uuid)
    delete = t.lambda_.delete_event_source_mapping
    t.record("delete_response", delete, UUID=uuid)
