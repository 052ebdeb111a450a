"""The control plane of REST APIs: test_apigateway_api."""

import json
import re

from harness import entry

from .apigateway_tools import MOCK_TEMPLATE, api_ids, method, mock, patch, record_api


@entry("TestApiGatewayApiRestApi::test_get_api_case_insensitive")
def case_of_ids(t):
    api = record_api(t, "create-rest-api", description="lower case api")["id"]
    t.hide("upper-id", api.upper())
    t.record("get-api-upper-case", t.apigateway.get_rest_api, restApiId=api.upper())


@entry("TestApiGatewayApiRestApi::test_create_rest_api_with_optional_params")
def optional_parameters(t):
    record_api(t, "create-only-name")
    record_api(t, "create-empty-desc", description="")
    record_api(t, "create-with-version", version="v1")
    record_api(t, "create-with-empty-binary-media", binaryMediaTypes=[])
    record_api(t, "string-compression-size", minimumCompressionSize=-1)


@entry("TestApiGatewayApiRestApi::test_create_rest_api_with_binary_media_types")
def binary_media_types(t):
    record_api(t, "create-with-binary-media", binaryMediaTypes=["image/png"])


def update(t, api, key, *operations):
    t.record(key, t.apigateway.update_rest_api, restApiId=api, patchOperations=list(operations))


@entry("TestApiGatewayApiRestApi::test_update_rest_api_operation_add_remove")
def update_api(t):
    api, _ = api_ids(t, description="this is my api")
    update(
        t,
        api,
        "update-rest-api-add",
        patch("add", "/binaryMediaTypes/image~1png"),
        patch("add", "/binaryMediaTypes/image~1jpeg"),
    )
    update(
        t,
        api,
        "update-rest-api-replace",
        patch("replace", "/binaryMediaTypes/image~1png", "image/gif"),
    )
    update(
        t,
        api,
        "update-rest-api-remove",
        patch("remove", "/binaryMediaTypes/image~1gif"),
        patch("remove", "/description"),
    )


@entry("TestApiGatewayApiRestApi::test_update_rest_api_compression")
def compression(t):
    api, _ = api_ids(t, description="this is my api")
    path = "/minimumCompressionSize"
    for key, op, value in [
        ("enable-compression", "replace", "10"),
        ("disable-compression", "replace", ""),
        ("set-compression-zero", "replace", "0"),
        ("set-negative-compression", "replace", "-1"),
        ("set-string-compression", "replace", "test"),
        ("unsupported-operation", "add", "10"),
    ]:
        update(t, api, key, patch(op, path, value))


@entry("TestApiGatewayApiRestApi::test_update_rest_api_behaviour")
def lists_as_maps(t):
    api, _ = api_ids(t, description="this is my api")
    update(t, api, "update-rest-api-array", patch("add", "/binaryMediaTypes/-", "image/png"))
    for op, value in [("add", "image/gif"), ("replace", "image/gif"), ("remove", None)]:
        update(t, api, f"update-rest-api-{op}-base-path", patch(op, "/binaryMediaTypes", value))


@entry("TestApiGatewayApiRestApi::test_create_rest_api_with_endpoint_configuration")
def endpoints(t):
    wrong = {"types": ["wrong"], "ipAddressType": "wrong"}
    for key, configuration, more in [
        ("create-with-empty-types", {"types": []}, {}),
        ("create-with-invalid-ip-address-type", {"types": ["EDGE"], "ipAddressType": "wrong"}, {}),
        ("create-with-invalid-types", {"types": ["wrong"], "ipAddressType": "ipv4"}, {}),
        ("create-with-invalid-ip-address-type-and-types", wrong, {}),
        ("create-with-invalid-types-and-ip-address-type", wrong, {}),
        ("create-with-multiple-errors-1", wrong, {"description": ""}),
        ("create-with-multiple-errors-2", {"types": ["EDGE", "REGIONAL"]}, {"description": ""}),
        ("create-with-two-types", {"types": ["EDGE", "REGIONAL"]}, {}),
        (
            "create-with-endpoint-config-dualstack",
            {"types": ["EDGE"], "ipAddressType": "dualstack"},
            {},
        ),
        ("create-with-endpoint-config-regional", {"types": ["REGIONAL"]}, {}),
    ]:
        record_api(t, key, endpointConfiguration=configuration, **more)


