"""Log groups and their tags."""

from harness import entry

from .logs_tools import group


@entry("TestLogsGroups::test_create_log_group_duplicate_error")
def twice(t):
    name = group(t)
    t.record("error-duplicate-log-group", t.logs.create_log_group, logGroupName=name)


@entry("TestLogsGroups::test_describe_log_groups_with_prefix")
def by_prefix(t):
    prefix = t.name("prefix")
    for number in range(3):
        group(t, f"{prefix}-{number}")
    group(t)
    t.mask("creationTime", "timestamp")
    describe = t.logs.describe_log_groups
    t.record("describe-log-groups-prefix", describe, logGroupNamePrefix=prefix)


@entry("TestLogsGroups::test_describe_log_groups_with_pattern")
def by_pattern(t):
    word = t.name("word")
    group(t, f"a-{word}-b")
    t.mask("creationTime", "timestamp")
    describe = t.logs.describe_log_groups
    t.record("describe-log-groups-pattern", describe, logGroupNamePattern=word)


@entry("TestLogsGroups::test_describe_log_groups_prefix_and_pattern_error")
def by_both(t):
    t.record(
        "error-prefix-and-pattern",
        t.logs.describe_log_groups,
        logGroupNamePrefix="a",
        logGroupNamePattern="b",
    )


@entry("TestLogsGroups::test_list_log_groups_with_pattern")
def found_and_not(t):
    word = t.name("word")
    name = group(t, f"a-{word}-b")
    t.mask("creationTime", "timestamp")
    describe = t.logs.describe_log_groups
    t.record("list-log-groups-no-match", describe, logGroupNamePattern="no-such-group")
    found = describe(logGroupNamePattern=word)["logGroups"]
    t.record("list-log-groups-match", [it for it in found if it["logGroupName"] == name])


@entry("TestLogsGroupsTags::test_untag_log_group")
def untagged(t):
    name = group(t, tags={"tag_key_1": "tag_value_1", "tag_key_2": "tag_value_2"})
    t.logs.untag_log_group(logGroupName=name, tags=["tag_key_1"])
    t.record("list-tags-after-untag", t.logs.list_tags_log_group, logGroupName=name)


@entry("TestLogsGroupsTags::test_tag_resource_api")
def tagged_both_ways(t):
    name = group(t, tags={"env": "testing1"})
    arn = f"arn:aws:logs:{t.region}:{t.account}:log-group:{name}"
    by_name, by_arn = t.logs.list_tags_log_group, t.logs.list_tags_for_resource
    t.record("list-tags-after-create", by_name, logGroupName=name)

    def both(change):
        t.record(f"list-tags-log-group-after-{change}", by_name, logGroupName=name)
        t.record(f"list-tags-for-resource-after-{change}", by_arn, resourceArn=arn)

    t.logs.tag_resource(resourceArn=arn, tags={"test1": "val1", "test2": "val2"})
    both("tag-resource")
    t.logs.tag_log_group(logGroupName=name, tags={"test3": "val3"})
    both("tag-log-group")
    t.logs.untag_log_group(logGroupName=name, tags=["test3"])
    t.logs.untag_resource(resourceArn=arn, tagKeys=["env", "test1"])
    both("untag")
