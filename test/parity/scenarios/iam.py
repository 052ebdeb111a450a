"""Scenarios of iam.json."""

import json

from harness import entry

SERVICES = """
accountdiscovery.ssm acm appmesh autoscaling-plans autoscaling backup batch cassandra.application-autoscaling
cks.kms cloudtrail codestar-notifications config dms-fleet-advisor dms docdb-elastic ec2-instance-connect
ec2.application-autoscaling ecr ecs eks-connector eks-fargate eks-nodegroup eks elasticache elasticbeanstalk
elasticfilesystem elasticloadbalancing email.cognito-idp emr-containers emrwal.elasticmapreduce fis grafana
imagebuilder iotmanagedintegrations kafka kafkaconnect lakeformation lex lightsail m2 memorydb mq mrk.kms
notifications observability.aoss opensearchservice ops.apigateway ops.emr-serverless opsdatasync.ssm
opsinsights.ssm pullthroughcache.ecr ram rds redshift replication.cassandra replication.ecr
repository.sync.codeconnections resource-explorer-2 rolesanywhere s3-outposts ses shield ssm-incidents
ssm-quicksetup ssm sso vpcorigin.cloudfront waf wafv2
"""
PRINCIPALS = [f"{name}.amazonaws.com" for name in SERVICES.split()]

POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["apigatway:PUT"],
                "Resource": [
                    "arn:aws:apigateway:us-east-1::/tags/"
                    "arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Faaeeieije"
                ],
            }
        ],
    }
)


def trust(service, action="sts:AssumeRole"):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": service}, "Action": action}
            ],
        }
    )


def described(t, role):
    name = role["RoleName"]
    t.record("describe-response", t.iam.get_role, RoleName=name)
    t.record("inline-role-policies", t.iam.list_role_policies, RoleName=name)
    t.record("attached-role-policies", t.iam.list_attached_role_policies, RoleName=name)


@entry("TestIAMServiceRoles::test_service_role_lifecycle", PRINCIPALS)
def service_role(t, principal):
    role = t.iam.create_service_linked_role(AWSServiceName=principal)["Role"]
    t.defer(t.iam.delete_service_linked_role, RoleName=role["RoleName"])
    described(t, role)


@entry(
    "TestIAMServiceRoles::test_service_role_lifecycle_custom_suffix",
    ["autoscaling.amazonaws.com", "connect.amazonaws.com", "lexv2.amazonaws.com"],
)
def service_role_with_suffix(t, principal):
    suffix = t.name("s")
    t.hide("suffix", suffix)
    made = t.iam.create_service_linked_role(AWSServiceName=principal, CustomSuffix=suffix)
    t.defer(t.iam.delete_service_linked_role, RoleName=made["Role"]["RoleName"])
    described(t, made["Role"])


@entry("TestIAMServiceRoles::test_service_role_lifecycle_custom_suffix_not_allowed", PRINCIPALS)
def suffix_not_allowed(t, principal):
    create = t.iam.create_service_linked_role
    t.record("custom-suffix-not-allowed", create, AWSServiceName=principal, CustomSuffix="a")


@entry("TestIAMIntegrations::test_update_assume_role_policy")
def trust_changes(t):
    name = t.name("role")
    document = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": ["ec2.amazonaws.com"]},
                    "Action": ["sts:AssumeRole"],
                }
            ],
        }
    )
    create = t.iam.create_role
    t.record("created_role", create, RoleName=name, AssumeRolePolicyDocument=document)
    t.defer(t.iam.delete_role, RoleName=name)
    update = t.iam.update_assume_role_policy
    t.record("updated_policy", update, RoleName=name, PolicyDocument=document)


@entry("TestIAMIntegrations::test_list_roles_with_permission_boundary")
def boundary(t):
    name, prefix = t.name("role"), t.name("prefix")
    path = f"/{prefix}/"
    t.hide("path-prefix", prefix)
    arguments = {"RoleName": name, "Path": path}
    document = trust("ec2.amazonaws.com")
    t.record("created_role", t.iam.create_role, AssumeRolePolicyDocument=document, **arguments)
    t.defer(t.iam.delete_role, RoleName=name)
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    t.iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=arn)
    t.record("list_roles_result", t.iam.list_roles, PathPrefix=path)


@entry("TestIAMExtensions::test_role_with_path_lifecycle")
def role_with_path(t):
    name, path = t.name("role"), "/path1/path2/"
    t.hide("path", path)
    document = trust("lambda.amazonaws.com")
    create = t.iam.create_role
    t.record(
        "create-role-response", create, RoleName=name, Path=path, AssumeRolePolicyDocument=document
    )
    t.record("get-role-response", t.iam.get_role, RoleName=name)
    t.record("delete-role-response", t.iam.delete_role, RoleName=name)


