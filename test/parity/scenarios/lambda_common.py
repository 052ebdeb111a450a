"""What every runtime does alike."""

import json

from harness import entry

from .languages import WRAPPER, function_of

RUNTIMES = [f"python3.{number}" for number in range(8, 15)]
RUNTIMES += [f"nodejs{number}.x" for number in range(16, 25, 2)]
RUNTIMES += ["java8.al2", "java11", "java17", "java21", "java25"]
RUNTIMES += ["ruby3.2", "ruby3.3", "ruby3.4", "provided.al2", "provided.al2023"]


def make(t, runtime, extra=None, **settings):
    files, handler = function_of(runtime)
    chosen = {"Runtime": runtime, "Handler": handler, "MemorySize": 1024, **settings}
    return t.function({**files, **(extra or {})}, **chosen)


@entry("TestLambdaRuntimesCommon::test_echo_invoke", RUNTIMES)
def echo(t, runtime):
    name = make(t, runtime)["FunctionName"]
    events = [{}, {"a": "b"}, {"a": {"b": [1, 2.5, None, True]}}, "text", 17, 1.5, True, [1, "b"]]
    events += [None, "a\\b\"c\n", {"ü": "日本語"}]
    for event in events:
        answer = t.lambda_.invoke(FunctionName=name, Payload=json.dumps(event))
        assert json.load(answer["Payload"]) == event, event


ENDPOINTS = {
    "python": """
import os

import boto3


def handler(event, context):
    client = boto3.client("lambda", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    return [found["FunctionName"] for found in client.list_functions()["Functions"]]
""",
    "nodejs": """
const { LambdaClient, ListFunctionsCommand } = require('@aws-sdk/client-lambda');
exports.handler = async () => {
  const client = new LambdaClient({ endpoint: process.env.AWS_ENDPOINT_URL });
  const { Functions } = await client.send(new ListFunctionsCommand({}));
  return Functions.map(({ FunctionName }) => FunctionName);
};
""",
}


@entry(
    "TestLambdaCallingLocalstack::test_manual_endpoint_injection",
    [runtime for runtime in RUNTIMES if runtime.startswith(("python", "nodejs"))],
)
def endpoint(t, runtime):
    language = runtime.rstrip("0123456789.x")
    file = {"python": "handler.py", "nodejs": "handler.js"}[language]
    settings = {"Runtime": runtime, "MemorySize": 1024, "Timeout": 20}
    name = t.function({file: ENDPOINTS[language]}, **settings)["FunctionName"]
    assert name in t.invoke(name)["Payload"]


@entry("TestLambdaRuntimesCommon::test_introspection_invoke", RUNTIMES)
def introspection(t, runtime):
    variables = {"Variables": {"TEST_KEY": "TEST_VAL"}}
    made = t.record("create_function_result", make(t, runtime, Environment=variables))
    name = made["FunctionName"]
    event = {"introspect": True}
    t.record("invocation_result_payload", t.invoke(name, event)["Payload"])
    qualified = t.invoke(name, event, Qualifier="$LATEST")["Payload"]
    t.record("invocation_result_payload_qualified", qualified)


@entry("TestLambdaRuntimesCommon::test_uncaught_exception_invoke", RUNTIMES)
def uncaught_exception(t, runtime):
    made = t.record("create_function_result", make(t, runtime))
    for key in ("stackTrace", "trace"):
        t.mask(key, "<stack-trace>")
    answer = t.invoke(made["FunctionName"], {"error_msg": "some_error_msg"})
    t.record("error_result", answer)


@entry("TestLambdaRuntimesCommon::test_runtime_wrapper_invoke", RUNTIMES)
def wrapper(t, runtime):
    variables = {"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/environment_wrapper"}}
    extra = {"environment_wrapper": WRAPPER}
    made = make(t, runtime, extra, Environment=variables)
    t.record("create_function_result", made)
    environment = t.invoke(made["FunctionName"], {"introspect": True})["Payload"]["environment"]
    assert environment["WRAPPER_VAR"] == "test", environment
