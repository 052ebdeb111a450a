"""DynamoDB through boto3: the resource interface, which marshals values by itself. Run by dynamodb-boto3.test.ts."""
import sys
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

options = dict(
    endpoint_url=sys.argv[1],
    region_name="eu-west-1",
    aws_access_key_id="AKIAHEARTHEXAMPLE000",
    aws_secret_access_key="a secret of the tests",
)
dynamodb = boto3.resource("dynamodb", **options)

table = dynamodb.create_table(
    TableName="films",
    KeySchema=[
        {"AttributeName": "year", "KeyType": "HASH"},
        {"AttributeName": "title", "KeyType": "RANGE"},
    ],
    AttributeDefinitions=[
        {"AttributeName": "year", "AttributeType": "N"},
        {"AttributeName": "title", "AttributeType": "S"},
    ],
    BillingMode="PAY_PER_REQUEST",
)
table.wait_until_exists()
table.reload()
assert table.table_status == "ACTIVE", table.table_status

with table.batch_writer() as batch:
    for number in range(60):
        batch.put_item(
            Item={
                "year": 2000 + number % 3,
                "title": f"film {number:02}",
                "rating": Decimal("7.25"),
                "tags": {"a", "b"},
                "poster": b"\x00\xff",
                "info": {"actors": ["x", None, True]},
            }
        )

item = table.get_item(Key={"year": 2000, "title": "film 00"})["Item"]
assert item["rating"] == Decimal("7.25") and item["tags"] == {"a", "b"}, item
assert bytes(item["poster"]) == b"\x00\xff" and item["info"] == {"actors": ["x", None, True]}, item

found = table.query(
    KeyConditionExpression=Key("year").eq(2001) & Key("title").begins_with("film 0"),
    FilterExpression=Attr("rating").gt(7) & Attr("tags").contains("a") & ~Attr("nowhere").exists(),
    ProjectionExpression="title",
)
assert [each["title"] for each in found["Items"]] == ["film 01", "film 04", "film 07"], found

updated = table.update_item(
    Key={"year": 2000, "title": "film 00"},
    UpdateExpression="SET rating = rating + :one, info.actors = list_append(info.actors, :more) ADD #tags :c",
    ExpressionAttributeNames={"#tags": "tags"},
    ExpressionAttributeValues={":one": 1, ":more": ["y"], ":c": {"c"}},
    ReturnValues="UPDATED_NEW",
)["Attributes"]
assert updated == {
    "rating": Decimal("8.25"),
    "info": {"actors": ["x", None, True, "y"]},
    "tags": {"a", "b", "c"},
}, updated

try:
    table.delete_item(Key={"year": 2000, "title": "film 00"}, ConditionExpression=Attr("rating").lt(1))
    raise AssertionError("the condition held")
except ClientError as error:
    assert error.response["Error"]["Code"] == "ConditionalCheckFailedException", error

pages = list(table.meta.client.get_paginator("scan").paginate(TableName="films", PaginationConfig={"PageSize": 7}))
assert sum(page["Count"] for page in pages) == 60, len(pages)
assert dynamodb.Table("films").item_count == 60
table.delete()
table.wait_until_not_exists()
print("ok")
