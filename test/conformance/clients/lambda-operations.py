"""Every operation of Lambda through boto3, with right and with wrong input; prints what was called as JSON."""

import base64
import io
import json
import sys
import time
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

client = boto3.client("lambda", config=Config(retries={"max_attempts": 1}, parameter_validation=False))
account = boto3.client("sts").get_caller_identity()["Account"]
ROLE = f"arn:aws:iam::{account}:role/r"
FUNCTION = f"arn:aws:lambda:us-east-1:{account}:function:one"
ABSENT = {"FunctionName": "absent"}
right, wrong = set(), {}


def method(operation):
    names = {client.meta.method_to_api_mapping[name]: name for name in client.meta.method_to_api_mapping}
    return getattr(client, names[operation])


def call(operation, **members):
    """A call that succeeds."""
    answer = method(operation)(**members)
    right.add(operation)
    return answer


def refuse(operation, code, **members):
    """A call that is refused with a code."""
    try:
        method(operation)(**members)
    except ClientError as error:
        found = error.response["Error"]["Code"]
        assert found == code, f"{operation}: {found}: {error}, not {code}"
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] >= 400
        wrong[operation] = found
        return
    raise AssertionError(f"{operation} was not refused")


def zipped(text, name="index.mjs"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


def settle(name="one", qualifier="$LATEST"):
    for _ in range(400):
        state = client.get_function_configuration(FunctionName=name, Qualifier=qualifier)
        if state["State"] == "Active" and state.get("LastUpdateStatus") != "InProgress":
            return
        time.sleep(0.05)
    raise AssertionError("did not settle")


MISSING = "ResourceNotFoundException"
INVALID = "InvalidParameterValueException"
CODE = zipped("export const handler = async (event) => ({ got: event });")

# Functions, code and configuration.
create = {"Runtime": "nodejs24.x", "Handler": "index.handler", "Role": ROLE, "Code": {"ZipFile": CODE}}
refuse("CreateFunction", INVALID, FunctionName="one", **{**create, "Runtime": "nodejs8.10"})
call("CreateFunction", FunctionName="one", Tags={"a": "1"}, **create)
settle()
refuse("CreateFunction", "ResourceConflictException", FunctionName="one", **create)
call("GetFunction", FunctionName="one")
refuse("GetFunction", MISSING, **ABSENT)
call("GetFunctionConfiguration", FunctionName=FUNCTION)
refuse("GetFunctionConfiguration", "ValidationException", FunctionName="one!")
call("ListFunctions", MaxItems=1)
refuse("ListFunctions", "ValidationException", MaxItems=0)
call("UpdateFunctionConfiguration", FunctionName="one", MemorySize=256, Timeout=5)
settle()
refuse("UpdateFunctionConfiguration", "ValidationException", FunctionName="one", MemorySize=1)
call("UpdateFunctionCode", FunctionName="one", ZipFile=CODE)
settle()
refuse("UpdateFunctionCode", INVALID, FunctionName="one", ZipFile=b"no zip")
assert call("PublishVersion", FunctionName="one")["Version"] == "1"
refuse("PublishVersion", "PreconditionFailedException", FunctionName="one", RevisionId="old")
call("ListVersionsByFunction", FunctionName="one")
refuse("ListVersionsByFunction", MISSING, **ABSENT)
settle(qualifier="1")

# Aliases.
call("CreateAlias", FunctionName="one", Name="live", FunctionVersion="1")
refuse("CreateAlias", MISSING, FunctionName="one", Name="next", FunctionVersion="9")
call("GetAlias", FunctionName="one", Name="live")
refuse("GetAlias", MISSING, FunctionName="one", Name="dead")
call("UpdateAlias", FunctionName="one", Name="live", Description="x")
refuse("UpdateAlias", MISSING, FunctionName="one", Name="dead")
assert len(call("ListAliases", FunctionName="one")["Aliases"]) == 1
refuse("ListAliases", MISSING, **ABSENT)

# Invocation.
answer = call("Invoke", FunctionName="one", Qualifier="live", Payload=b'{"a":1}', LogType="Tail")
assert json.load(answer["Payload"]) == {"got": {"a": 1}} and answer["ExecutedVersion"] == "1", answer
assert b"REPORT" in base64.b64decode(answer["LogResult"])
refuse("Invoke", "InvalidRequestContentException", FunctionName="one", Payload=b"{")
assert call("InvokeAsync", FunctionName="one", InvokeArgs=b"{}")["Status"] == 202
refuse("InvokeAsync", MISSING, FunctionName="absent", InvokeArgs=b"{}")
stream = call("InvokeWithResponseStream", FunctionName="one", Payload=b'{"b":2}')["EventStream"]
parts = b"".join(event["PayloadChunk"]["Payload"] for event in stream if "PayloadChunk" in event)
assert json.loads(parts) == {"got": {"b": 2}}, parts
refuse("InvokeWithResponseStream", MISSING, **ABSENT)

# Policies.
permission = {"FunctionName": "one", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
call("AddPermission", StatementId="s3", **permission)
refuse("AddPermission", "ResourceConflictException", StatementId="s3", **permission)
assert "s3.amazonaws.com" in call("GetPolicy", FunctionName="one")["Policy"]
refuse("GetPolicy", MISSING, FunctionName="one", Qualifier="live")
call("RemovePermission", FunctionName="one", StatementId="s3")
refuse("RemovePermission", MISSING, FunctionName="one", StatementId="s3")
policy = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "one",
            "Effect": "Allow",
            "Principal": {"AWS": "111122223333"},
            "Action": "lambda:InvokeFunction",
            "Resource": FUNCTION,
        }
    ],
}
call("PutResourcePolicy", ResourceArn=FUNCTION, Policy=json.dumps(policy))
refuse("PutResourcePolicy", MISSING, ResourceArn=FUNCTION + "x", Policy=json.dumps(policy))
call("GetResourcePolicy", ResourceArn=FUNCTION)
refuse("GetResourcePolicy", MISSING, ResourceArn=FUNCTION + "x")
call("DeleteResourcePolicy", ResourceArn=FUNCTION)
refuse("DeleteResourcePolicy", MISSING, ResourceArn=FUNCTION + "x")

