"""What a user of boto3 does first, against the endpoint in AWS_ENDPOINT_URL; prints one word a step that held."""

import base64
import io
import json
import time
import zipfile

import boto3
from botocore.exceptions import ClientError

CODE = """
import boto3, os
def handler(event, context):
    print('event', event)
    if event.get('fail'):
        raise ValueError('as asked')
    if 'Records' in event:
        record = event['Records'][0]
        boto3.resource('dynamodb').Table('story').put_item(
            Item={'id': record['s3']['object']['key'], 'size': record['s3']['object']['size']})
    return {'hello': event.get('name'), 'function': context.function_name}
"""


def zipped(name, text):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


def held(step):
    print(step, flush=True)


def until(look, seconds=20):
    deadline = time.time() + seconds
    while time.time() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("did not come in time")


s3, awslambda, dynamodb = boto3.client("s3"), boto3.client("lambda"), boto3.resource("dynamodb")
account = boto3.client("sts").get_caller_identity()["Account"]
held("identity")

s3.create_bucket(Bucket="story")
s3.put_object(Bucket="story", Key="a/b c.txt", Body=b"x" * 100_000, Metadata={"who": "Ada"})
got = s3.get_object(Bucket="story", Key="a/b c.txt", Range="bytes=0-9")
assert got["Body"].read() == b"x" * 10 and got["Metadata"] == {"who": "Ada"}, got
held("objects")

s3.upload_fileobj(io.BytesIO(b"y" * 20_000_000), "story", "large")
assert s3.head_object(Bucket="story", Key="large")["ContentLength"] == 20_000_000
held("multipart")

table = dynamodb.create_table(
    TableName="story",
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    BillingMode="PAY_PER_REQUEST",
)
table.wait_until_exists()
table.put_item(Item={"id": "1", "tags": {"a", "b"}, "list": [1, {"deep": None}]})
assert table.get_item(Key={"id": "1"})["Item"]["tags"] == {"a", "b"}
held("items")

arn = awslambda.create_function(
    FunctionName="story",
    Runtime="python3.12",
    Handler="app.handler",
    Role=f"arn:aws:iam::{account}:role/story",
    Timeout=20,
    MemorySize=512,
    Code={"ZipFile": zipped("app.py", CODE)},
)["FunctionArn"]
awslambda.get_waiter("function_active_v2").wait(FunctionName="story")
answer = awslambda.invoke(
    FunctionName="story", Payload=json.dumps({"name": "Ada"}), LogType="Tail",
    ClientContext=base64.b64encode(b'{"custom":{}}').decode(),
)
said = json.load(answer["Payload"])
assert said == {"hello": "Ada", "function": "story"}, said
assert "REPORT RequestId" in base64.b64decode(answer["LogResult"]).decode()
held("invoke")

failed = awslambda.invoke(FunctionName="story", Payload=json.dumps({"fail": True}))
assert failed["FunctionError"] == "Unhandled", failed
error = json.load(failed["Payload"])
assert error["errorType"] == "ValueError" and error["errorMessage"] == "as asked", error
held("failure")

awslambda.add_permission(
    FunctionName="story", StatementId="s3", Action="lambda:InvokeFunction",
    Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::story",
)
s3.put_bucket_notification_configuration(
    Bucket="story",
    NotificationConfiguration={
        "LambdaFunctionConfigurations": [
            {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}
        ]
    },
)
s3.put_object(Bucket="story", Key="event", Body=b"12345")
item = until(lambda: table.get_item(Key={"id": "event"}).get("Item"))
assert item["size"] == 5, item
held("event")

logs = boto3.client("logs")
until(lambda: logs.filter_log_events(logGroupName="/aws/lambda/story", filterPattern="as")["events"])
held("logs")

try:
    awslambda.invoke(FunctionName="nobody")
    raise AssertionError("a missing function was invoked")
except ClientError as missing:
    assert missing.response["Error"]["Code"] == "ResourceNotFoundException"
    expected = f"Function not found: arn:aws:lambda:us-east-1:{account}:function:nobody:$LATEST"
    assert missing.response["Error"]["Message"] == expected, missing
held("errors")
