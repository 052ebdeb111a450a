"""EventBridge's targets.

`test_put_events_with_target_firehose` and `test_put_events_with_target_api_gateway` have no scenario: their
services are not built.
"""

import json

from harness import entry

from .events_tools import DETAIL, MASKED, NAME, bus, dated, opened_queue, put, rule, seen, target

AUTOMATION = {
    "payload": {
        "userId": 10,
        "businessId": 3,
        "channelId": 6,
        "card": {"foo": "bar"},
        "targetEntity": True,
        "entityAuditTrailEvent": {"foo": "bar"},
        "automations": [
            {
                "id": "123",
                "actions": [
                    {
                        "id": "321",
                        "type": "SEND_NOTIFICATION",
                        "settings": {
                            "message": "",
                            "recipientEmails": [],
                            "subject": "",
                            "type": "SEND_NOTIFICATION",
                        },
                    }
                ],
            }
        ],
    }
}
LOGGER = "import json\n\n\ndef handler(event, context):\n    print('seen ' + json.dumps(event))\n"


def _to_function(t, detail, pattern):
    made = t.function(LOGGER)
    bus_name = bus(t)
    name = rule(t, bus_name, pattern)
    rule_arn = t.events.describe_rule(Name=name, EventBusName=bus_name)["Arn"]
    t.lambda_.add_permission(
        FunctionName=made["FunctionName"],
        StatementId="events",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule_arn,
    )
    target(t, bus_name, name, made["FunctionArn"])
    put(t, detail, bus_name)

    def look():
        lines = [event["message"] for event in t.log_events(made["FunctionName"])]
        return [line.removeprefix("seen ").strip() for line in lines if line.startswith("seen ")]

    t.record("events", [json.loads(dated(line)) for line in t.until(look)])


@entry("TestEventsTargetLambda::test_put_events_with_target_lambda")
def to_function(t):
    _to_function(t, DETAIL, None)


@entry("TestEventsTargetLambda::test_put_events_with_target_lambda_list_entry")
@entry("test_put_events_with_target_lambda_list_entry")
def list_to_function(t):
    pattern = {
        "detail": {
            "payload": {"automations": {"id": [{"exists": True}]}, "userId": [10]}
        }
    }
    _to_function(t, AUTOMATION, pattern)


@entry("TestEventsTargetLambda::test_put_events_with_target_lambda_list_entries_partial_match")
def some_of_list_to_function(t):
    pattern = {"detail": {"payload": {"automations": {"id": [{"prefix": "12"}]}}}}
    detail = json.loads(json.dumps(AUTOMATION))
    detail["payload"]["automations"].append({"id": "321", "actions": []})
    _to_function(t, detail, pattern)


@entry("TestEventsTargetSqs::test_put_events_with_target_sqs")
@entry("test_put_events_with_target_sqs")
def to_queue(t):
    url, arn = opened_queue(t)
    bus_name = bus(t)
    target(t, bus_name, rule(t, bus_name), arn)
    put(t, bus_name=bus_name)
    t.record("message", seen(t, url, words=MASKED))


@entry("TestEventsTargetSqs::test_put_events_with_target_sqs_event_detail_match")
def detail_to_queue(t):
    url, arn = opened_queue(t)
    bus_name = bus(t)
    name = rule(t, bus_name, {"detail": {"EventType": ["0", "1"]}})
    target(t, bus_name, name, arn, InputPath="$.detail")
    for kind in ["2", "1"]:
        put(t, {"EventType": kind}, bus_name)
    t.record("messages", seen(t, url, words=MASKED))


BUSES = {
    "bus_combination0": ("default", "custom"),
    "bus_combination1": ("custom", "custom"),
    "bus_combination2": ("custom", "default"),
}


