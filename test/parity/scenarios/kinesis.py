"""Kinesis: streams, consumers and policies."""

import json

from harness import entry


def make(t, **settings):
    """A stream's name and ARN, once it is active."""
    name = t.name("stream")
    t.kinesis.create_stream(StreamName=name, **settings)
    t.defer(t.kinesis.delete_stream, StreamName=name, EnforceConsumerDeletion=True)

    def summary():
        answer = t.kinesis.describe_stream_summary(StreamName=name)
        found = answer["StreamDescriptionSummary"]
        return found if found["StreamStatus"] == "ACTIVE" else None

    return name, t.until(summary)["StreamARN"]


@entry("TestKinesis::test_create_stream_without_shard_count")
def on_demand(t):
    name, _ = make(t)
    t.mask("StartingHashKey", "starting_hash")
    t.mask("EndingHashKey", "ending_hash")
    description = t.kinesis.describe_stream(StreamName=name)["StreamDescription"]
    t.record("Shards", description["Shards"])


@entry("TestKinesis::test_stream_consumers")
def consumers(t):
    name, arn = make(t, ShardCount=1)
    t.mask("ConsumerCreationTimestamp", "timestamp")
    t.kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="consumer")

    def listed():
        found = t.kinesis.list_stream_consumers(StreamARN=arn)["Consumers"]
        return found if [it["ConsumerStatus"] for it in found] == ["ACTIVE"] else None

    t.record("One_consumer_by_list_stream", t.until(listed))
    described = t.kinesis.describe_stream_consumer(StreamARN=arn, ConsumerName="consumer")
    t.record("One_consumer_by_describe_stream", described["ConsumerDescription"])


@entry("TestKinesis::test_subscribe_to_shard")
def subscription(t):
    name, arn = make(t, ShardCount=1)
    registered = t.kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="consumer")
    consumer = registered["Consumer"]["ConsumerARN"]

    def active():
        found = t.kinesis.describe_stream_consumer(ConsumerARN=consumer)
        return found["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE"

    t.until(active)
    description = t.kinesis.describe_stream(StreamName=name)["StreamDescription"]
    subscribed = t.kinesis.subscribe_to_shard(
        ConsumerARN=consumer,
        ShardId=description["Shards"][0]["ShardId"],
        StartingPosition={"Type": "TRIM_HORIZON"},
    )
    data = [f"Hello world_{number}" for number in range(5)]
    entries = [{"Data": text, "PartitionKey": "1"} for text in data]
    t.kinesis.put_records(StreamName=name, Records=entries)
    t.mask("ApproximateArrivalTimestamp", "timestamp")
    events = []
    for event in subscribed["EventStream"]:
        if event["SubscribeToShardEvent"]["Records"]:
            events.append(event["SubscribeToShardEvent"])
        if sum(len(event["Records"]) for event in events) == len(data):
            break
    t.record("Events", events)


@entry("TestKinesis::test_resource_policy_crud")
def policy(t):
    _, arn = make(t, ShardCount=1)
    get, put = t.kinesis.get_resource_policy, t.kinesis.put_resource_policy

    def document(sid, action):
        statement = {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{t.account}:root"},
            "Action": action,
            "Resource": arn,
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    t.record("default_policy_if_not_set", get, ResourceARN=arn)
    first = document("AllowCrossAccountWrite", "kinesis:PutRecord")
    t.record("put_resource_policy_if_not_set", put, ResourceARN=arn, Policy=first)
    t.record("get_resource_policy_after_set", get, ResourceARN=arn)
    actions = ["kinesis:PutRecord", "kinesis:GetRecords"]
    second = document("AllowCrossAccountReadWrite", actions)
    t.record("update_resource_policy", put, ResourceARN=arn, Policy=second)
    t.record("get_resource_policy_after_update", get, ResourceARN=arn)
    delete = t.kinesis.delete_resource_policy
    t.record("delete_resource_policy", delete, ResourceARN=arn)
    t.record("get_resource_policy_after_delete", get, ResourceARN=arn)
