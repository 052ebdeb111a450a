"""EventBridge Scheduler: expressions that are taken and refused, and tags."""

from harness import entry

INVALID = [
    "cron(0 1 * * * *)",
    "cron(0 dummy ? * MON-FRI *)",
    "cron(7 20 * * NOT *)",
    "cron(71 8 1 * ? *)",
    "cron(INVALID)",
    "cron(0 1)",
    "cron",
    "rate(10 seconds)",
    "rate(10 years)",
    "rate(1 minutes)",
    "rate(1 hours)",
    "rate(1 days)",
    "rate(10 minute)",
    "rate(10 hour)",
    "rate(10 day)",
    "rate(-10 minutes)",
    "rate(10 minutess)",
    "rate(foo minutes)",
    "rate(0 minutes)",
    "rate(10)",
    "rate()",
    "rate",
    "at(2021-12-31)",
    "at(2021-12-31T23:59:59Z)",
]
VALID = [
    "cron(0 8 1 * ? *)",
    "cron(5,35 14 * * ? *)",
    "cron(15 10 ? * 6L 2002-2005)",
    "cron(0 2 ? * SAT#3 *)",
    "cron(0 12 * * ? *)",
    "cron(5,10 16 * * ? *)",
    "cron(0/5 16,17 * * ? *)",
    "cron(30-30 13-13 ? * 2,4,6 *)",
    "cron(0 18 ? * MON-FRI *)",
    "cron(*/15 * * * ? *)",
    "cron(0/15 * * * ? *)",
]


def _schedule(t, expression, name=None):
    return {
        "Name": name or t.name(),
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": {"MaximumWindowInMinutes": 4, "Mode": "FLEXIBLE"},
        "Target": {
            "Arn": f"arn:aws:lambda:{t.region}:{t.account}:function:f",
            "RoleArn": f"arn:aws:iam::{t.account}:role/r",
        },
    }


@entry("tests_create_schedule_with_invalid_schedule_expression", INVALID)
def invalid_expression(t, expression):
    t.record(
        "invalid-schedule-expression", t.scheduler.create_schedule, **_schedule(t, expression)
    )


@entry("test_create_schedule_with_valid_cron_expressions", VALID)
def valid_cron(t, expression):
    schedule = _schedule(t, expression)
    t.record("create-schedule", t.scheduler.create_schedule, **schedule)
    t.defer(t.scheduler.delete_schedule, Name=schedule["Name"])


@entry("tests_create_schedule_with_valid_schedule_expression")
def valid_expression(t):
    schedule = _schedule(t, "at(2022-12-12T00:00:00)")
    t.record("valid-schedule-expression", t.scheduler.create_schedule, **schedule)
    t.defer(t.scheduler.delete_schedule, Name=schedule["Name"])


@entry("test_untag_resource")
def untagged(t):
    name = t.name()
    tags = [{"Key": "TagKey", "Value": "TagValue"}]
    arn = t.scheduler.create_schedule_group(Name=name, Tags=tags)["ScheduleGroupArn"]
    t.defer(t.scheduler.delete_schedule_group, Name=name)
    t.scheduler.untag_resource(ResourceArn=arn, TagKeys=["TagKey"])
    t.record("list-untagged-schedule", t.scheduler.list_tags_for_resource, ResourceArn=arn)


@entry("test_tag_resource")
def tagged(t):
    name = t.name()
    arn = t.scheduler.create_schedule_group(Name=name)["ScheduleGroupArn"]
    t.defer(t.scheduler.delete_schedule_group, Name=name)
    tags = [{"Key": "TagKey", "Value": "TagValue"}]
    t.scheduler.tag_resource(ResourceArn=arn, Tags=tags)
    t.record("list-tagged-schedule", t.scheduler.list_tags_for_resource, ResourceArn=arn)
