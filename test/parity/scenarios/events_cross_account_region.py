"""Events from one Region to another.

A server has one account: entries of two accounts have no scenario.
"""

from harness import entry

from .events_tools import MASKED, bus, opened_queue, put, rule, seen, target


@entry("TestEventsCrossAccountRegion::test_event_bus_to_event_bus_cross_account_region", ["custom-region"])
@entry("test_event_bus_to_event_bus_cross_account_region", ["custom-region"])
def across_regions(t, _what):
    far = "eu-west-1"
    t.hide("account", t.account)
    t.hide("region-secondary", far)
    events, sqs = t.client("events", region=far), t.client("sqs", region=far)
    near_bus, far_bus = bus(t), bus(t, events=events)
    near_url, near_arn = opened_queue(t)
    target(t, near_bus, rule(t, near_bus, {"source": ["source-primary"]}), near_arn)
    arn = events.describe_event_bus(Name=far_bus)["Arn"]
    name = rule(t, near_bus, {"source": ["source-primary"]}, t.name("rule"))
    target(t, near_bus, name, arn, RoleArn=t.role())
    urls = {}
    for source in ["source-primary", "source-secondary"]:
        url, queue_arn = opened_queue(t, sqs, far)
        name = rule(t, far_bus, {"source": [source]}, t.name("rule"), events)
        target(t, far_bus, name, queue_arn, events)
        urls[source] = url
    put(t, bus_name=near_bus, source="source-primary")
    put(t, bus_name=far_bus, source="source-secondary", events=events)
    t.record("messages_primary_queue_from_primary_event_bus", seen(t, near_url, words=MASKED))
    for source, url in urls.items():
        word = source.removeprefix("source-")
        t.record(
            f"messages_secondary_queue_from_{word}_event_bus", seen(t, url, 1, sqs, MASKED)
        )
