"""Alarms: how they stand, their tags, what they tell."""

import json

from harness import entry

from .tools import each, speaking

C = "TestCloudwatch::"


def put_alarm(t, client, name, namespace=None, **more):
    settings = {
        "AlarmName": name,
        "MetricName": "metric1",
        "Namespace": namespace or t.name("ns"),
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 30,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        **more,
    }
    t.defer(client.delete_alarms, AlarmNames=[name])
    return client.put_metric_alarm(**settings)


@entry(f"{C}test_describe_alarms_converts_date_format_correctly", each())
def described(t, protocol):
    client, name = speaking(t, protocol), t.name("alarm")
    put_alarm(t, client, name, MetricName=t.name("m"))
    t.record("describe-alarms", client.describe_alarms, AlarmNames=[name])


@entry(f"{C}test_store_tags", each())
def tags(t, protocol):
    client, name = speaking(t, protocol), t.name("alarm")
    t.record("put_metric_alarm", put_alarm(t, client, name, MetricName="store_tags"))
    answer = t.record("describe_alarms", client.describe_alarms, AlarmNames=[name])
    arn = answer["MetricAlarms"][0]["AlarmArn"]
    listing = client.list_tags_for_resource
    t.record("list_tags_for_resource_empty ", listing, ResourceARN=arn)
    given = [{"Key": "tag1", "Value": "foo"}, {"Key": "tag2", "Value": "bar"}]
    client.tag_resource(ResourceARN=arn, Tags=given)
    t.record("list_tags_for_resource", listing, ResourceARN=arn)
    client.untag_resource(ResourceARN=arn, TagKeys=["tag1"])
    t.record("list_tags_for_resource_post_untag", listing, ResourceARN=arn)


def tagged(t, client, name, arn, after_creation):
    listing = client.list_tags_for_resource
    t.record(after_creation, listing, ResourceARN=arn)
    given = [{"Key": "tag1", "Value": "foo"}, {"Key": "tag2", "Value": "bar"}]
    client.tag_resource(ResourceARN=arn, Tags=given)
    t.record("list_tags_for_resource_updated", listing, ResourceARN=arn)
    client.untag_resource(ResourceARN=arn, TagKeys=["tag1"])
    t.record("list_tags_for_resource_post_untag", listing, ResourceARN=arn)
    client.delete_alarms(AlarmNames=[name])
    t.record("list_tags_for_deleted_resource", listing, ResourceARN=arn)


PRODUCTION = [{"Key": "Environment", "Value": "Production"}]


@entry(f"{C}test_tagging_metric_alarm", each())
def tagged_alarm(t, protocol):
    client, name = speaking(t, protocol), t.name("alarm")
    t.record("put_metric_alarm", put_alarm(t, client, name, Tags=PRODUCTION))
    arn = f"arn:aws:cloudwatch:{t.region}:{t.account}:alarm:{name}"
    tagged(t, client, name, arn, "list_tags_for_resource_after_creation")


@entry(f"{C}test_tagging_composite_alarm", each())
def tagged_composite(t, protocol):
    client, simple, name = speaking(t, protocol), t.name("alarm"), t.name("composite")
    put_alarm(t, client, simple)
    client.put_composite_alarm(AlarmName=name, AlarmRule=f'ALARM("{simple}")', Tags=PRODUCTION)
    arn = f"arn:aws:cloudwatch:{t.region}:{t.account}:alarm:{name}"
    tagged(t, client, name, arn, "list_tags_for_resource_after_creation ")


@entry(f"{C}test_put_metric_alarm_escape_character", each())
def escaped(t, protocol):
    client, name = speaking(t, protocol), t.name("alarm")
    put_alarm(
        t,
        client,
        name,
        MetricName=t.name("m"),
        AlarmDescription="<",
        Period=600,
        Threshold=1,
        AlarmActions=["arn:aws:sns:us-east-1:111122223333:MyTopic"],
    )
    t.record("describe-alarms-escaped-character", client.describe_alarms, AlarmNames=[name])


