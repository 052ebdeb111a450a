"""Scenarios of sts.json."""

import json

from harness import entry

SESSION = "TestSTSIntegrations::"


def role(t, key, actions, **arguments):
    name = t.name("role")
    statement = {"Effect": "Allow", "Principal": {"AWS": t.account}, "Action": actions}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    create = t.iam.create_role
    made = t.record(key, create, RoleName=name, AssumeRolePolicyDocument=document)
    t.defer(t.iam.delete_role, RoleName=name)
    return made["Role"]["Arn"]


@entry(f"{SESSION}test_assume_role")
def assume_role(t):
    session = t.name("session")
    t.record("role-session-name", {"RoleSessionName": session})
    arn = role(t, "create-role", "sts:AssumeRole")
    t.record("assume-role", t.sts.assume_role, RoleArn=arn, RoleSessionName=session)


@entry(f"{SESSION}test_get_federation_token")
def federation_token(t):
    get = t.sts.get_federation_token
    t.record("get-federation-token", get, Name=t.name("n"), DurationSeconds=900)


@entry("TestSTSAssumeRoleTagging::test_iam_role_chaining_override_transitive_tags")
def transitive_tags(t):
    actions = ["sts:AssumeRole", "sts:TagSession"]
    first, second = role(t, "role-1", actions), role(t, "role-2", actions)
    session = t.sts.assume_role(
        RoleArn=first,
        RoleSessionName="Session1",
        Tags=[{"Key": "SessionTag1", "Value": "SessionValue1"}],
        TransitiveTagKeys=["SessionTag1"],
    )
    given = session["Credentials"]
    import boto3

    chained = boto3.client(
        "sts",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        endpoint_url=t.endpoint,
        region_name=t.region,
    )
    for key, tag in [
        ("override-transitive-tag-error", "SessionTag1"),
        ("override-transitive-tag-case-ignore-error", "sessiontag1"),
    ]:
        t.record(
            key,
            chained.assume_role,
            RoleArn=second,
            RoleSessionName="Session2",
            Tags=[{"Key": tag, "Value": "Other"}],
        )