@entry("TestEventsTargetEvents::test_put_events_with_target_events", BUSES)
def to_bus(t, first, second):
    first, second = bus(t, first), bus(t, second)
    source = t.name("source")
    pattern = {"source": [NAME], "detail": {"command": ["update-account"]}}
    arn = t.events.describe_event_bus(Name=second)["Arn"]
    target(t, first, rule(t, first, pattern, t.name("rule")), arn, RoleArn=t.role())
    url, queue_arn = opened_queue(t)
    target(t, second, rule(t, second, pattern, source), queue_arn)
    put(t, bus_name=first)
    t.record("messages", seen(t, url, words=MASKED))


@entry("TestEventsTargetSns::test_put_events_with_target_sns", ["standard", "domain", "path"])
def to_topic(t, _strategy):
    url, queue_arn = opened_queue(t)
    topic = t.topic()
    t.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    t.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    bus_name = bus(t)
    target(t, bus_name, rule(t, bus_name), topic)
    put(t, bus_name=bus_name)
    messages = seen(t, url, words=MASKED)
    for message in messages:
        body = json.loads(message["Body"])
        event = json.loads(body["Message"])
        text = json.dumps({**event, "id": "message-id", "time": "date"}, separators=(",", ":"))
        message["Body"] = {
            **body,
            "TopicArn": "topic-arn",
            "Message": text,
            "Timestamp": "date",
            "Signature": "signature",
            "SigningCertURL": "signing-cert-u-r-l",
            "UnsubscribeURL": "unsubscribe-u-r-l",
        }
    t.record("messages", messages)


@entry("TestEventsTargetKinesis::test_put_events_with_target_kinesis")
def to_stream(t):
    name = t.name("stream")
    t.kinesis.create_stream(StreamName=name, ShardCount=1)
    t.defer(t.kinesis.delete_stream, StreamName=name)

    def active():
        found = t.kinesis.describe_stream(StreamName=name)["StreamDescription"]
        return found if found["StreamStatus"] == "ACTIVE" else None

    stream = t.until(active)
    bus_name = bus(t)
    parameters = {"PartitionKeyPath": "$.detail-type"}
    target(
        t,
        bus_name,
        rule(t, bus_name),
        stream["StreamARN"],
        RoleArn=t.role(),
        KinesisParameters=parameters,
    )
    put(t, bus_name=bus_name)
    iterator = t.kinesis.get_shard_iterator(
        StreamName=name,
        ShardId=stream["Shards"][0]["ShardId"],
        ShardIteratorType="TRIM_HORIZON",
    )["ShardIterator"]
    records = t.until(lambda: t.kinesis.get_records(ShardIterator=iterator)["Records"])
    assert records[0]["PartitionKey"] == NAME
    t.record("response", json.loads(dated(records[0]["Data"].decode())))


@entry("TestEventsTargetCloudWatchLogs::test_put_events_with_target_cloudwatch_logs")
def to_log_group(t):
    group = f"/aws/events/{t.name()}"
    t.logs.create_log_group(logGroupName=group)
    t.defer(t.logs.delete_log_group, logGroupName=group)
    found = t.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]
    bus_name, name = t.name("bus"), t.name("rule")
    t.record("event_bus_response", t.events.create_event_bus, Name=bus_name)
    t.defer(t.events.delete_event_bus, Name=bus_name)
    rule_arguments = {"Name": name, "EventBusName": bus_name}
    t.record(
        "rule_response",
        t.events.put_rule,
        EventPattern=json.dumps({"source": [NAME]}),
        **rule_arguments,
    )
    t.defer(t.events.delete_rule, **rule_arguments)
    t.record(
        "put_targets_response",
        t.events.put_targets,
        Rule=name,
        EventBusName=bus_name,
        Targets=[{"Id": "logs", "Arn": found["arn"].removesuffix(":*")}],
    )
    t.defer(t.events.remove_targets, Rule=name, EventBusName=bus_name, Ids=["logs"])
    t.record("put_events_response", put(t, bus_name=bus_name))
    events = t.until(lambda: t.logs.filter_log_events(logGroupName=group)["events"])
    t.record(
        "log_events",
        [
            {
                "timestamp": "timestamp",
                "message": json.loads(dated(event["message"])),
                "ingestionTime": "timestamp",
            }
            for event in events
        ],
    )