@entry(f"{C}test_delete_alarm", each())
def deleted(t, protocol):
    client, name = speaking(t, protocol), t.name("alarm")
    put_alarm(t, client, name)
    t.record("describe-alarm", client.describe_alarms, AlarmNames=[name])
    t.record("delete-alarm", client.delete_alarms, AlarmNames=[name])
    t.record("describe-after-delete", client.describe_alarms, AlarmNames=[name])


@entry(f"{C}test_set_alarm_invalid_input", each())
def invalid_state(t, protocol):
    client, name = speaking(t, protocol), t.name("alarm")
    put_alarm(t, client, name)
    reason = {"StateReason": "test"}
    set_state = client.set_alarm_state
    t.record("error-invalid-state", set_state, AlarmName=name, StateValue="INVALID", **reason)
    t.record(
        "error-resource-not-found", set_state, AlarmName=t.name("no"), StateValue="OK", **reason
    )


@entry(f"{C}test_set_alarm", each())
def set_state(t, protocol):
    client, name = speaking(t, protocol), t.name("alarm")
    up, down = t.topic(), t.topic()
    t.hide("topic_alarm", up.split(":")[-1])
    t.hide("topic_ok", down)
    put_alarm(
        t,
        client,
        name,
        AlarmDescription="Test Alarm when CPU exceeds 50 percent",
        MetricName="CPUUtilization-3",
        Statistic="Average",
        Period=300,
        Threshold=50,
        EvaluationPeriods=2,
        Dimensions=[{"Name": "InstanceId", "Value": "i-0317828c84edbe100"}],
        Unit="Percent",
        TreatMissingData="ignore",
        AlarmActions=[up],
        OKActions=[down],
    )
    client.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="testing alarm")
    t.record("triggered-alarm", client.describe_alarms, AlarmNames=[name])
    client.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="resetting alarm")
    t.record("reset-alarm", client.describe_alarms, AlarmNames=[name])


def told(t, url, state):
    """The message of an alarm's notification, its times written as the recordings write them."""

    def look():
        for message in t.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []):
            t.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found = json.loads(json.loads(message["Body"])["Message"])
            if found["NewStateValue"] == state:
                return found
        return None

    found = t.until(look, 60)
    for key in ("AlarmConfigurationUpdatedTimestamp", "StateChangeTime"):
        found[key] = "date"
    return found


def subscribed(t):
    url, queue = t.queue()
    topic = t.topic()
    made = t.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    t.defer(t.sns.unsubscribe, SubscriptionArn=made["SubscriptionArn"])
    t.hide("topic_arn", topic.split(":")[-1])
    return url, topic


def speaking_alarm(t, protocol, **more):
    """An alarm that tells a topic of its states: a client, the alarm's name, the URL of a queue that hears it."""
    client, name = speaking(t, protocol), t.name("alarm")
    url, topic = subscribed(t)
    put_alarm(
        t,
        client,
        name,
        AlarmDescription="testing cloudwatch alarms",
        MetricName="my-metric101",
        Period=10,
        Threshold=2,
        Dimensions=[{"Name": "InstanceId", "Value": "abc"}],
        Unit="Seconds",
        Statistic="Average",
        OKActions=[topic],
        AlarmActions=[topic],
        EvaluationPeriods=2,
        **more,
    )
    return client, name, url


@entry(f"{C}test_breaching_alarm_actions", each())
def breaching(t, protocol):
    client, name, url = speaking_alarm(t, protocol, TreatMissingData="breaching")
    message = told(t, url, "ALARM")
    t.mask("AlarmConfigurationUpdatedTimestamp", "date")
    t.record("alarm-1-sqs-msg", message)
    t.mask("AlarmConfigurationUpdatedTimestamp", "timestamp")
    t.record("alarm-1-describe", client.describe_alarms, AlarmNames=[name])
