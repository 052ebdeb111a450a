"""Metrics that services put by themselves."""

from harness import entry

from .cloudwatch.tools import around, client, has_values, minute, once_there, query


def invoked(t, code):
    """Runs a function once; answers what its metrics say, by name."""
    cw, at = client(t, "query"), minute()
    name = t.function(code)["FunctionName"]
    t.record("invoke", t.lambda_.invoke, FunctionName=name)

    def metric(which):
        dimensions = [{"Name": "FunctionName", "Value": name}]
        asked = {"Namespace": "AWS/Lambda", "MetricName": which, "Dimensions": dimensions}
        queries = [query("m1", asked)]

        def ask():
            return cw.get_metric_data(MetricDataQueries=queries, **around(at))

        return once_there(ask, has_values)

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
