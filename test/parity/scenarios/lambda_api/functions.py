"""Functions by their names: reading, changing, deleting and invoking them, and refusals."""

from harness import entry

from .made import make, refused, wrapped

READS = [
    "get_function",
    "get_function_configuration",
    "get_function_url_config",
    "get_function_code_signing_config",
    "get_function_event_invoke_config",
    "get_function_concurrency",
]


@entry(
    "TestLambdaFunction::test_ops_with_arn_qualifier_mismatch",
    ["delete_function", "get_function", "get_function_configuration"],
)
def qualifier_beside_another(t, operation):
    arn = make(t)["FunctionArn"]
    call = getattr(t.lambda_, operation)
    t.record("not_match_exception", call, FunctionName=f"{arn}:1", Qualifier="$LATEST")
    t.record("match_exception", call, FunctionName=f"{arn}:$LATEST", Qualifier="$LATEST")


@entry(
    "TestLambdaFunction::test_ops_on_nonexisting_version",
    ["get_function", "get_function_configuration", "get_function_event_invoke_config"],
)
def missing_version(t, operation):
    name = make(t)["FunctionName"]
    t.hide("fn-name", name)
    call = getattr(t.lambda_, operation)
    t.record("version_not_found_exception", call, FunctionName=name, Qualifier="1221")


@entry("TestLambdaFunction::test_delete_on_nonexisting_version")
def delete_missing_version(t):
    name = make(t)["FunctionName"]
    t.hide("fn-name", name)
    t.lambda_.delete_function(FunctionName=name)
    t.until(lambda: "Error" in t.call(t.lambda_.get_function, FunctionName=name))
    delete = t.lambda_.delete_function
    t.record("delete_function_response_non_existent", delete, FunctionName=name)
    t.record(
        "delete_function_response_non_existent_with_qualifier",
        delete,
        FunctionName=name,
        Qualifier="1224",
    )


@entry("TestLambdaFunction::test_ops_on_nonexisting_fn", [*READS, "delete_function", "invoke"])
def missing_function(t, operation):
    name = t.name("nonexisting")
    t.hide("nonexisting-fn-name", name)
    t.record("not_found_exception", getattr(t.lambda_, operation), FunctionName=name)


@entry("TestLambdaFunction::test_get_function_wrong_region", [*READS, "delete_function", "invoke"])
def function_of_another_region(t, operation):
    t.hide("wrong-region", "us-west-2")
    arn = f"arn:aws:lambda:us-west-2:{t.account}:function:{t.name()}"
    t.record("wrong_region_exception", getattr(t.lambda_, operation), FunctionName=arn)


@entry("TestLambdaFunction::test_invalid_invoke")
def invoke_by_no_name(t):
    name = f"arn:aws:lambda:{t.region}:123400000000@function:myfn"
    t.record("invoke_function_name_pattern_exc", t.lambda_.invoke, FunctionName=name)


@entry("TestLambdaFunction::test_lambda_concurrent_config_updates")
def update_during_an_update(t):
    created = make(t)
    t.record("create-function-response", wrapped(created))
    update = t.lambda_.update_function_configuration
    name = created["FunctionName"]
    update(FunctionName=name, Environment={"Variables": {"FIRST": "1"}})
    t.record(
        "update-during-in-progress-update-exc",
        update,
        FunctionName=name,
        Environment={"Variables": {"SECOND": "2"}},
    )


@entry(
    "TestRuntimeValidation::test_create_deprecated_function_runtime_with_validation_enabled",
    ["dotnetcore3.1", "go1.x", "java8", "nodejs12.x", "nodejs14.x", "provided", "python3.7"]
    + ["ruby2.7"],
)
def deprecated_runtime(t, runtime):
    refused(t, "deprecation_error", Runtime=runtime)


@entry("TestPartialARNMatching::test_update_function_configuration_full_arn")
def update_by_arn(t):
    created = make(t)
    for name in [created["FunctionArn"], f"{t.account}:function:{created['FunctionName']}"]:
        t.lambda_.update_function_configuration(FunctionName=name, Description="by ARN")
        t.active(created["FunctionName"])
