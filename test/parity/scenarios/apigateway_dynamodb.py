"""Tables behind REST APIs: test_apigateway_dynamodb."""

import json

from harness import entry

from .apigateway_services import action_uri, service_api
from .apigateway_tools import api_ids, ask, method


@entry("test_error_aws_proxy_not_supported")
def no_proxy(t):
    api, root = api_ids(t)
    at = method(t, api, root)
    t.record(
        "create-integration-error",
        t.apigateway.put_integration,
        **at,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=action_uri(t, "dynamodb", "Query"),
    )


@entry("test_rest_api_to_dynamodb_integration", {"PutItem": ("PutItem",)})
def put_item(t, action):
    table = t.table()["TableName"]
    for id in ["test", "test2", "test 3"]:
        t.dynamodb.put_item(TableName=table, Item={"id": {"S": id}})
    item = {"TableName": table, "Item": {"id": {"S": "$input.params('id')"}}}
    api = service_api(
        t,
        uri=action_uri(t, "dynamodb", action),
        requestTemplates={"application/json": json.dumps(item)},
    )
    status, headers, body = ask(t, api, "dev", "/?id=test-new", "POST", {})
    names = ["content-type", "x-amz-apigw-id", "x-amzn-requestid", "x-amzn-trace-id"]
    kept = {name: headers[name] for name in names}
    words = {"connection": "keep-alive", "content-length": "content-length", "date": "date"}
    kept = {**kept, **words, "x-amz-apigw-id": "x-amz-apigw-id"}
    t.record("result-put-item", {"content": body, "headers": kept, "status_code": status})
    t.record("result-scan", t.dynamodb.scan, TableName=table, unordered=("Items",))
