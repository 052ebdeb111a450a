"""Streams behind REST APIs: test_apigateway_kinesis."""

from harness import entry

from .apigateway_services import action_uri, service_api
from .apigateway_tools import ask

TEMPLATE = """{"StreamName": "STREAM", "Records": [
#foreach($elem in $input.path('$.records'))
{"Data": "$util.base64Encode($elem.data)", "PartitionKey": "$elem.key"}#if($foreach.hasNext),#end
#end
]}"""


@entry("test_apigateway_to_kinesis", {"PutRecords": ("PutRecords",)})
def put_records(t, action):
    stream = t.name("stream")
    t.kinesis.create_stream(StreamName=stream, ShardCount=1)
    t.defer(t.kinesis.delete_stream, StreamName=stream)
    t.kinesis.get_waiter("stream_exists").wait(StreamName=stream)
    api = service_api(
        t,
        uri=action_uri(t, "kinesis", action),
        requestTemplates={"application/json": TEMPLATE.replace("STREAM", stream)},
    )
    records = [{"data": f'{{"foo": "bar{index}"}}', "key": "20"} for index in [1, 2, 3]]
    status, _, body = ask(t, api, "dev", "/", "POST", {"records": records})
    assert status == 200, (status, body)
    t.record("apigateway_response", body)
    shard = body["Records"][0]["ShardId"]
    iterator = t.kinesis.get_shard_iterator(
        StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    t.record("kinesis_records", t.kinesis.get_records, ShardIterator=iterator)