# Layers.
layer = {"LayerName": "l", "Content": {"ZipFile": zipped("1", "nodejs/x.txt")}}
version = call("PublishLayerVersion", CompatibleRuntimes=["nodejs24.x"], **layer)["Version"]
refuse("PublishLayerVersion", INVALID, LayerName="l", Content={"ZipFile": b"no zip"})
this = {"LayerName": "l", "VersionNumber": version}
other = {"LayerName": "l", "VersionNumber": 99}
arn = call("GetLayerVersion", **this)["LayerVersionArn"]
refuse("GetLayerVersion", MISSING, **other)
call("GetLayerVersionByArn", Arn=arn)
refuse("GetLayerVersionByArn", MISSING, Arn=arn.replace(":l:", ":m:"))
call("ListLayers")
refuse("ListLayers", "ValidationException", MaxItems=51)
call("ListLayerVersions", LayerName="l")
refuse("ListLayerVersions", "ValidationException", LayerName="l", MaxItems=0)
allow = {"Action": "lambda:GetLayerVersion", "Principal": "*"}
call("AddLayerVersionPermission", StatementId="all", **this, **allow)
refuse("AddLayerVersionPermission", "ResourceConflictException", StatementId="all", **this, **allow)
call("GetLayerVersionPolicy", **this)
refuse("GetLayerVersionPolicy", MISSING, **other)
call("RemoveLayerVersionPermission", StatementId="all", **this)
refuse("RemoveLayerVersionPermission", MISSING, StatementId="all", **this)
call("DeleteLayerVersion", **this)
refuse("DeleteLayerVersion", "ValidationException", LayerName="l!", VersionNumber=1)

