"""Archives and replays.

The sizes of `test_list_archive_with_events` are those of events that the recording does not hold.
"""

import json
from datetime import datetime, timedelta, timezone

from harness import entry

from .events_tools import DETAIL, MASKED, PATTERN, bus, opened_queue, put, rule, seen, target

WHERE = ["default", "custom"]


def _bus_arn(t, where):
    name = bus(t, where)
    t.hide("event-bus-name", name)
    return name, t.events.describe_event_bus(Name=name)["Arn"]


def _archive(t, arn, **arguments):
    name = t.name("archive")
    t.hide("archive-name", name)
    made = t.events.create_archive(
        ArchiveName=name, EventSourceArn=arn, RetentionDays=1, **arguments
    )
    t.defer(t.events.delete_archive, ArchiveName=name)
    return name, made["ArchiveArn"]


@entry("TestArchive::test_create_list_describe_update_delete_archive", WHERE)
def archives(t, where):
    _, arn = _bus_arn(t, where)
    name = t.name("archive")
    t.hide("archive-name", name)
    t.record(
        "create-archive",
        t.events.create_archive,
        ArchiveName=name,
        EventSourceArn=arn,
        Description="description of the archive",
        EventPattern=json.dumps(PATTERN),
        RetentionDays=1,
    )
    t.defer(t.events.delete_archive, ArchiveName=name)
    t.record("list-archives", t.events.list_archives, NamePrefix=name)
    t.record("describe-archive", t.events.describe_archive, ArchiveName=name)
    t.record(
        "update-archive",
        t.events.update_archive,
        ArchiveName=name,
        Description="updated",
        EventPattern=json.dumps(PATTERN),
        RetentionDays=2,
    )
    t.record("delete-archive", t.events.delete_archive, ArchiveName=name)


@entry("TestArchive::test_create_archive_error_duplicate", WHERE)
def archive_twice(t, where):
    _, arn = _bus_arn(t, where)
    name, _ = _archive(t, arn)
    t.record(
        "create-archive-duplicate-error",
        t.events.create_archive,
        ArchiveName=name,
        EventSourceArn=arn,
    )


@entry("TestArchive::test_create_archive_error_unknown_event_bus")
def archive_of_no_bus(t):
    name = t.name("bus")
    t.hide("event-bus-name", name)
    t.record(
        "create-archive-unknown-event-bus-error",
        t.events.create_archive,
        ArchiveName=t.name("archive"),
        EventSourceArn=f"arn:aws:events:{t.region}:{t.account}:event-bus/{name}",
    )


@entry("TestArchive::test_describe_archive_error_unknown_archive")
def no_archive(t):
    name = t.name("archive")
    t.hide("archive-name", name)
    t.record("describe-archive-unknown-archive-error", t.events.describe_archive, ArchiveName=name)


@entry("TestArchive::test_update_archive_error_unknown_archive")
def no_archive_to_update(t):
    name = t.name("archive")
    t.hide("archive-name", name)
    t.record("update-archive-unknown-archive-error", t.events.update_archive, ArchiveName=name)


@entry("TestArchive::test_delete_archive_error_unknown_archive")
def no_archive_to_delete(t):
    name = t.name("archive")
    t.hide("archive-name", name)
    t.record("delete-archive-unknown-archive-error", t.events.delete_archive, ArchiveName=name)


@entry("TestArchive::test_list_archive_with_name_prefix", WHERE)
def archives_by_name(t, where):
    name, _ = _archive(t, _bus_arn(t, where)[1])
    list_ = t.events.list_archives
    t.record("list-archives-with-name-prefix", list_, NamePrefix=name[:-3])
    t.record("list-archives-with-full-name", list_, NamePrefix=name)
    t.record("list-archives-not-existing-archive", list_, NamePrefix="doesnotexist")


@entry("TestArchive::test_list_archive_with_source_arn", ["custom"])
def archives_by_bus(t, where):
    _, arn = _bus_arn(t, where)
    _archive(t, arn)
    t.record("list-archives-with-source-arn", t.events.list_archives, EventSourceArn=arn)


