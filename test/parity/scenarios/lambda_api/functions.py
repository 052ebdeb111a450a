"""Functions: creating, updating, deleting them, and how that is refused."""

import io
import zipfile

from botocore.exceptions import ParamValidationError

from harness import entry

from .made import HANDLER, make, make_plain, wrapped

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


@entry("TestLambdaFunction::test_lambda_code_location_zipfile")
def code_location(t):
    created = t.record("create-response-zip-file", make_plain(t))
    name = created["FunctionName"]
    t.record("get-function-response", t.lambda_.get_function, FunctionName=name)
    archive = t.zip({"index.py": f"{HANDLER}\n# changed\n"})
    update = t.lambda_.update_function_code
    t.record("update-function-response", update, FunctionName=name, ZipFile=archive)
    t.record("get-function-response-updated", t.lambda_.get_function, FunctionName=name)


@entry("TestLambdaFunction::test_lambda_code_location_s3_errors")
def code_in_no_bucket(t):
    bucket, nowhere, name = t.bucket(), t.name("nowhere"), t.name()
    role = t.role()
    settings = {"Role": role, "Runtime": "python3.12", "Handler": "index.handler"}
    for key, code in {
        "create-error-wrong-bucket": {"S3Bucket": nowhere, "S3Key": "code.zip"},
        "create-error-wrong-key": {"S3Bucket": bucket, "S3Key": "nothing.zip"},
    }.items():
        t.record(key, t.lambda_.create_function, FunctionName=name, Code=code, **settings)
    name = make_plain(t, Role=role)["FunctionName"]
    for key, code in {
        "update-error-wrong-bucket": {"S3Bucket": nowhere, "S3Key": "code.zip"},
        "update-error-wrong-key": {"S3Bucket": bucket, "S3Key": "nothing.zip"},
    }.items():
        t.record(key, t.lambda_.update_function_code, FunctionName=name, **code)


REFUSED_SETTINGS = {
    "invalid_role_arn_exc": {"Role": "r1"},
    "invalid_runtime_exc": {"Runtime": "non-existent-runtime"},
    "uppercase_runtime_exc": {"Runtime": "PYTHON3.9"},
}


@entry("TestLambdaFunction::test_create_lambda_exceptions")
def refused_creations(t):
    settings = {
        "FunctionName": t.name(),
        "Role": t.role(),
        "Runtime": "python3.12",
        "Handler": "index.handler",
        "Code": {"ZipFile": t.zip({"index.py": HANDLER})},
    }
    create = t.lambda_.create_function
    for key, change in REFUSED_SETTINGS.items():
        t.record(key, create, **{**settings, **change})
    checking = t.client("lambda", parameter_validation=True)
    try:
        checking.create_function(**settings, Architectures=[])
    except ParamValidationError as refusal:
        t.record("empty_architectures", str(refusal))
    t.record("multiple_architectures", create, **settings, Architectures=["x86_64", "arm64"])
    t.record("uppercase_architecture", create, **settings, Architectures=["X86_64"])
    t.record("invalid_zip_exc", create, **{**settings, "Code": {"ZipFile": b"no zip"}})


@entry("TestLambdaFunction::test_update_lambda_exceptions")
def refused_updates(t):
    name = make(t)["FunctionName"]
    for key, change in REFUSED_SETTINGS.items():
        t.record(key, t.lambda_.update_function_configuration, FunctionName=name, **change)


@entry("TestLambdaFunction::test_invalid_vpc_config_subnet")
def no_such_subnet(t):
    refused_networks(
        t,
        {
            "create-response-non-existent-subnet-id": subnet(t, 1, "subnet-0a1b2c3d4e5f60718"),
            "create-response-invalid-format-subnet-id": subnet(t, 2, "subnet_not_such"),
        },
    )


def subnet(t, number, id):
    t.hide(f"subnet_id_{number}", id)
    return {"SubnetIds": [id], "SecurityGroupIds": ["sg-0a1b2c3d4e5f60718"]}


