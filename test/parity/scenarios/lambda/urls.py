"""Function URLs at work."""

import json

from harness import entry

RETURNING = "def handler(event, context):\n    return {value}\n"

ANY = {
    "Action": "lambda:InvokeFunctionUrl",
    "Principal": "*",
    "StatementId": "urlPermission",
    "FunctionUrlAuthType": "NONE",
}


def parsed(text):
    """JSON objects as such, everything else as the text that it is."""
    return json.loads(text) if text.startswith("{") else text


def open_url(t, name, permit=True, **settings):
    """A URL for everybody, recorded as it is made."""
    create = t.lambda_.create_function_url_config
    made = create(FunctionName=name, AuthType="NONE", **settings)
    t.hide("function-url", made["FunctionUrl"])
    t.record("create_lambda_url_config", made)
    if permit:
        t.record("add_permission", t.lambda_.add_permission, FunctionName=name, **ANY)
    return made["FunctionUrl"]


VALUES = {
    "boolean": "True",
    "dict": '{"hello": "world"}',
    "float": "3.1",
    "http-response": '{"statusCode": 200, "body": "body123"}',
    "http-response-json": '{"statusCode": 200, "body": \'{"hello": "world"}\'}',
    "integer": "3",
    "list-mixed": '["hello", 3, True]',
    "string": '"hello"',
}


@entry("TestLambdaURL::test_lambda_url_invocation", VALUES)
def returned_values(t, value):
    name = t.function(RETURNING.format(value=value))["FunctionName"]
    status, headers, text = t.http(open_url(t, name))
    kept = {key: headers[key] for key in ("Content-Length", "Content-Type")}
    answer = {"statuscode": status, "headers": kept, "content": parsed(text)}
    t.record("lambda_url_invocation", answer)


@entry("TestLambdaPermissions::test_lambda_permission_url_invocation")
def nobody_permitted(t):
    name = t.function(RETURNING.format(value="1"))["FunctionName"]
    made = t.lambda_.create_function_url_config(FunctionName=name, AuthType="NONE")
    status, _, text = t.http(made["FunctionUrl"], "POST", b"text")
    assert status == 403, status
    t.record("lambda_url_invocation_missing_permission", parsed(text))


@entry(
    "TestLambdaURL::test_lambda_url_echo_invoke",
    {"None": None, "BUFFERED": "BUFFERED", "RESPONSE_STREAM": "RESPONSE_STREAM"},
)
def echoed(t, mode):
    code = "exports.handler = async (event) => ({ body: JSON.stringify(event) });"
    made = t.function({"handler.js": code}, Runtime="nodejs20.x")
    settings = {} if mode is None else {"InvokeMode": mode}
    url = open_url(t, made["FunctionName"], **settings)
    status, _, text = t.http(f"{url}path?q=1", "POST", b"{}")
    assert status == 200, (status, text)


ECHO_REQUEST = """
import base64
import json


def handler(event, context):
    http, body = event["requestContext"]["http"], event.get("body") or ""
    text = base64.b64decode(body).decode() if event["isBase64Encoded"] else body
    shown = {
        "args": event.get("queryStringParameters") or {},
        "data": json.loads(text),
        "domain": event["requestContext"]["domainName"],
        "headers": event["headers"],
        "method": http["method"],
        "origin": http["sourceIp"],
        "path": http["path"],
    }
    return {"statusCode": 200, "body": json.dumps(shown)}
"""


@entry("TestLambdaURL::test_lambda_url_echo_http_fixture_trim_x_headers")
def echoed_request(t):
    name = t.function(ECHO_REQUEST)["FunctionName"]
    url = t.lambda_.create_function_url_config(FunctionName=name, AuthType="NONE")["FunctionUrl"]
    t.lambda_.add_permission(FunctionName=name, **ANY)
    headers = {
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
        "Content-Type": "application/json",
        "ExTrA-HeadErs": "With WeiRd CapS",
        "User-Agent": "test/echo",
        # AWS listens where a URL needs no port.
        "Host": url.split("/")[2].split(":")[0],
    }
    _, _, text = t.http(f"{url}path/1?q=query", "POST", b'{"foo": "bar"}', headers)
    shown = json.loads(text)
    kept = {key: value for key, value in shown["headers"].items() if not key.startswith("x-")}
    t.record("url_response", {**shown, "headers": kept})


