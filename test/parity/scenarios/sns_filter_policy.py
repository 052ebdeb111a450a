"""Filter policies of SNS: what is refused, and what passes."""

import json

from harness import entry

from .sns.tools import as_user, gathered, number, received, subscribe, subscribed


def refused(t, key, policy, **attributes):
    """Records the refusal of a policy; the recordings tell the first line of its message once more."""
    topic = t.topic()
    _, queue = t.queue()
    answer = t.call(
        t.sns.subscribe,
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue,
        Attributes={"FilterPolicy": json.dumps(policy, separators=(",", ":")), **attributes},
    )
    error = answer.get("Error")
    if error is not None:
        error["_normalized"] = error["Message"].split("\n")[0]
    t.record(key, answer)


@entry("TestSNSFilterPolicyConditions::test_validate_policy")
def validated(t):
    refused(t, "error-condition-list", {"key": [["value"]]})
    refused(t, "error-condition-operator", {"key": [{"wrong-operator": True}]})
    refused(
        t, "error-condition-two-operators", {"key": [{"suffix": "value", "prefix": "value2"}]}
    )


@entry("TestSNSFilterPolicyConditions::test_validate_policy_string_operators")
def string_operators(t):
    suffixes = {
        "is-numeric": 100,
        "is-none": None,
        "empty-list": [],
        "list-wrong-type": ["test", "test2"],
    }
    policies = {
        "empty-array": [],
        "is-not-list-and-operator": {"suffix": "value"},
        "is-not-list-two-ops": {"suffix": "value", "prefix": "value"},
        "is-not-list-and-no-operator": {"not-an-operator": "value"},
        "bad-type": [{"cidr": ["bad-filter"]}],
        **{name: [{"suffix": value}] for name, value in suffixes.items()},
    }
    cidrs = {
        "str": "bad-filter",
        "str-slash": "bad-filter/64",
        "str-slash-2": "bad-filter/bad-mask",
        "v4": "xx.11.xx/8",
        "v6": "xxxx:db8:1234:1a00::/64",
    }
    policies.update({f"bad-cidr-{name}": [{"cidr": cidr}] for name, cidr in cidrs.items()})
    for name, conditions in policies.items():
        refused(t, f"error-condition-{name}", {"key": conditions})


@entry("TestSNSFilterPolicyConditions::test_validate_policy_nested_anything_but_operator")
def anything_but(t):
    for name, pattern in {
        "wrong-operator": {"wrong-operator": None},
        "anything-but-suffix": {"suffix": "test"},
        "anything-but-exists": {"exists": False},
        "anything-but-prefix-wrong-type": {"prefix": False},
    }.items():
        refused(t, f"error-condition-{name}", {"key": [{"anything-but": pattern}]})


@entry("TestSNSFilterPolicyConditions::test_policy_complexity")
def complexity(t):
    def values(name, count):
        return [f"{name}{index}" for index in range(count)]

    def complex(key, policy):
        topic = t.topic()
        _, queue = t.queue()
        t.record(
            key,
            t.sns.subscribe,
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=queue,
            Attributes={"FilterPolicy": json.dumps(policy), "FilterPolicyScope": "MessageBody"},
        )

    complex(
        "error-complexity-in-one-condition",
        {"key_a": {"key_b": {"key_c": values("one", 8)}}, "key_d": {"key_e": values("two", 4)}},
    )
    complex(
        "error-complexity-in-two-conditions",
        {"key_a": values("one", 10), "key_b": {"key_c": values("two", 8)}},
    )
    complex("error-complexity-too-many-fields", {name: ["value"] for name in "abcdef"})


@entry("TestSNSFilterPolicyCrud::test_sub_filter_policy_nested_property")
def nested_property(t):
    topic = t.topic()
    _, queue = t.queue()
    subscription = subscribe(t, topic, queue, as_user(t))

    def set_attribute(name, value):
        return t.call(
            t.sns.set_subscription_attributes,
            SubscriptionArn=subscription,
            AttributeName=name,
            AttributeValue=value,
        )

    policy = json.dumps({"object": {"key": [{"prefix": "auto-"}]}})
    t.record("sub-filter-policy-nested-error", set_attribute("FilterPolicy", policy))
    set_attribute("FilterPolicyScope", "MessageBody")
    set_attribute("FilterPolicy", policy)
    t.record(
        "sub-attrs-after-setting-nested-policy",
        t.sns.get_subscription_attributes,
        SubscriptionArn=subscription,
    )