@entry("TestLambdaFunction::test_invalid_vpc_config_security_group")
def no_such_security_group(t):
    refused_networks(
        t,
        {
            "create-response-non-existent-security-group": group(t, 1, "sg-0a1b2c3d4e5f60718"),
            "create-response-invalid-format-security-group": group(t, 2, "sg_not_such"),
        },
    )


def group(t, number, id):
    t.hide(f"security_group_id_{number}", id)
    return {"SubnetIds": ["subnet-0a1b2c3d4e5f60718"], "SecurityGroupIds": [id]}


def refused_networks(t, networks):
    role, archive = t.role(), t.zip(HANDLER)
    for key, network in networks.items():
        t.record(
            key,
            t.lambda_.create_function,
            FunctionName=t.name(),
            Role=role,
            Runtime="python3.12",
            Handler="handler.handler",
            Code={"ZipFile": archive},
            VpcConfig=network,
        )


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
    t.record(
        "deprecation_error",
        t.lambda_.create_function,
        FunctionName=t.name(),
        Role=t.role(),
        Runtime=runtime,
        Handler="handler.handler",
        Code={"ZipFile": t.zip(HANDLER)},
    )


@entry("TestPartialARNMatching::test_update_function_configuration_full_arn")
def update_by_arn(t):
    created = make(t)
    for name in [created["FunctionArn"], f"{t.account}:function:{created['FunctionName']}"]:
        t.lambda_.update_function_configuration(FunctionName=name, Description="by ARN")
        t.active(created["FunctionName"])


@entry("TestLambdaSizeLimits::test_oversized_lambda")
def too_large_unzipped(t):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("handler.py", HANDLER)
        archive.writestr("large", b"\0" * (262_144_000 + 100))
    bucket = t.bucket()
    t.s3.put_object(Bucket=bucket, Key="code.zip", Body=buffer.getvalue())
    t.record(
        "invalid_param_exc",
        t.lambda_.create_function,
        FunctionName=t.name(),
        Role=t.role(),
        Runtime="python3.12",
        Handler="handler.handler",
        Code={"S3Bucket": bucket, "S3Key": "code.zip"},
    )


@entry("TestLambdaSizeLimits::test_large_lambda")
def large_unzipped(t):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("handler.py", HANDLER)
        archive.writestr("large", b"\0" * (262_144_000 - 1000))
    bucket = t.bucket()
    t.s3.put_object(Bucket=bucket, Key="code.zip", Body=buffer.getvalue())
    code = {"S3Bucket": bucket, "S3Key": "code.zip"}
    t.record("create_function_large_zip", t.function(Code=code, Timeout=10))


@entry("TestLambdaSizeLimits::test_large_environment_variables_fails")
def one_large_variable(t):
    # With its name and JSON's signs the environment measures one byte more than 4 KiB.
    variables = {"LARGE_VAR": "x" * (4 * 1024 - len('{"LARGE_VAR":""}') + 1)}
    refused_environment(t, "failed_create_fn_result", variables)


@entry("TestLambdaSizeLimits::test_large_environment_fails_multiple_keys")
def large_variables(t):
    small = '{"SMALL_VAR":"ok","LARGE_VAR":""}'
    variables = {"SMALL_VAR": "ok", "LARGE_VAR": "x" * (4 * 1024 - len(small) + 1)}
    refused_environment(t, "failured_create_fn_result_multi_key", variables)


def refused_environment(t, key, variables):
    t.record(
        key,
        t.lambda_.create_function,
        FunctionName=t.name(),
        Role=t.role(),
        Runtime="python3.12",
        Handler="handler.handler",
        Code={"ZipFile": t.zip(HANDLER)},
        Environment={"Variables": variables},
    )


SNAP_RUNTIMES = {
    "java11": "echo.Handler",
    "java17": "echo.Handler",
    "java21": "echo.Handler",
    "java25": "echo.Handler",
    "python3.12": "handler.handler",
    "python3.13": "handler.handler",
    "python3.14": "handler.handler",
    "dotnet8": "dotnet::Dotnet.Function::FunctionHandler",
    "dotnet10": "dotnet::Dotnet.Function::FunctionHandler",
}


def make_snap(t, runtime, handler, **settings):
    chosen = {"Runtime": runtime, "Handler": handler, "MemorySize": 1024, "Timeout": 5}
    return t.function(HANDLER, **chosen, **settings)


