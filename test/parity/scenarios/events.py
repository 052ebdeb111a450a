"""EventBridge: events, buses, rules and targets."""

import json

from harness import entry
from harness.encode import encode

from .events_tools import (
    DETAIL,
    MASKED,
    NAME,
    PATTERN,
    bus,
    opened_queue,
    put,
    remove_rule,
    rule,
    seen,
    target,
)

ENTRY = {"Source": NAME, "DetailType": NAME, "Detail": json.dumps(DETAIL)}
WHERE = ["default", "custom"]


def _without(*names):
    return {key: value for key, value in ENTRY.items() if key not in names}


@entry("TestEvents::test_put_events_without_source")
def without_source(t):
    t.record("put-events", t.events.put_events, Entries=[_without("Source")])


@entry("TestEvents::test_put_event_without_detail")
def without_detail(t):
    t.record("put-events", t.events.put_events, Entries=[_without("Detail")])


@entry("TestEvents::test_put_event_without_detail_type")
def without_detail_type(t):
    t.record("put-events", t.events.put_events, Entries=[_without("DetailType")])


@entry("TestEvents::test_put_event_with_too_big_detail")
def too_big(t):
    detail = json.dumps({"payload": "*" * 1024 * 1024})
    t.record(
        "put-events-too-big-detail-error",
        t.events.put_events,
        Entries=[{**ENTRY, "Detail": detail}],
    )


@entry(
    "TestEvents::test_put_event_malformed_detail",
    {"STRING": "string", "ARRAY": '["a"]', "MALFORMED_JSON": "{", "SERIALIZED_STRING": '"s"'},
)
def malformed(t, detail):
    t.record("put-events", t.events.put_events, Entries=[{**ENTRY, "Detail": detail}])


@entry("TestEvents::test_put_events_exceed_limit_ten_entries", WHERE)
def too_many(t, where):
    name = bus(t, where)
    entries = [{**ENTRY, "EventBusName": name} for _ in range(11)]
    t.record("put-events-exceed-limit-error", t.events.put_events, Entries=entries)


@entry("TestEvents::test_create_connection_validations")
def connection_validations(t):
    t.record(
        "create_connection_exc",
        t.events.create_connection,
        Name="This should fail with two errors 123467890123412341234123412341234",
        AuthorizationType="INVALID",
        AuthParameters={"BasicAuthParameters": {"Username": "u", "Password": "p"}},
    )


@entry("TestEvents::test_put_events_response_entries_order")
def entries_order(t):
    bus_name = bus(t)
    urls = []
    for _ in range(2):
        url, arn = opened_queue(t)
        pattern = {"source": [NAME]}
        target(t, bus_name, rule(t, bus_name, pattern, t.name("rule")), arn)
        urls.append(url)
    answer = t.events.put_events(Entries=[{**ENTRY, "EventBusName": bus_name}])
    for one in answer["Entries"]:
        one["EventId"] = "event-id"
    t.record("put-events-response", answer)
    found = {}
    for number, url in enumerate(urls, 1):
        messages = seen(t, url)
        for message in messages:
            event = json.loads(message["Body"])
            message["Body"] = {**event, "detail": "detail"}
        found[f"queue{number}_messages"] = messages
    t.record("sqs-messages", found)


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


@entry("TestEventRule::test_put_list_with_prefix_describe_delete_rule", WHERE)
def rules(t, where):
    bus_name, name = bus(t, where), t.name("rule")
    t.hide("rule-name", name)
    arguments = {"Name": name, "EventBusName": bus_name}
    t.record("put-rule", t.events.put_rule, EventPattern=json.dumps(PATTERN), **arguments)
    t.record("list-rules", t.events.list_rules, NamePrefix=name, EventBusName=bus_name)
    t.record("describe-rule", t.events.describe_rule, **arguments)
    t.record("delete-rule", t.events.delete_rule, **arguments)
    t.record("list-rules-after-delete", t.events.list_rules, NamePrefix=name, EventBusName=bus_name)


