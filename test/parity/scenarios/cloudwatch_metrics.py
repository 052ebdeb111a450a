"""Metrics that services put by themselves."""

from datetime import datetime, timedelta, timezone

from harness import entry


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
