"""Log groups and their tags."""

from harness import entry

from .logs_tools import group

C = "TestLogsGroups::"


@entry(f"{C}test_create_log_group_duplicate_error")
def duplicate(t):
    name = group(t)
    t.record("error-duplicate-log-group", t.logs.create_log_group, logGroupName=name)


@entry(f"{C}test_describe_log_groups_with_prefix")
def prefix(t):
    start = t.name("groups")
    for _ in range(3):
        group(t, start)
    describe = t.logs.describe_log_groups
    t.record("describe-log-groups-prefix", describe, logGroupNamePrefix=start)


@entry(f"{C}test_describe_log_groups_with_pattern")
def pattern(t):
    """The account of the recording had more groups than one answer looked at: hence the token."""
    word = t.name("groups")
    group(t, f"a-{word}")
    group(t, f"b-{word}")
    describe = t.logs.describe_log_groups
    t.record("describe-log-groups-pattern", describe, logGroupNamePattern=word, limit=1)


@entry(f"{C}test_list_log_groups_with_pattern")
def listed(t):
    name = group(t)
    list_groups = t.logs.list_log_groups
    t.record("list-log-groups-no-match", list_groups, logGroupNamePattern="no-match")
    found = t.logs.describe_log_groups(logGroupNamePattern=name[2:])["logGroups"]
    t.record("list-log-groups-match", found)


@entry(f"{C}test_describe_log_groups_prefix_and_pattern_error")
def both(t):
    describe = t.logs.describe_log_groups
    given = {"logGroupNamePrefix": "a", "logGroupNamePattern": "b"}
    t.record("error-prefix-and-pattern", describe, **given)


@entry("TestLogsGroupsTags::test_untag_log_group")
def untagged(t):
    name = t.name("group")
    tags = {"tag_key_1": "tag_value_1", "tag_key_2": "tag_value_2"}
    t.logs.create_log_group(logGroupName=name, tags=tags)
    t.defer(t.logs.delete_log_group, logGroupName=name)
    t.logs.untag_log_group(logGroupName=name, tags=["tag_key_1"])
    t.record("list-tags-after-untag", t.logs.list_tags_log_group, logGroupName=name)


@entry("TestLogsGroupsTags::test_tag_resource_api")
def tagged(t):
    name = t.name("group")
    arn = f"arn:aws:logs:{t.region}:{t.account}:log-group:{name}"
    t.logs.create_log_group(logGroupName=name, tags={"env": "testing1"})
    t.defer(t.logs.delete_log_group, logGroupName=name)
    by_name, by_arn = t.logs.list_tags_log_group, t.logs.list_tags_for_resource
    t.record("list-tags-after-create", by_name, logGroupName=name)
    t.logs.tag_resource(resourceArn=arn, tags={"test1": "val1", "test2": "val2"})
    t.record("list-tags-log-group-after-tag-resource", by_name, logGroupName=name)
    t.record("list-tags-for-resource-after-tag-resource", by_arn, resourceArn=arn)
    t.logs.tag_log_group(logGroupName=name, tags={"test3": "val3"})
    t.record("list-tags-log-group-after-tag-log-group", by_name, logGroupName=name)
    t.record("list-tags-for-resource-after-tag-log-group", by_arn, resourceArn=arn)
    t.logs.untag_log_group(logGroupName=name, tags=["env", "test1", "test3"])
    t.record("list-tags-log-group-after-untag", by_name, logGroupName=name)
    t.record("list-tags-for-resource-after-untag", by_arn, resourceArn=arn)
