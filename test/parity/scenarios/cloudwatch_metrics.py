"""Metrics that services put by themselves."""

import json
import re
from datetime import datetime, timedelta, timezone

from harness import entry

from .cloudwatch.alarms import put_alarm, subscribed, told
from .cloudwatch.tools import speaking


def invoked(t, code):
    """Runs a function once; answers what its metrics say, by name."""
    now = datetime.now(timezone.utc)
    window = {"StartTime": now - timedelta(minutes=5), "EndTime": now + timedelta(minutes=5)}
    t.mask("Timestamps", "timestamp")
    name = t.function(code)["FunctionName"]
    t.record("invoke", t.lambda_.invoke, FunctionName=name)

    def metric(which):
        dimensions = [{"Name": "FunctionName", "Value": name}]
        asked = {"Namespace": "AWS/Lambda", "MetricName": which, "Dimensions": dimensions}
        stat = {"Metric": asked, "Period": 300, "Stat": "Sum"}

        def look():
            queries = [{"Id": "m1", "MetricStat": stat}]
            answer = t.cloudwatch.get_metric_data(MetricDataQueries=queries, **window)
            return answer if answer["MetricDataResults"][0]["Values"] else None

        return t.until(look)

    return metric


@entry("TestCloudWatchLambdaMetrics::test_lambda_invoke_successful")
def successful(t):
    metric = invoked(t, "def handler(*_):\n    return {'success': 'ok'}\n")
    t.record("get-metric-data", metric("Invocations"))


@entry("TestCloudWatchLambdaMetrics::test_lambda_invoke_error")
def failing(t):
    metric = invoked(t, "\ndef handler(event, context):\n    raise Exception('fail on purpose')\n")
    t.record("get-metric-data-invocations", metric("Invocations"))
    t.record("get-metric-data-errors", metric("Errors"))


@entry("TestSQSMetrics::test_alarm_number_of_messages_sent")
def alarm_on_messages(t):
    client = speaking(t, "query")
    queue, arn = t.queue()
    name = arn.split(":")[-1]
    t.hide("replaced-queue-name", name)
    url, topic = subscribed(t)
    t.hide("topic-name", topic.split(":")[-1])
    alarm = t.name("alarm")
    put_alarm(
        t,
        client,
        alarm,
        namespace="AWS/SQS",
        AlarmDescription="test messages sent",
        MetricName="NumberOfMessagesSent",
        Statistic="SampleCount",
        Threshold=0,
        Dimensions=[{"Name": "QueueName", "Value": name}],
        AlarmActions=[topic],
        TreatMissingData="missing",
    )
    t.sqs.send_message(QueueUrl=queue, MessageBody="new message")
    t.pass_time(60)

    def dateless(found):
        text = json.dumps(found, default=str)
        return json.loads(re.sub(r"\d\d/\d\d/\d\d \d\d:\d\d:\d\d", "MM/DD/YY HH:MM:SS", text))

    message = told(t, url, "ALARM")
    found = client.describe_alarms(AlarmNames=[alarm])
    for one in found["MetricAlarms"]:
        one["StateReasonData"] = dated(json.loads(one["StateReasonData"]))
    t.record("NumberOfMessagesSent-describe", dateless(found))
    t.mask("AlarmConfigurationUpdatedTimestamp", "date")
    t.record("NumberOfMessagesSent-sqs-msg", dateless(message))


def dated(data):
    """An alarm's reason with its times hidden."""
    for point in data["evaluatedDatapoints"]:
        point["timestamp"] = "date"
    return {**data, "queryDate": "date", "startDate": "date"}
