"""Measurements, and what is told of them."""

import datetime

from harness import entry

from .tools import ago, each, now, speaking

C = "TestCloudwatch::"


def query(id, namespace, metric, stat, period=60, dimensions=None, unit=None, **more):
    described = {"Namespace": namespace, "MetricName": metric}
    if dimensions is not None:
        described["Dimensions"] = dimensions
    measured = {"Metric": described, "Period": period, "Stat": stat}
    if unit is not None:
        measured["Unit"] = unit
    return {"Id": id, "MetricStat": measured, **more}


def window(minutes=60):
    return {"StartTime": ago(minutes=minutes), "EndTime": now() + datetime.timedelta(hours=1)}


def put(client, namespace, *data):
    client.put_metric_data(Namespace=namespace, MetricData=list(data))


@entry(f"{C}test_put_metric_data_values_list", each())
def values(t, protocol):
    client, namespace = speaking(t, protocol), t.name("ns")
    stamp = ago(minutes=5)
    put(
        client,
        namespace,
        {
            "MetricName": "test-metric",
            "Timestamp": stamp,
            "Values": [1.0, 10.0],
            "Counts": [2, 4],
            "Unit": "Count",
        },
    )
    t.record(
        "get_metric_statistics",
        client.get_metric_statistics,
        Namespace=namespace,
        MetricName="test-metric",
        StartTime=stamp - datetime.timedelta(seconds=60),
        EndTime=stamp + datetime.timedelta(seconds=60),
        Period=60,
        Statistics=["SampleCount", "Sum", "Maximum"],
    )


@entry(f"{C}test_put_metric_data_validation", each())
def validation(t, protocol):
    client, namespace = speaking(t, protocol), t.name("ns")
    base = {"MetricName": "m", "Timestamp": now()}
    for key, more in [
        ("invalid-param-combination", {"Value": 1, "Values": [1.0], "Counts": [1]}),
        ("invalid-param-value", {"Values": [1.0, 10.0], "Counts": [2]}),
        (
            "invalid-param-combination-2",
            {
                "Value": 1,
                "StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 1, "Maximum": 1},
            },
        ),
    ]:
        t.record(key, client.put_metric_data, Namespace=namespace, MetricData=[{**base, **more}])


@entry(f"{C}test_get_metric_data_for_multiple_metrics", each())
def several(t, protocol):
    client, namespace = speaking(t, protocol), t.name("ns")
    put(
        client,
        namespace,
        *[{"MetricName": f"metric{i}", "Value": v} for i, v in [(1, 50), (2, 25), (3, 55)]],
    )
    queries = [query(f"result{i}", namespace, f"metric{i}", "Sum") for i in (1, 2, 3)]
    t.record("get_metric_data", client.get_metric_data, MetricDataQueries=queries, **window())


@entry(
    f"{C}test_get_metric_data_stats",
    each({stat: stat for stat in ["Sum", "SampleCount", "Minimum", "Maximum", "Average"]}),
)
def statistics(t, protocol, stat):
    client, namespace = speaking(t, protocol), t.name("ns")
    put(client, namespace, *[{"MetricName": "metric1", "Value": v} for v in range(1, 12)])
    queries = [query("result1", namespace, "metric1", stat)]
    t.record("get_metric_data", client.get_metric_data, MetricDataQueries=queries, **window())


@entry(f"{C}test_get_metric_data_with_dimensions", each())
def dimensions(t, protocol):
    client, namespace = speaking(t, protocol), t.name("ns")
    for value, name in [(11, "foo"), (22, "bar")]:
        given = [{"Name": "InstanceId", "Value": name}]
        put(client, namespace, {"MetricName": "metric1", "Value": value, "Dimensions": given})
    wanted = [{"Name": "InstanceId", "Value": "foo"}]
    queries = [query("result1", namespace, "metric1", "Sum", dimensions=wanted)]
    t.record("get_metric_data", client.get_metric_data, MetricDataQueries=queries, **window())


@entry(f"{C}test_get_metric_data_with_zero_and_labels", each())
def zeros(t, protocol):
    client, namespace = speaking(t, protocol), t.name("ns")
    stamp = now()
    values = (0, 2, 4, 3.5, 7, 100)
    put(
        client,
        namespace,
        *[{"MetricName": "metric1", "Value": v, "Unit": "Seconds", "Timestamp": stamp} for v in values],
    )
    queries = [
        query(f"result_{stat}", namespace, "metric1", stat)
        for stat in ("Average", "Sum", "Minimum", "Maximum")
    ]
    key = "get_metric_data_with_zero_and_labels"
    t.record(key, client.get_metric_data, MetricDataQueries=queries, **window())


@entry(f"{C}test_get_metric_statistics", each())
def whole(t, protocol):
    client, namespace = speaking(t, protocol), t.name("ns")
    stamp = ago(minutes=5)
    put(
        client,
        namespace,
        *[{"MetricName": "metric", "Value": v, "Timestamp": stamp} for v in range(10)],
    )
    t.record(
        "get_metric_statistics",
        client.get_metric_statistics,
        Namespace=namespace,
        MetricName="metric",
        StartTime=ago(minutes=10),
        EndTime=now(),
        Period=60,
        Statistics=["Average", "Sum", "Minimum", "Maximum", "SampleCount"],
    )


UNITS = [("Seconds", 1), ("Count", 5), (None, 10)]


def put_units(client, namespace, pairs, stamp):
    for unit, value in pairs:
        datum = {"MetricName": "m-test", "Value": value, "Timestamp": stamp}
        put(client, namespace, {**datum, **({"Unit": unit} if unit else {})})


