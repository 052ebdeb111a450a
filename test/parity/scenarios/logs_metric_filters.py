"""Metric filters."""

from harness import entry

from .logs_tools import group


def transformation(number=""):
    name, namespace = f"metric{number}", f"namespace{number}"
    return {"metricName": name, "metricNamespace": namespace, "metricValue": "1"}


@entry("TestMetricFilters::test_describe_metric_filters_by_log_group")
def of_a_group(t):
    name = group(t)
    t.logs.put_metric_filter(
        logGroupName=name,
        filterName=t.name("filter"),
        filterPattern="pattern",
        metricTransformations=[transformation()],
    )
    t.mask("creationTime", "timestamp")
    t.record("describe-by-log-group", t.logs.describe_metric_filters, logGroupName=name)


@entry("TestMetricFiltersValidation::test_put_metric_filter_too_many_transformations")
def two_transformations(t):
    t.record(
        "error-too-many-transformations",
        t.logs.put_metric_filter,
        logGroupName=group(t),
        filterName="filter",
        filterPattern="pattern",
        metricTransformations=[transformation(1), transformation(2)],
    )


@entry("TestMetricFiltersValidation::test_delete_metric_filter_invalid_filter_name")
def long_name(t):
    delete = t.logs.delete_metric_filter
    key = "error-invalid-filter-name"
    t.record(key, delete, logGroupName=group(t), filterName="X" * 513)


@entry("TestMetricFiltersValidation::test_describe_metric_filters_invalid_parameters")
def long_parameters(t):
    describe = t.logs.describe_metric_filters
    t.record("error-invalid-filter-prefix", describe, filterNamePrefix="X" * 513)
    key = "error-invalid-metric-name"
    t.record(key, describe, metricName="X" * 256, metricNamespace="namespace")