@entry("TestIAMPolicyEncoding::test_put_user_policy_encoding")
def user_policy(t):
    name = user(t)
    t.iam.put_user_policy(UserName=name, PolicyName="policy-1", PolicyDocument=POLICY)
    t.defer(t.iam.delete_user_policy, UserName=name, PolicyName="policy-1")
    t.record("get-policy-response", t.iam.get_user_policy, UserName=name, PolicyName="policy-1")


@entry("TestIAMPolicyEncoding::test_put_group_policy_encoding")
def group_policy(t):
    name = t.name("group")
    t.iam.create_group(GroupName=name)
    t.defer(t.iam.delete_group, GroupName=name)
    t.iam.put_group_policy(GroupName=name, PolicyName="policy-1", PolicyDocument=POLICY)
    t.defer(t.iam.delete_group_policy, GroupName=name, PolicyName="policy-1")
    t.record("get-policy-response", t.iam.get_group_policy, GroupName=name, PolicyName="policy-1")


@entry("TestIAMIntegrations::test_delete_non_existent_policy_returns_no_such_entity")
def missing_policy(t):
    arn = f"arn:aws:iam::{t.account}:policy/non-existent-policy"
    t.record("delete-non-existent-policy-exc", t.iam.delete_policy, PolicyArn=arn)


@entry("TestRoles::test_role_with_tags")
def tagged_role(t):
    name, path = t.name("role"), "/role-with-tags/"
    t.record(
        "create-role-response",
        t.iam.create_role,
        RoleName=name,
        Path=path,
        AssumeRolePolicyDocument=trust("ec2.amazonaws.com"),
        Tags=[{"Key": "test", "Value": "value"}],
    )
    t.defer(t.iam.delete_role, RoleName=name)
    t.record("get-role-response", t.iam.get_role, RoleName=name)
    t.record("list-role-response", t.iam.list_roles, PathPrefix=path)


CREDENTIALS = "TestIAMServiceSpecificCredentials::"


def user(t, key=None):
    name = t.name("user")
    t.record(key, t.iam.create_user, UserName=name) if key else t.iam.create_user(UserName=name)
    t.defer(t.iam.delete_user, UserName=name)
    return name


def credential(t, service="codecommit.amazonaws.com"):
    name = user(t, "create-user-response")
    made = t.record(
        "create-service-specific-credential-response",
        t.iam.create_service_specific_credential,
        UserName=name,
        ServiceName=service,
    )
    return name, made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]


@entry(
    f"{CREDENTIALS}test_service_specific_credential_lifecycle",
    ["codecommit.amazonaws.com", "cassandra.amazonaws.com"],
)
def credential_lifecycle(t, service):
    name, id = credential(t, service)
    both = {"UserName": name, "ServiceSpecificCredentialId": id}
    listing = t.iam.list_service_specific_credentials
    arguments = {"UserName": name, "ServiceName": service}
    t.record("list-service-specific-credentials-response-before-update", listing, **arguments)
    update = t.iam.update_service_specific_credential
    t.record("update-service-specific-credential-response", update, Status="Inactive", **both)
    t.record("list-service-specific-credentials-response-after-update", listing, **arguments)
    reset = t.iam.reset_service_specific_credential
    t.record("reset-service-specific-credential-response", reset, **both)
    delete = t.iam.delete_service_specific_credential
    t.record("delete-service-specific-credentials-response", delete, **both)


@entry(f"{CREDENTIALS}test_create_service_specific_credential_invalid_user")
def credential_of_nobody(t):
    create, name = t.iam.create_service_specific_credential, "non-existent-user"
    t.record(
        "invalid-user-name-exception",
        create,
        UserName=name,
        ServiceName="codecommit.amazonaws.com",
    )
    t.record(
        "invalid-user-and-service-exception", create, UserName=name, ServiceName="nonsense"
    )


def attempts(t, both, suffix):
    update = t.iam.update_service_specific_credential
    t.record(f"update-wrong-{suffix}", update, Status="Inactive", **both)
    t.record(f"reset-wrong-{suffix}", t.iam.reset_service_specific_credential, **both)
    t.record(f"delete-wrong-{suffix}", t.iam.delete_service_specific_credential, **both)


@entry(f"{CREDENTIALS}test_user_match_id_mismatch", ["satisfiesregexbutstillinvalid"])
def wrong_id(t, id):
    name, _ = credential(t)
    attempts(t, {"UserName": name, "ServiceSpecificCredentialId": id}, "id")


@entry(f"{CREDENTIALS}test_id_match_user_mismatch")
def wrong_user(t):
    _, id = credential(t)
    both = {"UserName": "wrong-user-name", "ServiceSpecificCredentialId": id}
    attempts(t, both, "user-name")


@entry(f"{CREDENTIALS}test_invalid_update_parameters")
def wrong_status(t):
    name, id = credential(t)
    t.record(
        "update-invalid-status",
        t.iam.update_service_specific_credential,
        UserName=name,
        ServiceSpecificCredentialId=id,
        Status="Invalid",
    )
