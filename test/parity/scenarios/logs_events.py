"""Log events."""

import time

from harness import entry

from .logs_tools import group

DAY_MS = 24 * 3600 * 1000


def stream(t):
    place = {"logGroupName": group(t), "logStreamName": "stream"}
    t.logs.create_log_stream(**place)
    return place


def now():
    return int(time.time() * 1000)


@entry("TestLogsEvents::test_put_log_events_wrong_order")
def wrong_order(t):
    place, at = stream(t), now()
    events = [{"timestamp": at, "message": "b"}, {"timestamp": at - 1000, "message": "a"}]
    t.record("error-wrong-order", t.logs.put_log_events, **place, logEvents=events)


@entry("TestLogsEvents::test_put_log_events_too_old")
def too_old(t):
    place = stream(t)
    events = [{"timestamp": now() - 15 * DAY_MS, "message": "old"}]
    t.mask("tooOldLogEventEndIndex", "too-old-log-event-end-index")
    t.record("response-too-old", t.logs.put_log_events, **place, logEvents=events)


@entry("TestLogsEvents::test_get_log_events_invalid_token")
def invalid_token(t):
    get = t.logs.get_log_events
    t.record("error-invalid-token", get, **stream(t), nextToken="invalid")
