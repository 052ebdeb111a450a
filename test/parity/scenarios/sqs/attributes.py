"""Queues and their attributes."""

import json

from harness import entry

from .tools import PROTOCOLS, attributes_of, fifo, first, of, receive


@entry("TestSqsProvider::test_create_fifo_queue_with_different_attributes_raises_error", PROTOCOLS)
def other_fifo_attributes(t, protocol):
    name = t.name("fifo") + ".fifo"
    t.queue(name, FifoQueue="true", ContentBasedDeduplication="true")
    t.record(
        "queue-already-exists",
        t.sqs.create_queue,
        QueueName=name,
        Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "false"},
    )


@entry("TestSqsProvider::test_create_queue_with_different_attributes_raises_exception", PROTOCOLS)
def other_attributes(t, protocol):
    client = of(t, protocol)
    name = t.name()
    url, _ = t.queue(name, DelaySeconds="1")
    t.record("create_queue_01", t.sqs.create_queue, QueueName=name, Attributes={"DelaySeconds": "2"})
    client.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "2"})
    t.record("create_queue_02", t.sqs.create_queue, QueueName=name, Attributes={"DelaySeconds": "1"})


@entry("TestSqsProvider::test_create_and_update_queue_attributes", PROTOCOLS)
def updated_attributes(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue(
        MessageRetentionPeriod="604800", ReceiveMessageWaitTimeSeconds="10", VisibilityTimeout="20"
    )
    t.record("get_queue_attributes", attributes_of, client=client, url=url)
    changed = {"MaximumMessageSize": "2048", "VisibilityTimeout": "69", "DelaySeconds": "420"}
    client.set_queue_attributes(QueueUrl=url, Attributes=changed)
    t.record("get_updated_queue_attributes", attributes_of, client=client, url=url)


@entry("TestSqsProvider::test_set_queue_attributes_default_values", PROTOCOLS)
def default_values(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    t.record("get-queue-attributes-initial-values", attributes_of, client=client, url=url)
    client.set_queue_attributes(
        QueueUrl=url,
        Attributes={"KmsMasterKeyId": "testKeyId", "KmsDataKeyReusePeriodSeconds": "6000"},
    )
    t.record("get-queue-attributes-after-update", attributes_of, client=client, url=url)
    client.set_queue_attributes(
        QueueUrl=url,
        Attributes={"KmsMasterKeyId": "", "KmsDataKeyReusePeriodSeconds": "300"},
    )
    t.record("get-queue-attributes-after-set-to-defaults", attributes_of, client=client, url=url)


@entry("TestSqsProvider::test_fifo_set_content_based_deduplication_strategy", PROTOCOLS)
def content_based_deduplication_strategy(t, protocol):
    client = of(t, protocol)
    url, _ = fifo(t, ContentBasedDeduplication="true")
    t.record("before-update", attributes_of, client=client, url=url)
    client.set_queue_attributes(QueueUrl=url, Attributes={"ContentBasedDeduplication": "false"})
    t.record("after-update", attributes_of, client=client, url=url)


@entry("TestSqsProvider::test_set_unsupported_attribute_fifo", PROTOCOLS)
def unsupported_attribute_fifo(t, protocol):
    client = of(t, protocol)
    standard, _ = t.queue()
    t.record(
        "invalid-attr-name-1",
        client.set_queue_attributes,
        QueueUrl=standard,
        Attributes={"FifoQueue": "true"},
    )
    url, _ = fifo(t)
    client.set_queue_attributes(QueueUrl=url, Attributes={"FifoQueue": "true"})
    t.record(
        "invalid-attr-name-2", client.set_queue_attributes, QueueUrl=url, Attributes={"FifoQueue": "false"}
    )


@entry("TestSqsProvider::test_set_unsupported_attribute_standard", PROTOCOLS)
def unsupported_attribute_standard(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    for key, value in [("1", "true"), ("2", "false")]:
        t.record(
            f"invalid-attr-name-{key}",
            client.set_queue_attributes,
            QueueUrl=url,
            Attributes={"FifoQueue": value},
        )


@entry("TestSqsProvider::test_create_standard_queue_with_fifo_attribute_raises_error", PROTOCOLS)
def fifo_attributes_of_a_standard_queue(t, protocol):
    tried = {
        "fifo-queue": {"FifoQueue": "false"},
        "content-based-deduplication": {"ContentBasedDeduplication": "true"},
        "deduplication-scope": {"DeduplicationScope": "queue"},
        "throughput-limit": {"FifoThroughputLimit": "perQueue"},
    }
    for key, attributes in tried.items():
        t.record(
            f"invalid-attribute-{key}", t.sqs.create_queue, QueueName=t.name(), Attributes=attributes
        )


@entry("TestSqsProvider::test_sse_kms_and_sqs_are_mutually_exclusive", PROTOCOLS)
def one_encryption(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    client.set_queue_attributes(
        QueueUrl=url, Attributes={"KmsMasterKeyId": "testKeyId", "SqsManagedSseEnabled": "false"}
    )
    refused = t.call(
        client.set_queue_attributes,
        QueueUrl=url,
        Attributes={"KmsMasterKeyId": "testKeyId", "SqsManagedSseEnabled": "true"},
    )["Error"]
    # What botocore makes of it, but for the retries that this client does not try.
    prefix = f"An error occurred ({refused['Code']}) when calling the SetQueueAttributes operation"
    t.record("error", f"{prefix}: {refused['Message']}")


@entry("TestSqsProvider::test_set_empty_redrive_policy", PROTOCOLS)
def empty_redrive_policy(t, protocol):
    client = of(t, protocol)
    _, dead = t.queue()
    policy = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": "42"})
    url, _ = t.queue(RedrivePolicy=policy)
    assert "RedrivePolicy" in attributes_of(client, url)["Attributes"]
    client.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
    assert "RedrivePolicy" not in attributes_of(client, url)["Attributes"]


@entry("TestSqsProvider::test_invalid_dead_letter_arn_rejected_before_lookup")
def invalid_dead_letter_arn(t):
    policy = json.dumps({"deadLetterTargetArn": "dummy", "maxReceiveCount": 42})
    try:
        t.queue(RedrivePolicy=policy)
    except t.sqs.exceptions.ClientError as refusal:
        assert refusal.response["Error"]["Code"] == "InvalidParameterValue", refusal
        return
    raise AssertionError("taken")


@entry("TestSqsProvider::test_sqs_permission_lifecycle", PROTOCOLS)
def permission_lifecycle(t, protocol):
    client = of(t, protocol)
    url, _ = t.queue()
    label = "crossaccountpermission"

    def policy(key):
        t.record(
            f"get-queue-policy-attribute{key}",
            client.get_queue_attributes,
            QueueUrl=url,
            AttributeNames=["Policy"],
        )

    def add(accounts, name=label):
        return t.call(
            client.add_permission,
            QueueUrl=url,
            Label=name,
            AWSAccountIds=accounts,
            Actions=["ReceiveMessage"],
        )

    t.record("add-permission-response", add(["668614515564", t.account]))
    policy("")
    t.record("remove-permission-response", client.remove_permission, QueueUrl=url, Label=label)
    policy("-after-removal")
    add([t.account])
    policy("-first-account-same-label")
    t.record("get-queue-policy-attribute-second-account-same-label", add(["668614515564"]))
    add([t.account], f"{label}2")
    policy("-second-account-different-label")
    client.remove_permission(QueueUrl=url, Label=label)
    policy("-delete-first-permission")
    client.remove_permission(QueueUrl=url, Label=f"{label}2")
    policy("-delete-second-permission")
    t.record(
        "get-queue-policy-attribute-delete-non-existent-label",
        client.remove_permission,
        QueueUrl=url,
        Label=f"{label}2",
    )


@entry("TestSqsQueryApi::test_send_message_via_queue_url_with_json_protocol")
def json_at_the_queue_url(t):
    url, _ = t.queue()
    at_queue = t.client("sqs")
    at_queue.meta.events.register(
        "request-created.sqs.ReceiveMessage", lambda request, **_: setattr(request, "url", url)
    )
    t.record("receive-json-on-queue-url", at_queue.receive_message, QueueUrl=url)
