"""Tags of functions and event source mappings."""

from harness import entry

from .made import make, refused


def numbered(count, start=0):
    return {f"{number}_key": f"{number}_value" for number in range(start, start + count)}


@entry("TestLambdaTags::test_tag_limits")
def limits(t):
    created = make(t)
    arn = created["FunctionArn"]
    tag = t.lambda_.tag_resource
    t.record("tag_lambda_too_many_tags", tag, Resource=arn, Tags=numbered(51))
    t.record("tag_response", tag, Resource=arn, Tags=numbered(50))
    t.record("list_tags_response", t.lambda_.list_tags, Resource=arn)
    t.record("get_fn_response", t.lambda_.get_function, FunctionName=created["FunctionName"])
    t.record("tag_lambda_too_many_tags_additional", tag, Resource=arn, Tags=numbered(1, 51))
    refused(t, "create_function_invalid_tags", Tags=numbered(51))


@entry("TestLambdaTags::test_tag_versions")
def tags_of_versions(t):
    arn = make(t, Publish=True)["FunctionArn"].removesuffix(":1")
    tag = t.lambda_.tag_resource
    t.record("tag_resource_exception", tag, Resource=f"{arn}:1", Tags={"key": "value"})
    t.record("tag_resource_latest_exception", tag, Resource=f"{arn}:$LATEST", Tags={"key": "v"})


def tagged_function(t):
    return make(t)["FunctionArn"]


def tagged_mapping(t):
    mapping = make_mapping(t)
    return f"arn:aws:lambda:{t.region}:{t.account}:event-source-mapping:{mapping['UUID']}"


def make_mapping(t, **settings):
    name = make(t)["FunctionName"]
    _, queue = t.queue()
    create = t.lambda_.create_event_source_mapping
    mapping = create(FunctionName=name, EventSourceArn=queue, **settings)
    t.defer(t.lambda_.delete_event_source_mapping, UUID=mapping["UUID"])
    return mapping


@entry(
    "TestLambdaTag::test_tag_lifecycle",
    {"lambda_function": tagged_function, "event_source_mapping": tagged_mapping},
)
def life_of_tags(t, make_resource):
    arn = make_resource(t)
    tag, untag = t.lambda_.tag_resource, t.lambda_.untag_resource
    for key, operation, change in [
        ("tag_single", tag, {"Tags": {"A": "tag-a"}}),
        ("tag_multiple", tag, {"Tags": {"B": "tag-b", "C": "tag-c"}}),
        ("tag_overlap", tag, {"Tags": {"C": "tag-c-newsuffix", "D": "tag-d"}}),
        ("untag_single", untag, {"TagKeys": ["A"]}),
        ("untag_multiple", untag, {"TagKeys": ["B", "C"]}),
        ("untag_nonexisting", untag, {"TagKeys": ["F"]}),
        ("untag_existing_and_nonexisting", untag, {"TagKeys": ["D", "F"]}),
    ]:
        t.record(f"{key}_response", operation, Resource=arn, **change)
        t.record(f"{key}_response_listtags", t.lambda_.list_tags, Resource=arn)


@entry("TestLambdaTag::test_create_tag_on_esm_create")
def tags_from_creation(t):
    value = t.name("value")
    t.hide("custom-tag", value)
    mapping = make_mapping(t, Tags={"testtag": value})
    got = t.lambda_.get_event_source_mapping(UUID=mapping["UUID"])
    t.record("get_event_source_mapping_with_tag", got["UUID"] == mapping["UUID"])
    arn = got["EventSourceMappingArn"]
    t.record("list_tags_result", t.lambda_.list_tags, Resource=arn)


@entry(
    "TestLambdaTag::test_tag_exceptions",
    {
        "lambda_function": ("function", "missing"),
        "event_source_mapping": (
            "event-source-mapping",
            "0f8fad5b-d9cb-469f-a165-70867728950e",
        ),
        "capacity_provider": ("capacity-provider", "missing"),
    },
)
def refused_tags(t, kind, name):
    t.hide("resource-name", name)
    start = f"arn:aws:lambda:{t.region}:{t.account}"
    arn = f"{start}:{kind}:{name}"
    tag = t.lambda_.tag_resource
    t.record("not_found_exception_tag", tag, Resource=arn, Tags={"A": "B"})
    t.record("not_found_exception_untag", t.lambda_.untag_resource, Resource=arn, TagKeys=["A"])
    t.record("not_found_exception_list", t.lambda_.list_tags, Resource=arn)
    t.record("aliased_arn_exception", tag, Resource=f"{arn}:alias", Tags={"A": "B"})
    foreign = f"{start}:foobar:{name}"
    t.record("invalid_arn_exception", tag, Resource=foreign, Tags={"A": "B"})
