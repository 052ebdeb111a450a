"""Events from one account and Region to another."""

from harness import entry

from .events_tools import MASKED, bus, opened_queue, put, rule, seen, target

FAR = "eu-west-1"
WHERE = {
    f"{kind}-{what}": (kind, what)
    for kind in ["default", "custom"]
    for what in ["account", "region", "region_account"]
}


class Far:
    """Where the second bus is."""

    def __init__(self, t, what):
        self.region = FAR if "region" in what else t.region
        owner = t.other if "account" in what else t
        self.account = owner.account
        self.events = owner.client("events", region=self.region)
        self.sqs = owner.client("sqs", region=self.region)
        t.hide("account", t.account)
        t.hide("account-secondary", self.account)
        t.hide("region-secondary", self.region)

    def bus(self, t, kind):
        """A bus to which the first account may put events: its name and ARN."""
        name = bus(t, kind, self.events)
        self.events.put_permission(
            EventBusName=name,
            Action="events:PutEvents",
            Principal=t.account,
            StatementId="first",
        )
        t.defer(self.events.remove_permission, EventBusName=name, StatementId="first")
        return name, self.events.describe_event_bus(Name=name)["Arn"]

    def queue(self, t, bus_name, source):
        """A queue of what a source puts on a bus: its URL."""
        url, arn = opened_queue(t, self.sqs, self.region, self.account)
        name = rule(t, bus_name, {"source": [source]}, t.name("rule"), self.events)
        target(t, bus_name, name, arn, self.events)
        return url


@entry("TestEventsCrossAccountRegion::test_event_bus_to_event_bus_cross_account_region", WHERE)
@entry("test_event_bus_to_event_bus_cross_account_region", WHERE)
def from_bus_to_bus(t, kind, what):
    far = Far(t, what)
    near_bus = bus(t, kind)
    far_bus, far_arn = far.bus(t, kind)
    near_url, near_arn = opened_queue(t)
    pattern = {"source": ["source-primary"]}
    target(t, near_bus, rule(t, near_bus, pattern, t.name("rule")), near_arn)
    target(t, near_bus, rule(t, near_bus, pattern, t.name("rule")), far_arn, RoleArn=t.role())
    from_near = far.queue(t, far_bus, "source-primary")
    from_far = far.queue(t, far_bus, "source-secondary")
    put(t, bus_name=near_bus, source="source-primary")
    put(t, bus_name=far_bus, source="source-secondary", events=far.events)
    t.record("messages_primary_queue_from_primary_event_bus", seen(t, near_url, words=MASKED))
    for word, url in [("primary", from_near), ("secondary", from_far)]:
        messages = seen(t, url, 1, far.sqs, MASKED)
        t.record(f"messages_secondary_queue_from_{word}_event_bus", messages)


@entry("TestEventsCrossAccountRegion::test_put_events", WHERE)
def to_far_bus(t, kind, what):
    far = Far(t, what)
    far_bus, far_arn = far.bus(t, kind)
    url = far.queue(t, far_bus, "source-primary")
    put(t, bus_name=far_arn, source="source-primary")
    t.record("messages", seen(t, url, 1, far.sqs, MASKED))
