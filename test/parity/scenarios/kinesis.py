"""Streams of Kinesis."""

import json

from harness import entry

C = "TestKinesis::"
TIME = "timestamp"


def stream(t, **arguments):
    """A stream's name and ARN, once it is active."""
    name = t.name("stream")
    t.kinesis.create_stream(StreamName=name, **arguments)
    t.defer(t.kinesis.delete_stream, StreamName=name, EnforceConsumerDeletion=True)

    def look():
        answer = t.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        return answer if answer["StreamStatus"] == "ACTIVE" else None

    arn = t.until(look)["StreamARN"]
    t.hide("stream-name", arn.split(":")[-1])
    return name, arn


@entry(f"{C}test_create_stream_without_shard_count")
def on_demand(t):
    name, _ = stream(t, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    t.mask("StartingHashKey", "starting_hash")
    t.mask("EndingHashKey", "ending_hash")
    found = t.kinesis.describe_stream(StreamName=name)["StreamDescription"]["Shards"]
    t.record("Shards", found)


@entry(f"{C}test_stream_consumers")
def consumers(t):
    _, arn = stream(t, ShardCount=1)
    t.mask("ConsumerCreationTimestamp", TIME)
    both = {"StreamARN": arn, "ConsumerName": "consumer"}
    made = t.kinesis.register_stream_consumer(**both)["Consumer"]["ConsumerARN"]
    t.hide("stream-consumer", made.split("/", 2)[-1])

    def look():
        found = t.kinesis.list_stream_consumers(StreamARN=arn)["Consumers"]
        return found if found[0]["ConsumerStatus"] == "ACTIVE" else None

    t.record("One_consumer_by_list_stream", t.until(look))
    described = t.kinesis.describe_stream_consumer(**both)["ConsumerDescription"]
    t.record("One_consumer_by_describe_stream", described)


@entry(f"{C}test_subscribe_to_shard")
def subscribed(t):
    name, arn = stream(t, ShardCount=1)
    t.mask("ApproximateArrivalTimestamp", TIME)
    made = t.kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="consumer")
    consumer = made["Consumer"]["ConsumerARN"]

    def active():
        found = t.kinesis.describe_stream_consumer(ConsumerARN=consumer)
        return found["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE"

    t.until(active)
    shard = t.kinesis.list_shards(StreamName=name)["Shards"][0]["ShardId"]
    for index in range(5):
        t.kinesis.put_record(StreamName=name, Data=f"Hello world_{index}", PartitionKey="1")
    answer = t.kinesis.subscribe_to_shard(
        ConsumerARN=consumer, ShardId=shard, StartingPosition={"Type": "TRIM_HORIZON"}
    )
    records = []
    for event in answer["EventStream"]:
        found = event["SubscribeToShardEvent"]
        records.extend(found["Records"])
        if len(records) >= 5:
            break
    answer["EventStream"].close()
    for record in records:
        record["Data"] = str(record["Data"])
    found["Records"] = records
    found.pop("ChildShards", None)
    t.record("Events", [found])


def policy(arn, sid, actions):
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
        "Action": actions,
        "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@entry(f"{C}test_resource_policy_crud")
def policies(t):
    _, arn = stream(t, ShardCount=1)

    def read(key):
        answer = t.kinesis.get_resource_policy(ResourceARN=arn)
        answer["Policy"] = json.loads(answer["Policy"])
        t.record(key, answer)

    put = t.kinesis.put_resource_policy
    read("default_policy_if_not_set")
    first = policy(arn, "AllowCrossAccountWrite", "kinesis:PutRecord")
    t.record("put_resource_policy_if_not_set", put, ResourceARN=arn, Policy=first)
    read("get_resource_policy_after_set")
    actions = ["kinesis:PutRecord", "kinesis:GetRecords"]
    second = policy(arn, "AllowCrossAccountReadWrite", actions)
    t.record("update_resource_policy", put, ResourceARN=arn, Policy=second)
    read("get_resource_policy_after_update")
    t.record("delete_resource_policy", t.kinesis.delete_resource_policy, ResourceARN=arn)
    read("get_resource_policy_after_delete")
