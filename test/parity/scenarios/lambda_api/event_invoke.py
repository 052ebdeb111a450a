"""Configurations of asynchronous invocation."""

from harness import entry

from .made import make


@entry("TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_exceptions")
def event_invoke_configs(t):
    name = make(t)["FunctionName"]
    other = make(t)["FunctionArn"]
    version = t.record("fn_version_result", t.lambda_.publish_version, FunctionName=name)
    alias = t.record(
        "fn_alias_result",
        t.lambda_.create_alias,
        FunctionName=name,
        Name="eventinvokealias",
        FunctionVersion=version["Version"],
    )
    arn = f"arn:aws:lambda:{t.region}:{t.account}:function:{name}"
    puts(t, name, arn, other)
    puts_of_qualified_names(t, name, alias["AliasArn"])
    overwriting(t, name)
    deletions(t, name, alias["Name"])
    missing_configs(t, name, alias["Name"])


def puts(t, name, arn, other):
    put = t.lambda_.put_function_event_invoke_config
    missing = f"arn:aws:lambda:{t.region}:{t.account}:function:doesnotexist"
    retries = {"MaximumRetryAttempts": 1}

    def success(destination):
        return {"DestinationConfig": {"OnSuccess": destination}}

    def failure(destination):
        return {"DestinationConfig": {"OnFailure": destination}}

    t.record("put_functionname_name_notfound", put, FunctionName="doesnotexist", **retries)
    t.record("put_functionname_arn_notfound", put, FunctionName=missing, **retries)
    t.record("put_functionname_nootherargs", put, FunctionName=name)
    for key, settings in {
        "put_destination_lambda_doesntexist": success({"Destination": missing}),
        "put_destination_recursive": success({"Destination": arn}),
        "put_destination_other_lambda": success({"Destination": other}),
        "put_destination_invalid_service_arn": success(
            {"Destination": arn.replace(":lambda:", ":iam:")}
        ),
        "put_destination_success_no_destination_arn": success({}),
        "put_destination_failure_no_destination_arn": failure({}),
        "put_destination_invalid_arn_pattern": failure(
            {"Destination": arn.replace(":lambda:", ":_-/!lambda:")}
        ),
    }.items():
        t.record(key, put, FunctionName=name, **settings)


def puts_of_qualified_names(t, name, alias_arn):
    put = t.lambda_.put_function_event_invoke_config
    alias = "eventinvokealias"
    for key, function, qualifier in [
        ("put_destination_latest", name, None),
        ("put_destination_latest_explicit_qualifier", name, "$LATEST"),
        ("put_destination_version", name, "1"),
        ("put_alias_functionname_qualifier", name, alias),
        ("put_alias_doesnotexist", name, "doesnotexist"),
        ("put_alias_qualifiedarn", alias_arn, None),
        ("put_alias_qualifiedarn_qualifier", alias_arn, alias),
        ("put_alias_qualifiedarn_qualifierconflict", alias_arn, "$LATEST"),
        ("put_alias_shorthand", f"{name}:{alias}", None),
        ("put_alias_shorthand_qualifier", f"{name}:{alias}", alias),
        ("put_alias_shorthand_qualifierconflict", f"{name}:{alias}", "$LATEST"),
        ("put_version_shorthand", f"{name}:1", None),
        ("put_shorthand_qualifier_match", f"{name}:$LATEST", "$LATEST"),
        ("put_shorthand_qualifier_mismatch_1", f"{name}:$LATEST", "1"),
        ("put_shorthand_qualifier_mismatch_2", f"{name}:$LATEST", alias),
        ("put_shorthand_qualifier_mismatch_3", f"{name}:1", alias),
    ]:
        beside = {} if qualifier is None else {"Qualifier": qualifier}
        t.record(key, put, FunctionName=function, **beside, MaximumRetryAttempts=1)


def overwriting(t, name):
    put = t.lambda_.put_function_event_invoke_config
    update = t.lambda_.update_function_event_invoke_config
    for key, operation, settings in [
        ("put_maxevent_maxvalue_result", put, both(2, 21_600)),
        ("put_pre_overwrite", put, both(2, 60)),
        ("put_post_overwrite", put, {"MaximumRetryAttempts": 0}),
        ("second_overwrite_existing_response", put, {"MaximumRetryAttempts": 0}),
        ("get_post_overwrite", t.lambda_.get_function_event_invoke_config, {}),
        ("pre_update_response", put, both(2, 60)),
        ("update_response", update, {"MaximumRetryAttempts": 0}),
        ("update_response_existing", update, {"MaximumRetryAttempts": 0}),
    ]:
        t.record(key, operation, FunctionName=name, **settings)


def both(retries, age):
    return {"MaximumRetryAttempts": retries, "MaximumEventAgeInSeconds": age}


def deletions(t, name, alias):
    configs = t.lambda_.list_function_event_invoke_configs
    unordered = ["FunctionEventInvokeConfigs"]
    t.record("list_configs", configs, FunctionName=name, unordered=unordered)
    delete = t.lambda_.delete_function_event_invoke_config
    t.record("delete_latest", delete, FunctionName=name)
    t.record("delete_version", delete, FunctionName=name, Qualifier="1")
    t.record("delete_alias", delete, FunctionName=name, Qualifier=alias)
    t.record("list_configs_postdelete", configs, FunctionName=name)
    t.record("delete_function_not_found", delete, FunctionName=name)
    t.record("delete_function_doesnotexist", delete, FunctionName="doesnotexist")


def missing_configs(t, name, alias):
    get = t.lambda_.get_function_event_invoke_config
    update = t.lambda_.update_function_event_invoke_config
    configs = t.lambda_.list_function_event_invoke_configs
    retries = {"MaximumRetryAttempts": 0}
    t.record("list_function_doesnotexist", configs, FunctionName="doesnotexist")
    t.record("get_function_doesnotexist", get, FunctionName="doesnotexist")
    t.record("get_qualifier_doesnotexist", get, FunctionName=name, Qualifier="doesnotexist")
    key = "update_eventinvokeconfig_function_doesnotexist"
    t.record(key, update, FunctionName="doesnotexist", **retries)
    t.record("get_eventinvokeconfig_doesnotexist", get, FunctionName=name, Qualifier=alias)
    key = "update_eventinvokeconfig_config_doesnotexist"
    t.record(f"{key}_with_qualifier", update, FunctionName=name, Qualifier=alias, **retries)
    t.record(f"{key}_without_qualifier", update, FunctionName=name, **retries)