@entry("TestApiGatewayApiRestApi::test_create_rest_api_private_type")
def private_endpoints(t):
    start = "create-with-private-type-and"
    for key, address, more in [
        (f"{start}-ipv4-ip-address-type", "ipv4", {}),
        (f"{start}-wrong-ip-address-type", "wrong", {}),
        (f"{start}-ipv4-ip-address-type-and-empty-description", "ipv4", {"description": ""}),
    ]:
        configuration = {"types": ["PRIVATE"], "ipAddressType": address}
        record_api(t, key, endpointConfiguration=configuration, **more)


@entry("TestApiGatewayApiRestApi::test_create_rest_api_verify_defaults")
def endpoint_defaults(t):
    record_api(t, "create-with-edge-default", endpointConfiguration={"types": ["EDGE"]})
    record_api(t, "create-with-regional-default", endpointConfiguration={"types": ["REGIONAL"]})
    record_api(t, "create-with-private-default", endpointConfiguration={"types": ["PRIVATE"]})
    record_api(t, "create-with-empty-default", endpointConfiguration={})
    wrong = {"types": ["wrong"]}
    record_api(t, "create-with-empty-ip-address-type-and-wrong-type", endpointConfiguration=wrong)


@entry("TestApiGatewayApiRestApi::test_update_rest_api_concatenation_of_errors")
def several_errors(t):
    api, _ = api_ids(t)
    address = patch("wrong", "/endpointConfiguration/ipAddressType", "dualstack")
    kind = patch("wrong", "/endpointConfiguration/types/0", "EDGE")
    start = "update-rest-api-wrong-operations-on"
    update(t, api, f"{start}-ipAddressType", address, address)
    update(t, api, f"{start}-type", kind, kind)
    update(t, api, f"{start}-type-and-on-ip-address-type", kind, address, address)


def resource(t, api, parent, part, key=None):
    arguments = {"restApiId": api, "parentId": parent, "pathPart": part}
    if key is None:
        return t.apigateway.create_resource(**arguments)["id"]
    return t.record(key, t.apigateway.create_resource, **arguments)["id"]


@entry("TestApiGatewayApiResource::test_resource_lifecycle")
def resources(t):
    api, root = api_ids(t)
    listed = lambda key: t.record(key, t.apigateway.get_resources, restApiId=api)
    listed("rest-api-root-resource")
    pets = resource(t, api, root, "pets", "create-resource")
    listed("rest-api-resources-after-create")
    resource(t, api, pets, "subpets", "create-subresource")
    listed("rest-api-resources-after-create-sub")
    at = {"restApiId": api, "resourceId": pets}
    operations = [patch("replace", "/pathPart", "dogs")]
    t.record("update-path-part", t.apigateway.update_resource, **at, patchOperations=operations)
    t.record("get-resp-after-update-path-part", t.apigateway.get_resource, **at)
    t.record("del-resource", t.apigateway.delete_resource, **at)
    listed("rest-api-resources-after-delete")


@entry("TestApiGatewayApiResource::test_create_resource_parent_invalid")
def wrong_parent(t):
    api, _ = api_ids(t)
    t.record(
        "wrong-resource-parent-id",
        t.apigateway.create_resource,
        restApiId=api,
        parentId="fake-resource-id",
        pathPart="api",
    )


@entry("TestApiGatewayApiResource::test_create_proxy_resource")
def greedy_resources(t):
    api, root = api_ids(t)
    start = "create-proxy-sibling"
    resource(t, api, root, "{proxy+}", "create-base-proxy-resource")
    parent = t.record("create-proxy-sibling-resource", resource(t, api, root, "parent"))
    greedy = resource(t, api, parent, "{proxy+}", f"{start}-proxy-child-resource")
    child = resource(t, api, parent, "child", f"{start}-static-child-resource")
    resource(t, api, child, "{proxy+}", "create-static-child-proxy-resource")
    t.record("all-resources", t.apigateway.get_resources, restApiId=api)
    t.apigateway.delete_resource(restApiId=api, resourceId=greedy)
    dynamic = resource(t, api, parent, "{child}", f"{start}-dynamic-child-resource")
    resource(t, api, dynamic, "{proxy+}", "create-dynamic-child-proxy-resource")
    t.record("all-resources-2", t.apigateway.get_resources, restApiId=api)


