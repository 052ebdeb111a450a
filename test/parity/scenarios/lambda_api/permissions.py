"""Resource policies of functions."""

from harness import entry

from .made import make, updated, wrapped

S3 = {
    "Action": "lambda:InvokeFunction",
    "Principal": "s3.amazonaws.com",
    "SourceArn": "arn:aws:s3:::parity-permissions",
}


@entry("TestLambdaPermissions::test_permission_exceptions")
def refused_permissions(t):
    name = make(t)["FunctionName"]
    t.hide("function-name", name)
    add, get = t.lambda_.add_permission, t.lambda_.get_policy
    remove = t.lambda_.remove_permission

    def refused(key, function=name, statement="s3", **settings):
        wanted = {**S3, **settings}
        t.record(key, add, FunctionName=function, StatementId=statement, **wanted)

    refused("add_permission_invalid_statement_id", statement="example.com")
    refused("add_permission_fn_qualifier_mismatch", f"{name}:alias-not-42", Qualifier="42")
    refused("add_permission_fn_qualifier_latest", Qualifier="$LATEST")
    refused("add_permission_principal_invalid", Principal="invalid.nonaws.com")
    t.record("get_policy_fn_doesnotexist", get, FunctionName="doesnotexist")
    t.record("get_policy_fn_version_doesnotexist", get, FunctionName=name, Qualifier="42")
    refused("add_permission_fn_doesnotexist", "doesnotexist")
    key = "remove_permission_policy_doesnotexist"
    t.record(key, remove, FunctionName=name, StatementId="s3")
    refused("add_permission_fn_alias_doesnotexist", Qualifier="alias-doesnotexist")
    refused("add_permission_fn_version_doesnotexist", Qualifier="42")
    refused("add_permission_fn_qualifier_invalid", Qualifier="invalid-qualifier-with-?-char")
    key = "add_permission_fn_qualifier_valid_doesnotexist"
    refused(key, Qualifier="valid-with-$-but-doesnotexist")
    add(FunctionName=name, StatementId="s3", **S3)
    refused("add_permission_conflicting_statement_id")
    key = "remove_permission_fn_doesnotexist"
    t.record(key, remove, FunctionName="doesnotexist", StatementId="s3")
    key = "remove_permission_fn_alias_doesnotexist"
    t.record(key, remove, FunctionName=name, StatementId="s3", Qualifier="alias-doesnotexist")


@entry("TestLambdaPermissions::test_add_lambda_permission_aws")
def permission_for_a_service(t):
    created = make(t)
    t.record("create_lambda", wrapped(created))
    name = created["FunctionName"]
    t.record(
        "add_permission", t.lambda_.add_permission, FunctionName=name, StatementId="s3", **S3
    )
    t.record("get_policy", t.lambda_.get_policy, FunctionName=name)


@entry("TestLambdaPermissions::test_remove_multi_permissions")
def permissions_removed(t):
    name = make(t)["FunctionName"]
    add, get = t.lambda_.add_permission, t.lambda_.get_policy
    remove = t.lambda_.remove_permission
    plain = {"Action": S3["Action"], "Principal": S3["Principal"]}
    t.record("add_permission_1", add, FunctionName=name, StatementId="s3", **plain)
    queue = {**S3, "Principal": "sqs.amazonaws.com"}
    t.record("add_permission_2", add, FunctionName=name, StatementId="sqs", **queue)
    policy = t.record("policy_after_2_add", get, FunctionName=name)
    key = "remove_permission_exception_nonexisting_sid"
    t.record(key, remove, FunctionName=name, StatementId="non-existent")
    revision = policy["RevisionId"]
    remove(FunctionName=name, StatementId="sqs", RevisionId=revision)
    policy = t.record("policy_after_removal", get, FunctionName=name)
    t.call(remove, FunctionName=name, StatementId="sqs")
    t.record("policy_after_removal_attempt", get, FunctionName=name)
    remove(FunctionName=name, StatementId="s3", RevisionId=policy["RevisionId"])
    t.record("get_policy_exception_removed_all", get, FunctionName=name)


@entry("TestLambdaPermissions::test_add_lambda_permission_optional_fields")
def nothing_recorded(t):
    name = make(t)["FunctionName"]
    t.lambda_.add_permission(FunctionName=name, StatementId="s3", **S3, SourceAccount=t.account)


@entry("TestLambdaPermissions::test_add_lambda_permission_fields")
def fields_of_permissions(t):
    name = make(t)["FunctionName"]
    user = t.name("user")
    made = t.iam.create_user(UserName=user)["User"]
    t.defer(t.iam.delete_user, UserName=user)
    t.hide("user_arn", made["Arn"])
    invoke = {"Action": "lambda:InvokeFunction"}
    mine = {"SourceAccount": t.account}
    for key, statement, settings in [
        ("principal_wildcard", "wilcard", {**invoke, "Principal": "*", **mine}),
        ("principal_service", "lambda", {**invoke, "Principal": "lambda.amazonaws.com", **mine}),
        ("principal_account", "account-id", {**invoke, "Principal": t.account}),
        ("principal_arn", "user-arn", {**invoke, "Principal": made["Arn"], **mine}),
        (
            "optional_fields",
            "urlPermission",
            {
                "Action": "lambda:InvokeFunctionUrl",
                "Principal": "*",
                "SourceArn": S3["SourceArn"],
                **mine,
                "FunctionUrlAuthType": "NONE",
                "PrincipalOrgID": "o-1234567890",
            },
        ),
        (
            "alexa_skill",
            "alexaSkill",
            {
                **invoke,
                "Principal": "*",
                "EventSourceToken": "amzn1.ask.skill.xxxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
            },
        ),
    ]:
        add = t.lambda_.add_permission
        key = f"add_permission_{key}"
        t.record(key, add, FunctionName=name, StatementId=statement, **settings)


