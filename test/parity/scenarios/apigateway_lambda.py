"""Functions behind REST APIs: test_apigateway_lambda."""

from harness import entry

from .apigateway_common import let_in, proxy_uri
from .apigateway_tools import api_ids, ask, method

ECHO = "def handler(event, context):\n    return event\n"

@entry("test_put_integration_aws_proxy_uri")
def proxy_uris(t):
    api, root = api_ids(t)
    at = method(t, api, root)
    function = f"arn:aws:lambda:{t.region}:{t.account}:function:test"
    start = f"arn:aws:apigateway:{t.region}"
    for key, uri in [
        ("lambda-uri", function),
        ("wrong-arn", "lambda"),
        ("wrong-type", f"{start}:lambda:test/2015-03-31/functions/{function}/invocations"),
        ("wrong-firehose", f"{start}:firehose:path/2015-03-31/functions/{function}/invocations"),
        ("bad-lambda-arn", f"{start}:lambda:path/random/functions/{function}/invocations"),
    ]:
        put = t.apigateway.put_integration
        more = {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": uri}
        t.record(f"put-integration-{key}", put, **at, **more)


@entry("test_lambda_aws_integration_with_request_template")
def request_template(t):
    function = t.function(ECHO)
    api, root = api_ids(t)
    at = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    credentials = t.role(trust=trust())
    t.record(
        "put-method",
        t.apigateway.put_method,
        **at,
        authorizationType="NONE",
        requestParameters={"method.request.querystring.param1": False},
    )
    t.record(
        "put-method-response", t.apigateway.put_method_response, **at, statusCode="200"
    )
    t.record(
        "put-integration",
        t.apigateway.put_integration,
        **at,
        type="AWS",
        integrationHttpMethod="POST",
        uri=proxy_uri(t, function),
        credentials=credentials,
        requestTemplates={"application/json": '{"param1": "$input.params(\'param1\')"}'},
    )
    t.record(
        "put-integration-response",
        t.apigateway.put_integration_response,
        **at,
        statusCode="200",
        selectionPattern="",
    )
    t.apigateway.create_deployment(restApiId=api, stageName="test")
    for turn in [1, 2]:
        answer = ask(t, api, "test", "/?param1=foobar")[2]
        t.record(f"lambda-aws-integration-{turn}", answer)
    t.record("delete-integration", t.apigateway.delete_integration, **at)
    t.record("get-integration-after-delete", t.apigateway.get_integration, **at)


def trust():
    service = {"Service": ["apigateway.amazonaws.com", "lambda.amazonaws.com"]}
    statement = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


SELECT = """def handler(event, context):
    code = event["statusCode"]
    if code == "200":
        return "Pass"
    if code == "400":

        raise Exception("Error: Raising four hundred from within the Lambda function")

    raise Exception("Error: Raising five hundred from within the Lambda function")
"""


@entry("test_lambda_selection_patterns")
def selection_patterns(t):
    code = {"lambda_select_pattern.py": SELECT}
    function = t.function(code, Handler="lambda_select_pattern.handler")
    let_in(t, function)
    api, root = api_ids(t)
    create = t.apigateway.create_resource
    resource = create(restApiId=api, parentId=root, pathPart="{statusCode}")["id"]
    at = method(
        t, api, resource, requestParameters={"method.request.path.statusCode": True}
    )
    template = '{"statusCode": "$input.params(\'statusCode\')"}'
    t.apigateway.put_integration(
        **at,
        type="AWS",
        integrationHttpMethod="POST",
        uri=proxy_uri(t, function),
        requestTemplates={"application/json": template},
    )
    for status, pattern in [("200", ""), ("405", ".*four hundred.*"), ("502", ".+")]:
        t.apigateway.put_method_response(**at, statusCode=status)
        t.apigateway.put_integration_response(**at, statusCode=status, selectionPattern=pattern)
    t.apigateway.create_deployment(restApiId=api, stageName="dev")
    for code, wanted in [("200", 200), ("400", 405), ("500", 502)]:
        status, _, body = ask(t, api, "dev", f"/{code}")
        assert status == wanted, (status, wanted)
        t.record(f"lambda-selection-pattern-{code}", body)
