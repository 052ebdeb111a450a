from harness import entry

from .stack_tools import deploy

ACTIONS = ["sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"]
MORE_ACTIONS = [*ACTIONS, "sqs:ChangeMessageVisibility"]


def policy(actions, resource):
    statement = {"Effect": "Allow", "Principal": "*", "Action": actions, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def resources(names, actions, queues):
    """Queues of these names, and a policy of the first so many of them."""
    parts = {
        f"Queue{index}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}
        for index, name in enumerate(names, 1)
    }
    arn = {"Fn::GetAtt": ["Queue1", "Arn"]}
    parts["Policy"] = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "PolicyDocument": policy(actions, arn),
            "Queues": [{"Ref": f"Queue{index}"} for index in range(1, queues + 1)],
        },
    }
    return parts


OUTPUTS = {str(index): {"Value": {"Ref": f"Queue{index}"}} for index in (1, 2, 3)}


def record(t, urls, when):
    for index, url in sorted(urls.items()):
        key = f"queue_{index}_{when}"
        t.record(key, t.sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["Policy"])


def update(t, before, after):
    names = [t.name() for _ in range(3)]
    name, urls = deploy(t, resources(names, *before), OUTPUTS)
    record(t, urls, "before")
    deploy(t, resources(names, *after), OUTPUTS, name=name)
    record(t, urls, "after")


@entry("test_update_add_two_additional_queues_to_policy")
def added(t):
    update(t, (ACTIONS, 1), (MORE_ACTIONS, 3))


@entry("test_update_remove_two_queues_from_policy")
def removed(t):
    update(t, (MORE_ACTIONS, 3), (ACTIONS, 1))
