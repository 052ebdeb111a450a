"""Methods and their responses."""

from harness import entry

from ..apigateway_tools import api_ids, method, mock, patch


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
