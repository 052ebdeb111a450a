"""Metrics: what was put, and what statistics say of it."""

from datetime import timedelta

from harness import entry

from .tools import around, client, has_values, minute, once_there, query, with_protocols


def get(cw, at, queries):
    def ask():
        return cw.get_metric_data(MetricDataQueries=queries, **around(at))

    return once_there(ask, has_values)


def put(cw, namespace, metrics, at):
    data = [{"Timestamp": at, **metric} for metric in metrics]
    cw.put_metric_data(Namespace=namespace, MetricData=data)


@entry("TestCloudwatch::test_put_metric_data_values_list", with_protocols())
def values_and_counts(t, protocol):
    cw, at, namespace = client(t, protocol), minute(), t.name("ns")
    metric = {"MetricName": "test-metric", "Values": [1.0, 10.0], "Counts": [2, 4]}
    put(cw, namespace, [{**metric, "Unit": "Count"}], at)

    def ask():
        return cw.get_metric_statistics(
            Namespace=namespace,
            MetricName="test-metric",
            Period=60,
            Statistics=["Maximum", "SampleCount", "Sum"],
            **around(at),
        )

    t.record("get_metric_statistics", once_there(ask, lambda answer: answer["Datapoints"]))


@entry("TestCloudwatch::test_put_metric_data_validation", with_protocols())
def refused(t, protocol):
    cw, namespace = client(t, protocol), t.name("ns")
    for key, metric in {
        "invalid-param-combination": {"Value": 5, "Values": [1.0], "Counts": [1]},
        "invalid-param-value": {"Values": [1.0, 10.0], "Counts": [2, 4, 5]},
        "invalid-param-combination-2": {
            "Value": 5,
            "StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 1, "Maximum": 1},
        },
    }.items():
        data = [{"MetricName": "m", **metric}]
        t.record(key, cw.put_metric_data, Namespace=namespace, MetricData=data)


@entry("TestCloudwatch::test_get_metric_data_for_multiple_metrics", with_protocols())
def several(t, protocol):
    cw, at, namespace = client(t, protocol), minute(), t.name("ns")
    values = {"metric1": 50, "metric2": 25, "metric3": 55}
    put(cw, namespace, [{"MetricName": name, "Value": values[name]} for name in values], at)
    queries = [
        query(f"result{number}", {"Namespace": namespace, "MetricName": name})
        for number, name in enumerate(values, start=1)
    ]
    t.record("get_metric_data", get(cw, at, queries))


STATISTICS = ["Sum", "SampleCount", "Minimum", "Maximum", "Average"]


@entry(
    "TestCloudwatch::test_get_metric_data_stats",
    with_protocols(**{name: name for name in STATISTICS}),
)
def statistics(t, protocol, stat):
    cw, at, namespace = client(t, protocol), minute(), t.name("ns")
    put(cw, namespace, [{"MetricName": "metric1", "Value": n} for n in range(1, 12)], at)
    metric = {"Namespace": namespace, "MetricName": "metric1"}
    t.record("get_metric_data", get(cw, at, [query("result1", metric, stat)]))


@entry("TestCloudwatch::test_get_metric_data_with_dimensions", with_protocols())
def with_dimensions(t, protocol):
    cw, at, namespace = client(t, protocol), minute(), t.name("ns")
    dimensions = [{"Name": "InstanceId", "Value": "one"}]
    others = [{"Name": "InstanceId", "Value": "two"}]
    values = [{"MetricName": "metric1", "Value": 11, "Dimensions": dimensions}]
    values += [{"MetricName": "metric1", "Value": 5, "Dimensions": others}]
    put(cw, namespace, values, at)
    metric = {"Namespace": namespace, "MetricName": "metric1", "Dimensions": dimensions}
    t.record("get_metric_data", get(cw, at, [query("result1", metric)]))


@entry("TestCloudwatch::test_get_metric_data_with_zero_and_labels", with_protocols())
def zero(t, protocol):
    cw, at, namespace = client(t, protocol), minute(), t.name("ns")
    values = [0, 1.5, 2, 3, 10, 100]
    put(cw, namespace, [{"MetricName": "metric1", "Value": value} for value in values], at)
    metric = {"Namespace": namespace, "MetricName": "metric1"}
    queries = [
        query(f"result_{stat}", metric, stat) for stat in ("Average", "Sum", "Minimum", "Maximum")
    ]
    t.record("get_metric_data_with_zero_and_labels", get(cw, at, queries))


@entry("TestCloudwatch::test_get_metric_statistics", with_protocols())
def of_ten(t, protocol):
    cw, at, namespace = client(t, protocol), minute(), t.name("ns")
    put(cw, namespace, [{"MetricName": "metric", "Value": n} for n in range(10)], at)

    def ask():
        return cw.get_metric_statistics(
            Namespace=namespace,
            MetricName="metric",
            Period=60,
            Statistics=STATISTICS,
            **around(at),
        )

    t.record("get_metric_statistics", once_there(ask, lambda answer: answer["Datapoints"]))


@entry("TestCloudwatch::test_handle_different_units", with_protocols())
def units_of_statistics(t, protocol):
    cw, at, namespace = client(t, protocol), minute(), t.name("ns")
    metric = {"MetricName": "m-test"}
    values = [{**metric, "Value": 1, "Unit": "Seconds"}, {**metric, "Value": 5, "Unit": "Count"}]
    put(cw, namespace, [*values, {**metric, "Value": 10}], at)

    def ask():
        return cw.get_metric_statistics(
            Namespace=namespace,
            MetricName="m-test",
            Period=60,
            Statistics=["Average"],
            **around(at),
        )

    answer = once_there(ask, lambda answer: len(answer["Datapoints"]) == 3)
    t.record("get_metric_statistics_with_different_units", answer, unordered=["Datapoints"])


