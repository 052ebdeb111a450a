"""Resource policies of an account."""

import json

from harness import entry


def policy(service):
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "logs:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2008-10-17", "Statement": [statement]})


@entry("TestResourcePolicies::test_put_resource_policy_update")
def updated(t):
    name, put = t.name("policy"), t.logs.put_resource_policy
    t.mask("lastUpdatedTime", "last-updated-time")
    put(policyName=name, policyDocument=policy("ecs.amazonaws.com"))
    t.defer(t.logs.delete_resource_policy, policyName=name)
    answer = put(policyName=name, policyDocument=policy("route53.amazonaws.com"))
    found = answer["resourcePolicy"]
    found["policyDocument"] = json.loads(found["policyDocument"])
    t.record("updated-policy", found)


@entry("TestResourcePolicies::test_delete_resource_policy_not_found")
def missing(t):
    delete = t.logs.delete_resource_policy
    t.record("error-policy-not-found", delete, policyName="non-existent")


@entry("TestResourcePoliciesLimits::test_put_resource_policy_limit_exceeded")
def too_many(t):
    put = t.logs.put_resource_policy
    answer = None
    for _ in range(11):
        name = t.name("policy")
        answer = t.call(put, policyName=name, policyDocument=policy("route53.amazonaws.com"))
        t.defer(t.logs.delete_resource_policy, policyName=name)
        if "Error" in answer:
            break
    t.record("error-limit-exceeded", answer)
