"""Alarms, their tags, states and actions."""

import json
import time

from harness import entry

from .tools import client, with_protocols

STAMPS = ["StateUpdatedTimestamp", "StateTransitionedTimestamp"]
STAMPS += ["AlarmConfigurationUpdatedTimestamp"]


def make(t, cw, **settings):
    """An alarm's name."""
    for stamp in STAMPS:
        t.mask(stamp, "timestamp")
    name = t.name("alarm")
    alarm = {
        "AlarmName": name,
        "Namespace": t.name("ns"),
        "MetricName": "metric1",
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 30,
        **settings,
    }
    answer = cw.put_metric_alarm(**alarm)
    t.defer(cw.delete_alarms, AlarmNames=[name])
    return name, answer


def describe(cw, name):
    """DescribeAlarms' answer as the clients of the recordings' time read it."""
    answer = cw.describe_alarms(AlarmNames=[name])
    # AWS answered these then, too (`test_basic_operations_multiple_protocols`); botocore did not know them.
    assert answer.pop("LogAlarms") == []
    return answer


def arn_of(t, name):
    return f"arn:aws:cloudwatch:{t.region}:{t.account}:alarm:{name}"


@entry(
    "TestCloudwatch::test_describe_alarms_converts_date_format_correctly", with_protocols()
)
def dates(t, protocol):
    cw = client(t, protocol)
    name, _ = make(t, cw, MetricName=t.name("metric"))
    t.record("describe-alarms", describe(cw, name))


@entry("TestCloudwatch::test_put_metric_alarm_escape_character", with_protocols())
def escaped(t, protocol):
    cw = client(t, protocol)
    name, _ = make(
        t,
        cw,
        AlarmDescription="<",
        MetricName=t.name("metric"),
        Period=600,
        Threshold=1,
        AlarmActions=["arn:aws:sns:us-east-1:111122223333:MyTopic"],
    )
    t.record("describe-alarms-escaped-character", describe(cw, name))


@entry("TestCloudwatch::test_store_tags", with_protocols())
def tags(t, protocol):
    cw = client(t, protocol)
    name, made = make(t, cw, MetricName="store_tags")
    t.record("put_metric_alarm", made)
    t.record("describe_alarms", describe(cw, name))
    arn = arn_of(t, name)
    get = cw.list_tags_for_resource
    t.record("list_tags_for_resource_empty ", get, ResourceARN=arn)
    pairs = [{"Key": "tag1", "Value": "foo"}, {"Key": "tag2", "Value": "bar"}]
    cw.tag_resource(ResourceARN=arn, Tags=pairs)
    t.record("list_tags_for_resource", get, ResourceARN=arn, unordered=["Tags"])
    cw.untag_resource(ResourceARN=arn, TagKeys=["tag1"])
    t.record("list_tags_for_resource_post_untag", get, ResourceARN=arn)


def tagged(t, cw, arn, name, first):
    get = cw.list_tags_for_resource
    t.record(first, get, ResourceARN=arn)
    pairs = [{"Key": "tag1", "Value": "foo"}, {"Key": "tag2", "Value": "bar"}]
    cw.tag_resource(ResourceARN=arn, Tags=pairs)
    t.record("list_tags_for_resource_updated", get, ResourceARN=arn, unordered=["Tags"])
    cw.untag_resource(ResourceARN=arn, TagKeys=["tag1"])
    t.record("list_tags_for_resource_post_untag", get, ResourceARN=arn)
    cw.delete_alarms(AlarmNames=[name])
    t.record("list_tags_for_deleted_resource", get, ResourceARN=arn)


PRODUCTION = [{"Key": "Environment", "Value": "Production"}]


@entry("TestCloudwatch::test_tagging_metric_alarm", with_protocols())
def tags_from_creation(t, protocol):
    cw = client(t, protocol)
    name, made = make(t, cw, Tags=PRODUCTION)
    t.record("put_metric_alarm", made)
    tagged(t, cw, arn_of(t, name), name, "list_tags_for_resource_after_creation")


@entry("TestCloudwatch::test_tagging_composite_alarm", with_protocols())
def tags_of_a_composite(t, protocol):
    cw = client(t, protocol)
    part, _ = make(t, cw)
    name = t.name("composite")
    cw.put_composite_alarm(AlarmName=name, AlarmRule=f"ALARM({part})", Tags=PRODUCTION)
    t.defer(cw.delete_alarms, AlarmNames=[name])
    tagged(t, cw, arn_of(t, name), name, "list_tags_for_resource_after_creation ")


@entry("TestCloudwatch::test_delete_alarm", with_protocols())
def deleted(t, protocol):
    cw = client(t, protocol)
    name, _ = make(t, cw)
    t.record("describe-alarm", describe(cw, name))
    t.record("delete-alarm", cw.delete_alarms, AlarmNames=[name])
    t.record("describe-after-delete", describe(cw, name))


@entry("TestCloudwatch::test_set_alarm", with_protocols())
def state_that_is_set(t, protocol):
    cw = client(t, protocol)
    alarm, ok = t.topic(), t.topic()
    t.hide("topic_alarm", alarm.split(":")[-1])
    t.hide("topic_ok", ok)
    name, _ = make(
        t,
        cw,
        AlarmDescription="Test Alarm when CPU exceeds 50 percent",
        MetricName="CPUUtilization-3",
        Dimensions=[{"Name": "InstanceId", "Value": "i-0317828c84edbe100"}],
        Period=300,
        EvaluationPeriods=2,
        Statistic="Average",
        Threshold=50,
        Unit="Percent",
        TreatMissingData="ignore",
        AlarmActions=[alarm],
        OKActions=[ok],
        ActionsEnabled=True,
    )
    for key, state, reason in [
        ("triggered-alarm", "ALARM", "testing alarm"),
        ("reset-alarm", "OK", "resetting alarm"),
    ]:
        cw.set_alarm_state(AlarmName=name, StateValue=state, StateReason=reason)
        t.record(key, describe(cw, name))


