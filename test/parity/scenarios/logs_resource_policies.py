"""Resource policies of CloudWatch Logs."""

import json

from harness import entry


def document(action):
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "route53.amazonaws.com"},
        "Action": action,
        "Resource": "*",
    }
    return json.dumps({"Version": "2008-10-17", "Statement": [statement]})


@entry("TestResourcePolicies::test_put_resource_policy_update")
def updated(t):
    name = t.name("policy")
    put = t.logs.put_resource_policy
    put(policyName=name, policyDocument=document("logs:CreateLogStream"))
    t.defer(t.logs.delete_resource_policy, policyName=name)
    put(policyName=name, policyDocument=document("logs:*"))
    t.mask("lastUpdatedTime", "last-updated-time")
    policies = t.logs.describe_resource_policies()["resourcePolicies"]
    t.record("updated-policy", next(it for it in policies if it["policyName"] == name))


@entry("TestResourcePolicies::test_delete_resource_policy_not_found")
def missing(t):
    delete = t.logs.delete_resource_policy
    t.record("error-policy-not-found", delete, policyName="non-existent")


@entry("TestResourcePoliciesLimits::test_put_resource_policy_limit_exceeded")
def too_many(t):
    put = t.logs.put_resource_policy
    for _ in range(10):
        name = t.name("policy")
        put(policyName=name, policyDocument=document("logs:*"))
        t.defer(t.logs.delete_resource_policy, policyName=name)
    more = {"policyName": t.name("policy"), "policyDocument": document("logs:*")}
    t.record("error-limit-exceeded", put, **more)
