"""What the parts of a REST API do together: test_apigateway_common."""

import json

from harness import entry

from .apigateway_tools import api_ids, ask, method, mock, patch

BODY = """import json


def handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"body": event.get("body")})}
"""


def proxy_uri(t, function):
    arn = function["FunctionArn"]
    return f"arn:aws:apigateway:{t.region}:lambda:path/2015-03-31/functions/{arn}/invocations"


def let_in(t, function):
    t.lambda_.add_permission(
        FunctionName=function["FunctionName"],
        StatementId="apis",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )


@entry("TestApiGatewayCommon::test_api_gateway_request_validator")
def validation(t):
    function = t.function(BODY)
    let_in(t, function)
    t.record(
        "register-lambda",
        {"fn_name": function["FunctionName"], "fn_arn": function["FunctionArn"]},
    )
    api, root = api_ids(t)
    create = t.apigateway.create_resource
    nested = create(restApiId=api, parentId=root, pathPart="nested")["id"]
    resource = create(restApiId=api, parentId=nested, pathPart="{test}")["id"]
    validator = t.apigateway.create_request_validator(
        restApiId=api,
        name="test-validator",
        validateRequestParameters=True,
        validateRequestBody=True,
    )["id"]
    start = "method.request"
    parameters = [f"{start}.path.test", f"{start}.querystring.qs1", f"{start}.header.x-header-param"]
    for name in ["GET", "POST"]:
        required = dict.fromkeys(parameters, True)
        more = {"requestValidatorId": validator, "requestParameters": required}
        at = method(t, api, resource, name, **more)
        t.apigateway.put_integration(
            **at, integrationHttpMethod="POST", type="AWS_PROXY", uri=proxy_uri(t, function)
        )
        t.apigateway.put_method_response(**at, statusCode="200")
        t.apigateway.put_integration_response(**at, statusCode="200")
    deploy = lambda: t.apigateway.create_deployment(restApiId=api, stageName="local")
    t.record("deploy-1", deploy())
    path = "/requestParameters/method.request.path"
    swap = lambda added, removed: t.apigateway.update_method(
        restApiId=api,
        resourceId=resource,
        httpMethod="POST",
        patchOperations=[
            patch("add", f"{path}.{added}", "true"),
            patch("remove", f"{path}.{removed}", "true"),
        ],
    )
    schema = {
        "title": "testSchema",
        "type": "object",
        "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
        "required": ["a", "b"],
    }
    t.apigateway.create_model(
        restApiId=api,
        name="testSchema",
        contentType="application/json",
        schema=json.dumps(schema),
    )
    t.apigateway.update_method(
        restApiId=api,
        resourceId=resource,
        httpMethod="POST",
        patchOperations=[patch("add", "/requestModels/application~1json", "testSchema")],
    )
    t.record("change-request-path-names", swap("issuer", "test"))
    deploy()
    url = "/nested/value"
    answer = lambda *asked, **more: ask(t, api, "local", *asked, **more)[2]
    test = {"test": "test"}
    t.record("missing-all-required-request-params-post", answer(url, "POST", test))
    t.record("missing-required-headers-request-params-get", answer(f"{url}?qs1=test"))
    header = {"x-header-param": "test"}
    t.record("missing-required-qs-request-params-get", answer(url, headers=header))
    t.record("revert-request-path-names", swap("test", "issuer"))
    deploy()
    t.record("invalid-request-body", answer(f"{url}?qs1=test", "POST", test, header))
    t.record(
        "disable-request-validator",
        t.apigateway.update_request_validator,
        restApiId=api,
        requestValidatorId=validator,
        patchOperations=[
            patch("replace", "/validateRequestParameters", "false"),
            patch("replace", "/validateRequestBody", "false"),
        ],
    )


@entry("TestApiGatewayCommon::test_api_gateway_request_validator_with_ref_models")
def referring_models(t):
    api, root = api_ids(t)
    t.hide("api-id", api)
    draft = "http://json-schema.org/draft-04/schema#"
    schema = {
        "$schema": draft,
        "title": "testSchema",
        "type": "object",
        "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
        "required": ["a", "b"],
    }
    url = f"https://apigateway.amazonaws.com/restapis/{api}/models/testSchema"
    listed = {"type": "array", "items": {"$ref": url}}
    for name, one in [("testSchema", schema), ("testSchemaList", listed)]:
        t.apigateway.create_model(
            restApiId=api, name=name, contentType="application/json", schema=json.dumps(one)
        )
    t.record("get-models-with-ref", t.apigateway.get_models, restApiId=api)
    validator = t.apigateway.create_request_validator(
        restApiId=api, name="v", validateRequestBody=True
    )["id"]
    more = {
        "requestValidatorId": validator,
        "requestModels": {"application/json": "testSchemaList"},
    }
    mock(t, api, root, "POST", '{"data": "ok"}', **more)
    t.apigateway.create_deployment(restApiId=api, stageName="local")
    t.record("successful", ask(t, api, "local", "/", "POST", [{"a": 1, "b": 2}])[2])
    t.record("failed-validation", ask(t, api, "local", "/", "POST", [{"a": 1}])[2])


