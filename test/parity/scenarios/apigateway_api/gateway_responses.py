"""What the gateway answers by itself."""

import json

from harness import entry

from ..apigateway_tools import api_ids, patch


PARAMETERS = {
    "gatewayresponse.header.x-request-path": "method.request.path.petId",
    "gatewayresponse.header.Access-Control-Allow-Origin": "'a.b.c'",
    "gatewayresponse.header.x-request-query": "method.request.querystring.q",
    "gatewayresponse.header.x-request-header": "method.request.header.Accept",
}


def gateway_template():
    return (
        '{\n     "message": $context.error.messageString,\n     "type":  "$context.error.responseType",\n'
        '     "stage":  "$context.stage",\n     "resourcePath":  "$context.resourcePath",\n'
        '     "stageVariables.a":  "$stageVariables.a",\n     "statusCode": "\'404\'"\n}'
    )


@entry("TestApiGatewayGatewayResponse::test_gateway_response_put")
def gateway_responses(t):
    api, _ = api_ids(t)
    put = lambda key, kind, **arguments: t.record(
        key, t.apigateway.put_gateway_response, restApiId=api, responseType=kind, **arguments
    )
    templates = {"responseTemplates": {"application/json": gateway_template()}}
    header = {
        "responseParameters": {
            "gatewayresponse.header.x-request-header": "method.request.header.Accept"
        }
    }
    kind = "MISSING_AUTHENTICATION_TOKEN"
    start = "put-gateway-response"
    put(f"{start}-all-value", kind, statusCode="404", responseParameters=PARAMETERS, **templates)
    put(f"{start}-status-only", kind, statusCode="404")
    put(f"{start}-response-parameters-only", kind, **header)
    put(f"{start}-response-templates-only", kind, **templates)
    put(f"{start}-default-5xx", "DEFAULT_5XX", statusCode="599", **header, **templates)
    ignored = {"responseParameters": {"gatewayresponse.header.foo": "'bar'"}}
    put(f"{start}-default-ignored", "AUTHORIZER_FAILURE", **ignored)
    t.record("get-gateway-responses", t.apigateway.get_gateway_responses, restApiId=api)


@entry("TestApiGatewayGatewayResponse::test_update_gateway_response")
def update_gateway_response(t):
    api, _ = api_ids(t)
    at = {"restApiId": api, "responseType": "DEFAULT_4XX"}
    change = lambda key, *operations: t.record(
        key, t.apigateway.update_gateway_response, **at, patchOperations=list(operations)
    )
    change("update-gateway-response-not-set", patch("replace", "/statusCode", "444"))
    t.record("default-get-gateway-response", t.apigateway.get_gateway_response, **at)
    template = json.dumps({"application/json": '{"message":$context.error.messageString}'})
    t.record(
        "put-gateway-response",
        t.apigateway.put_gateway_response,
        **at,
        statusCode="404",
        responseParameters=PARAMETERS,
        responseTemplates={"application/json": template},
    )
    xml = (
        "<gatewayResponse><message>$context.error.messageString</message>"
        "<type>$context.error.responseType</type></gatewayResponse>"
    )
    origin = "/responseParameters/gatewayresponse.header.Access-Control-Allow-Origin"
    change(
        "update-gateway-response",
        patch("replace", "/statusCode", "444"),
        patch("replace", origin, "'example.com'"),
        patch("add", "/responseTemplates/application~1xml", xml),
    )
    t.record("get-gateway-response", t.apigateway.get_gateway_response, **at)
    for key, operation in [
        ("add-status-code", patch("add", "/statusCode", "444")),
        ("remove-status-code", patch("remove", "/statusCode")),
        (
            "replace-invalid-parameter",
            patch("replace", "/responseParameters/gatewayresponse.header.wrong", "'x'"),
        ),
        ("no-path", {"op": "add", "value": "x"}),
        ("wrong-op", patch("wrong-op", "/statusCode", "444")),
        ("wrong-path", patch("replace", "/wrongPath", "444")),
        (
            "replace-invalid-parameter-0-none",
            patch("replace", "/responseTemplates/application~1json"),
        ),
        ("replace-invalid-parameter-1-none", patch("replace", origin)),
    ]:
        change(f"update-gateway-{key}", operation)
