"""Aliases that move, and concurrency kept for a function."""

import json

from harness import entry
from scenarios.lambda_api.made import wrapped

VERSIONED = """
VERSION = "{version}"


def handler(event, context):
    return {{
        "version_id": VERSION,
        "invoked_arn": context.invoked_function_arn,
        "version_from_ctx": context.function_version,
    }}
"""

ECHO = "def handler(event, context):\n    return event\n"


def versioned(t, version):
    return t.zip({"handler.py": VERSIONED.format(version=version)})


@entry("TestLambdaAliases::test_lambda_alias_moving")
def alias_that_moves(t):
    t.mask("CodeSha256", "code-sha256")
    created = t.function(versioned(t, "version1"), Description="No version :(")
    name = t.record("create_response", created)["FunctionName"]
    publish = t.lambda_.publish_version
    publish(FunctionName=name, Description="First version description :)")
    alias = {"FunctionName": name, "Name": "alias1"}
    create = t.lambda_.create_alias
    arn = t.record("create_alias_response", create, **alias, FunctionVersion="1")["AliasArn"]

    def invoke(key):
        key = f"invocation_result_qualifier_{key}"
        t.record(key, t.lambda_.invoke, FunctionName=name, Qualifier="alias1", Payload=b"{}")

    invoke("v1")
    by_arn = "invocation_result_qualifier_v1_arn"
    t.record(by_arn, t.lambda_.invoke, FunctionName=arn, Payload=b"{}")
    archive = versioned(t, "version2")
    update = t.lambda_.update_function_code
    t.record("update_lambda_response", update, FunctionName=name, ZipFile=archive)
    t.active(name)
    invoke("v1_after_update")
    second = "Second version description :)"
    t.record("second_publish_response", publish, FunctionName=name, Description=second)
    invoke("v1_after_publish")
    update = t.lambda_.update_alias
    t.record("update_alias_response", update, **alias, FunctionVersion="2")
    invoke("v2")
    key = "invocation_exc_not_existent"
    t.record(key, t.lambda_.invoke, FunctionName=name, Qualifier="non-existent-alias")


@entry("TestLambdaAliases::test_alias_routingconfig")
def alias_of_two_versions(t):
    name = t.function(versioned(t, "version1"))["FunctionName"]
    t.lambda_.publish_version(FunctionName=name)
    t.lambda_.update_function_code(FunctionName=name, ZipFile=versioned(t, "version2"))
    t.active(name)
    t.lambda_.publish_version(FunctionName=name)
    t.record(
        "create_alias_response",
        t.lambda_.create_alias,
        FunctionName=name,
        Name="alias1",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}},
    )

    def versions():
        invoke = t.lambda_.invoke
        answers = [invoke(FunctionName=name, Qualifier="alias1") for _ in range(10)]
        return {answer["ExecutedVersion"] for answer in answers}

    t.until(lambda: versions() == {"1", "2"})


@entry("TestLambdaConcurrency::test_lambda_concurrency_update")
def reserved_and_not(t):
    t.mask("CodeSha256", "code-sha256")
    name = t.function(ECHO, Timeout=30, Environment={"Variables": {}})["FunctionName"]
    put, get = t.lambda_.put_function_concurrency, t.lambda_.get_function_concurrency
    key = "put_function_concurrency"
    t.record(key, put, FunctionName=name, ReservedConcurrentExecutions=3)
    t.record("get_function_concurrency_updated", get, FunctionName=name)
    t.record("get_function_concurrency_info", t.lambda_.get_function, FunctionName=name)
    t.lambda_.delete_function_concurrency(FunctionName=name)
    t.record("get_function_concurrency_deleted", get, FunctionName=name)