@entry("TestCloudwatch::test_get_metric_data_with_different_units", with_protocols())
def one_of_two_units(t, protocol):
    cw, at, namespace = client(t, protocol), minute(), t.name("ns")
    values = [{"MetricName": "m-test", "Value": 1, "Unit": "Seconds"}]
    put(cw, namespace, [*values, {"MetricName": "m-test", "Value": 1, "Unit": "Count"}], at)
    metric = {"Namespace": namespace, "MetricName": "m-test"}
    answer = get(cw, at, [query("m1", metric, Unit="Seconds")])
    t.record("get_metric_data_with_different_units", answer)


@entry(
    "TestCloudwatch::test_get_metric_data_different_units_no_unit_in_query",
    with_protocols(
        metric_data0=[("Seconds", 60), ("Milliseconds", 60_000)],
        metric_data1=[("Seconds", 60), ("Milliseconds", 120_000)],
        metric_data2=[("Seconds", 60), ("Count", 5), ("Milliseconds", 60_000)],
    ),
)
def whichever_unit(t, protocol, values):
    cw, at, namespace = client(t, protocol), minute(), t.name("ns")
    metrics = [{"MetricName": "m-test", "Unit": unit, "Value": value} for unit, value in values]
    put(cw, namespace, metrics, at)
    metric = {"Namespace": namespace, "MetricName": "m-test"}
    t.record("get_metric_data_with_no_unit_specified", get(cw, at, [query("m1", metric)]))


SUM, MINIMUM = "Sum", "Minimum"


@entry(
    "TestCloudwatch::test_label_generation",
    with_protocols(
        input_pairs0=[(SUM, 60, "Seconds"), (MINIMUM, 30, "Seconds")],
        input_pairs1=[(SUM, 60, "Seconds"), (MINIMUM, 60, "Seconds")],
        input_pairs2=[(SUM, 60, "Seconds"), (SUM, 30, "Seconds")],
        input_pairs3=[(SUM, 60, "Seconds"), (MINIMUM, 30, "Milliseconds")],
        input_pairs4=[(SUM, 60, "Seconds"), (MINIMUM, 60, "Milliseconds")],
        input_pairs5=[(SUM, 60, "Seconds"), (SUM, 30, "Milliseconds")],
        input_pairs6=[(SUM, 60, "Seconds"), (SUM, 60, "Milliseconds")],
    ),
)
def labels(t, protocol, pairs):
    cw, at, namespace = client(t, protocol), minute(), t.name("ns")
    values = [{"MetricName": "metric1", "Unit": "Seconds", "Value": n} for n in (0, 2, 7, 100)]
    put(cw, namespace, [{**value, "StorageResolution": 1} for value in values], at)
    metric = {"Namespace": namespace, "MetricName": "metric1"}
    queries = [
        query(f"result_{stat}_{period}_{unit}", metric, stat, period, Unit=unit)
        for stat, period, unit in pairs
    ]
    t.record("label_generation", get(cw, at, queries))


@entry("TestCloudwatch::test_get_metric_with_null_dimensions", with_protocols())
def null_dimensions(t, protocol):
    cw, at, namespace = client(t, protocol), minute(), t.name("ns")
    dimensions = [{"Name": "foo", "Value": "bar"}]
    put(cw, namespace, [{"MetricName": "m", "Value": 1, "Dimensions": dimensions}], at)
    metric = {"Namespace": namespace, "MetricName": t.name("metric")}
    answer = cw.get_metric_data(
        MetricDataQueries=[query("i1234", metric)], **around(at)
    )
    t.record("get_metric_with_null_dimensions", answer)


@entry("TestCloudwatch::test_get_metric_with_no_results", with_protocols())
def nothing(t, protocol):
    cw, at = client(t, protocol), minute()
    metric = {"Namespace": t.name("ns"), "MetricName": t.name("metric")}
    answer = cw.get_metric_data(MetricDataQueries=[query("result", metric)], **around(at))
    t.record("result", answer)


@entry("TestCloudwatch::test_multiple_dimensions_statistics", with_protocols())
def many_dimensions(t, protocol):
    cw, at, namespace = client(t, protocol), minute(), t.name("ns")
    names = {"error": "none", "exception": "none", "method": "GET"}
    names |= {"outcome": "SUCCESS", "uri": "/greetings", "status": "200"}
    dimensions = [{"Name": name, "Value": value} for name, value in names.items()]
    name = "http.server.requests.count"
    metric = {"MetricName": name, "Dimensions": dimensions}
    put(cw, namespace, [{**metric, "Value": 5, "Unit": "Count"}], at)
    asked = {"Namespace": namespace, **metric}
    t.record("get-metric-stats-max", get(cw, at, [query("result1", asked, "Maximum")]))

    def ask():
        return cw.list_metrics(Namespace=namespace)

    answer = once_there(ask, lambda answer: answer["Metrics"])
    t.record("list-metrics", answer, unordered=["Dimensions"])


@entry("TestCloudwatch::test_invalid_amount_of_datapoints", with_protocols())
def too_many(t, protocol):
    cw, at = client(t, protocol), minute()
    metric = {"Namespace": t.name("ns"), "MetricName": "metric_name", "Statistics": ["Sum"]}
    ask = cw.get_metric_statistics
    before = at - timedelta(days=1)
    day = {"StartTime": before, "EndTime": at}
    t.record("error-invalid-amount-datapoints", ask, **metric, **day, Period=1)
    none = {"StartTime": at, "EndTime": at}
    t.record("error-invalid-time-frame", ask, **metric, **none, Period=60)
    hour = {"StartTime": at - timedelta(hours=1), "EndTime": at}
    t.record("get-metric-statitics", ask, **metric, **hour, Period=60)
