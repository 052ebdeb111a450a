"""Rules."""

import json

from harness import entry

from ..events_tools import NAME, PATTERN, bus, opened_queue, put, rule, seen, target

WHERE = ["default", "custom"]


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