@entry("TestApiGatewayApiResource::test_update_resource_on_root")
def root_resource(t):
    api, root = api_ids(t)
    for key, path, value in [
        ("update-root-path-part", "/pathPart", "dogs"),
        ("update-root-parent", "/parentId", "fake"),
    ]:
        t.record(
            key,
            t.apigateway.update_resource,
            restApiId=api,
            resourceId=root,
            patchOperations=[patch("replace", path, value)],
        )


@entry("TestApiGatewayApiMethod::test_method_request_parameters")
def request_parameters(t):
    api, root = api_ids(t)
    at = {"restApiId": api, "resourceId": root, "httpMethod": "ANY"}
    parameters = {
        f"method.request.{place}.{short}_{name}": name == "required"
        for place, short in [("querystring", "q"), ("header", "h")]
        for name in ["required", "optional"]
    }
    put = {"authorizationType": "NONE", **at}
    t.record(
        "put-method-request-params-response",
        t.apigateway.put_method,
        **put,
        requestParameters=parameters,
    )
    t.record("get-method-request-params-response", t.apigateway.get_method, **at)
    t.apigateway.delete_method(**at)
    same = {"method.request.querystring.param": True, "method.request.header.param": True}
    t.record("req-params-same-name", t.apigateway.put_method, **put, requestParameters=same)


@entry("TestApiGatewayApiMethod::test_put_method_validation")
def wrong_methods(t):
    api, root = api_ids(t)
    right = {
        "restApiId": api,
        "resourceId": root,
        "httpMethod": "GET",
        "authorizationType": "NONE",
    }
    for key, wrong in [
        ("wrong-api", {"restApiId": "fake-api"}),
        ("wrong-resource", {"resourceId": "fake-resource"}),
        ("wrong-method", {"httpMethod": "WRONG"}),
        ("missing-authorizer-id", {"authorizationType": "CUSTOM"}),
        ("invalid-request-validator", {"requestValidatorId": "fake"}),
        ("invalid-model-name", {"requestModels": {"application/json": "petModel"}}),
    ]:
        t.record(key, t.apigateway.put_method, **{**right, **wrong})


@entry("TestApiGatewayApiMethod::test_update_method")
def update_method(t):
    api, root = api_ids(t)
    at = {"restApiId": api, "resourceId": root, "httpMethod": "ANY"}
    t.record("put-method-response", t.apigateway.put_method, **at, authorizationType="none")
    change = lambda key, *operations: t.record(
        key, t.apigateway.update_method, **at, patchOperations=list(operations)
    )
    parameter = "/requestParameters/method.request.querystring.optional"
    model = "/requestModels/application~1json"
    change("update-method-add", patch("add", parameter, "true"), patch("add", model, "Empty"))
    change(
        "update-method-replace",
        patch("replace", "/operationName", "ReplacedOperationName"),
        patch("replace", "/apiKeyRequired", "true"),
        patch("replace", "/authorizationType", "AWS_IAM"),
        patch("replace", parameter, "false"),
    )
    function = f"arn:aws:lambda:{t.region}:{t.account}:function:f"
    uri = f"arn:aws:apigateway:{t.region}:lambda:path/2015-03-31/functions/{function}/invocations"
    authorizer = t.apigateway.create_authorizer(
        restApiId=api,
        name="authorizer",
        type="TOKEN",
        authorizerUri=uri,
        identitySource="method.request.header.Authorization",
    )["id"]
    change(
        "update-method-replace-authorizer",
        patch("replace", "/authorizationType", "CUSTOM"),
        patch("replace", "/authorizerId", authorizer),
    )
    change("update-method-remove", patch("remove", parameter), patch("remove", model))


@entry("TestApiGatewayApiModels::test_update_model")
def update_model(t):
    api, _ = api_ids(t)
    change = lambda key, op, path, value, name="mySchema": t.record(
        key,
        t.apigateway.update_model,
        restApiId=api,
        modelName=name,
        patchOperations=[patch(op, path, value)],
    )
    schema = json.dumps({"title": "Updated schema", "type": "object"})
    change("update-model-wrong-id", "replace", "/schema", schema)
    t.record(
        "create-model",
        t.apigateway.create_model,
        restApiId=api,
        name="mySchema",
        contentType="application/json",
        schema=json.dumps({"title": "mySchema", "type": "object"}),
    )
    change("update-model", "replace", "/schema", schema)
    change("update-model-invalid-op", "add", "/wrong-path", "not supported op")
    change("update-model-invalid-path", "replace", "/name", "invalid path")
    change("update-model-empty-schema", "replace", "/schema", "")


