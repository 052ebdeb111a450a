"""Functions and layers that another account uses. AWS's answers were not recorded, only that it gave them."""

import json

from harness import entry

ECHO = "def handler(event, context):\n    return event\n"


def share(t, *actions):
    """A function that the other account may do these things with."""
    made = t.function(ECHO)
    for action in actions:
        t.lambda_.add_permission(
            FunctionName=made["FunctionName"],
            StatementId=action,
            Action=f"lambda:{action}",
            Principal=t.other.account,
        )
    return made["FunctionArn"]


def denied(t, operation, **arguments):
    answer = t.call(operation, **arguments)
    assert answer["Error"]["Code"] == "AccessDeniedException", answer


@entry("TestLambdaMultiAccounts::test_cross_account_access")
def everything(t):
    actions = ["GetFunction", "InvokeFunction", "PublishVersion", "ListTags", "DeleteFunction"]
    arn = share(t, *actions)
    theirs = t.other.lambda_
    theirs.get_function(FunctionName=arn)
    theirs.publish_version(FunctionName=arn)
    theirs.list_tags(Resource=arn)
    denied(t, theirs.list_aliases, FunctionName=arn)
    theirs.delete_function(FunctionName=arn)


@entry("TestLambdaMultiAccounts::test_get_function")
def get(t):
    arn = share(t, "GetFunction")
    theirs = t.other.lambda_
    assert theirs.get_function(FunctionName=arn)["Configuration"]["FunctionArn"] == arn
    denied(t, theirs.get_function_configuration, FunctionName=arn)


@entry("TestLambdaMultiAccounts::test_list_versions_by_function")
def versions(t):
    arn = share(t, "ListVersionsByFunction")
    listed = t.other.lambda_.list_versions_by_function(FunctionName=arn)["Versions"]
    assert [version["Version"] for version in listed] == ["$LATEST"], listed


@entry("TestLambdaMultiAccounts::test_function_tags")
def tags(t):
    arn = share(t, "TagResource", "ListTags", "UntagResource")
    theirs = t.other.lambda_
    theirs.tag_resource(Resource=arn, Tags={"a": "b"})
    assert theirs.list_tags(Resource=arn)["Tags"] == {"a": "b"}
    theirs.untag_resource(Resource=arn, TagKeys=["a"])
    assert t.lambda_.list_tags(Resource=arn)["Tags"] == {}


@entry("TestLambdaMultiAccounts::test_function_invocation")
def invocation(t):
    arn = share(t, "InvokeFunction")
    theirs = t.other.lambda_
    answer = theirs.invoke(FunctionName=arn, Payload=json.dumps({"a": 1}))
    assert json.load(answer["Payload"]) == {"a": 1}


@entry("TestLambdaMultiAccounts::test_delete_function")
def deletion(t):
    arn = share(t, "DeleteFunction")
    t.other.lambda_.delete_function(FunctionName=arn)
    t.until(lambda: "Error" in t.call(t.lambda_.get_function, FunctionName=arn))


@entry("TestLambdaMultiAccounts::test_get_lambda_layer")
def layer(t):
    name = t.name("layer")
    published = t.lambda_.publish_layer_version(LayerName=name, Content={"ZipFile": t.zip(ECHO)})
    version = {"LayerName": name, "VersionNumber": published["Version"]}
    t.defer(t.lambda_.delete_layer_version, **version)
    arn = published["LayerVersionArn"]
    theirs = t.other.lambda_
    denied(t, theirs.get_layer_version_by_arn, Arn=arn)
    t.lambda_.add_layer_version_permission(
        **version,
        StatementId="other",
        Action="lambda:GetLayerVersion",
        Principal=t.other.account,
    )
    assert theirs.get_layer_version_by_arn(Arn=arn)["LayerVersionArn"] == arn