@entry("TestEventRule::test_list_rule_with_limit")
def rules_with_limit(t):
    bus_name, prefix = bus(t), t.name("rule")
    t.hide("rule-name-prefix", prefix)
    for number in range(6):
        rule(t, bus_name, name=f"{prefix}-{number}")
    arguments = {"Limit": 3, "EventBusName": bus_name}
    first = t.record("list-rules-limit", t.events.list_rules, **arguments)
    t.record(
        "list-rules-limit-next-token",
        t.events.list_rules,
        NextToken=first["NextToken"],
        **arguments,
    )


@entry("TestEventRule::test_describe_nonexistent_rule")
def no_rule(t):
    name = t.name("rule")
    t.hide("rule-name", name)
    t.record("describe-not-existing-rule-error", t.events.describe_rule, Name=name)


@entry("TestEventRule::test_disable_re_enable_rule", WHERE)
def disabled(t, where):
    bus_name = bus(t, where)
    arguments = {"Name": rule(t, bus_name), "EventBusName": bus_name}
    t.record("disable-rule", t.events.disable_rule, **arguments)
    t.record("describe-rule-disabled", t.events.describe_rule, **arguments)
    t.record("enable-rule", t.events.enable_rule, **arguments)
    t.record("describe-rule-enabled", t.events.describe_rule, **arguments)


@entry("TestEventRule::test_delete_rule_with_targets")
def rule_with_targets(t):
    name = rule(t)
    target(t, "default", name, opened_queue(t)[1])
    t.record("delete-rule-with-targets-error", t.events.delete_rule, Name=name)


@entry("TestEventRule::test_update_rule_with_targets")
def rule_put_again(t):
    name = rule(t)
    _, arn = opened_queue(t)
    t.hide("queue-arn", arn)
    target(t, "default", name, arn)
    t.record("list-targets", t.events.list_targets_by_rule, Rule=name)
    t.record("update-rule", t.events.put_rule, Name=name, EventPattern=json.dumps(PATTERN))
    t.record("list-targets-after-update", t.events.list_targets_by_rule, Rule=name)


@entry("TestEventRule::test_process_to_multiple_matching_rules_single_target")
def two_rules(t):
    url, arn = opened_queue(t)
    bus_name = bus(t)
    for _ in range(2):
        target(t, bus_name, rule(t, bus_name, name=t.name("rule")), arn)
    put(t, bus_name=bus_name)
    t.record("events", [json.loads(message["Body"]) for message in seen(t, url, 2)])


@entry("TestEventRule::test_process_pattern_to_single_matching_rules_single_target")
def patterns_to_queues(t):
    bus_name = bus(t)
    first, second = opened_queue(t), opened_queue(t)
    patterns = {
        first: {"detail": {"detail-payload-with-id": {"payload": {"id": [{"exists": True}]}}}},
        second: {"source": [NAME]},
    }
    for (_, arn), pattern in patterns.items():
        name = rule(t, bus_name, pattern, t.name("rule"))
        target(t, bus_name, name, arn, InputPath="$.detail")
    put(t, {"detail-payload-with-id": {"payload": {"id": "123"}}}, bus_name)
    put(t, {"detail-with-id": {"id": "123"}}, bus_name)
    for number, (url, count) in enumerate([(first[0], 1), (second[0], 2)], 1):
        t.record(f"events-{number}", [json.loads(one["Body"]) for one in seen(t, url, count)])


@entry("TestEventTarget::test_put_list_remove_target", WHERE)
def targets(t, where):
    bus_name = bus(t, where)
    name, id = rule(t, bus_name), t.name("target")
    _, arn = opened_queue(t)
    t.hide("queue-arn", arn)
    t.hide("target-id", id)
    arguments = {"Rule": name, "EventBusName": bus_name}
    t.record("put-target", t.events.put_targets, Targets=[{"Id": id, "Arn": arn}], **arguments)
    t.record("list-targets", t.events.list_targets_by_rule, **arguments)
    t.record("remove-target", t.events.remove_targets, Ids=[id], **arguments)
    t.record("list-targets-after-delete", t.events.list_targets_by_rule, **arguments)