SNAPS = {runtime: (runtime, handler) for runtime, handler in SNAP_RUNTIMES.items()}


@entry("TestLambdaSnapStart::test_snapstart_lifecycle", SNAPS)
def snap_start(t, runtime, handler):
    created = make_snap(t, runtime, handler)
    t.record("create_function_response", created)
    name = created["FunctionName"]
    t.record("get_function_response_latest", t.lambda_.get_function, FunctionName=name)
    t.lambda_.publish_version(FunctionName=name, Description="version1")
    t.active(name, Qualifier="1")
    get = t.lambda_.get_function
    t.record("get_function_response_version_1", get, FunctionName=name, Qualifier="1")


@entry("TestLambdaSnapStart::test_snapstart_update_function_configuration", SNAPS)
def snap_start_later(t, runtime, handler):
    created = t.record("create_function_response", make_snap(t, runtime, handler))
    t.record(
        "update_function_response",
        t.lambda_.update_function_configuration,
        FunctionName=created["FunctionName"],
        SnapStart={"ApplyOn": "PublishedVersions"},
    )


@entry("TestLoggingConfig::test_function_advanced_logging_configuration")
def logging_configuration(t):
    created = make(t, MemorySize=256, Timeout=5, LoggingConfig={"LogFormat": "JSON"})
    updated_logging(t, created, {"LogGroup": "cool_lambda"})


