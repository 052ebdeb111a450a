"""Destinations of subscriptions between accounts."""

import json

from harness import entry


def destination(t):
    """A destination's name, recorded answers hide it and what it leads to."""
    stream, name = t.name("stream"), t.name("destination")
    t.kinesis.create_stream(StreamName=stream, ShardCount=1)
    t.defer(t.kinesis.delete_stream, StreamName=stream)
    arn = f"arn:aws:kinesis:{t.region}:{t.account}:stream/{stream}"
    described = t.kinesis.describe_stream_summary
    t.until(
        lambda: described(StreamName=stream)["StreamDescriptionSummary"]["StreamStatus"]
        == "ACTIVE"
    )
    role = t.role()
    t.hide("destination", name)
    t.hide("stream-name", stream)
    t.hide("role-name", role.split("/")[-1])
    t.mask("creationTime", "timestamp")
    t.defer(t.logs.delete_destination, destinationName=name)
    return {"destinationName": name, "targetArn": arn, "roleArn": role}


@entry("TestDestinations::test_put_destination")
def made(t):
    t.record("put-destination", t.logs.put_destination, **destination(t))


@entry("TestDestinations::test_update_destination")
def updated(t):
    wanted = destination(t)
    t.logs.put_destination(**wanted)
    describe = t.logs.describe_destinations
    prefix = {"DestinationNamePrefix": wanted["destinationName"]}
    t.record("original-description", describe, **prefix)
    t.logs.put_destination(**wanted)
    t.record("updated-description", describe, **prefix)


@entry("TestDestinations::test_put_destination_policy")
def with_a_policy(t):
    wanted = destination(t)
    t.logs.put_destination(**wanted)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "logs.amazonaws.com"},
        "Action": "logs:PutSubscriptionFilter",
        "Resource": wanted["targetArn"],
    }
    name = wanted["destinationName"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    put = t.logs.put_destination_policy
    t.record("put-destination-policy", put, destinationName=name, accessPolicy=policy)
    describe = t.logs.describe_destinations
    t.record("destination-with-policy", describe, DestinationNamePrefix=name)


@entry("TestDestinations::test_delete_destination")
def deleted(t):
    wanted = destination(t)
    t.logs.put_destination(**wanted)
    name = wanted["destinationName"]
    t.record("delete-destination", t.logs.delete_destination, destinationName=name)
    describe = t.logs.describe_destinations
    t.record("no-destination-found", describe, DestinationNamePrefix=name)


@entry("TestDestinationsTags::test_destination_tags")
def tags(t):
    arn = t.logs.put_destination(**destination(t))["destination"]["arn"]
    t.logs.tag_resource(resourceArn=arn, tags={"key1": "val1", "key2": "val2"})
    get = t.logs.list_tags_for_resource
    t.record("list-tags-after-add", get, resourceArn=arn)
    t.logs.untag_resource(resourceArn=arn, tagKeys=["key2"])
    t.record("list-tags-after-remove", get, resourceArn=arn)
