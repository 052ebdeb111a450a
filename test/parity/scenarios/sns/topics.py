"""Topics."""

import json

from harness import entry

from .tools import attributes_of, fifo_topic

FAKE = "topic-that-is-not-there"


@entry("TestSNSTopicCrud::test_create_topic_with_attributes")
def topic_with_attributes(t):
    arn = fifo_topic(t, DisplayName="TestTopic", SignatureVersion="2")
    t.record("get-topic-attrs", attributes_of(t, arn))
    t.record("get-attrs-nonexistent-topic", attributes_of(t, f"{arn}-fake"))
    t.record("get-attrs-malformed-topic", attributes_of(t, "test-topic"))


@entry("TestSNSTopicCrud::test_tags")
def tags(t):
    arn = t.topic()
    t.record(
        "duplicate-key-error",
        t.sns.tag_resource,
        ResourceArn=arn,
        Tags=[{"Key": "k1", "Value": "v1"}, {"Key": "k1", "Value": "v2"}],
    )
    tags = [{"Key": "k1", "Value": "v1"}, {"Key": "k2", "Value": "v2"}]
    t.sns.tag_resource(ResourceArn=arn, Tags=tags)
    t.record("list-created-tags", t.sns.list_tags_for_resource, ResourceArn=arn)
    t.sns.untag_resource(ResourceArn=arn, TagKeys=["k1"])
    t.record("list-after-delete-tags", t.sns.list_tags_for_resource, ResourceArn=arn)
    t.sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "k2", "Value": "v2b"}])
    t.record("list-after-update-tags", t.sns.list_tags_for_resource, ResourceArn=arn)


@entry("TestSNSTopicCrud::test_tags_removed_after_deletion")
def tags_end_with_their_topic(t):
    name = t.name()
    arn = t.topic(name)
    tags = [{"Key": "k1", "Value": "v1"}, {"Key": "k2", "Value": "v2"}]
    t.sns.tag_resource(ResourceArn=arn, Tags=tags)
    t.record("list-created-tags", t.sns.list_tags_for_resource, ResourceArn=arn)
    t.sns.delete_topic(TopicArn=arn)
    t.topic(name)
    t.record("list-empty-tags", t.sns.list_tags_for_resource, ResourceArn=arn)


@entry("TestSNSTopicCrud::test_create_topic_test_arn")
def made_and_deleted(t):
    name = t.name()
    made = t.record("create-topic", t.sns.create_topic, Name=name)
    arn = made["TopicArn"]
    t.record("get-topic-attrs", attributes_of(t, arn))
    t.record("delete-topic", t.sns.delete_topic, TopicArn=arn)
    t.record("topic-not-exists", attributes_of(t, arn))


@entry("TestSNSTopicCrud::test_create_duplicate_topic_with_more_tags")
def more_tags(t):
    name = t.name()
    t.topic(name)
    tags = [{"Key": "123", "Value": "456"}]
    t.record("exception-duplicate", t.sns.create_topic, Name=name, Tags=tags)


@entry("TestSNSTopicCrud::test_create_duplicate_topic_check_idempotency")
def same_topic(t):
    name = t.name()
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    made = t.record("response-created", t.sns.create_topic, Name=name, Tags=tags)
    t.defer(t.sns.delete_topic, TopicArn=made["TopicArn"])
    for index, some in enumerate([[], tags[:1], tags[::-1]]):
        t.record(f"response-same-arn-{index}", t.sns.create_topic, Name=name, Tags=some)


@entry("TestSNSTopicCrud::test_create_topic_after_delete_with_new_tags")
def new_tags_after_deletion(t):
    name = t.name()
    made = t.record("topic-0", t.sns.create_topic, Name=name)
    t.sns.delete_topic(TopicArn=made["TopicArn"])
    tags = [{"Key": "Name", "Value": "abc"}]
    t.record("topic-1", t.sns.create_topic, Name=name, Tags=tags)
    t.defer(t.sns.delete_topic, TopicArn=made["TopicArn"])