# URLs and events.
url = call("CreateFunctionUrlConfig", FunctionName="one", AuthType="NONE")["FunctionUrl"]
assert ".lambda-url.us-east-1." in url
refuse("CreateFunctionUrlConfig", "ResourceConflictException", FunctionName="one", AuthType="NONE")
call("GetFunctionUrlConfig", FunctionName="one")
refuse("GetFunctionUrlConfig", MISSING, FunctionName="one", Qualifier="live")
call("UpdateFunctionUrlConfig", FunctionName="one", AuthType="AWS_IAM")
refuse("UpdateFunctionUrlConfig", MISSING, FunctionName="one", Qualifier="live", AuthType="NONE")
call("ListFunctionUrlConfigs", FunctionName="one")
refuse("ListFunctionUrlConfigs", MISSING, **ABSENT)
call("DeleteFunctionUrlConfig", FunctionName="one")
refuse("DeleteFunctionUrlConfig", MISSING, FunctionName="one")
call("PutFunctionEventInvokeConfig", FunctionName="one", MaximumRetryAttempts=1)
refuse("PutFunctionEventInvokeConfig", "ValidationException", FunctionName="one", MaximumRetryAttempts=3)
call("UpdateFunctionEventInvokeConfig", FunctionName="one", MaximumEventAgeInSeconds=60)
refuse("UpdateFunctionEventInvokeConfig", MISSING, FunctionName="one", Qualifier="live", MaximumRetryAttempts=1)
call("GetFunctionEventInvokeConfig", FunctionName="one")
refuse("GetFunctionEventInvokeConfig", MISSING, FunctionName="one", Qualifier="live")
call("ListFunctionEventInvokeConfigs", FunctionName="one")
refuse("ListFunctionEventInvokeConfigs", MISSING, **ABSENT)
call("DeleteFunctionEventInvokeConfig", FunctionName="one")
refuse("DeleteFunctionEventInvokeConfig", MISSING, FunctionName="one")

# Concurrency.
call("PutFunctionConcurrency", FunctionName="one", ReservedConcurrentExecutions=5)
refuse("PutFunctionConcurrency", INVALID, FunctionName="one", ReservedConcurrentExecutions=901)
assert call("GetFunctionConcurrency", FunctionName="one")["ReservedConcurrentExecutions"] == 5
refuse("GetFunctionConcurrency", MISSING, **ABSENT)
call("DeleteFunctionConcurrency", FunctionName="one")
refuse("DeleteFunctionConcurrency", MISSING, **ABSENT)
live = {"FunctionName": "one", "Qualifier": "live"}
latest = {"FunctionName": "one", "Qualifier": "$LATEST"}
call("PutProvisionedConcurrencyConfig", ProvisionedConcurrentExecutions=1, **live)
refuse("PutProvisionedConcurrencyConfig", INVALID, ProvisionedConcurrentExecutions=1, **latest)
call("GetProvisionedConcurrencyConfig", **live)
refuse("GetProvisionedConcurrencyConfig", "ProvisionedConcurrencyConfigNotFoundException", FunctionName="one", Qualifier="1")
call("ListProvisionedConcurrencyConfigs", FunctionName="one")
refuse("ListProvisionedConcurrencyConfigs", MISSING, **ABSENT)
call("DeleteProvisionedConcurrencyConfig", **live)
refuse("DeleteProvisionedConcurrencyConfig", INVALID, **latest)
assert call("GetAccountSettings")["AccountLimit"]["ConcurrentExecutions"] == 1000

