"""Rules with a schedule."""

import json

from harness import entry

from .events_tools import bus, opened_queue, rule, seen, target

VALID = [
    "cron(0 2 ? * SAT *)",
    "cron(0 12 * * ? *)",
    "cron(5,35 14 * * ? *)",
    "cron(15 10 ? * 6L 2002-2005)",
    "cron(0 2 ? * SAT#3 *)",
    "cron(* * ? * SAT#3 *)",
    "cron(0/5 5 ? JAN 1-5 2022)",
    "cron(0 10 * * ? *)",
    "cron(15 12 * * ? *)",
    "cron(0 18 ? * MON-FRI *)",
    "cron(0 8 1 * ? *)",
    "cron(0/15 * * * ? *)",
    "cron(0/10 * ? * MON-FRI *)",
    "cron(0/5 8-17 ? * MON-FRI *)",
    "cron(0/30 20-23 ? * MON-FRI *)",
    "cron(0/30 0-2 ? * MON-FRI *)",
]
INVALID = [
    "cron(0 1 * * * *)",
    "cron(0 dummy ? * MON-FRI *)",
    "cron(7 20 * * NOT *)",
    "cron(INVALID)",
    "cron(0 dummy ? * MON-FRI *)",
    "cron(71 8 1 * ? *)",
]
RATES = [
    "rate(10 seconds)",
    "rate(10 years)",
    "rate(1 minutes)",
    "rate(1 hours)",
    "rate(1 days)",
    "rate(10 minute)",
    "rate(10 hour)",
    "rate(10 day)",
    "rate()",
    "rate(10)",
    "rate(10 minutess)",
    "rate(foo minutes)",
    "rate(0 minutes)",
    "rate(-10 minutes)",
    "rate(10 MINUTES)",
]


@entry("TestScheduleCron::tests_put_rule_with_schedule_cron", VALID)
def valid_cron(t, expression):
    name = t.name("rule")
    t.hide("rule-name", name)
    t.record("put-rule", t.events.put_rule, Name=name, ScheduleExpression=expression)
    t.defer(t.events.delete_rule, Name=name)
    t.record("list-rules", t.events.list_rules, NamePrefix=name)


@entry("TestScheduleRate::tests_put_rule_with_schedule_rate", ["rate(1 minute)", "rate(2 minutes)"])
def valid_rate(t, expression):
    valid_cron(t, expression)


@entry("TestScheduleCron::tests_put_rule_with_invalid_schedule_cron", INVALID)
def invalid_cron(t, expression):
    t.record(
        "invalid-put-rule", t.events.put_rule, Name=t.name(), ScheduleExpression=expression
    )


@entry("TestScheduleRate::test_put_rule_with_invalid_schedule_rate", RATES)
def invalid_rate(t, expression):
    invalid_cron(t, expression)


@entry("TestScheduleRate::tests_put_rule_with_schedule_custom_event_bus")
def custom_bus(t):
    t.record(
        "put-rule-with-custom-event-bus-error",
        t.events.put_rule,
        Name=t.name(),
        EventBusName=bus(t),
        ScheduleExpression="rate(1 minute)",
    )


@entry("TestScheduleCron::test_schedule_cron_target_sqs")
def cron_to_queue(t):
    url, arn = opened_queue(t)
    target(t, "default", rule(t, ScheduleExpression="cron(* * * * ? *)"), arn)
    t.pass_time(61)
    t.record("message", seen(t, url)[:1])


@entry("TestScheduleRate::tests_schedule_rate_custom_input_target_sqs")
def input_to_queue(t):
    url, arn = opened_queue(t)
    t.hide("queue-arn", arn)
    name = rule(t, ScheduleExpression="rate(1 minute)")
    target(t, "default", name, arn, Input=json.dumps({"custom-value": "somecustominput"}))
    t.record("list-targets", t.events.list_targets_by_rule, Rule=name)
    t.pass_time(61)
    t.record("messages", seen(t, url)[:1])


@entry("TestScheduleRate::tests_schedule_sqs_target")
def twice_a_minute_apart(t):
    url, arn = opened_queue(t)
    target(t, "default", rule(t, ScheduleExpression="rate(1 minute)"), arn)
    t.pass_time(125)
    assert len(seen(t, url, 2)) == 2