@entry("TestSNSFilterPolicyAttributes::test_exists_filter_policy_attributes_array")
def attribute_arrays(t):
    topic = t.topic()
    url, queue = t.queue()
    policy = json.dumps({"store": ["value1"]})
    subscription = subscribe(
        t, topic, queue, as_user(t), RawMessageDelivery="true", FilterPolicy=policy
    )
    t.record(
        "subscription-attributes-policy",
        t.sns.get_subscription_attributes,
        SubscriptionArn=subscription,
    )
    t.record("messages-init", received(t, url, seconds=1))
    for index, values in enumerate([["value1", "value2"], ["value1"], ["value2", "value3"]]):
        attribute = {"DataType": "String.Array", "StringValue": json.dumps(values)}
        t.sns.publish(
            TopicArn=topic,
            Message=f"message-{index + 1}",
            MessageAttributes={"store": attribute},
        )
        t.record(f"messages-{index + 1}", received(t, url, seconds=2))


def body_subscription(t, policy, topic=None, raw="true"):
    return subscribed(
        t,
        topic,
        FilterPolicy=json.dumps(policy),
        FilterPolicyScope="MessageBody",
        RawMessageDelivery=raw,
    )


def publish_all(t, topic, bodies):
    for body in bodies:
        t.sns.publish(TopicArn=topic, Message=json.dumps(body))


def sorted_by_body(found):
    found["Messages"].sort(key=lambda message: message["Body"])
    return found


@entry("TestSNSFilterPolicyBody::test_filter_policy_on_message_body", ["True", "False"])
def message_body(t, raw):
    policy = {"object": {"key": [{"prefix": "auto-"}, "hardcodedvalue"]}}
    topic, url, _ = body_subscription(t, policy, raw=raw.lower())
    t.record("recv-init", received(t, url, seconds=1))
    for index, key in enumerate(["auto-test", "hardcodedvalue"]):
        publish_all(t, topic, [{"object": {"key": key}}])
        t.record(f"recv-passed-msg-{index}", received(t, url))
    publish_all(t, topic, [{"object": {"key": "other"}}, {"object": {"test": "auto-"}}, "auto-"])
    t.sns.publish(TopicArn=topic, Message="no JSON")
    assert "Messages" not in received(t, url, seconds=1)


@entry("TestSNSFilterPolicyBody::test_filter_policy_for_batch")
def batch(t):
    topic = t.topic()
    user = as_user(t)
    urls, subscriptions = {}, {}
    policies = {
        "with-filter": {"FilterPolicy": json.dumps({"attr1": [{"numeric": [">", 0, "<=", 100]}]})},
        "no-filter": {},
    }
    for name, attributes in policies.items():
        urls[name], queue = t.queue()
        subscriptions[name] = subscribe(t, topic, queue, user, **attributes)
        t.record(
            f"subscription-attributes-{name}",
            t.sns.get_subscription_attributes,
            SubscriptionArn=subscriptions[name],
        )

    def look(name, when, seconds=5):
        t.record(f"messages-{name}-{when}", received(t, urls[name], seconds=seconds))

    def publish(message, value):
        attributes = {"attr1": number(value)}
        one = {"Id": "1", "Message": message, "MessageAttributes": attributes}
        t.sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[one])

    look("no-filter", "before-publish", 1)
    look("with-filter", "before-publish", 1)
    publish("This is a test message", "99")
    look("no-filter", "after-publish-ok")
    look("with-filter", "after-publish-ok")
    publish("This is another test message", "111")
    look("no-filter", "after-publish-ok-1")
    look("with-filter", "after-publish-filtered", 1)


@entry("TestSNSFilterPolicyBody::test_filter_policy_on_message_body_dot_attribute")
def dots(t):
    topic, url, subscription = body_subscription(
        t, {"object.nested": ["string.value"]}, raw="false"
    )
    t.record("recv-init", received(t, url, seconds=1))
    for index, body in enumerate(
        [{"object": {"nested": "string.value"}}, {"object.nested": "string.value"}]
    ):
        publish_all(t, topic, [body])
        t.record(f"recv-nested-msg-{index}", received(t, url))
    t.sns.set_subscription_attributes(
        SubscriptionArn=subscription,
        AttributeName="FilterPolicy",
        AttributeValue=json.dumps({"object.nested.test": ["string.value"]}),
    )
    for index, body in enumerate(
        [
            {"object": {"nested": {"test": "string.value"}}},
            {"object.nested.test": "string.value"},
            {"object.nested": {"test": "string.value"}},
            {"object": {"nested.test": "string.value"}},
        ]
    ):
        publish_all(t, topic, [body])
        t.record(f"recv-deep-nested-msg-{index}", received(t, url))


@entry("TestSNSFilterPolicyBody::test_filter_policy_on_message_body_array_attributes")
def arrays(t):
    topic = t.topic()
    urls = [
        body_subscription(t, {"headers": {"route-to": [name]}}, topic)[1]
        for name in ["queue1", "queue2"]
    ]
    routes = [["queue3"], ["queue1"], ["queue2"], ["queue1", "queue2"]]
    publish_all(t, topic, [{"headers": {"route-to": route}} for route in routes])
    for index, url in enumerate(urls):
        t.record(f"messages-queue-{index}", sorted_by_body(gathered(t, url, 2)))