@entry("TestApiGatewayApiRequestValidator::test_request_validator_lifecycle")
def validators(t):
    api = record_api(t, "create-rest-api", description="my api")["id"]
    made = t.record(
        "create-request-validator",
        t.apigateway.create_request_validator,
        restApiId=api,
        name=t.name("validator"),
    )
    at = {"restApiId": api, "requestValidatorId": made["id"]}
    t.record("get-request-validator", t.apigateway.get_request_validator, **at)
    t.record("get-request-validators", t.apigateway.get_request_validators, restApiId=api)
    change = lambda key, operation: t.record(
        key, t.apigateway.update_request_validator, **at, patchOperations=[operation]
    )
    path = "/validateRequestBody"
    change("update-request-validator-with-value", patch("replace", path, "true"))
    change("update-request-validator-without-value", patch("replace", path))
    t.record(
        "get-request-validators-after-update-operation", t.apigateway.get_request_validator, **at
    )
    t.record("delete-request-validator", t.apigateway.delete_request_validator, **at)
    t.record("get-deleted-request-validator", t.apigateway.get_request_validator, **at)
    t.record(
        "get-request-validators-after-delete", t.apigateway.get_request_validators, restApiId=api
    )


@entry("TestApiGatewayApiRequestValidator::test_invalid_get_request_validator")
def wrong_validator(t):
    api, _ = api_ids(t)
    get = t.apigateway.get_request_validator
    start = "get-request-validators-invalid"
    t.record(f"{start}-api-id", get, restApiId="api_id", requestValidatorId="validator_id")
    t.record(f"{start}-validator-id", get, restApiId=api, requestValidatorId="validator_id")


@entry("TestApiGatewayApiRequestValidator::test_invalid_get_request_validators")
def validators_of_nothing(t):
    get = t.apigateway.get_request_validators
    t.record("get-invalid-request-validators", get, restApiId="api_id")


@entry("TestApiGatewayApiRequestValidator::test_invalid_delete_request_validator")
def delete_wrong_validator(t):
    api, _ = api_ids(t)
    delete = t.apigateway.delete_request_validator
    start = "delete-request-validator-invalid"
    t.record(f"{start}-api-id", delete, restApiId="api_id", requestValidatorId="validator_id")
    t.record(f"{start}-validator-id", delete, restApiId=api, requestValidatorId="validator_id")


@entry("TestApiGatewayApiRequestValidator::test_create_request_validator_invalid_api_id")
def validator_for_nothing(t):
    create = t.apigateway.create_request_validator
    t.record("invalid-create-request-validator", create, restApiId="api_id", name="validator")


@entry("TestApiGatewayApiRequestValidator::test_invalid_update_request_validator_operations")
def wrong_validator_updates(t):
    api = record_api(t, "create-rest-api", description="my api")["id"]
    made = t.record(
        "create-request-validator",
        t.apigateway.create_request_validator,
        restApiId=api,
        name=t.name("validator"),
    )
    for key, operation in [
        ("invalid-add-operation", patch("add", "/validateRequestBody", "true")),
        ("invalid-remove-operation", patch("remove", "/validateRequestBody", "true")),
        ("invalid-path", patch("replace", "/invalidPath", "true")),
        ("empty-name-value", patch("replace", "/name", "")),
    ]:
        t.record(
            f"update-request-validator-{key}",
            t.apigateway.update_request_validator,
            restApiId=api,
            requestValidatorId=made["id"],
            patchOperations=[operation],
        )


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


def documented(t, api):
    return {
        "restApiId": api,
        "location": {"type": "API"},
        "properties": json.dumps({"description": "Sample API description"}),
    }


