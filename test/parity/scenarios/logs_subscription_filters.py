"""Subscription filters."""

from harness import entry

from .logs_tools import group

C = "TestSubscriptionFilters::"


@entry(f"{C}test_describe_subscription_filters_empty")
def none(t):
    describe = t.logs.describe_subscription_filters
    t.record("describe-subscription-filters-empty", describe, logGroupName=group(t))


@entry(f"{C}test_describe_subscription_filters_log_group_not_found")
def missing_group(t):
    describe = t.logs.describe_subscription_filters
    t.record("error-log-group-not-found", describe, logGroupName=t.name("no"))


@entry("TestSubscriptionFilterUpdates::test_delete_subscription_filter_errors")
def missing(t):
    delete = t.logs.delete_subscription_filter
    t.record(
        "error-log-group-not-found", delete, logGroupName=t.name("no"), filterName="test"
    )
    t.record(
        "error-filter-not-found", delete, logGroupName=group(t), filterName=t.name("no")
    )