@entry("TestArchive::test_list_archive_error_unknown_source_arn")
def archives_of_no_bus(t):
    name = t.name("bus")
    t.hide("event-bus-name", name)
    t.record(
        "list-archives-unknown-event-bus-error",
        t.events.list_archives,
        EventSourceArn=f"arn:aws:events:{t.region}:{t.account}:event-bus/{name}",
    )


@entry("TestArchive::test_list_archive_state_enabled", WHERE)
def archives_by_state(t, where):
    name, _ = _archive(t, _bus_arn(t, where)[1])
    t.record(
        "list-archives-state-enabled", t.events.list_archives, NamePrefix=name, State="ENABLED"
    )


@entry(
    "TestArchive::test_list_archive_with_events",
    {f"{has}-{where}": (has, where) for has in [True, False] for where in WHERE},
)
def archived(t, has_pattern, where):
    bus_name, arn = _bus_arn(t, where)
    pattern = {"EventPattern": json.dumps(PATTERN)} if has_pattern else {}
    name, _ = _archive(t, arn, Description="description of the archive", **pattern)
    for _ in range(10):
        put(t, bus_name=bus_name)
    t.record("list-archives", t.events.list_archives, NamePrefix=name)
    t.record("describe-archive", t.events.describe_archive, ArchiveName=name)


def _span():
    now = datetime.now(timezone.utc)
    return {"EventStartTime": now - timedelta(minutes=10), "EventEndTime": now + timedelta(minutes=1)}


def _replay(t, name, archive_arn, bus_arn, **destination):
    return t.events.start_replay(
        ReplayName=name,
        Description="description of the replay",
        EventSourceArn=archive_arn,
        Destination={"Arn": bus_arn, **destination},
        **_span(),
    )


def _completed(t, name):
    t.until(lambda: t.events.describe_replay(ReplayName=name)["State"] == "COMPLETED")


@entry("TestReplay::test_start_list_describe_canceled_replay", WHERE)
def replays(t, where):
    bus_name, bus_arn = _bus_arn(t, where)
    name = rule(t, bus_name)
    rule_arn = t.events.describe_rule(Name=name, EventBusName=bus_name)["Arn"]
    url, queue_arn = opened_queue(t)
    target(t, bus_name, name, queue_arn)
    _, archive_arn = _archive(t, bus_arn, EventPattern=json.dumps(PATTERN))
    for _ in range(3):
        put(t, bus_name=bus_name)
    seen(t, url, 3)
    replay, canceled = t.name("replay"), t.name("canceled")
    t.hide("replay-name", replay)
    t.hide("replay-canceled-name", canceled)
    t.record("start-replay", _replay(t, replay, archive_arn, bus_arn, FilterArns=[rule_arn]))
    t.record("replay-messages", seen(t, url, 3, words=MASKED))
    _completed(t, replay)
    t.mask("ReplayName", "replay-name")
    t.record("list-replays", t.events.list_replays, NamePrefix=replay)
    t.record("describe-replay", t.events.describe_replay, ReplayName=replay)
    for number in range(60):
        put(t, {**DETAIL, "number": number}, bus_name)
    _replay(t, canceled, archive_arn, bus_arn, FilterArns=[rule_arn])
    t.record("cancel-replay", t.events.cancel_replay, ReplayName=canceled)
    t.record("describe-replay-canceled", t.events.describe_replay, ReplayName=canceled)


@entry("TestReplay::test_list_replays_with_prefix")
def replays_by_name(t):
    _, bus_arn = _bus_arn(t, "custom")
    _, arn = _archive(t, bus_arn)
    t.hide("archive-arn", arn)
    prefix = t.name()
    t.hide("replay-name-prefix", prefix)
    for first in [prefix, t.name("other")]:
        _replay(t, f"{first}-test-replay", arn, bus_arn)
        _completed(t, f"{first}-test-replay")
    t.record("list-replays-with-full-name", t.events.list_replays, NamePrefix=f"{prefix}-test-replay")
    t.record("list-replays-with-prefix", t.events.list_replays, NamePrefix=prefix)


