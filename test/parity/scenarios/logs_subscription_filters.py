"""Subscription filters."""

from harness import entry

from .logs_tools import group


@entry("TestSubscriptionFilters::test_describe_subscription_filters_empty")
def none(t):
    describe = t.logs.describe_subscription_filters
    t.record("describe-subscription-filters-empty", describe, logGroupName=group(t))


@entry("TestSubscriptionFilters::test_describe_subscription_filters_log_group_not_found")
def of_no_group(t):
    describe = t.logs.describe_subscription_filters
    t.record("error-log-group-not-found", describe, logGroupName="no-such-group")


@entry("TestSubscriptionFilterUpdates::test_delete_subscription_filter_errors")
def missing(t):
    delete = t.logs.delete_subscription_filter
    key = "error-log-group-not-found"
    t.record(key, delete, logGroupName="no-such-group", filterName="none")
    t.record("error-filter-not-found", delete, logGroupName=group(t), filterName="none")
