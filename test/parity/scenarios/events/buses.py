"""Buses, who may put events on them, and what goes from one to another."""

import json

from harness import entry
from harness.encode import encode

from ..events_tools import MASKED, bus, opened_queue, put, remove_rule, rule, seen, target

WHERE = ["default", "custom"]


REGIONS = {
    "regions0": ["us-east-1"],
    "regions1": ["us-east-1", "us-west-1", "eu-central-1"],
}


@entry(
    "TestEventBus::test_create_list_describe_delete_custom_event_buses",
    {f"{told}-{id}": (told, id) for told in [True, False] for id in REGIONS},
)
def buses(t, is_described, id):
    name = t.name("bus")
    t.hide("bus-name", name)
    settings = {"Description": "test bus"} if is_described else {}
    clients = {region: t.client("events", region=region) for region in REGIONS[id]}

    def record(key, region, operation, **arguments):
        # The recording has one word for every Region.
        answer = json.dumps(encode(t.call(operation, **arguments)))
        t.record(f"{key}-{region}", json.loads(answer.replace(f":{region}:", f":{t.region}:")))

    for region, events in clients.items():
        record("create-custom-event-bus", region, events.create_event_bus, Name=name, **settings)
        record("list-event-buses-after-create", region, events.list_event_buses, NamePrefix=name)
        record("describe-custom-event-bus", region, events.describe_event_bus, Name=name)
    for region, events in clients.items():
        t.record(f"delete-custom-event-bus-{region}", events.delete_event_bus, Name=name)
        t.record(
            f"list-event-buses-after-delete-{region}", events.list_event_buses, NamePrefix=name
        )


@entry("TestEventBus::test_create_multiple_event_buses_same_name")
def same_name(t):
    name = bus(t)
    t.record("create-multiple-event-buses-same-name", t.events.create_event_bus, Name=name)


@entry("TestEventBus::test_delete_default_event_bus")
def delete_default(t):
    t.record("delete-default-event-bus-error", t.events.delete_event_bus, Name="default")


@entry("TestEventBus::test_describe_delete_not_existing_event_bus")
def no_bus(t):
    name = t.name("bus")
    t.hide("bus-name", name)
    t.record("describe-not-existing-event-bus-error", t.events.describe_event_bus, Name=name)
    t.record("delete-not-existing-event-bus", t.events.delete_event_bus, Name=name)


@entry("TestEventBus::test_list_event_buses_with_prefix")
def buses_with_prefix(t):
    name = bus(t)
    bus(t)
    t.hide("bus-name", name)
    t.record("list-event-buses-prefix-complete-name", t.events.list_event_buses, NamePrefix=name)
    t.record("list-event-buses-prefix", t.events.list_event_buses, NamePrefix=name[:-3])


@entry("TestEventBus::test_list_event_buses_with_limit")
def buses_with_limit(t):
    prefix = t.name("bus")
    t.hide("bus-name-prefix", prefix)
    for number in range(6):
        t.events.create_event_bus(Name=f"{prefix}-{number}")
        t.defer(t.events.delete_event_bus, Name=f"{prefix}-{number}")
    first = t.record("list-event-buses-limit", t.events.list_event_buses, Limit=3, NamePrefix=prefix)
    t.record(
        "list-event-buses-limit-next-token",
        t.events.list_event_buses,
        Limit=3,
        NextToken=first["NextToken"],
        NamePrefix=prefix,
    )


def _permit(t, bus_name, sid, principal):
    return t.events.put_permission(
        EventBusName=bus_name, Action="events:PutEvents", Principal=principal, StatementId=sid
    )


def _accounts(t):
    t.hide("account-id", t.account)
    t.hide("secondary-account-id", "123456789012")


