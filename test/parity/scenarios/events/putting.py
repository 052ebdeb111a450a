"""Events that are put, and those that are refused."""

import json

from harness import entry

from ..events_tools import DETAIL, NAME, bus, opened_queue, rule, seen, target

ENTRY = {"Source": NAME, "DetailType": NAME, "Detail": json.dumps(DETAIL)}
WHERE = ["default", "custom"]


def _without(*names):
    return {key: value for key, value in ENTRY.items() if key not in names}


@entry("TestEvents::test_put_events_without_source")
def without_source(t):
    t.record("put-events", t.events.put_events, Entries=[_without("Source")])


@entry("TestEvents::test_put_event_without_detail")
def without_detail(t):
    t.record("put-events", t.events.put_events, Entries=[_without("Detail")])


@entry("TestEvents::test_put_event_without_detail_type")
def without_detail_type(t):
    t.record("put-events", t.events.put_events, Entries=[_without("DetailType")])


@entry("TestEvents::test_put_event_with_too_big_detail")
def too_big(t):
    detail = json.dumps({"payload": "*" * 1024 * 1024})
    t.record(
        "put-events-too-big-detail-error",
        t.events.put_events,
        Entries=[{**ENTRY, "Detail": detail}],
    )


@entry(
    "TestEvents::test_put_event_malformed_detail",
    {"STRING": "string", "ARRAY": '["a"]', "MALFORMED_JSON": "{", "SERIALIZED_STRING": '"s"'},
)
def malformed(t, detail):
    t.record("put-events", t.events.put_events, Entries=[{**ENTRY, "Detail": detail}])


@entry("TestEvents::test_put_events_exceed_limit_ten_entries", WHERE)
def too_many(t, where):
    name = bus(t, where)
    entries = [{**ENTRY, "EventBusName": name} for _ in range(11)]
    t.record("put-events-exceed-limit-error", t.events.put_events, Entries=entries)


@entry("TestEvents::test_create_connection_validations")
def connection_validations(t):
    t.record(
        "create_connection_exc",
        t.events.create_connection,
        Name="This should fail with two errors 123467890123412341234123412341234",
        AuthorizationType="INVALID",
        AuthParameters={"BasicAuthParameters": {"Username": "u", "Password": "p"}},
    )


@entry("TestEvents::test_put_events_response_entries_order")
def entries_order(t):
    bus_name = bus(t)
    urls = []
    for _ in range(2):
        url, arn = opened_queue(t)
        pattern = {"source": [NAME]}
        target(t, bus_name, rule(t, bus_name, pattern, t.name("rule")), arn)
        urls.append(url)
    answer = t.events.put_events(Entries=[{**ENTRY, "EventBusName": bus_name}])
    for one in answer["Entries"]:
        one["EventId"] = "event-id"
    t.record("put-events-response", answer)
    found = {}
    for number, url in enumerate(urls, 1):
        messages = seen(t, url)
        for message in messages:
            event = json.loads(message["Body"])
            message["Body"] = {**event, "detail": "detail"}
        found[f"queue{number}_messages"] = messages
    t.record("sqs-messages", found)