# Code signing.
profile = f"arn:aws:signer:us-east-1:{account}:/signing-profiles/p/abcdefghij"
publishers = {"SigningProfileVersionArns": [profile]}
signing = call("CreateCodeSigningConfig", AllowedPublishers=publishers)["CodeSigningConfig"]["CodeSigningConfigArn"]
absent = signing[:-17] + "0" * 17
refuse("CreateCodeSigningConfig", "ValidationException", AllowedPublishers={"SigningProfileVersionArns": []})
call("GetCodeSigningConfig", CodeSigningConfigArn=signing)
refuse("GetCodeSigningConfig", MISSING, CodeSigningConfigArn=absent)
call("UpdateCodeSigningConfig", CodeSigningConfigArn=signing, Description="x")
refuse("UpdateCodeSigningConfig", MISSING, CodeSigningConfigArn=absent)
call("ListCodeSigningConfigs")
refuse("ListCodeSigningConfigs", "ValidationException", MaxItems=0)
call("PutFunctionCodeSigningConfig", FunctionName="one", CodeSigningConfigArn=signing)
refuse("PutFunctionCodeSigningConfig", "CodeSigningConfigNotFoundException", FunctionName="one", CodeSigningConfigArn=absent)
call("GetFunctionCodeSigningConfig", FunctionName="one")
refuse("GetFunctionCodeSigningConfig", MISSING, **ABSENT)
assert call("ListFunctionsByCodeSigningConfig", CodeSigningConfigArn=signing)["FunctionArns"] == [FUNCTION]
refuse("ListFunctionsByCodeSigningConfig", MISSING, CodeSigningConfigArn=absent)
call("DeleteFunctionCodeSigningConfig", FunctionName="one")
refuse("DeleteFunctionCodeSigningConfig", MISSING, **ABSENT)
call("DeleteCodeSigningConfig", CodeSigningConfigArn=signing)
refuse("DeleteCodeSigningConfig", MISSING, CodeSigningConfigArn=signing)

# Tags, recursion, runtime.
call("TagResource", Resource=FUNCTION, Tags={"b": "2"})
refuse("TagResource", MISSING, Resource=FUNCTION + "x", Tags={"b": "2"})
assert call("ListTags", Resource=FUNCTION)["Tags"] == {"a": "1", "b": "2"}
refuse("ListTags", MISSING, Resource=FUNCTION + "x")
call("UntagResource", Resource=FUNCTION, TagKeys=["b"])
refuse("UntagResource", MISSING, Resource=FUNCTION + "x", TagKeys=["b"])
call("PutFunctionRecursionConfig", FunctionName="one", RecursiveLoop="Allow")
refuse("PutFunctionRecursionConfig", "ValidationException", FunctionName="one", RecursiveLoop="Never")
assert call("GetFunctionRecursionConfig", FunctionName="one")["RecursiveLoop"] == "Allow"
refuse("GetFunctionRecursionConfig", MISSING, **ABSENT)
call("PutRuntimeManagementConfig", FunctionName="one", UpdateRuntimeOn="FunctionUpdate")
refuse("PutRuntimeManagementConfig", "ValidationException", FunctionName="one", UpdateRuntimeOn="Never")
call("GetRuntimeManagementConfig", FunctionName="one")
refuse("GetRuntimeManagementConfig", MISSING, **ABSENT)

# Event source mappings.
sqs = boto3.client("sqs")
sqs.create_queue(QueueName="work")
source = f"arn:aws:sqs:us-east-1:{account}:work"
uuid = call("CreateEventSourceMapping", FunctionName="one", EventSourceArn=source)["UUID"]
refuse("CreateEventSourceMapping", "ResourceConflictException", FunctionName="one", EventSourceArn=source)
call("GetEventSourceMapping", UUID=uuid)
refuse("GetEventSourceMapping", MISSING, UUID=uuid[::-1])
call("ListEventSourceMappings", EventSourceArn=source)
refuse("ListEventSourceMappings", "ValidationException", MaxItems=0)
for _ in range(200):
    if client.get_event_source_mapping(UUID=uuid)["State"] == "Enabled":
        break
    time.sleep(0.05)
call("UpdateEventSourceMapping", UUID=uuid, BatchSize=5)
refuse("UpdateEventSourceMapping", MISSING, UUID=uuid[::-1], BatchSize=5)
for _ in range(200):
    if client.get_event_source_mapping(UUID=uuid)["State"] == "Enabled":
        break
    time.sleep(0.05)
call("DeleteEventSourceMapping", UUID=uuid)
refuse("DeleteEventSourceMapping", MISSING, UUID=uuid[::-1])

# The end.
call("DeleteAlias", FunctionName="one", Name="live")
refuse("DeleteAlias", MISSING, FunctionName="absent", Name="live")
call("DeleteFunction", FunctionName="one")
refuse("DeleteFunction", MISSING, **ABSENT)

json.dump({"right": sorted(right), "wrong": wrong}, sys.stdout)
