"""Destinations of subscription filters."""

import json

from harness import entry

C = "TestDestinations::"


def parts(t):
    """The ARNs of a stream of Kinesis and of a role that writes to it."""
    t.mask("creationTime", "timestamp")
    name = t.name("stream")
    t.kinesis.create_stream(StreamName=name, ShardCount=1)
    t.defer(t.kinesis.delete_stream, StreamName=name)

    def active():
        answer = t.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        return answer["StreamStatus"] == "ACTIVE"

    t.until(active)
    role = t.name("role")
    arn = t.role(role)
    t.hide("stream-name", name)
    t.hide("role-name", role)
    return f"arn:aws:kinesis:{t.region}:{t.account}:stream/{name}", arn


def put(t, name, target, role):
    t.hide("destination", name)
    t.defer(t.logs.delete_destination, destinationName=name)
    return t.call(
        t.logs.put_destination, destinationName=name, targetArn=target, roleArn=role
    )


@entry(f"{C}test_put_destination")
def made(t):
    t.record("put-destination", put(t, t.name("destination"), *parts(t)))


@entry(f"{C}test_update_destination")
def updated(t):
    name, (target, role) = t.name("destination"), parts(t)
    put(t, name, target, role)
    describe = t.logs.describe_destinations
    t.record("original-description", describe, DestinationNamePrefix=name)
    put(t, name, target, role)
    t.record("updated-description", describe, DestinationNamePrefix=name)


@entry(f"{C}test_put_destination_policy")
def policy(t):
    name, (target, role) = t.name("destination"), parts(t)
    put(t, name, target, role)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "logs.amazonaws.com"},
        "Action": "logs:PutSubscriptionFilter",
        "Resource": target,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    put_policy = t.logs.put_destination_policy
    t.record(
        "put-destination-policy", put_policy, destinationName=name, accessPolicy=document
    )
    answer = t.call(t.logs.describe_destinations, DestinationNamePrefix=name)
    for one in answer["destinations"]:
        one["accessPolicy"] = json.loads(one["accessPolicy"])
    t.record("destination-with-policy", answer)


@entry(f"{C}test_delete_destination")
def deleted(t):
    name = t.name("destination")
    put(t, name, *parts(t))
    t.record("delete-destination", t.logs.delete_destination, destinationName=name)
    describe = t.logs.describe_destinations
    t.record("no-destination-found", describe, DestinationNamePrefix=name)


@entry("TestDestinationsTags::test_destination_tags")
def tags(t):
    answer = put(t, t.name("destination"), *parts(t))
    arn = answer["destination"]["arn"]
    t.logs.tag_resource(resourceArn=arn, tags={"key1": "val1", "key2": "val2"})
    listing = t.logs.list_tags_for_resource
    t.record("list-tags-after-add", listing, resourceArn=arn)
    t.logs.untag_resource(resourceArn=arn, tagKeys=["key2"])
    t.record("list-tags-after-remove", listing, resourceArn=arn)
