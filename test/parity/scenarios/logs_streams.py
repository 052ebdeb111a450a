"""Log streams."""

from harness import entry

from .logs_tools import group, stream

C = "TestLogsStreams::"


def described(t, key):
    name = group(t)
    t.hide("log-group", name)
    stream(t, name)
    t.record(key, t.logs.describe_log_streams, logGroupName=name)


@entry(f"{C}test_create_and_delete_log_stream")
def created(t):
    described(t, "describe-log-streams-after-create")


@entry(f"{C}test_log_stream_arn_format")
def arn_format(t):
    described(t, "describe-log-streams-with-arn")


@entry(f"{C}test_create_log_stream_duplicate_error")
def duplicate(t):
    name = group(t)
    create, existing = t.logs.create_log_stream, stream(t, name)
    arguments = {"logGroupName": name, "logStreamName": existing}
    t.record("error-duplicate-log-stream", create, **arguments)