@entry("TestLambdaConcurrency::test_reserved_concurrency")
def reserved_to_nothing(t):
    t.mask("CodeSha256", "code-sha256")
    settings = {"Timeout": 20, "Environment": {"Variables": {}}}
    name = t.function(ECHO, **settings)["FunctionName"]
    get = t.lambda_.get_function_configuration
    t.record("fn", get, FunctionName=name, Qualifier="$LATEST")
    put = t.lambda_.put_function_concurrency
    t.record("put_reserved", put, FunctionName=name, ReservedConcurrentExecutions=0)
    invoke = t.lambda_.invoke
    t.record("exc_no_cap_requestresponse", invoke, FunctionName=name)
    url, arn = t.queue()
    t.record(
        "put_event_invoke_conf",
        t.lambda_.put_function_event_invoke_config,
        FunctionName=name,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    event = {"InvocationType": "Event", "Payload": json.dumps({})}
    t.record("invoke_result", invoke, FunctionName=name, **event)
    for stamp in ("ApproximateFirstReceiveTimestamp", "SentTimestamp"):
        t.mask(stamp, "timestamp")
    [message] = t.messages(url, MessageSystemAttributeNames=["All"])
    t.record("msg", message)


def provisioned(t, name, qualifier, count):
    """Asks for environments to be kept ready; records the answers until they are."""
    subject = {"FunctionName": name, "Qualifier": qualifier}
    put = t.lambda_.put_provisioned_concurrency_config
    get = t.lambda_.get_provisioned_concurrency_config
    answer = put(**subject, ProvisionedConcurrentExecutions=count)
    before = get(**subject)
    t.until(lambda: get(**subject)["Status"] == "READY")
    t.defer(t.lambda_.delete_provisioned_concurrency_config, **subject)
    return answer, before, get(**subject)


@entry("TestLambdaConcurrency::test_provisioned_concurrency")
def kept_ready(t):
    name = t.function(ECHO, Publish=True)["FunctionName"]
    t.active(name, Qualifier="1")
    recorded(t, provisioned(t, name, "1", 5))


@entry("TestLambdaConcurrency::test_provisioned_concurrency_on_alias")
def kept_ready_for_an_alias(t):
    name = t.function(ECHO, Publish=True)["FunctionName"]
    t.active(name, Qualifier="1")
    t.lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    recorded(t, provisioned(t, name, "live", 5))


def recorded(t, answers):
    for key, answer in zip(["put_provisioned_5", "get_provisioned_prewait"], answers):
        t.record(key, answer)
    t.record("get_provisioned_postwait", answers[2])


KIND = "import os\n\n\ndef handler(*_):\n    return os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']\n"


@entry("TestLambdaConcurrency::test_lambda_provisioned_concurrency_scheduling")
def kept_environments_are_used(t):
    name = t.function(KIND, Publish=True)["FunctionName"]
    t.active(name, Qualifier="1")
    _, _, ready = provisioned(t, name, "1", 1)
    t.record("get_provisioned_postwait", ready)
    assert t.invoke(name, Qualifier="1")["Payload"] == "provisioned-concurrency"
    assert t.invoke(name, Qualifier="$LATEST")["Payload"] == "on-demand"


@entry("TestLambdaConcurrency::test_lambda_provisioned_concurrency_moves_with_alias")
def kept_ready_for_an_alias_that_moves(t):
    t.mask("CodeSha256", "code-sha256")
    settings = {"Runtime": "python3.8", "Timeout": 2, "Environment": {"Variables": {}}}
    created = t.function(KIND, **settings)
    t.record("create-result", wrapped(created))
    name, alias = created["FunctionName"], t.name("alias")
    t.hide("alias-name", alias)
    get = t.lambda_.get_function_configuration
    t.record("get-function-configuration", get, FunctionName=name, Qualifier="$LATEST")
    publish = t.lambda_.publish_version
    t.record("publish_version_1", publish, FunctionName=name, Description="my-first-version")
    key = "get_function_configuration_version_1"
    t.record(key, get, FunctionName=name, Qualifier="1")
    subject = {"FunctionName": name, "Name": alias}
    t.record("create_alias", t.lambda_.create_alias, **subject, FunctionVersion="1")
    function = t.lambda_.get_function
    t.record("get_function_before_provisioned", function, FunctionName=name, Qualifier="1")
    provisioned(t, name, alias, 1)
    t.record("get_function_after_provisioned", function, FunctionName=name, Qualifier=alias)
    t.lambda_.update_function_configuration(FunctionName=name, Timeout=10)
    t.active(name)
    t.record("get_function_after_update", get, FunctionName=name)
    t.record("publish_version_2", publish, FunctionName=name)
    t.record("update_alias", t.lambda_.update_alias, **subject, FunctionVersion="2")
    kept = t.lambda_.get_provisioned_concurrency_config
    key = "get_provisioned_config_after_alias_move"
    t.record(key, kept, FunctionName=name, Qualifier=alias)
    key = "provisioned_concurrency_notfound"
    t.record(key, kept, FunctionName=name, Qualifier="1")