@entry("TestApiGatewayApiDocumentationPart::test_documentation_part_lifecycle")
def documentation(t):
    api, _ = api_ids(t)
    create = t.apigateway.create_documentation_part
    made = t.record("create-documentation-part", create, **documented(t, api))
    at = {"restApiId": api, "documentationPartId": made["id"]}
    t.record("get-documentation-part", t.apigateway.get_documentation_part, **at)
    t.record("get-documentation-parts", t.apigateway.get_documentation_parts, restApiId=api)
    text = json.dumps({"description": "Updated Sample API description"})
    t.record(
        "update-documentation-part",
        t.apigateway.update_documentation_part,
        **at,
        patchOperations=[patch("replace", "/properties", text)],
    )
    t.record("get-documentation-part-after-update", t.apigateway.get_documentation_part, **at)
    t.record("delete_documentation_part", t.apigateway.delete_documentation_part, **at)


@entry("TestApiGatewayApiDocumentationPart::test_invalid_get_documentation_part")
def wrong_documentation(t):
    api, _ = api_ids(t)
    get = t.apigateway.get_documentation_part
    start = "get-documentation-part-invalid"
    t.record(f"{start}-api-id", get, restApiId="api_id", documentationPartId="part_id")
    t.record(f"{start}-doc-id", get, restApiId=api, documentationPartId="part_id")


@entry("TestApiGatewayApiDocumentationPart::test_invalid_update_documentation_part")
def wrong_documentation_updates(t):
    api, _ = api_ids(t)
    made = t.apigateway.create_documentation_part(**documented(t, api))["id"]
    for key, target, operation in [
        ("invalid-api-id", "api_id", patch("replace", "/properties", "{}")),
        ("invalid-add-operation", api, patch("add", "/properties", "{}")),
        ("invalid-path", api, patch("replace", "/invalidPath", "{}")),
    ]:
        t.record(
            f"update-documentation-part-{key}",
            t.apigateway.update_documentation_part,
            restApiId=target,
            documentationPartId=made,
            patchOperations=[operation],
        )


@entry("TestApiGatewayApiDocumentationPart::test_invalid_delete_documentation_part")
def wrong_documentation_deletions(t):
    api, _ = api_ids(t)
    made = t.apigateway.create_documentation_part(**documented(t, api))["id"]
    for key, target in [
        ("delete_documentation_part_wrong_api_id", "api_id"),
        ("delete_documentation_part", api),
        ("delete_already_deleted_documentation_part", api),
    ]:
        delete = t.apigateway.delete_documentation_part
        t.record(key, delete, restApiId=target, documentationPartId=made)


@entry("TestApiGatewayApiDocumentationPart::test_import_documentation_parts_bad_file")
def wrong_documents(t):
    api, _ = api_ids(t)
    start = "import-documentation-parts-bad"
    for key, body in [("yaml", b"a: [1"), ("json", b'{"a": ')]:
        t.record(
            f"{start}-{key}-file",
            t.apigateway.import_documentation_parts,
            restApiId=api,
            body=body,
        )


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


@entry("TestApigatewayMethodResponse::test_update_method_response_negative_tests")
def wrong_method_responses(t):
    api, root = api_ids(t)
    at = mock(t, api, root)
    right = patch("add", "/responseParameters/method.response.header.my-header", "true")
    change = lambda key, operation=right, **wrong: t.record(
        f"update-method-response-{key}",
        t.apigateway.update_method_response,
        **{**at, "statusCode": "200", **wrong},
        patchOperations=[operation],
    )
    change("wrong-statuscode", statusCode="201")
    change("invalid-statuscode", statusCode="wrong")
    wrong = patch("wrong_op", right["path"], "true")
    change("invalid-statuscode-and-wrong-op", wrong, statusCode="wrong")
    change("wrong-resource", resourceId="wrong")
    change("wrong-method", httpMethod="POST")


@entry("TestApigatewayMethodResponse::test_update_method_lack_response_parameters_and_models")
def no_method_response_parameters(t):
    api, root = api_ids(t)
    at = mock(t, api, root)
    for key, operation in [
        (
            "without-response-parameters",
            patch("replace", "/responseParameters/method.response.header.my-header", "true"),
        ),
        (
            "without-response-models",
            patch("replace", "/responseModels/application~1json", "Empty"),
        ),
        (
            "with-wrong-path",
            patch("replace", "/wrong/method.response.header.my-header", "true"),
        ),
    ]:
        t.record(
            f"update-method-response-operation-{key}",
            t.apigateway.update_method_response,
            **at,
            statusCode="200",
            patchOperations=[operation],
        )