@entry("TestUsagePlans::test_usage_plan_crud")
def usage_plans(t):
    api, root = api_ids(t)
    mock(t, api, root)
    t.apigateway.create_deployment(restApiId=api, stageName="dev")
    made = t.record(
        "create-usage-plan",
        t.apigateway.create_usage_plan,
        name=t.name("plan"),
        description="this is my usage plan",
        apiStages=[{"apiId": api, "stage": "dev"}],
    )
    at = {"usagePlanId": made["id"]}
    t.defer(t.apigateway.delete_usage_plan, **at)
    change = lambda key, *operations, **wrong: t.record(
        key, t.apigateway.update_usage_plan, **{**at, **wrong}, patchOperations=list(operations)
    )
    t.defer(
        t.apigateway.update_usage_plan,
        **at,
        patchOperations=[patch("remove", "/apiStages", f"{api}:dev")],
    )
    t.record("get-usage-plan", t.apigateway.get_usage_plan, **at)
    t.record("get-usage-plans", t.apigateway.get_usage_plans)
    change(
        "update-usage-plan",
        patch("replace", "/throttle/burstLimit", "100"),
        patch("replace", "/throttle/rateLimit", "200"),
        patch("replace", "/quota/limit", "5000"),
        patch("replace", "/quota/period", "MONTH"),
    )
    path = "/apiStages"
    change("update-wrong-id", patch("replace", "/throttle/rateLimit", "1"), usagePlanId="wrong")
    change("update-wrong-api-stages-no-value", patch("add", path))
    change("update-wrong-api-stages-wrong-api", patch("add", path, f"{api}b:dev"))
    change("update-wrong-api-stages-wrong-stage", patch("add", path, f"{api}:fakestagename"))
    change("update-wrong-api-stages-wrong-value", patch("remove", path, "fakevalue"))
    t.record("get-usage-plan-after-update", t.apigateway.get_usage_plan, **at)
    t.record("get-usage-plans-after-update", t.apigateway.get_usage_plans)


def documented_stage(t):
    api, root = api_ids(t)
    at = method(t, api, root)
    t.apigateway.put_integration(**at, type="MOCK")
    deployment = t.apigateway.create_deployment(restApiId=api)["id"]
    t.apigateway.create_documentation_part(
        restApiId=api, location={"type": "API"}, properties='{"foo": "bar"}'
    )
    t.apigateway.create_documentation_version(restApiId=api, documentationVersion="v123")
    at = {"restApiId": api, "stageName": "s1"}
    t.record(
        "create-stage",
        t.apigateway.create_stage,
        **at,
        deploymentId=deployment,
        description="my stage",
        documentationVersion="v123",
    )
    change = lambda key, *operations: t.record(
        key, t.apigateway.update_stage, **at, patchOperations=list(operations)
    )
    return at, change


@entry("TestStages::test_create_update_stages")
def stages(t):
    at, change = documented_stage(t)
    change("error-update-doc-version", patch("replace", "/documentation_version", "123"))
    change("error-update-tags", patch("replace", "/tags/tag1", "value1"))
    burst = "throttling/burstLimit"
    change(
        "update-stage",
        patch("replace", "/description", "stage new"),
        patch("replace", "/variables/var1", "test"),
        patch("replace", "/variables/var2", "test2"),
        patch("replace", f"/*/*/{burst}", "123"),
        patch("replace", "/*/*/caching/enabled", "true"),
        patch("replace", "/tracingEnabled", "true"),
        patch("replace", f"/test/GET/{burst}", "124"),
    )
    t.record("get-stage", t.apigateway.get_stage, **at)
    change("update-stage-override", patch("replace", f"/*/*/{burst}", "100"))


@entry("TestStages::test_update_stage_remove_wildcard")
def remove_settings(t):
    at, change = documented_stage(t)
    t.record("get-stage", t.apigateway.get_stage, **at)
    change("delete-error", patch("remove", "/*/*"))
    change("update-stage", patch("replace", "/*/*/caching/enabled", "true"))
    change("update-stage-reset", patch("remove", "/*/*"))
    t.record("get-stage-after-reset", t.apigateway.get_stage, **at)


@entry("TestDocumentations::test_documentation_parts_and_versions")
def documentation(t):
    api, _ = api_ids(t)
    at = {"restApiId": api, "documentationVersion": "v123"}
    t.record(
        "create-part-response",
        t.apigateway.create_documentation_part,
        restApiId=api,
        location={"type": "API"},
        properties='{"foo": "bar"}',
    )
    t.record("get-parts-response", t.apigateway.get_documentation_parts, restApiId=api)
    t.record("create-version-response", t.apigateway.create_documentation_version, **at)
    operations = [patch("replace", "/description", "doc version new")]
    update = t.apigateway.update_documentation_version
    t.record("update-version-response", update, **at, patchOperations=operations)
    t.record("get-version-response", t.apigateway.get_documentation_version, **at)


@entry("TestDeployments::test_create_delete_deployments", {"True": (True,), "False": (False,)})
def deployments(t, by_hand):
    api, root = api_ids(t)
    at = method(t, api, root)
    t.apigateway.put_integration(**at, type="MOCK")

    def deploy():
        more = {} if by_hand else {"stageName": "s1"}
        made = t.apigateway.create_deployment(restApiId=api, **more)["id"]
        if by_hand:
            t.apigateway.create_stage(restApiId=api, stageName="s1", deploymentId=made)
        return made

    deployment = deploy()
    get = t.apigateway.get_deployment
    t.record("get-deployment", get, restApiId=api, deploymentId=deployment)
    t.record("get-stages", t.apigateway.get_stages, restApiId=api)
    for turn in range(3):
        delete = {"restApiId": api, "deploymentId": deployment}
        t.record(f"delete-deployment-error-{turn}", t.apigateway.delete_deployment, **delete)
        t.apigateway.delete_stage(restApiId=api, stageName="s1")
        t.apigateway.delete_deployment(**delete)
        deployment = deploy()
        t.record(f"get-deployments-{turn}", t.apigateway.get_deployments, restApiId=api)
        t.record(f"get-stages-{turn}", t.apigateway.get_stages, restApiId=api)