@entry("TestEventBus::test_put_permission", WHERE)
def permission(t, where):
    _accounts(t)
    name = bus(t, where)
    events = t.events
    t.defer(events.remove_permission, EventBusName=name, RemoveAllPermissions=True)
    sids = [t.name("sid") for _ in range(5)]
    t.record("put-permission", _permit(t, name, sids[0], t.account))
    _permit(t, name, sids[1], t.account)
    _permit(t, name, sids[2], "123456789012")
    t.record(
        "describe-event-bus-put-permission-multiple-principals",
        events.describe_event_bus,
        Name=name,
    )
    _permit(t, name, sids[3], "*")
    t.record("describe-event-bus-put-permission", events.describe_event_bus, Name=name)
    statement = {
        "Sid": sids[4],
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "events:ListRules",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    t.record("put-permission-policy", events.put_permission, EventBusName=name, Policy=policy)
    t.record("describe-event-bus-put-permission-policy", events.describe_event_bus, Name=name)


@entry("TestEventBus::test_put_permission_non_existing_event_bus")
def permission_nowhere(t):
    name = t.name("bus")
    t.hide("bus-name", name)
    t.record(
        "remove-permission-non-existing-sid-error",
        _permit_or_refusal(t, name, t.name("sid"), "*"),
    )


def _permit_or_refusal(t, bus_name, sid, principal):
    return t.call(_permit, t=t, bus_name=bus_name, sid=sid, principal=principal)


@entry("TestEventBus::test_remove_permission", WHERE)
def no_permission(t, where):
    _accounts(t)
    name = bus(t, where)
    events = t.events
    t.defer(events.remove_permission, EventBusName=name, RemoveAllPermissions=True)
    first, second = t.name("sid"), t.name("sid")
    _permit(t, name, first, t.account)
    _permit(t, name, second, "123456789012")
    t.record(
        "remove-permission", events.remove_permission, EventBusName=name, StatementId=first
    )
    t.record("describe-event-bus-remove-permission", events.describe_event_bus, Name=name)
    t.record(
        "remove-permission-all",
        events.remove_permission,
        EventBusName=name,
        RemoveAllPermissions=True,
    )
    t.record("describe-event-bus-remove-permission-all", events.describe_event_bus, Name=name)


@entry(
    "TestEventBus::test_remove_permission_non_existing_sid",
    {f"{has}-{where}": (has, where) for has in [True, False] for where in WHERE},
)
def no_such_statement(t, has_policy, where):
    name = bus(t, where)
    if has_policy:
        t.defer(t.events.remove_permission, EventBusName=name, RemoveAllPermissions=True)
        _permit(t, name, t.name("sid"), "*")
    t.record(
        "remove-permission-non-existing-sid-error",
        t.events.remove_permission,
        EventBusName=name,
        StatementId="non-existing-sid",
    )


@entry("TestEventBus::test_put_events_bus_to_bus", ["standard", "domain", "path"])
def bus_to_bus(t, _strategy):
    first, second = bus(t), bus(t)
    arn = t.events.describe_event_bus(Name=second)["Arn"]
    target(t, first, rule(t, first), arn)
    url, queue_arn = opened_queue(t)
    target(t, second, rule(t, second), queue_arn)
    put(t, bus_name=first)
    t.record("messages", seen(t, url, words=MASKED))


@entry("TestEventBus::test_put_events_to_default_eventbus_for_custom_eventbus")
def bucket_to_custom_bus(t):
    bus_name, bucket_rule, custom_rule = t.name("bus"), t.name("rule"), t.name("rule")
    bucket = t.bucket()
    made = t.record("create-custom-event-bus", t.events.create_event_bus, Name=bus_name)
    t.defer(t.events.delete_event_bus, Name=bus_name)
    t.s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    pattern = json.dumps({"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}})
    t.record("create-rule-1", t.events.put_rule, Name=bucket_rule, EventPattern=pattern)
    t.defer(remove_rule, t=t, bus_name="default", name=bucket_rule)
    t.record(
        "create-rule-2",
        t.events.put_rule,
        Name=custom_rule,
        EventBusName=bus_name,
        EventPattern=pattern,
    )
    t.defer(remove_rule, t=t, bus_name=bus_name, name=custom_rule)
    url, arn = opened_queue(t)
    t.record(
        "put-target-1",
        t.events.put_targets,
        Rule=bucket_rule,
        Targets=[{"Id": "one", "Arn": made["EventBusArn"], "RoleArn": t.role()}],
    )
    t.record(
        "put-target-2",
        t.events.put_targets,
        Rule=custom_rule,
        EventBusName=bus_name,
        Targets=[{"Id": "two", "Arn": arn}],
    )
    t.s3.put_object(Bucket=bucket, Key="test-key", Body=b"data")
    messages = seen(t, url)
    for message in messages:
        event = json.loads(message["Body"])
        event["detail"]["request-id"] = "request-id"
        event["detail"]["object"]["sequencer"] = "object-sequencer"
        message["Body"] = event
    t.record("get-events", {"Messages": messages})
