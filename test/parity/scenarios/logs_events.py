"""Events of log streams."""

import time

from harness import entry

from .logs_tools import group, stream

C = "TestLogsEvents::"


def put(t, name, into, *ages):
    now = int(time.time() * 1000)
    events = [{"timestamp": now - age, "message": f"message {age}"} for age in ages]
    return t.call(
        t.logs.put_log_events, logGroupName=name, logStreamName=into, logEvents=events
    )


@entry(f"{C}test_put_log_events_wrong_order")
def wrong_order(t):
    name = group(t)
    t.record("error-wrong-order", put(t, name, stream(t, name), 0, 60_000))


@entry(f"{C}test_put_log_events_too_old")
def too_old(t):
    name = group(t)
    t.mask("tooOldLogEventEndIndex", "too-old-log-event-end-index")
    answer = put(t, name, stream(t, name), 15 * 86_400_000)
    t.record("response-too-old", answer)


@entry(f"{C}test_get_log_events_invalid_token")
def invalid_token(t):
    name = group(t)
    arguments = {"logGroupName": name, "logStreamName": stream(t, name)}
    get = t.logs.get_log_events
    t.record("error-invalid-token", get, nextToken="n/00000000000000000000000000", **arguments)