@entry("TestEventTarget::test_add_exceed_fife_targets_per_rule")
def too_many_targets(t):
    name = rule(t)
    _, arn = opened_queue(t)
    t.record(
        "put-targets-client-error",
        t.events.put_targets,
        Rule=name,
        Targets=[{"Id": f"t{number}", "Arn": arn} for number in range(7)],
    )


@entry("TestEventTarget::test_list_target_by_rule_limit")
def targets_with_limit(t):
    name, id = rule(t), t.name("target")
    _, arn = opened_queue(t)
    t.hide("queue-arn", arn)
    t.hide("target-id", id)
    t.events.put_targets(
        Rule=name, Targets=[{"Id": f"{id}{number}", "Arn": arn} for number in range(5)]
    )
    first = t.record("list-targets-limit", t.events.list_targets_by_rule, Rule=name, Limit=3)
    t.record(
        "list-targets-limit-next-token",
        t.events.list_targets_by_rule,
        Rule=name,
        Limit=3,
        NextToken=first["NextToken"],
    )


def _listed(t, key, name):
    answer = t.events.list_targets_by_rule(Rule=name)
    for one in answer["Targets"]:
        one.update(Arn="target-arn", Id="target-id")
    t.record(key, answer)


@entry("TestEventTarget::test_put_multiple_targets_with_same_id_single_rule")
def same_id(t):
    name = rule(t)
    _, arn = opened_queue(t)
    for path in ["$.detail", "$.notexisting"]:
        t.events.put_targets(Rule=name, Targets=[{"Id": "t", "Arn": arn, "InputPath": path}])
    _listed(t, "list-targets", name)


@entry("TestEventTarget::test_put_multiple_targets_with_same_id_across_different_rules")
def same_target(t):
    _, arn = opened_queue(t)
    names = [rule(t, name=t.name("rule")) for _ in range(2)]
    for name, path in zip(names, ["$.detail", "$.notexisting"]):
        t.events.put_targets(Rule=name, Targets=[{"Id": "t", "Arn": arn, "InputPath": path}])
    for key, name in zip(["one", "two"], names):
        _listed(t, f"list-targets-rule-{key}", name)


@entry("TestEventTarget::test_put_multiple_targets_with_same_arn_across_different_rules")
def same_arn(t):
    _, arn = opened_queue(t)
    names = [rule(t, name=t.name("rule")) for _ in range(2)]
    for name, path in zip(names, ["$.detail", "$.doesnotexist"]):
        id = t.name("target")
        t.events.put_targets(Rule=name, Targets=[{"Id": id, "Arn": arn, "InputPath": path}])
    for key, name in zip(["one", "two"], names):
        _listed(t, f"list-targets-rule-{key}", name)


def _named_rules(t, where, count):
    bus_name, prefix = bus(t, where), t.name("rule")
    t.hide("rule-prefix", prefix)
    _, arn = opened_queue(t)
    for number in range(count):
        target(t, bus_name, rule(t, bus_name, name=f"{prefix}{number}"), arn)
    return {"TargetArn": arn, "EventBusName": bus_name}


@entry("TestEventRule::test_list_rule_names_by_target", WHERE)
def rule_names(t, where):
    arguments = _named_rules(t, where, 3)
    t.record("list_rule_names_by_target", t.events.list_rule_names_by_target, **arguments)


@entry("TestEventRule::test_list_rule_names_by_target_with_limit", WHERE)
def rule_names_with_limit(t, where):
    arguments = {**_named_rules(t, where, 5), "Limit": 2}
    token = {}
    for key in ["first_page", "second_page", "third_page"]:
        answer = t.record(key, t.events.list_rule_names_by_target, **arguments, **token)
        token = {"NextToken": answer.get("NextToken")}


@entry("TestEventRule::test_list_rule_names_by_target_no_matches", WHERE)
def no_rule_names(t, where):
    arguments = _named_rules(t, where, 1)
    arguments["TargetArn"] += "-other"
    t.record("list_rule_names_by_target_no_matches", t.events.list_rule_names_by_target, **arguments)