@entry(f"{C}test_handle_different_units", each())
def units(t, protocol):
    client, namespace = speaking(t, protocol), t.name("ns")
    stamp = ago(minutes=5)
    put_units(client, namespace, UNITS, stamp)
    t.record(
        "get_metric_statistics_with_different_units",
        client.get_metric_statistics,
        unordered=("Datapoints",),
        Namespace=namespace,
        MetricName="m-test",
        StartTime=ago(minutes=10),
        EndTime=now(),
        Period=60,
        Statistics=["Average"],
    )


@entry(f"{C}test_get_metric_data_with_different_units", each())
def one_unit(t, protocol):
    client, namespace = speaking(t, protocol), t.name("ns")
    put_units(client, namespace, UNITS, ago(minutes=5))
    queries = [query("m1", namespace, "m-test", "Average", unit="Seconds")]
    key = "get_metric_data_with_different_units"
    t.record(key, client.get_metric_data, MetricDataQueries=queries, **window())


@entry(
    f"{C}test_get_metric_data_different_units_no_unit_in_query",
    each(
        {
            "metric_data0": [("Seconds", 35), ("Milliseconds", 60000)],
            "metric_data1": [("Seconds", 24), ("Milliseconds", 120000)],
            "metric_data2": [("Seconds", 1), ("Milliseconds", 3), ("Count", 5)],
        }
    ),
)
def no_unit(t, protocol, pairs):
    client, namespace = speaking(t, protocol), t.name("ns")
    put_units(client, namespace, pairs, ago(minutes=5))
    queries = [query("m1", namespace, "m-test", "Average")]
    key = "get_metric_data_with_no_unit_specified"
    t.record(key, client.get_metric_data, MetricDataQueries=queries, **window())


PAIRS = [
    [("Sum", 60, "Seconds"), ("Minimum", 30, "Seconds")],
    [("Sum", 60, "Seconds"), ("Minimum", 60, "Seconds")],
    [("Sum", 60, "Seconds"), ("Sum", 30, "Seconds")],
    [("Sum", 60, "Seconds"), ("Minimum", 30, "Milliseconds")],
    [("Sum", 60, "Seconds"), ("Minimum", 60, "Milliseconds")],
    [("Sum", 60, "Seconds"), ("Sum", 30, "Milliseconds")],
    [("Sum", 60, "Seconds"), ("Sum", 60, "Milliseconds")],
]


@entry(
    f"{C}test_label_generation",
    each({f"input_pairs{index}": pairs for index, pairs in enumerate(PAIRS)}),
)
def labels(t, protocol, pairs):
    client, namespace = speaking(t, protocol), t.name("ns")
    stamp = now()
    put(
        client,
        namespace,
        *[
            {"MetricName": "metric1", "Value": v, "Unit": "Seconds", "Timestamp": stamp}
            for v in (0, 2, 7, 100)
        ],
    )
    queries = [
        query(f"result_{stat}_{period}_{unit}", namespace, "metric1", stat, period, unit=unit)
        for stat, period, unit in pairs
    ]
    t.record("label_generation", client.get_metric_data, MetricDataQueries=queries, **window())


@entry(f"{C}test_get_metric_with_null_dimensions", each())
def null_dimensions(t, protocol):
    client, namespace = speaking(t, protocol), t.name("ns")
    put(
        client,
        namespace,
        {
            "MetricName": "m",
            "Value": 1,
            "Dimensions": [{"Name": "foo", "Value": "bar"}],
            "Unit": "Seconds",
        },
    )
    queries = [query(t.name("q").replace("-", "_"), namespace, "m", "Average", 60)]
    key = "get_metric_with_null_dimensions"
    t.record(key, client.get_metric_data, MetricDataQueries=queries, **window())


@entry(f"{C}test_get_metric_with_no_results", each())
def nothing(t, protocol):
    client = speaking(t, protocol)
    queries = [query("result", t.name("ns"), t.name("m"), "Sum", 60)]
    t.record("result", client.get_metric_data, MetricDataQueries=queries, **window())


@entry(f"{C}test_multiple_dimensions_statistics", each())
def many_dimensions(t, protocol):
    client, namespace = speaking(t, protocol), t.name("ns")
    name = "http.server.requests.count"
    given = [
        {"Name": key, "Value": value}
        for key, value in [
            ("error", "none"),
            ("exception", "none"),
            ("method", "GET"),
            ("outcome", "SUCCESS"),
            ("uri", "/greetings"),
            ("status", "200"),
        ]
    ]
    put(client, namespace, {"MetricName": name, "Dimensions": given, "Unit": "Count", "Value": 5})
    queries = [query("result1", namespace, name, "Maximum", 60, dimensions=given)]
    t.record("get-metric-stats-max", client.get_metric_data, MetricDataQueries=queries, **window())
    t.record("list-metrics", client.list_metrics, unordered=("Dimensions",), Namespace=namespace)


@entry(f"{C}test_invalid_amount_of_datapoints", each())
def too_many(t, protocol):
    client = speaking(t, protocol)
    start = ago(days=1)
    base = {"Namespace": "namespace", "MetricName": "metric_name", "Statistics": ["SampleCount"]}
    get = client.get_metric_statistics
    t.record(
        "error-invalid-amount-datapoints", get, StartTime=start, EndTime=now(), Period=1, **base
    )
    t.record("error-invalid-time-frame", get, StartTime=now(), EndTime=start, Period=10, **base)
    t.record("get-metric-statitics", get, StartTime=start, EndTime=now(), Period=60, **base)