@entry("TestReplay::test_list_replay_with_limit")
def replays_with_limit(t):
    _, bus_arn = _bus_arn(t, "custom")
    _, arn = _archive(t, bus_arn)
    prefix = t.name()
    t.hide("replay-name-prefix", prefix)
    for number in range(6):
        _replay(t, f"{prefix}-test-replay-{number}", arn, bus_arn)
        _completed(t, f"{prefix}-test-replay-{number}")
    list_ = t.events.list_replays
    first = t.record("list-replays-with-limit", list_, NamePrefix=prefix, Limit=3)
    token = first["NextToken"]
    t.record("list-replays-with-limit-next-token", list_, NamePrefix=prefix, NextToken=token)


@entry("TestReplay::test_list_replays_with_event_source_arn")
def replays_by_archive(t):
    _, bus_arn = _bus_arn(t, "custom")
    _, arn = _archive(t, bus_arn)
    name = t.name("replay")
    t.hide("archive-arn", arn)
    t.hide("replay-name", name)
    _replay(t, name, arn, bus_arn)
    _completed(t, name)
    t.record("list-replays-with-event-source-arn", t.events.list_replays, EventSourceArn=arn)


@entry("TestReplay::test_start_replay_error_duplicate_name_same_archive")
def replay_twice(t):
    _, bus_arn = _bus_arn(t, "custom")
    _, arn = _archive(t, bus_arn)
    name = t.name("replay")
    t.hide("replay-name", name)
    _replay(t, name, arn, bus_arn)
    t.record("start-replay-duplicate-error", _refusal(t, name, arn, bus_arn))


def _refusal(t, name, archive_arn, bus_arn):
    return t.call(_replay, t=t, name=name, archive_arn=archive_arn, bus_arn=bus_arn)


@entry("TestReplay::test_start_replay_error_unknown_archive")
def replay_of_no_archive(t):
    _, bus_arn = _bus_arn(t, "custom")
    name = t.name("archive")
    t.hide("archive-name", name)
    arn = f"arn:aws:events:{t.region}:{t.account}:archive/{name}"
    t.record("start-replay-unknown-archive-error", _refusal(t, t.name("replay"), arn, bus_arn))


@entry("TestReplay::test_start_replay_error_unknown_event_bus", ["cross_account", "cross_region"])
def replay_to_no_bus(t, where):
    _, bus_arn = _bus_arn(t, "custom")
    _, arn = _archive(t, bus_arn)
    account = "222222222222" if where == "cross_account" else t.account
    region = "eu-west-1" if where == "cross_region" else t.region
    other = f"arn:aws:events:{region}:{account}:event-bus/{t.name('bus')}"
    assert "Error" in _refusal(t, t.name("replay"), arn, other)


@entry("TestReplay::test_start_replay_error_invalid_end_time", {"0": 0, "10": 10})
def replay_backwards(t, seconds):
    _, bus_arn = _bus_arn(t, "custom")
    _, arn = _archive(t, bus_arn)
    start = datetime.now(timezone.utc) - timedelta(minutes=1)
    t.record(
        "start-replay-invalid-end-time-error",
        t.events.start_replay,
        ReplayName=t.name("replay"),
        EventSourceArn=arn,
        EventStartTime=start,
        EventEndTime=start - timedelta(seconds=seconds),
        Destination={"Arn": bus_arn},
    )


@entry("TestReplay::test_describe_replay_error_unknown_replay")
def no_replay(t):
    name = t.name("replay")
    t.hide("replay-name", name)
    t.record("describe-replay-unknown-replay-error", t.events.describe_replay, ReplayName=name)


@entry("TestReplay::tests_concurrency_error_too_many_active_replays")
def too_many_replays(t):
    bus_name, bus_arn = _bus_arn(t, "custom")
    _, arn = _archive(t, bus_arn)
    for number in range(100):
        put(t, {**DETAIL, "number": number}, bus_name)
    for _ in range(200):
        answer = _refusal(t, t.name("replay"), arn, bus_arn)
        if "Error" in answer:
            break
    t.record("list-replays-with-limit", answer)
