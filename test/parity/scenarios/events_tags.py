"""Tags of event buses and rules."""

from harness import entry

from .events_tools import TAGS, bus, rule


def _arn(t, kind, bus_name):
    if kind == "event_bus":
        return t.events.describe_event_bus(Name=bus_name)["Arn"]
    name = rule(t, bus_name)
    return t.events.describe_rule(Name=name, EventBusName=bus_name)["Arn"]


def _tag_and_untag(t, arn):
    events = t.events
    t.record("tag_resource", events.tag_resource, ResourceARN=arn, Tags=TAGS)
    t.record("list_tags_for_resource", events.list_tags_for_resource, ResourceARN=arn)
    t.record("untag_resource", events.untag_resource, ResourceARN=arn, TagKeys=["tag2"])
    t.record("list_tags_for_untagged_resource", events.list_tags_for_resource, ResourceARN=arn)


@entry("tests_tag_untag_resource", ["event_bus", "rule"])
def tagged(t, kind):
    _tag_and_untag(t, _arn(t, kind, bus(t)))


@entry(
    "tests_tag_untag_resource",
    {
        f"{kind}-event_bus_{where}": (kind, where)
        for kind in ["event_bus", "rule"]
        for where in ["default", "custom"]
    },
)
def tagged_somewhere(t, kind, where):
    arn = _arn(t, kind, bus(t, where))
    _tag_and_untag(t, arn)
    t.record(
        "untag_resource_not_existing_tag",
        t.events.untag_resource,
        ResourceARN=arn,
        TagKeys=["tag3"],
    )
    t.events.untag_resource(ResourceARN=arn, TagKeys=["tag1"])


@entry("tests_tag_list_untag_not_existing_resource", ["not_existing_rule", "not_existing_event_bus"])
def tagged_nowhere(t, kind):
    name = t.name()
    t.hide("not-existing-resource-name", name)
    what = "rule" if kind == "not_existing_rule" else "event-bus"
    arn = f"arn:aws:events:{t.region}:{t.account}:{what}/{name}"
    events = t.events
    t.record("tag_not_existing_resource_error", events.tag_resource, ResourceARN=arn, Tags=TAGS)
    t.record(
        "list_tags_for_not_existing_resource_error",
        events.list_tags_for_resource,
        ResourceARN=arn,
    )
    t.record(
        "untag_not_existing_resource_error",
        events.untag_resource,
        ResourceARN=arn,
        TagKeys=["tag1"],
    )


@entry("test_recreate_tagged_resource_without_tags", ["event_bus-event_bus_custom"])
def made_again_bus(t, _kind):
    name = t.name("bus")
    t.events.create_event_bus(Name=name, Tags=TAGS)
    t.events.delete_event_bus(Name=name)
    arn = t.events.create_event_bus(Name=name)["EventBusArn"]
    t.defer(t.events.delete_event_bus, Name=name)
    t.record("list_tags_for_resource", t.events.list_tags_for_resource, ResourceARN=arn)


@entry(
    "test_recreate_tagged_resource_without_tags",
    {f"rule-event_bus_{where}": where for where in ["default", "custom"]},
)
def made_again_rule(t, where):
    bus_name = bus(t, where)
    name = rule(t, bus_name, Tags=TAGS)
    t.events.delete_rule(Name=name, EventBusName=bus_name)
    rule(t, bus_name, name=name)
    arn = t.events.describe_rule(Name=name, EventBusName=bus_name)["Arn"]
    t.record("list_tags_for_resource", t.events.list_tags_for_resource, ResourceARN=arn)


@entry("TestRuleTags::test_put_rule_with_tags", ["event_bus_default", "event_bus_custom"])
def rule_with_tags(t, where):
    bus_name = bus(t, where.removeprefix("event_bus_"))
    name = rule(t, bus_name, Tags=TAGS)
    arn = t.events.describe_rule(Name=name, EventBusName=bus_name)["Arn"]
    t.record("put_rule_with_tags", {"RuleArn": arn})
    t.record("list_tags_for_rule", t.events.list_tags_for_resource, ResourceARN=arn)


@entry("TestEventBusTags::test_create_event_bus_with_tags")
def bus_with_tags(t):
    name = t.name("bus")
    t.hide("bus_name", name)
    made = t.record("create_event_bus_with_tags", t.events.create_event_bus, Name=name, Tags=TAGS)
    t.defer(t.events.delete_event_bus, Name=name)
    arn = made["EventBusArn"]
    t.record("list_tags_for_event_bus", t.events.list_tags_for_resource, ResourceARN=arn)


@entry("TestEventBusTags::test_list_tags_for_deleted_event_bus")
def deleted_bus(t):
    name = t.name("bus")
    t.hide("bus_name", name)
    arn = t.events.create_event_bus(Name=name, Tags=TAGS)["EventBusArn"]
    t.events.delete_event_bus(Name=name)
    t.record("list_tags_for_deleted_rule_error", t.events.list_tags_for_resource, ResourceARN=arn)