@entry("TestLambdaPermissions::test_lambda_permission_versioning")
def policy_of_the_unpublished(t):
    name = make(t)["FunctionName"]
    add, get = t.lambda_.add_permission, t.lambda_.get_policy
    t.record("add_permission", add, FunctionName=name, StatementId="s3", **S3)
    t.record("get_policy", get, FunctionName=name)
    t.lambda_.publish_version(FunctionName=name)
    t.record("get_policy_after_publishing_latest", get, FunctionName=name)
    t.record("get_policy_after_publishing_new_version", get, FunctionName=name, Qualifier="1")
    t.record("get_policy_after_adding_to_new_version", get, FunctionName=name)
    add(FunctionName=name, StatementId="s3_2", **S3)
    t.record("get_policy_after_adding_2", get, FunctionName=name)


@entry("TestLambdaPermissions::test_lambda_permission_fn_versioning")
def policies_of_versions_and_aliases(t):
    name = make(t)["FunctionName"]
    add, get = t.lambda_.add_permission, t.lambda_.get_policy
    t.record("add_permission", add, FunctionName=name, StatementId="s3", **S3)
    t.record("get_policy", get, FunctionName=name)
    version = t.record("publish_version_result", t.lambda_.publish_version, FunctionName=name)
    key = "get_function_result_after_publishing"
    t.record(key, t.lambda_.get_function, FunctionName=name)
    t.record("get_policy_after_publishing_latest", get, FunctionName=name)
    number = version["Version"]
    t.record("get_policy_after_publishing_new_version", get, FunctionName=name, Qualifier=number)
    add(
        FunctionName=name,
        StatementId="s3",
        **S3,
        Qualifier=number,
        RevisionId=version["RevisionId"],
    )
    t.record("get_policy_version", get, FunctionName=name, Qualifier=number)
    alias = t.record(
        "create_alias_response",
        t.lambda_.create_alias,
        FunctionName=name,
        Name="permission-alias",
        FunctionVersion=number,
    )
    t.record("get_alias", t.lambda_.get_alias, FunctionName=name, Name=alias["Name"])
    to_alias = {"FunctionName": name, "StatementId": "s3", **S3, "Qualifier": alias["Name"]}
    key = "add_permission_alias_revision_exception"
    t.record(key, add, **to_alias, RevisionId=version["RevisionId"])
    add(**to_alias, RevisionId=alias["RevisionId"])
    t.record("get_policy_alias", get, FunctionName=name, Qualifier=alias["Name"])
    t.record("get_policy_after_adding_to_new_version", get, FunctionName=name)
    add(FunctionName=name, StatementId="s3_2", **S3)
    t.record("get_policy_after_adding_2", get, FunctionName=name)


@entry("TestLambdaPermissions::test_lambda_permission_revisions")
def revisions_of_policies(t):
    name = make(t, Runtime="python3.8")["FunctionName"]
    add, get = t.lambda_.add_permission, t.lambda_.get_policy
    remove, function = t.lambda_.remove_permission, t.lambda_.get_function

    def revision(**qualifier):
        return function(FunctionName=name, **qualifier)["Configuration"]["RevisionId"]

    key = "add_permission_revision_id_doesnotmatch"
    t.record(key, add, FunctionName=name, StatementId="s3", **S3, RevisionId="wrong")
    add(FunctionName=name, StatementId="s3", **S3, RevisionId=revision())
    key = "remove_permission_fn_revision_id_doesnotmatch"
    t.record(key, remove, FunctionName=name, StatementId="s3", RevisionId="wrong")
    t.lambda_.publish_version(FunctionName=name)
    update = t.lambda_.update_function_configuration
    updated(t, name, update, Runtime="python3.9")
    add(FunctionName=name, StatementId="s3_2", **S3)
    add(FunctionName=name, StatementId="s3_2", **S3, Qualifier="1")
    t.record("get_policy_after_publish_version", get, FunctionName=name)
    key = "get_policy_v1_after_publish_version"
    t.record(key, get, FunctionName=name, Qualifier="1")
    t.record("get_function_fn8", function, FunctionName=name)
    t.record("get_function_fn8_v1", function, FunctionName=name, Qualifier="1")
    at = revision(Qualifier="1")
    add(FunctionName=name, StatementId="s3_3", **S3, Qualifier="1", RevisionId=at)
    t.record("get_function_fn9", function, FunctionName=name)
    t.record("get_function_fn9_v1", function, FunctionName=name, Qualifier="1")
    key = "get_policy_v1_after_add_permission9"
    t.record(key, get, FunctionName=name, Qualifier="1")
