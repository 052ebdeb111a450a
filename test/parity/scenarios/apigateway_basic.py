"""Deployed REST APIs that answer by themselves: test_apigateway_basic."""

import json

from harness import entry

from .apigateway_tools import api_ids, ask, mock, patch

BEHAVIOURS = ["WHEN_NO_MATCH", "NEVER", "WHEN_NO_TEMPLATES"]


@entry("TestAPIGateway::test_update_rest_api_deployment")
def update_deployment(t):
    api, root = api_ids(t)
    mock(t, api, root)
    made = t.apigateway.create_deployment(restApiId=api, description="my deployment")["id"]
    at = {"restApiId": api, "deploymentId": made}
    operations = [patch("replace", "/description", "new-description")]
    t.record("after-update", t.apigateway.update_deployment, **at, patchOperations=operations)


@entry(
    "TestIntegrations::test_mock_integration_response",
    {
        f"{behaviour}-UrlType.{kind}-{method}": (behaviour, kind, method)
        for behaviour in BEHAVIOURS
        for kind in ["PATH_BASED", "HOST_BASED"]
        for method in ["GET", "POST"]
    },
)
def mocks(t, behaviour, kind, method):
    api, root = api_ids(t)
    create = t.apigateway.create_resource
    resource = create(restApiId=api, parentId=root, pathPart="{id}")["id"]
    at = {"restApiId": api, "resourceId": resource, "httpMethod": method}
    t.apigateway.put_method(**at, authorizationType="NONE")
    t.apigateway.put_integration(
        **at,
        type="MOCK",
        passthroughBehavior=behaviour,
        requestTemplates={"application/json": '{"statusCode":200}'},
    )
    t.apigateway.put_method_response(**at, statusCode="200")
    t.apigateway.put_integration_response(
        **at,
        statusCode="200",
        responseTemplates={
            "application/json": '{"statusCode": 200, "id": $input.params().path.id}'
        },
    )
    t.apigateway.create_deployment(restApiId=api, stageName="dev")
    if kind == "HOST_BASED":
        t.record("mock-response", ask(t, api, "dev", "/42", method)[2])
        return
    status, _, text = t.http(f"{t.endpoint}/_aws/execute-api/{api}/dev/42", method)
    assert status == 200
    t.record("mock-response", json.loads(text))
