"""Queries of Logs Insights."""

import time

from harness import entry

from .logs_tools import group


@entry("TestCloudWatchLogsInsightsQueries::test_describe_queries")
def described(t):
    name, end = group(t), int(time.time())
    start = end - 3600
    t.hide("start-time", str(start))
    t.hide("end-time", str(end))
    t.mask("createTime", "create-time")
    t.logs.start_query(
        logGroupName=name, startTime=start, endTime=end, queryString="fields @message"
    )
    t.record("describe-queries", t.logs.describe_queries, logGroupName=name)