STATUS_CODE = """
def handler(event, context):
    return {"statusCode": 418, "headers": {"X-Kettle": "on", "content-type": "text/plain"}}
"""


@entry("TestLambdaURL::test_lambda_url_headers_and_status")
def status_of_the_function(t):
    name = t.function(STATUS_CODE)["FunctionName"]
    url = t.lambda_.create_function_url_config(FunctionName=name, AuthType="NONE")["FunctionUrl"]
    t.lambda_.add_permission(FunctionName=name, **ANY)
    status, headers, _ = t.http(url)
    assert (status, headers["x-kettle"], headers["content-type"]) == (418, "on", "text/plain")


@entry("TestLambdaURL::test_lambda_url_invocation_custom_id")
def tag_without_meaning(t):
    name = t.function(RETURNING.format(value="1"), Tags={"_custom_id_": "mine"})["FunctionName"]
    made = t.lambda_.create_function_url_config(FunctionName=name, AuthType="NONE")
    assert "mine" not in made["FunctionUrl"], made


@entry("TestLambdaURL::test_lambda_url_persists_after_alias_delete")
def url_of_a_deleted_alias(t):
    name = t.function(RETURNING.format(value="1"))["FunctionName"]
    t.lambda_.publish_version(FunctionName=name)
    t.lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    create = t.lambda_.create_function_url_config
    made = create(FunctionName=name, Qualifier="live", AuthType="NONE", InvokeMode="BUFFERED")
    t.hide("function-url", made["FunctionUrl"])
    t.record("create_lambda_url_config", made)
    t.lambda_.add_permission(FunctionName=name, Qualifier="live", **ANY)
    status, _, _ = t.http(made["FunctionUrl"])
    t.record("invoke_aliased_url_response", {"status_code": status})
    delete = t.lambda_.delete_alias
    t.record("delete_alias_resp", delete, FunctionName=name, Name="live")
    status, headers, text = t.until(lambda: refused(t, made["FunctionUrl"]))
    shown = {"x-amzn-ErrorType": headers["x-amzn-ErrorType"]}
    answer = {"status_code": status, "headers": shown, "content": parsed(text)}
    t.record("invoke_deleted_alias_url_response_delayed", answer)


def refused(t, url):
    answer = t.http(url)
    return answer if answer[0] != 200 else None


HI = "def handler(event, context):\n    return 'hi'\n"


@entry("TestRequestIdHandling::test_request_id_invoke_url")
def request_id_of_a_url(t):
    name = t.function(HI)["FunctionName"]
    status, headers, text = t.http(open_url(t, name))
    id = headers["x-amzn-RequestId"]
    answer = {"statuscode": status, "headers": {"x-amzn-RequestId": id}, "content": text}
    t.record("lambda_url_invocation", answer)

    def ends():
        messages = [event["message"].rstrip() for event in t.log_events(name)]
        return [message for message in messages if message.startswith("END")]

    t.record("end_log_entries", t.until(ends))


STREAMING = """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('Hello, ');
  stream.write('world!');
  stream.end();
});
"""


@entry("TestLambdaURL::test_function_url_with_response_streaming")
def streamed(t):
    name = t.function({"handler.js": STREAMING}, Runtime="nodejs20.x")["FunctionName"]
    create = t.lambda_.create_function_url_config
    made = create(FunctionName=name, AuthType="NONE", InvokeMode="RESPONSE_STREAM")
    t.lambda_.add_permission(FunctionName=name, **ANY)
    status, _, text = t.http(made["FunctionUrl"])
    t.record("response_status", status)
    t.record("response_data", text)
