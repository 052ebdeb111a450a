"""DynamoDB's tables and items, as AWS answered them."""

from harness import entry

TESTS = "TestDynamoDB::"
THROUGHPUT = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
PROVISIONED = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": THROUGHPUT}


def texts(**attributes):
    return {name: {"S": value} for name, value in attributes.items()}


def hidden_table(t, **arguments):
    """A table's name, which recordings write as `<test-table>`."""
    name = t.table(**arguments)["TableName"]
    t.hide("test-table", name)
    return name


@entry(TESTS + "test_valid_local_secondary_index")
def local_index(t):
    table = t.table(
        AttributeDefinitions=[
            {"AttributeName": "PK", "AttributeType": "S"},
            {"AttributeName": "SK", "AttributeType": "S"},
            {"AttributeName": "LSI1SK", "AttributeType": "N"},
        ],
        KeySchema=[
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "LSI1",
                "KeySchema": [
                    {"AttributeName": "PK", "KeyType": "HASH"},
                    {"AttributeName": "LSI1SK", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )["TableName"]
    item = {**texts(PK="test one", SK="hello"), "LSI1SK": {"N": "123"}}
    t.dynamodb.put_item(TableName=table, Item=item)
    t.record(
        "Items",
        t.dynamodb.query,
        TableName=table,
        IndexName="LSI1",
        KeyConditionExpression="PK = :v1",
        ExpressionAttributeValues={":v1": {"S": "test one"}},
        Select="ALL_ATTRIBUTES",
    )


@entry(TESTS + "test_empty_and_binary_values")
def empty_and_binary(t):
    table = hidden_table(t)
    first = {"id": {"S": "id1"}, "data": {"S": ""}}
    second = {"id": {"S": "id2"}, "data": {"B": b"\x90"}}
    t.record("PutFirstItem", t.dynamodb.put_item, TableName=table, Item=first)
    t.record("PutSecondItem", t.dynamodb.put_item, TableName=table, Item=second)


@entry(TESTS + "test_batch_write_binary")
def batch_write_binary(t):
    table = t.table()["TableName"]
    items = [{"id": {"S": name}, "data": {"B": b"\x90"}} for name in ("1", "2")]
    requests = {table: [{"PutRequest": {"Item": item}} for item in items]}
    t.record("Response", t.dynamodb.batch_write_item, RequestItems=requests)


@entry(TESTS + "test_batch_write_items")
def batch_write(t):
    table = t.table()["TableName"]
    requests = {
        table: [
            {"PutRequest": {"Item": texts(id="1")}},
            {"DeleteRequest": {"Key": texts(id="2")}},
        ]
    }
    t.record("BatchWriteResponse", t.dynamodb.batch_write_item, RequestItems=requests)


@entry(TESTS + "test_dynamodb_get_batch_items")
def batch_get(t):
    table = hidden_table(t)
    requests = {table: {"Keys": [texts(id="1")]}}
    t.record("Response", t.dynamodb.batch_get_item, RequestItems=requests)


@entry(TESTS + "test_dynamodb_execute_transaction")
def execute_transaction(t):
    table = t.table(key="Username")["TableName"]
    statements = [
        {"Statement": f"INSERT INTO {table} VALUE {{'Username': '{user}'}}"}
        for user in ("user01", "user02")
    ]
    quoted = [
        {"Statement": each["Statement"].replace(table, f'"{table}"')} for each in statements
    ]
    t.record("ExecutedTransaction", t.dynamodb.execute_transaction, TransactStatements=quoted)
    t.record("TableScan", t.dynamodb.scan, TableName=table, unordered=("Items",))


@entry(TESTS + "test_dynamodb_batch_execute_statement")
def batch_execute(t):
    table = hidden_table(t, key="Username")
    t.dynamodb.put_item(TableName=table, Item=texts(Username="user02"))
    statements = [
        {"Statement": f"INSERT INTO \"{table}\" VALUE {{'Username': 'user01'}}"},
        {"Statement": f"UPDATE \"{table}\" SET Age=20 WHERE Username='user02'"},
    ]
    t.record("ExecutedStatement", t.dynamodb.batch_execute_statement, Statements=statements)
    for key, user in [("ItemUser2", "user02"), ("ItemUser1", "user01")]:
        found = t.dynamodb.get_item(TableName=table, Key=texts(Username=user))
        t.record(key, found["Item"])


@entry(TESTS + "test_dynamodb_partiql_missing")
def partiql_missing(t):
    table = t.table(key="Username")["TableName"]
    t.dynamodb.put_item(TableName=table, Item=texts(FirstName="Alice", Username="Alice123"))
    t.dynamodb.put_item(TableName=table, Item=texts(Username="Bob123"))
    found = t.dynamodb.execute_statement(
        Statement=f'SELECT * FROM "{table}" WHERE FirstName IS NOT MISSING'
    )
    t.record("FirstNameNotMissing", found["Items"])


@entry(TESTS + "test_dynamodb_execute_statement_empy_parameter")
def empty_parameters(t):
    table = t.table()["TableName"]
    t.record(
        "invalid-param-error",
        t.dynamodb.execute_statement,
        Statement=f'SELECT * FROM "{table}"',
        Parameters=[],
    )


@entry(TESTS + "test_transaction_write_canceled")
def transaction_canceled(t):
    table = t.table()["TableName"]
    item = {"TableName": table, "Item": texts(id="1")}
    t.dynamodb.put_item(**item)
    actions = [
        {"Put": {**item, "ConditionExpression": "attribute_not_exists(id)"}},
        {"Put": {"TableName": table, "Item": texts(id="2")}},
    ]
    try:
        t.dynamodb.transact_write_items(TransactItems=actions)
    except t.dynamodb.exceptions.ClientError as error:
        t.record("Error", str(error).replace(" (reached max retries: 0)", ""))


@entry(TESTS + "test_dynamodb_idempotent_writing")
def idempotent_writing(t):
    table = t.table()["TableName"]
    request = {
        "TransactItems": [{"Put": {"TableName": table, "Item": texts(id="1")}}],
        "ClientRequestToken": t.name()[:36],
    }
    for key in ("Response1", "Response2"):
        t.record(key, t.dynamodb.transact_write_items, **request)


@entry(TESTS + "test_continuous_backup_update")
def continuous_backups(t):
    at = {"TableName": t.table()["TableName"]}
    t.record(
        "update-continuous-backup",
        t.dynamodb.update_continuous_backups,
        **at,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    t.record("describe-continuous-backup", t.dynamodb.describe_continuous_backups, **at)


@entry(TESTS + "test_return_values_on_conditions_check_failure")
def values_on_failure(t):
    table = t.table()["TableName"]
    item = {**texts(id="456", product="sporting goods"), "price": {"N": "650"}}
    t.dynamodb.put_item(TableName=table, Item=item)
    t.record(
        "items",
        t.dynamodb.delete_item,
        TableName=table,
        Key=texts(id="456"),
        ConditionExpression="(product IN (:a, :b)) and (price between :low and :high)",
        ExpressionAttributeValues={
            ":a": {"S": "sporting goods"},
            ":b": {"S": "gardening"},
            ":low": {"N": "500"},
            ":high": {"N": "600"},
        },
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )


def create(t, key, name=None, **arguments):
    """Records CreateTable's answer for a table of an `id`; answers the name."""
    name = name or t.name("table")
    t.record(
        key,
        t.dynamodb.create_table,
        TableName=name,
        **{
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "ProvisionedThroughput": THROUGHPUT,
            **arguments,
        },
    )
    t.defer(t.dynamodb.delete_table, TableName=name)
    t.dynamodb.get_waiter("table_exists").wait(TableName=name)
    return name


STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


def describe_stream(t, table):
    """Records DescribeStream's answer; answers an iterator from the stream's beginning."""
    streams = t.client("dynamodbstreams")
    arn = t.dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    answer = t.until(lambda: t.call(streams.describe_stream, StreamArn=arn))
    [shard] = answer["StreamDescription"]["Shards"]
    shard["SequenceNumberRange"]["StartingSequenceNumber"] = "starting-sequence-number"
    t.record("describe-stream", answer)
    return streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]


def get_records(t, iterator, count):
    streams = t.client("dynamodbstreams")
    found = t.until(
        lambda: (
            records
            if len(records := streams.get_records(ShardIterator=iterator)["Records"]) >= count
            else None
        )
    )
    t.record("get-records", {"Records": found})


@entry(TESTS + "test_transact_write_items_streaming")
def transaction_streamed(t):
    table = create(t, "create-table", StreamSpecification=STREAM)
    iterator = describe_stream(t, table)
    t.record("put-item-1", t.dynamodb.put_item, TableName=table, Item=texts(id="Fred"))

    def transact(key, **action):
        actions = [{name: {"TableName": table, **value} for name, value in action.items()}]
        t.record(key, t.dynamodb.transact_write_items, TransactItems=actions)

    put = [
        {"Put": {"TableName": table, "Item": texts(id="NewKey")}},
        {"Put": {"TableName": table, "Item": texts(id="Fred")}},
    ]
    t.record(
        "transact-write-response-overwrite", t.dynamodb.transact_write_items, TransactItems=put
    )

    def update(name, **values):
        return {
            "Key": texts(id=name),
            "UpdateExpression": "SET " + ", ".join(f"{each} = :{each}" for each in values),
            "ExpressionAttributeValues": {f":{each}": {"S": v} for each, v in values.items()},
        }

    two = {"attr1": "value1", "attr2": "value2"}
    transact("transact-write-response-update", Update=update("NewKey", **two))
    transact("transact-write-update-insert", Update=update("NonExistentKey", attr1="value1"))
    last = [
        {"Delete": {"TableName": table, "Key": texts(id="NewKey")}},
        {"Put": {"TableName": table, "Item": texts(id="Fred", name="Fred")}},
    ]
    t.record("transact-write-response-delete", t.dynamodb.transact_write_items, TransactItems=last)
    get_records(t, iterator, 6)


@entry(TESTS + "test_transact_write_items_streaming_for_different_tables")
def transaction_of_two_tables(t):
    streamed = create(t, "create-table-stream", StreamSpecification=STREAM)
    plain = create(t, "create-table-no-stream")
    iterator = describe_stream(t, streamed)
    actions = [{"Put": {"TableName": name, "Item": texts(id="Fred")}} for name in (streamed, plain)]
    t.record("transact-write-two-tables", t.dynamodb.transact_write_items, TransactItems=actions)
    get_records(t, iterator, 1)


@entry(TESTS + "test_gsi_with_billing_mode", ["PAY_PER_REQUEST", "PROVISIONED"])
def global_index(t, mode):
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}
    is_provisioned = mode == "PROVISIONED"
    name = t.name("table")
    t.record(
        "create-table-with-gsi",
        t.dynamodb.create_table,
        TableName=name,
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in ("TID", "TRID")
        ],
        KeySchema=[{"AttributeName": "TID", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "TransactionRecordID",
                "KeySchema": [{"AttributeName": "TRID", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
                **(units if is_provisioned else {}),
            }
        ],
        **(
            {"ProvisionedThroughput": THROUGHPUT}
            if is_provisioned
            else {"BillingMode": "PAY_PER_REQUEST"}
        ),
        unordered=("AttributeDefinitions",),
    )
    t.defer(t.dynamodb.delete_table, TableName=name)
    t.dynamodb.get_waiter("table_exists").wait(TableName=name)
    t.record("describe-table", t.dynamodb.describe_table, TableName=name)


@entry(TESTS + "test_streams_on_global_tables")
def streams_of_global_tables(t):
    other = "eu-west-1"
    t.hide("region-2", other)
    table = t.table(StreamSpecification=STREAM)["TableName"]
    create_replica = [{"Create": {"RegionName": other}}]
    t.dynamodb.update_table(TableName=table, ReplicaUpdates=create_replica)
    t.defer(t.client("dynamodb", region=other).delete_table, TableName=table)
    for key, region in [("region-streams", t.region), ("secondary-region-streams", other)]:
        streams = t.client("dynamodbstreams", region=region)
        t.record(key, streams.list_streams, TableName=table)


@entry(TESTS + "test_table_warm_throughput")
def warm_throughput(t):
    warm = {"ReadUnitsPerSecond": 1000, "WriteUnitsPerSecond": 1200}
    table = create(t, "create-table", WarmThroughput=warm)
    t.record("describe-table", t.dynamodb.describe_table, TableName=table)


@entry(TESTS + "test_dynamodb_streams_describe_with_exclusive_start_shard_id")
def shards_after(t):
    """Nothing is recorded: after the only shard there is none."""
    view = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    arn = t.table(StreamSpecification=view)["LatestStreamArn"]
    streams = t.client("dynamodbstreams")
    shards = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    last = shards[-1]["ShardId"]
    found = streams.describe_stream(StreamArn=arn, ExclusiveStartShardId=last)
    if found["StreamDescription"]["Shards"]:
        raise AssertionError("a shard comes after the last")
