"""What integrations make of requests and responses: test_apigateway_integrations."""

import json

from harness import entry

from .apigateway_tools import api_ids, ask, method, mock


@entry("test_put_integration_response_with_response_template")
def response_template(t):
    api, root = api_ids(t)
    at = method(t, api, root)
    t.apigateway.put_method_response(**at, statusCode="200")
    template = {"application/json": '{"statusCode": 200}'}
    t.apigateway.put_integration(**at, type="MOCK", requestTemplates=template)
    one = {**at, "statusCode": "200"}
    t.apigateway.put_integration_response(
        **one,
        selectionPattern="foobar",
        responseTemplates={"application/json": json.dumps({"data": "test"})},
    )
    t.record("get-integration-response", t.apigateway.get_integration_response, **one)


@entry("test_integration_mock_with_path_param")
def mock_with_path(t):
    api, root = api_ids(t)
    create = t.apigateway.create_resource
    resource = create(restApiId=api, parentId=root, pathPart="{testPath}")["id"]
    at = {"restApiId": api, "resourceId": resource, "httpMethod": "GET"}
    source = "method.request.path.testPath"
    t.apigateway.put_method(**at, authorizationType="none", requestParameters={source: True})
    t.apigateway.put_method_response(**at, statusCode="200")
    t.record(
        "integration",
        t.apigateway.put_integration,
        **at,
        type="MOCK",
        requestParameters={"integration.request.path.integrationPath": source},
        requestTemplates={"application/json": "{statusCode: 200}"},
    )
    t.apigateway.put_integration_response(**at, statusCode="200", selectionPattern="")
    t.apigateway.create_deployment(restApiId=api, stageName="dev")
    assert ask(t, api, "dev", "/foobar")[0] == 200


@entry(
    "test_integration_mock_with_response_override_in_request_template",
    {"True": (True,), "False": (False,)},
)
def override_in_request(t, has_template):
    api, root = api_ids(t)
    at = method(t, api, root)
    t.apigateway.put_method_response(**at, statusCode="200")
    template = (
        "#set($context.responseOverride.status = 444)\n"
        '#set($context.responseOverride.header.foo = "bar")\n'
        '#set($context.responseOverride.custom = "is also passed around")\n'
        '{"statusCode": 200}'
    )
    t.apigateway.put_integration(
        **at, type="MOCK", requestTemplates={"application/json": template}
    )
    told = {
        "statusOverride": "$context.responseOverride.status",
        "fooHeader": "$context.responseOverride.header.foo",
        "custom": "$context.responseOverride.custom",
    }
    templates = {"application/json": json.dumps(told)} if has_template else {}
    t.apigateway.put_integration_response(
        **at, statusCode="200", selectionPattern="2\\d{2}", responseTemplates=templates
    )
    t.apigateway.create_deployment(restApiId=api, stageName="dev")
    status, headers, body = ask(t, api, "dev")
    assert headers["foo"] == "bar"
    body = body if has_template else repr(body.encode())
    t.record("response", {"body": body, "status_code": status})


@entry("test_integration_mock_with_vtl_map_assignation")
def map_assignment(t):
    template = (
        '#set($paramName = "foo")\n#set($context.requestOverride.querystring[$paramName] = "bar")\n'
        '#set($paramPutName = "putfoo")\n'
        '$context.requestOverride.querystring.put($paramPutName, "putBar")\n'
        '#set($context["requestOverride"].querystring["nestedfoo"] = "nestedFoo")\n'
        '{"statusCode": 200}'
    )
    told = {
        "value": "$context.requestOverride.querystring['foo']",
        "value2": "$context.requestOverride.querystring['putfoo']",
        "value3": "$context.requestOverride.querystring['nestedfoo']",
    }
    api, root = api_ids(t)
    at = mock(t, api, root, template=json.dumps(told))
    t.apigateway.put_integration(
        **at, type="MOCK", requestTemplates={"application/json": template}
    )
    response = {"application/json": json.dumps(told)}
    t.apigateway.put_integration_response(
        **at, statusCode="200", selectionPattern="", responseTemplates=response
    )
    t.apigateway.create_deployment(restApiId=api, stageName="dev")
    status, _, body = ask(t, api, "dev")
    t.record("response", {"body": body, "status_code": status})
