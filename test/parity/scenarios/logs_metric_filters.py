"""Metric filters."""

from harness import entry

from .logs_tools import group

LONG = "X" * 513


def transformation(number=""):
    return {
        "metricName": f"metric{number}",
        "metricNamespace": f"namespace{number}",
        "metricValue": "1",
    }


@entry("TestMetricFilters::test_describe_metric_filters_by_log_group")
def described(t):
    name, filter_name = group(t), t.name("filter")
    t.logs.put_metric_filter(
        logGroupName=name,
        filterName=filter_name,
        filterPattern="pattern",
        metricTransformations=[transformation()],
    )
    describe = t.logs.describe_metric_filters
    t.record("describe-by-log-group", describe, logGroupName=name)


@entry("TestMetricFiltersValidation::test_put_metric_filter_too_many_transformations")
def too_many(t):
    t.record(
        "error-too-many-transformations",
        t.logs.put_metric_filter,
        logGroupName=group(t),
        filterName=t.name("filter"),
        filterPattern="[ip, id]",
        metricTransformations=[transformation(1), transformation(2)],
    )


@entry("TestMetricFiltersValidation::test_delete_metric_filter_invalid_filter_name")
def invalid_name(t):
    delete = t.logs.delete_metric_filter
    t.record("error-invalid-filter-name", delete, logGroupName=group(t), filterName=LONG)


@entry("TestMetricFiltersValidation::test_describe_metric_filters_invalid_parameters")
def invalid_parameters(t):
    describe = t.logs.describe_metric_filters
    t.record("error-invalid-filter-prefix", describe, filterNamePrefix=LONG)
    t.record("error-invalid-metric-name", describe, metricName="X" * 256)