@entry("TestSNSTopicCrud::test_topic_delivery_policy_crud")
def delivery_policy(t):
    content = {"http": {"defaultRequestPolicy": {"headerContentType": "application/json"}}}
    arn = fifo_topic(
        t, DisplayName="TestTopic", SignatureVersion="2", DeliveryPolicy=json.dumps(content)
    )
    t.record("get-topic-attrs", attributes_of(t, arn))

    def set_policy(key, policy):
        t.record(
            key,
            t.sns.set_topic_attributes,
            TopicArn=arn,
            AttributeName="DeliveryPolicy",
            AttributeValue=policy,
        )

    retries = {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1}
    set_policy("set-topic-attrs", json.dumps({"http": {"defaultHealthyRetryPolicy": retries}}))
    t.record("get-topic-attrs-after-update", attributes_of(t, arn))
    set_policy("set-topic-attrs-none", json.dumps({"http": {"defaultHealthyRetryPolicy": None}}))
    t.record("get-topic-attrs-after-none", attributes_of(t, arn))
    set_policy("set-topic-attrs-full-none", "")
    t.record("get-topic-attrs-after-delete", attributes_of(t, arn))


@entry("TestSNSTopicCrudV2::test_delete_non_existent_topic")
def delete_missing(t):
    arn = f"arn:aws:sns:{t.region}:{t.account}:{FAKE}"
    t.record("delete-non-existent-topic", t.sns.delete_topic, TopicArn=arn)


@entry("TestSNSTopicCrudV2::test_create_topic_should_be_idempotent")
def idempotent(t):
    name = t.name()
    arn = t.topic(name)
    t.sns.set_topic_attributes(
        TopicArn=arn, AttributeName="DisplayName", AttributeValue="AlreadySet"
    )
    t.record("topic-attrs-idempotent-1", attributes_of(t, arn))
    again = t.sns.create_topic(Name=name)["TopicArn"]
    t.record("topic-attrs-idempotent-2", attributes_of(t, again))


@entry("TestSNSTopicCrudV2::test_create_topic_different_attrs")
def other_attributes(t):
    name = t.name()

    def create(key, **attributes):
        return t.record(key, t.sns.create_topic, Name=name, Attributes=attributes)

    arn = create("create-topic", DisplayName="Value1")["TopicArn"]
    t.defer(t.sns.delete_topic, TopicArn=arn)
    create("create-topic-no-attrs")
    t.record("topic-attrs", attributes_of(t, arn))
    create("create-topic-diff-attrs", DisplayName="Value2")
    create("create-topic-new-attrs-fifo", FifoTopic="true")
    create("create-topic-new-attrs", SignatureVersion="2")
    create("create-topic-new-and-same-attrs", DisplayName="Value1", SignatureVersion="2")


@entry("TestSNSTopicCrudV2::test_create_topic_name_constraints")
def names(t):
    longest = "a" * 256
    made = t.record("valid-name-max-length", t.sns.create_topic, Name=longest)
    t.defer(t.sns.delete_topic, TopicArn=made["TopicArn"])
    fifo = {"FifoTopic": "true"}
    for key, name, attributes in [
        ("too-short", "", {}),
        ("too-long", f"{longest}a", {}),
        ("contains-fifo", "topic.fifo", {}),
        ("not-contains-fifo", "topic", fifo),
    ]:
        prefix = "fifo-name" if attributes else "name"
        t.record(f"{prefix}-{key}", t.sns.create_topic, Name=name, Attributes=attributes)
    for index, character in enumerate("?!*@#/: "):
        t.record(f"name-invalid-char-{index}", t.sns.create_topic, Name=f"topic{character}")


@entry("TestSNSTopicCrudV2::test_topic_get_attributes_with_fifo_false")
def fifo_false(t):
    arn = t.topic(FifoTopic="false")
    t.record("get-attrs-standard-topic", attributes_of(t, arn))
    t.record(
        "set-fifo-false-after-creation",
        t.sns.set_topic_attributes,
        TopicArn=arn,
        AttributeName="FifoTopic",
        AttributeValue="false",
    )


