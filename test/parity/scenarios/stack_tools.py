"""Stacks for the scenarios of recordings in which CloudFormation makes what is described."""

import json


def deploy(t, resources, outputs=None, name=None):
    """Makes a stack, or updates the one of this name, and answers its name and its outputs."""
    cloudformation = t.cloudformation
    described = {"Resources": resources or NOTHING, "Outputs": outputs or {}}
    template = json.dumps(described)
    options = {"TemplateBody": template, "Capabilities": ["CAPABILITY_NAMED_IAM"]}
    if name is None:
        name = t.name("stack")
        cloudformation.create_stack(StackName=name, **options)
        t.defer(lambda: remove(t, name))
    else:
        cloudformation.update_stack(StackName=name, **options)
    stack = t.until(lambda: settled(t, name), seconds=60)
    assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), stack
    found = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
    return name, found


# A template has one resource at least.
NOTHING = {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}


def settled(t, name):
    [stack] = t.cloudformation.describe_stacks(StackName=name)["Stacks"]
    return None if stack["StackStatus"].endswith("IN_PROGRESS") else stack


def remove(t, name):
    [stack] = t.cloudformation.describe_stacks(StackName=name)["Stacks"]
    t.cloudformation.delete_stack(StackName=name)
    gone = lambda: t.cloudformation.describe_stacks(StackName=stack["StackId"])["Stacks"][0]
    t.until(lambda: gone()["StackStatus"] == "DELETE_COMPLETE", seconds=60)
