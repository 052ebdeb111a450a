"""Integrations, their responses, and methods that are tried."""

import json
import re

from harness import entry

from ..apigateway_tools import MOCK_TEMPLATE, api_ids, method, mock, patch


@entry("TestApigatewayIntegration::test_put_integration_request_parameter_bool_type")
def parameter_types(t):
    api, root = api_ids(t)
    at = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    name = "integration.request.path.integrationPath"
    t.record(
        "bool-method",
        t.apigateway.put_method,
        **at,
        authorizationType="NONE",
        requestParameters={"method.request.path.testPath": True},
    )
    put = lambda key, value: t.record(
        key, t.apigateway.put_integration, **at, type="MOCK", requestParameters={name: value}
    )
    put("put-method-request-param-wrong-type", "true")
    put("put-integration-request-param-wrong-type", True)
    put("put-integration-request-param-bool-value", True)


@entry("TestApigatewayTestInvoke::test_failed_invoke_test_method")
def failed_try(t):
    api, root = api_ids(t)
    at = method(t, api, root)
    uri = "http://${stageVariables.host}/"
    t.apigateway.put_integration(**at, type="HTTP", integrationHttpMethod="GET", uri=uri)
    answer = t.apigateway.test_invoke_method(**at)
    request = answer["log"].split("\n")[0].split(" ")[-1]
    t.hide("request-id-1", request)
    t.hide("latency", answer["latency"])
    lines = [masked_date(line) for line in answer["log"].split("\n")]
    log = {f"line{index:02d}": line for index, line in enumerate(lines)}
    t.record(
        "test-invoke-failure",
        {**answer, "body": json.loads(answer["body"]), "log": log, "latency": "<latency>"},
    )


def masked_date(line):
    return re.sub(r"^\w+ \w+ \d+ [\d:]+ UTC \d+", "DDD MMM dd hh:mm:ss UTC yyyy", line)


@entry("TestApigatewayIntegration::test_create_integration_with_vpc_link")
def vpc_link_integration(t):
    api, root = api_ids(t)
    at = method(t, api, root)
    host = f"my-vpclink-test-nlb-1234567890abcdef.{t.region}.amazonaws.com"
    t.record(
        "put-integration-vpc-link",
        t.apigateway.put_integration,
        **at,
        type="HTTP_PROXY",
        integrationHttpMethod="GET",
        uri=f"http://{host}",
        connectionType="VPC_LINK",
        connectionId="${stageVariables.vpcLinkId}",
    )
    t.record("get-integration-vpc-link", t.apigateway.get_integration, **at)
    operation = patch("replace", "/connectionId", "${stageVariables.vpcLinkIdBeta}")
    t.record(
        "update-integration-vpc-link",
        t.apigateway.update_integration,
        **at,
        patchOperations=[operation],
    )
    t.record("get-integration-update-vpc-link", t.apigateway.get_integration, **at)


@entry("TestApigatewayIntegration::test_get_integration_non_existent")
def missing_integrations(t):
    api, root = api_ids(t)
    right = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    get = lambda key, **wrong: t.record(key, t.apigateway.get_integration, **{**right, **wrong})
    get("get-integration-no-api", restApiId="wrong")
    get("get-integration-no-resource", resourceId="wrong")
    get("get-integration-no-method")
    method(t, api, root)
    get("get-integration-no-integration")


@entry("TestApigatewayIntegrationResponse::test_lifecycle_integration_response")
def integration_responses(t):
    api, root = api_ids(t)
    at = method(t, api, root)
    t.apigateway.put_integration(**at, type="MOCK", requestTemplates=MOCK_TEMPLATE)
    one = {**at, "statusCode": "200"}
    put = t.apigateway.put_integration_response
    templates = {"application/json": '"created"'}
    t.record(
        "put-integration-response",
        put,
        **one,
        selectionPattern="",
        responseTemplates=templates,
    )
    t.record("get-integration-response", t.apigateway.get_integration_response, **one)
    operations = [patch("replace", "/selectionPattern", "updated-pattern")]
    t.record(
        "update-integration-response",
        t.apigateway.update_integration_response,
        **one,
        patchOperations=operations,
    )
    t.record(
        "overwrite-integration-response",
        put,
        **one,
        selectionPattern="overwrite-pattern",
        responseTemplates={"application/json": "overwrite"},
    )
    t.record("get-method", t.apigateway.get_method, **at)
    t.record("delete-integration-response", t.apigateway.delete_integration_response, **one)


def integration_response(t, key, **wrong):
    api, root = api_ids(t)
    at = mock(t, api, root)
    one = {**at, "statusCode": "200", **wrong}
    t.record(f"put-integration-response-{key}", t.apigateway.put_integration_response, **one)
    t.record(f"get-integration-response-{key}", t.apigateway.get_integration_response, **one)


@entry("TestApigatewayIntegrationResponse::test_integration_response_wrong_resource")
def response_of_wrong_resource(t):
    integration_response(t, "wrong-resource", resourceId="wrong")


@entry("TestApigatewayIntegrationResponse::test_integration_response_wrong_method")
def response_of_wrong_method(t):
    integration_response(t, "wrong-method", httpMethod="POST")


@entry("TestApigatewayIntegrationResponse::test_integration_response_invalid_statuscode")
def response_of_wrong_status(t):
    integration_response(t, "invalid-statusCode", statusCode="wrong")


@entry("TestApigatewayIntegrationResponse::test_integration_response_invalid_integration")
def response_without_integration(t):
    api, root = api_ids(t)
    at = method(t, api, root)
    get = t.apigateway.get_integration_response
    t.record("get-integration-response-without-integration", get, **at, statusCode="200")
