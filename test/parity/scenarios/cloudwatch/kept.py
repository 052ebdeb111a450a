"""What is put and shown: anomaly detectors, insight rules, metric streams."""

import datetime
import json

from harness import entry

from .tools import each, now, speaking

C = "TestCloudwatch::"


@entry(f"{C}test_anomaly_detector_lifecycle", each())
def anomaly_detector(t, protocol):
    client = speaking(t, protocol)
    metric = {
        "MetricName": "MyMetric",
        "Namespace": "MyNamespace",
        "Stat": "Sum",
        "Dimensions": [{"Name": "DimensionName", "Value": "DimensionValue"}],
    }
    t.record("create_anomaly_detector", client.put_anomaly_detector, Configuration={}, **metric)
    t.defer(client.delete_anomaly_detector, **metric)
    wanted = {key: value for key, value in metric.items() if key != "Stat"}
    t.record("describe_anomaly_detector", client.describe_anomaly_detectors, **wanted)
    t.record("delete_anomaly_detector", client.delete_anomaly_detector, **metric)


RULE = {
    "Schema": {"Name": "CloudWatchLogRule", "Version": 1},
    "LogGroupNames": ["API-Gateway-Access-Logs*"],
    "LogFormat": "CLF",
    "Fields": {"4": "IpAddress", "7": "StatusCode"},
    "Contribution": {
        "Keys": ["IpAddress"],
        "Filters": [{"Match": "StatusCode", "EqualTo": 200}],
    },
    "AggregateOn": "Count",
}


@entry(f"{C}test_insight_rule", each())
def insight_rule(t, protocol):
    client, name = speaking(t, protocol), t.name("rule")
    definition = json.dumps(RULE)
    put = client.put_insight_rule
    t.record("create_insight_rule", put, RuleName=name, RuleState="ENABLED", RuleDefinition=definition)
    t.record("describe_insight_rule", client.describe_insight_rules)
    t.record("disable_insight_rule", client.disable_insight_rules, RuleNames=[name])
    t.record("enable_insight_rule", client.enable_insight_rules, RuleNames=[name])
    start = now().replace(minute=2)
    t.record(
        "get_insight_rule_report",
        client.get_insight_rule_report,
        RuleName=name,
        StartTime=start - datetime.timedelta(hours=1),
        EndTime=start,
        Period=300,
        MaxContributorCount=10,
        Metrics=["UniqueContributors"],
    )
    t.record("delete_insight_rule", client.delete_insight_rules, RuleNames=[name])


@entry(f"{C}test_create_metric_stream", each())
def metric_stream(t, protocol):
    client, name = speaking(t, protocol), t.name("stream")
    t.record(
        "create_metric_stream",
        client.put_metric_stream,
        Name=name,
        FirehoseArn=f"arn:aws:firehose:{t.region}:{t.account}:deliverystream/{t.name()}",
        RoleArn=f"arn:aws:iam::{t.account}:role/{t.name()}",
        OutputFormat="json",
    )
    t.record("get_metric_stream", client.get_metric_stream, Name=name)
    t.record("start_metric_stream", client.start_metric_streams, Names=[name])
    t.record("stop_metric_stream", client.stop_metric_streams, Names=[name])
    t.record("delete_metric_stream", client.delete_metric_stream, Name=name)
