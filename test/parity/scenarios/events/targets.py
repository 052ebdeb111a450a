"""Targets of rules."""

from harness import entry

from ..events_tools import bus, opened_queue, rule, target

WHERE = ["default", "custom"]


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
