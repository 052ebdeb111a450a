"""What DynamoDB's streams and Kinesis are told of tables, as AWS answered it."""

import json

from harness import entry

TESTS = "TestDynamoDBStreams::"


@entry(TESTS + "test_enable_kinesis_streaming_destination")
def kinesis_destination(t):
    stream = t.name("stream")
    t.kinesis.create_stream(StreamName=stream, ShardCount=1)
    t.defer(t.kinesis.delete_stream, StreamName=stream)
    t.kinesis.get_waiter("stream_exists").wait(StreamName=stream)
    described = t.kinesis.describe_stream(StreamName=stream)["StreamDescription"]
    table = t.table()["TableName"]
    t.dynamodb.enable_kinesis_streaming_destination(
        TableName=table, StreamArn=described["StreamARN"]
    )
    t.dynamodb.put_item(TableName=table, Item={"id": {"S": "test"}})
    iterator = t.kinesis.get_shard_iterator(
        StreamName=stream,
        ShardId=described["Shards"][0]["ShardId"],
        ShardIteratorType="TRIM_HORIZON",
    )["ShardIterator"]
    [found] = t.until(lambda: t.kinesis.get_records(ShardIterator=iterator)["Records"])
    data = json.loads(found["Data"])
    data["dynamodb"]["ApproximateCreationDateTime"] = "approximate-creation-date-time"
    t.record("result-records", [{**found, "Data": data}])


@entry(TESTS + "test_table_v2_stream")
def table_with_stream(t):
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    table = t.table(StreamSpecification=stream)["TableName"]
    t.record("global-table-v2", t.dynamodb.describe_table, TableName=table)
