"""Log streams."""

from harness import entry

from .logs_tools import group


def stream(t):
    name = group(t)
    t.hide("log-group", name)
    t.mask("creationTime", "timestamp")
    t.logs.create_log_stream(logGroupName=name, logStreamName=t.name("stream"))
    return name


@entry("TestLogsStreams::test_create_and_delete_log_stream")
def made_and_deleted(t):
    name = stream(t)
    described = t.record(
        "describe-log-streams-after-create", t.logs.describe_log_streams, logGroupName=name
    )
    [made] = described["logStreams"]
    t.logs.delete_log_stream(logGroupName=name, logStreamName=made["logStreamName"])
    assert t.logs.describe_log_streams(logGroupName=name)["logStreams"] == []


@entry("TestLogsStreams::test_create_log_stream_duplicate_error")
def twice(t):
    name = group(t)
    create = t.logs.create_log_stream
    create(logGroupName=name, logStreamName="same")
    t.record("error-duplicate-log-stream", create, logGroupName=name, logStreamName="same")


@entry("TestLogsStreams::test_log_stream_arn_format")
def arn(t):
    name = stream(t)
    t.record("describe-log-streams-with-arn", t.logs.describe_log_streams, logGroupName=name)
