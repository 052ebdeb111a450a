"""Single settings of functions and of the account."""

import io
import zipfile

from harness import entry

from .made import HANDLER, make, wrapped

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