@entry("TestSNSTopicCrudV2::test_create_topic_in_multiple_regions")
def regions(t):
    places = {"primary": ("east", t.region), "secondary": ("west", "us-west-2")}
    name = t.name()
    clients = {place: t.client("sns", region=region) for place, (_, region) in places.items()}
    arns = {place: sns.create_topic(Name=name)["TopicArn"] for place, sns in clients.items()}
    for place, (_, region) in places.items():
        t.hide(f"region-{place}", region)
        t.defer(clients[place].delete_topic, TopicArn=arns[place])
        t.record(f"list-{place}", clients[place].list_topics())
    for place, (side, _) in places.items():
        t.record(f"topic-{side}", clients[place].get_topic_attributes(TopicArn=arns[place]))


@entry("TestSNSTopicCrudV2::test_topic_add_permission")
def add_permission(t):
    arn = t.topic()
    t.record("add-permission-response", permission(t, arn))
    t.record("topic-policy-after-permission", policy(t, arn))


@entry("TestSNSTopicCrudV2::test_topic_remove_permission")
def remove_permission(t):
    arn = t.topic()
    permission(t, arn)
    t.sns.remove_permission(TopicArn=arn, Label="test")
    t.record("topic-policy", policy(t, arn))


@entry("TestSNSTopicCrudV2::test_add_permission_errors")
def permission_errors(t):
    arn = t.topic()
    permission(t, arn)
    t.record("duplicate-label", permission(t, arn))
    t.record("topic-not-found", permission(t, f"{arn}-extra"))
    t.record("invalid-action", permission(t, arn, "test-2", "DeleteEverything"))


def permission(t, arn, label="test", action="Publish"):
    return t.call(
        t.sns.add_permission,
        TopicArn=arn,
        Label=label,
        AWSAccountId=[t.account],
        ActionName=[action],
    )


def policy(t, arn):
    return json.loads(attributes_of(t, arn)["Attributes"]["Policy"])


@entry("TestSNSTopicCrudV2::test_data_protection_policy_crud")
def data_protection(t):
    arn = t.topic()
    t.record("get-topic-attributes-before-policy", attributes_of(t, arn))
    statement = {
        "Sid": "test-statement",
        "DataDirection": "Inbound",
        "Principal": ["*"],
        "DataIdentifier": [
            f"arn:aws:dataprotection:{t.region}::data-identifier/EmailAddress"
        ],
        "Operation": {"Deny": {}},
    }
    policy = {
        "Name": "data_protection_policy",
        "Description": "Test Policy",
        "Version": "2021-06-01",
        "Statement": [statement],
    }
    t.record(
        "put-data-protection-policy",
        t.sns.put_data_protection_policy,
        ResourceArn=arn,
        DataProtectionPolicy=json.dumps(policy),
    )
    t.record(
        "get-data-protection-policy", t.sns.get_data_protection_policy, ResourceArn=arn
    )
    t.record("get-topic-attributes-after-policy", attributes_of(t, arn))


@entry("TestSNSMultiRegions::test_cross_region_access")
def cross_region(t):
    arn = t.topic()
    away = t.client("sns", region="eu-central-1")
    t.record(
        "set-topic-attrs",
        away.set_topic_attributes,
        TopicArn=arn,
        AttributeName="DisplayName",
        AttributeValue="name",
    )
    t.record("get-topic-attrs", away.get_topic_attributes, TopicArn=arn)
    t.record("cross-region-publish-forbidden", away.publish, TopicArn=arn, Message="test")
    t.record(
        "cross-region-subscribe",
        away.subscribe,
        TopicArn=arn,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:{t.region}:{t.account}:queue",
    )
    t.record("list-subs", away.list_subscriptions_by_topic, TopicArn=arn)
    t.record("delete-topic", away.delete_topic, TopicArn=arn)