@entry("TestApigatewayMethodResponse::test_update_method_wrong_param_names")
def wrong_names(t):
    api, root = api_ids(t)
    at = method(t, api, root)
    t.apigateway.put_method_response(
        **at,
        statusCode="200",
        responseParameters={"method.response.header.my-header": False},
        responseModels={"application/json": "Empty"},
    )
    header = "/responseParameters/method.response.header.wrong"
    model = "/responseModels/application~1wrong"
    for index, operation in enumerate(
        [
            patch("replace", header, "true"),
            patch("remove", header),
            patch("replace", model, "Empty"),
            patch("remove", model),
        ],
        1,
    ):
        t.record(
            f"update-method-response-operation-with-wrong-param-name-{index}",
            t.apigateway.update_method_response,
            **at,
            statusCode="200",
            patchOperations=[operation],
        )


@entry("TestApiGatewayVpcLink::test_vpc_link_lifecycle")
def vpc_links(t):
    arn = f"arn:aws:elasticloadbalancing:{t.region}:{t.account}:loadbalancer/net/nlb/1"
    t.record("nlb-arn", arn)
    name = t.name("link")
    made = t.record(
        "create_vpc_link", t.apigateway.create_vpc_link, name=name, targetArns=[arn]
    )
    at = {"vpcLinkId": made["id"]}
    t.record("get_vpc_link", t.apigateway.get_vpc_link, **at)
    t.record("get_vpc_links", t.apigateway.get_vpc_links)
    operations = [patch("replace", "/name", f"{name}-updated")]
    t.record("update_vpc_link", t.apigateway.update_vpc_link, **at, patchOperations=operations)
    t.record("delete_vpc_link", t.apigateway.delete_vpc_link, **at)


@entry("TestApiGatewayVpcLink::test_delete_vpc_link_invalid_id")
def delete_wrong_link(t):
    t.record("delete_vpc_link_invalid_id", t.apigateway.delete_vpc_link, vpcLinkId="wrong")


@entry("TestApiGatewayVpcLink::test_update_vpc_link_invalid_id")
def update_wrong_link(t):
    operations = [patch("replace", "/name", "x")]
    t.record(
        "update_vpc_link_invalid_id",
        t.apigateway.update_vpc_link,
        vpcLinkId="wrong",
        patchOperations=operations,
    )


@entry("TestApiGatewayStage::test_get_stages_filters_by_deployment_id")
def stages_of_a_deployment(t):
    api, root = api_ids(t)
    mock(t, api, root)
    for name in ["stage1", "stage2"]:
        deployment = t.apigateway.create_deployment(restApiId=api)["id"]
        t.apigateway.create_stage(restApiId=api, stageName=name, deploymentId=deployment)
    stages = t.record("all-stages", t.apigateway.get_stages, restApiId=api)["item"]
    for index, stage in enumerate(stages, 1):
        at = {"restApiId": api, "deploymentId": stage["deploymentId"]}
        t.record(f"stages-deploy{index}", t.apigateway.get_stages, **at)


@entry("TestApiGatewayStage::test_stage_access_log_settings")
def access_logs(t):
    api, root = api_ids(t)
    mock(t, api, root)
    deployment = t.record("create-deployment", t.apigateway.create_deployment, restApiId=api)["id"]
    at = {"restApiId": api, "stageName": "dev"}
    t.record(
        "create-stage",
        t.apigateway.create_stage,
        **at,
        deploymentId=deployment,
        description="dev stage",
    )
    change = lambda key, operation: t.record(
        f"update-stage-access-log-{key}", t.apigateway.update_stage, **at, patchOperations=[operation]
    )
    arn = f"arn:aws:logs:{t.region}:{t.account}:log-group:group"
    t.hide("log-group-arn", arn)
    path = "/accessLogSettings/destinationArn"
    change("dest-add", patch("add", path, arn))
    change("dest-replace", patch("replace", path, f"{arn}a"))
    text = "$context.requestId $context.identity.sourceIp"
    change("format-add", patch("add", "/accessLogSettings/format", text))
    change("remove-all", patch("remove", "/accessLogSettings"))