@entry("TestSNSFilterPolicyBody::test_filter_policy_on_message_body_array_of_object_attributes")
def arrays_of_objects(t):
    policy = {
        "Records": {
            "s3": {"object": {"key": [{"prefix": "auto-"}]}},
            "eventName": [{"prefix": "ObjectCreated:"}],
        }
    }
    topic, url, _ = body_subscription(t, policy)

    def record(name, key, **more):
        object = {"key": key, "size": 17}
        return {"eventSource": "aws:s3", **more, "eventName": name, "s3": {"object": object}}

    bucket = t.name("bucket")
    created = record("ObjectCreated:Put", "auto-insurance-2314.xml", eventTime="2022-07-13T03:30:24Z")
    created["s3"] = {"bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"}, **created["s3"]}
    nested = record("ObjectCreated:Put", "auto-insurance-2314.xml")
    nested["s3"]["object"] = [[nested["s3"]["object"]]]
    removed = record("ObjectRemoved:Delete", "home-insurance-2314.xml")
    publish_all(
        t, topic, [{"Records": [created]}, {"Records": [nested, removed]}, {"Records": [removed]}]
    )
    found = gathered(t, url, 2)
    found["Messages"].sort(key=lambda message: len(json.loads(message["Body"])["Records"]), reverse=True)
    t.record("messages", found)


@entry("TestSNSFilterPolicyBody::test_filter_policy_on_message_body_or_attribute")
def alternatives(t):
    policy = {
        "$or": [
            {"metricName": ["CPUUtilization", "ReadLatency"]},
            {"namespace": ["AWS/EC2", "AWS/ES"]},
        ],
        "detail": {
            "scope": ["Service"],
            "$or": [
                {"source": ["aws.cloudwatch"]},
                {"type": ["CloudWatch Alarm State Change"]},
            ],
        },
    }
    topic, url, _ = body_subscription(t, policy)
    watch = {"scope": "Service", "source": "aws.cloudwatch"}
    alarm = {"scope": "Service", "type": "CloudWatch Alarm State Change"}
    passing = [
        {"metricName": "CPUUtilization", "detail": watch},
        {"metricName": "ReadLatency", "detail": watch},
        {"namespace": "AWS/EC2", "detail": watch},
        {"namespace": "AWS/ES", "detail": watch},
        {"metricName": "CPUUtilization", "detail": alarm},
    ]
    others = [
        {"metricName": "AWS/Lambda", "detail": watch},
        {"metricName": "CPUUtilization", "detail": {**watch, "scope": "aws.cloudwatch"}},
        {"metricName": "CPUUtilization"},
        {"detail": watch},
    ]
    publish_all(t, topic, others + passing)
    t.record("messages-queue", sorted_by_body(gathered(t, url, len(passing))))


@entry("TestSNSFilterPolicyBody::test_filter_policy_ip_address_condition")
def addresses(t):
    policy = {
        "detail": {
            "$or": [
                {"sourceIPAddress": [{"cidr": "10.0.0.0/24"}]},
                {"sourceIPAddressV6": [{"cidr": "2001:db8:1234:1a00::/64"}]},
            ]
        }
    }
    topic, url, _ = body_subscription(t, policy)

    def event(id, **detail):
        return {
            "id": id,
            "source": "test-source",
            "detail-type": "test-detail-type",
            "account": "123456789012",
            "region": "my-region",
            "time": "2022-07-13T13:48:01Z",
            "detail": detail,
        }

    publish_all(
        t,
        topic,
        [
            event("1", sourceIPAddress="10.0.0.255"),
            event("2", sourceIPAddress="10.0.0.256"),
            event("3", sourceIPAddressV6="2001:0db8:1234:1a00:0000:0000:0000:0000"),
            event("4", sourceIPAddressV6="2001:0db8:123f:1a01:0000:0000:0000:0000"),
        ],
    )
    t.record("messages-queue", sorted_by_body(gathered(t, url, 2)))


@entry("TestSNSFilterPolicyBody::test_filter_policy_large_complex_payload")
def large_payload(t):
    """A body whose paths are far more than its bytes must be matched in time."""
    topic, url, _ = body_subscription(t, {"topic": [{"prefix": "test-"}]})
    lists = [[{"id": index, "values": list(range(10))} for index in range(20)] for _ in range(10)]
    body = {"topic": "test-topic", "lists": {f"list_{n}": lists for n in range(10)}}
    publish_all(t, topic, [body])
    assert "Messages" in received(t, url)