@entry("TestCloudwatch::test_set_alarm_invalid_input", with_protocols())
def refused_states(t, protocol):
    cw = client(t, protocol)
    name, _ = make(t, cw)
    put = cw.set_alarm_state
    t.record("error-invalid-state", put, AlarmName=name, StateValue="INVALID", StateReason="x")
    missing = {"AlarmName": t.name("none"), "StateReason": "x"}
    t.record("error-resource-not-found", put, **missing, StateValue="OK")


def watched_queue(t):
    """A topic, hidden, and a queue that hears of it."""
    topic, (url, arn) = t.topic(), t.queue()
    t.hide("topic_arn", topic.split(":")[-1])
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    t.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    t.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return topic, url


def told(t, url):
    """What the alarm said to its topic; times in it are told as texts."""
    [message] = t.messages(url, seconds=60)
    return json.loads(json.loads(message["Body"])["Message"])


def of_my_metric(topic, missing):
    return {
        "AlarmDescription": "testing cloudwatch alarms",
        "MetricName": "my-metric101",
        "Dimensions": [{"Name": "InstanceId", "Value": "abc"}],
        "Period": 10,
        "EvaluationPeriods": 2,
        "Statistic": "Average",
        "Threshold": 2,
        "Unit": "Seconds",
        "TreatMissingData": missing,
        "AlarmActions": [topic],
        "OKActions": [topic],
        "ActionsEnabled": True,
    }


def record_told(t, key, message):
    stamp = t._masks.pop("AlarmConfigurationUpdatedTimestamp")
    t.record(key, message)
    t.mask("AlarmConfigurationUpdatedTimestamp", stamp)


@entry("TestCloudwatch::test_breaching_alarm_actions", with_protocols())
def breaching(t, protocol):
    cw = client(t, protocol)
    topic, url = watched_queue(t)
    name, _ = make(t, cw, **of_my_metric(topic, "breaching"))
    record_told(t, "alarm-1-sqs-msg", told(t, url))
    t.record("alarm-1-describe", describe(cw, name))


@entry("TestCloudwatch::test_enable_disable_alarm_actions", with_protocols())
def actions_enabled_and_not(t, protocol):
    cw = client(t, protocol)
    topic, url = watched_queue(t)
    name, _ = make(t, cw, **of_my_metric(topic, "ignore"))
    t.record("describe_alarm", describe(cw, name))
    put = cw.set_alarm_state
    put(AlarmName=name, StateValue="ALARM", StateReason="testing alarm")
    record_told(t, "alarm-state-sqs-msg", told(t, url))
    t.record("alarm-state-describe", describe(cw, name))
    cw.disable_alarm_actions(AlarmNames=[name])
    put(AlarmName=name, StateValue="OK", StateReason="testing OK state")
    t.record("describe_alarm_disabled", describe(cw, name))
    t.record("ok-state-action-disabled-describe", describe(cw, name))
    cw.enable_alarm_actions(AlarmNames=[name])
    t.record("describe_alarm_enabled", describe(cw, name))


@entry("TestCloudwatch::test_trigger_composite_alarm", with_protocols())
def composite(t, protocol):
    cw = client(t, protocol)
    alarm_topic, ok_topic = t.topic(), t.topic()
    t.hide("alarm-topic-name", alarm_topic.split(":")[-1])
    t.hide("ok-topic-name", ok_topic.split(":")[-1])
    names = [make(t, cw)[0] for _ in range(2)]
    for number, name in enumerate(names, start=1):
        t.hide(f"simple-alarm-{number}-name", name)
    whole = t.name("composite")
    t.hide("composite-alarm-name", whole)
    rule = " OR ".join(f'ALARM("{arn_of(t, name)}")' for name in names)
    t.record(
        "put-composite-alarm",
        cw.put_composite_alarm,
        AlarmName=whole,
        AlarmDescription="composite alarm description",
        AlarmRule=rule,
        AlarmActions=[alarm_topic],
        OKActions=[ok_topic],
    )
    t.defer(cw.delete_alarms, AlarmNames=[whole])

    def composite_alarm():
        kinds = {"AlarmNames": [whole], "AlarmTypes": ["CompositeAlarm"]}
        return cw.describe_alarms(**kinds)["CompositeAlarms"][0]

    def put(number, state):
        arguments = {"AlarmName": names[number - 1], "StateValue": state}
        cw.set_alarm_state(**arguments, StateReason="testing")

    for key, number, state in [
        ("in-alarm-when-alarm-1-is-in-alarm", 1, "ALARM"),
        ("in-ok-when-alarm-1-is-back-to-ok", 1, "OK"),
        ("in-alarm-when-alarm-2-is-in-alarm", 2, "ALARM"),
        ("in-ok-when-alarm-2-is-back-to-ok", 2, "OK"),
    ]:
        put(number, state)
        t.until(lambda state=state: composite_alarm()["StateValue"] == state)
        t.record(f"composite-alarm-{key}", composite_alarm())
        # The reason tells the second, by which the recording knows one from another.
        t.until(lambda now=int(time.time()): int(time.time()) > now)
    put(1, "ALARM")
    t.until(lambda: composite_alarm()["StateValue"] == "ALARM")
    put(2, "ALARM")
    key = "composite-alarm-is-triggered-by-alarm-1-and-then-unchanged-by-alarm-2"
    t.record(key, composite_alarm())
