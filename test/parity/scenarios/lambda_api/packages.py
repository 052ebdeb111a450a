"""What functions are made of, and with: code, networks, sizes, and refusals."""

import io
import zipfile

from botocore.exceptions import ParamValidationError

from harness import entry

from .made import HANDLER, make, make_plain, refused


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


def stored(t, length):
    """Code in a bucket, with a file of that length beside it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("handler.py", HANDLER)
        archive.writestr("large", b"\0" * length)
    bucket = t.bucket()
    t.s3.put_object(Bucket=bucket, Key="code.zip", Body=buffer.getvalue())
    return {"S3Bucket": bucket, "S3Key": "code.zip"}


@entry("TestLambdaSizeLimits::test_oversized_lambda")
def too_large_unzipped(t):
    refused(t, "invalid_param_exc", Code=stored(t, 262_144_000 + 100))


@entry("TestLambdaSizeLimits::test_large_lambda")
def large_unzipped(t):
    code = stored(t, 262_144_000 - 1000)
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
    refused(t, key, Environment={"Variables": variables})
