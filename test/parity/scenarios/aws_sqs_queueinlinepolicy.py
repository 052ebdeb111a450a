from harness import entry

from .aws_sqs_queuepolicy import ACTIONS, policy
from .stack_tools import deploy

OUTPUTS = {"Url": {"Value": {"Ref": "Queue"}}}


def resources(t, name, has_policy=True):
    parts = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}}
    if has_policy:
        arn = {"Fn::GetAtt": ["Queue", "Arn"]}
        parts["Policy"] = {
            "Type": "AWS::SQS::QueueInlinePolicy",
            "Properties": {
                "Queue": {"Ref": "Queue"},
                "PolicyDocument": policy(ACTIONS, arn),
            },
        }
    return parts


def record(t, key, url):
    t.record(key, t.sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["Policy"])


@entry("test_create_sqs_with_inlinepolicy")
def created(t):
    _, made = deploy(t, resources(t, t.name()), OUTPUTS)
    record(t, "policy", made["Url"])


@entry("test_update_sqs_remove_inlinepolicy")
def removed(t):
    queue = t.name()
    name, made = deploy(t, resources(t, queue), OUTPUTS)
    record(t, "policy_before", made["Url"])
    deploy(t, resources(t, queue, has_policy=False), OUTPUTS, name=name)
    record(t, "policy_after", made["Url"])