@entry(
    "TestLoggingConfig::test_function_partial_advanced_logging_configuration_update",
    {
        "partial_config0": {"LogFormat": "JSON"},
        "partial_config1": {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"},
        "partial_config2": {"LogFormat": "JSON", "SystemLogLevel": "DEBUG"},
        "partial_config3": {"LogGroup": "cool_lambda"},
    },
)
def part_of_logging_configuration(t, change):
    updated_logging(t, make(t, MemorySize=256, Timeout=5), change)


def updated_logging(t, created, change):
    name = created["FunctionName"]
    t.record("create_response", wrapped(created))
    t.record("get_function_response", t.lambda_.get_function, FunctionName=name)
    configuration = t.lambda_.get_function_configuration
    t.record("function_config", configuration, FunctionName=name)
    update = t.lambda_.update_function_configuration
    t.record("updated_config", update, FunctionName=name, LoggingConfig=change)
    t.active(name)
    t.record("received_config", configuration, FunctionName=name)


@entry("TestLambdaRecursion::test_put_function_recursion_config_allow")
def recursion_allowed(t):
    name = make(t)["FunctionName"]
    put = t.lambda_.put_function_recursion_config
    t.record("put_recursion_config_response", put, FunctionName=name, RecursiveLoop="Allow")
    get = t.lambda_.get_function_recursion_config
    t.record("get_recursion_config_response", get, FunctionName=name)


@entry("TestLambdaRecursion::test_put_function_recursion_config_default_terminate")
def recursion_terminated(t):
    name = make(t)["FunctionName"]
    get = t.lambda_.get_function_recursion_config
    t.record("get_recursion_default_terminate_response", get, FunctionName=name)


@entry("TestLambdaReservedConcurrency::test_function_concurrency_exceptions")
def refused_concurrency(t):
    put = t.lambda_.put_function_concurrency
    key = "put_function_concurrency_with_function_name_doesnotexist"
    t.record(key, put, FunctionName="doesnotexist", ReservedConcurrentExecutions=1)
    t.record(
        f"{key}_and_invalid_concurrency",
        put,
        FunctionName="doesnotexist",
        ReservedConcurrentExecutions=1_000_000,
    )
    name = make(t)["FunctionName"]
    version = t.lambda_.publish_version(FunctionName=name)
    t.record(
        "put_function_concurrency_with_qualified_arn",
        put,
        FunctionName=version["FunctionArn"],
        ReservedConcurrentExecutions=0,
    )


@entry("TestLambdaAccountSettings::test_account_settings_total_code_size")
def total_code_size(t):
    def size():
        return t.lambda_.get_account_settings()["AccountUsage"]["TotalCodeSize"]

    def grown(key, change):
        before = size()
        answer = change()
        t.record(key, size() - before)
        return answer

    # What is counted is the archive, so it must have the recorded length to the byte.
    archive, layer = sized_zip(276), sized_zip(169)
    role = t.role()
    made = grown(
        "total_code_size_diff_create_function",
        lambda: t.function(archive, Role=role),
    )
    name = made["FunctionName"]
    grown(
        "total_code_size_diff_update_function",
        lambda: t.lambda_.update_function_code(FunctionName=name, ZipFile=archive, Publish=True),
    )
    layer_name = t.name("layer")
    for version, key in enumerate(["layer", "layer_version"], start=1):
        t.defer(t.lambda_.delete_layer_version, LayerName=layer_name, VersionNumber=version)
        grown(
            f"total_code_size_diff_publish_{key}",
            lambda: t.lambda_.publish_layer_version(
                LayerName=layer_name, Content={"ZipFile": layer}
            ),
        )


def sized_zip(size):
    """An archive of one stored file `handler.py`, of this many bytes in all."""
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("handler.py", "")
    text = HANDLER + "#" * (size - len(empty.getvalue()) - len(HANDLER))
    full = io.BytesIO()
    with zipfile.ZipFile(full, "w") as archive:
        archive.writestr("handler.py", text[: size - len(empty.getvalue())])
    assert len(full.getvalue()) == size
    return full.getvalue()


@entry("TestLambdaAccountSettings::test_account_settings_total_code_size_config_update")
def total_code_size_of_versions(t):
    def size():
        return t.lambda_.get_account_settings()["AccountUsage"]["TotalCodeSize"]

    before = size()
    name = t.function(sized_zip(300), Timeout=30)["FunctionName"]
    created = size()
    t.record("is_total_code_size_diff_create_function_more_than_200", created - before > 200)
    t.lambda_.update_function_configuration(FunctionName=name, Runtime="python3.13")
    t.active(name)
    t.record("total_code_size_diff_update_function_configuration", size() - created)
    t.lambda_.publish_version(FunctionName=name)
    t.record(
        "is_total_code_size_diff_publish_version_after_config_update_more_than_200",
        size() - created > 200,
    )


@entry("TestCodeSigningConfig::test_function_code_signing_config")
def code_signing(t):
    name = make(t)["FunctionName"]
    publisher = f"arn:aws:signer:{t.region}:{t.account}:/signing-profiles/test"
    made = t.record(
        "create_code_signing_config",
        t.lambda_.create_code_signing_config,
        Description="Testing CodeSigning Config",
        AllowedPublishers={"SigningProfileVersionArns": [publisher]},
        CodeSigningPolicies={"UntrustedArtifactOnDeployment": "Enforce"},
    )
    arn = made["CodeSigningConfig"]["CodeSigningConfigArn"]
    t.record(
        "update_code_signing_config",
        t.lambda_.update_code_signing_config,
        CodeSigningConfigArn=arn,
        CodeSigningPolicies={"UntrustedArtifactOnDeployment": "Warn"},
    )
    get = t.lambda_.get_code_signing_config
    t.record("get_code_signing_config", get, CodeSigningConfigArn=arn)
    put = t.lambda_.put_function_code_signing_config
    key = "put_function_code_signing_config"
    t.record(key, put, CodeSigningConfigArn=arn, FunctionName=name)
    get = t.lambda_.get_function_code_signing_config
    t.record("get_function_code_signing_config", get, FunctionName=name)
    listed = t.lambda_.list_code_signing_configs()["CodeSigningConfigs"]
    mine = next(item for item in listed if item["CodeSigningConfigArn"] == arn)
    t.record("list_code_signing_configs", mine)
    users = t.lambda_.list_functions_by_code_signing_config
    t.record("list_functions_by_code_signing_config", users, CodeSigningConfigArn=arn)
    delete = t.lambda_.delete_function_code_signing_config
    t.record("delete_function_code_signing_config", delete, FunctionName=name)
    delete = t.lambda_.delete_code_signing_config
    t.record("delete_code_signing_config", delete, CodeSigningConfigArn=arn)
