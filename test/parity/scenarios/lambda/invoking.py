"""Invocations in every form, and what they log."""

import base64
import json

from harness import entry
from scenarios.lambda_api.made import wrapped

ECHO_NODE = """
exports.handler = async (event) => { console.log(JSON.stringify(event)); return event; };
"""
ECHO_PYTHON = "def handler(event, context):\n    return event\n"

RUNTIMES = {
    "python3.9": ("python3.9", ECHO_PYTHON),
    "python3.10": ("python3.10", ECHO_PYTHON),
    "python3.12": ("python3.12", ECHO_PYTHON),
    "nodejs16.x": ("nodejs16.x", ECHO_NODE),
    "nodejs20.x": ("nodejs20.x", ECHO_NODE),
}


def make_in(t, runtime, code):
    file = "handler.js" if runtime.startswith("nodejs") else "handler.py"
    return t.function({file: code}, Runtime=runtime, Timeout=30)["FunctionName"]


def log_lines(answer, keep_ends=False):
    return base64.b64decode(answer["LogResult"]).decode().splitlines(keepends=keep_ends)


@entry("TestLambdaFeatures::test_basic_invoke")
def two_functions(t):
    t.mask("CodeSha256", "code-sha256")
    names = []
    for suffix in ("", "_2"):
        code = {"index.py": ECHO_PYTHON}
        made = t.function(code, Runtime="python3.9", Handler="index.handler")
        names.append(t.record(f"lambda_create_fn{suffix}", made)["FunctionName"])
    t.record("lambda_get_fn", t.lambda_.get_function, FunctionName=names[0])
    t.record("lambda_get_fn_2", t.lambda_.get_function, FunctionName=names[1])
    t.record("lambda_invoke_result", t.lambda_.invoke, FunctionName=names[0], Payload=b"{}")


@entry("TestLambdaFeatures::test_invocation_with_logs", RUNTIMES)
def logs_of_an_invocation(t, runtime, code):
    name = make_in(t, runtime, code)
    t.mask("LogResult", "log-result")
    answer = t.lambda_.invoke(FunctionName=name, Payload=b"{}", LogType="Tail")
    t.record("invoke", answer)
    lines = log_lines(answer, keep_ends=True)
    t.hide("request-id", lines[0].split()[2])
    t.record("logs", {"logs": lines})


@entry("TestLambdaFeatures::test_invocation_type_request_response", RUNTIMES)
def synchronous(t, runtime, code):
    name = make_in(t, runtime, code)
    invoke = t.lambda_.invoke
    t.record("invoke-result", invoke, FunctionName=name, Payload=b"{}")


@entry("TestLambdaFeatures::test_invocation_type_event", RUNTIMES)
def asynchronous(t, runtime, code):
    name = make_in(t, runtime, code)
    invoke = t.lambda_.invoke
    t.record(
        "invoke-result", invoke, FunctionName=name, Payload=b"{}", InvocationType="Event"
    )
    t.log_events(name)


@entry("TestLambdaFeatures::test_invocation_type_dry_run", RUNTIMES)
def dry(t, runtime, code):
    name = make_in(t, runtime, code)
    invoke = t.lambda_.invoke
    t.record(
        "invoke-result", invoke, FunctionName=name, Payload=b"{}", InvocationType="DryRun"
    )


NOTHING = {"nodejs": "exports.handler = async () => {};", "python": "def handler(*_):\n    pass\n"}


@entry(
    "TestLambdaFeatures::test_invocation_type_no_return_payload",
    {
        f"{language}-{kind}": (language, kind)
        for language in NOTHING
        for kind in ("RequestResponse", "Event")
    },
)
def no_payload(t, language, kind):
    runtime = {"nodejs": "nodejs20.x", "python": "python3.12"}[language]
    name = make_in(t, runtime, NOTHING[language])
    invoke = t.lambda_.invoke
    t.record("invoke-result", invoke, FunctionName=name, Payload=b"{}", InvocationType=kind)


INTROSPECT = """
import logging

logging.getLogger().setLevel(logging.INFO)


def handler(event, context):
    print("Lambda log message - print function")
    logging.info("Lambda log message - logging module")
    names = ["invoked_function_arn", "function_version", "function_name", "memory_limit_in_mb"]
    names += ["aws_request_id", "log_group_name", "log_stream_name", "client_context"]
    return {"event": event, "context": {name: getattr(context, name) for name in names}}
"""


@entry("TestLambdaFeatures::test_invocation_with_qualifier")
def invoke_a_version(t):
    t.mask("CodeSha256", "code-sha256")
    made = t.function(INTROSPECT, Timeout=10, Publish=True)
    t.record("creation-response", made)
    name = made["FunctionName"]
    t.active(name, Qualifier="1")
    answer = t.lambda_.invoke(
        FunctionName=name,
        Qualifier="1",
        Payload=json.dumps({"foo": "bar with 'quotes\""}),
        LogType="Tail",
    )
    lines = [line for line in log_lines(answer) if not line.startswith("REPORT")]
    t.record("log_result", {"log_result": lines})
    t.record("invocation-response", answer)


@entry("TestLambdaFeatures::test_invoke_exceptions")
def invoke_nothing(t):
    t.record("invoke_function_doesnotexist", t.lambda_.invoke, FunctionName="doesnotexist")


@entry(
    "TestLambdaErrors::test_lambda_invoke_payload_encoding_error",
    {
        r"body-n\x87r\x9e\xe9\xb5\xd7I\xee\x9bmt": ("body", b"n\x87r\x9e\xe9\xb5\xd7I\xee\x9bmt"),
        r"message-\x99\xeb,j\x07\xa1zYh": ("message", b"\x99\xeb,j\x07\xa1zYh"),
    },
)
def payload_that_is_no_text(t, what, payload):
    name = t.function()["FunctionName"]
    key = f"invoke_function_invalid_payload_{what}"
    t.record(key, t.lambda_.invoke, FunctionName=name, Payload=payload)


FAILURES = {
    "runtime_error": (
        "python3.13",
        'raise Exception("Runtime startup fails")\n\n\ndef handler(event, context):\n    pass\n',
    ),
    "runtime_exit": ("python3.12", "import sys\n\nsys.exit(0)\n"),
    "handler_exit": ("python3.12", "import sys\n\n\ndef handler(event, context):\n    sys.exit(0)\n"),
    "handler_error": (
        "python3.12",
        'def handler(event, context):\n    raise Exception("Handler fails")\n',
    ),
}


def fails(t, failure):
    runtime, code = FAILURES[failure]
    module = f"lambda_{failure}"
    made = t.function({f"{module}.py": code}, Runtime=runtime, Handler=f"{module}.handler")
    name = made["FunctionName"]
    t.record("invocation_error", t.lambda_.invoke, FunctionName=name, Payload=b"{}")


@entry("TestLambdaErrors::test_lambda_runtime_error")
def fails_at_start(t):
    fails(t, "runtime_error")


@entry("TestLambdaErrors::test_lambda_runtime_exit")
def ends_at_start(t):
    fails(t, "runtime_exit")


@entry("TestLambdaErrors::test_lambda_handler_exit")
def ends_in_handler(t):
    fails(t, "handler_exit")


@entry("TestLambdaErrors::test_lambda_handler_error")
def fails_in_handler(t):
    fails(t, "handler_error")


@entry("TestRequestIdHandling::test_request_id_format")
def form_of_request_ids(t):
    answer = t.lambda_.list_functions()
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    parts = headers["x-amzn-requestid"].split("-")
    assert [len(part) for part in parts] == [8, 4, 4, 4, 12], parts


LOG_ID = """
import logging

logging.getLogger().setLevel(logging.INFO)


def handler(event, context):
    logging.info("RequestId log message")
    return context.aws_request_id
"""


@entry("TestRequestIdHandling::test_request_id_invoke")
def request_id_of_an_invocation(t):
    name = t.function(LOG_ID)["FunctionName"]
    answer = t.record("invoke_result", t.lambda_.invoke, FunctionName=name, Payload=b"{}")
    id = answer["ResponseMetadata"]["RequestId"]
    t.hide("request-id", id)

    def look():
        messages = [event["message"].rstrip() for event in t.log_events(name)]
        mine = [message for message in messages if id in message]
        return mine if any(message.startswith("REPORT") for message in mine) else None

    t.record("log_entries", {"logs": t.until(look)})


@entry("TestLambdaBehavior::test_lambda_cache_local", ["nodejs", "python"])
def memory_between_invocations(t, language):
    code = {
        "nodejs": "let counter = 0;\nexports.handler = async () => ({ counter: counter++ });\n",
        "python": "N = [0]\n\n\ndef handler(*_):\n    N[0] += 1\n    return {'counter': N[0] - 1}\n",
    }[language]
    name = make_in(t, {"nodejs": "nodejs20.x", "python": "python3.12"}[language], code)
    invoke = t.lambda_.invoke
    t.record("first_invoke_result", invoke, FunctionName=name)
    t.record("second_invoke_result", invoke, FunctionName=name)


SLEEP = """
import time


def handler(event, context):
    time.sleep(event.get("seconds", 0))
"""


@entry("TestLambdaBehavior::test_lambda_invoke_with_timeout")
def too_slow(t):
    sleeping(t, timeout=1, seconds=4)


@entry("TestLambdaBehavior::test_lambda_invoke_no_timeout")
def in_time(t):
    sleeping(t, timeout=2, seconds=1)


def sleeping(t, timeout, seconds):
    t.mask("CodeSha256", "code-sha256")
    made = t.function(SLEEP, Timeout=timeout, Environment={"Variables": {}})
    t.record("create-result", wrapped(made))
    payload = json.dumps({"seconds": seconds})
    name = made["FunctionName"]
    t.record("invoke-result", t.lambda_.invoke, FunctionName=name, Payload=payload)


@entry("TestLambdaBaseFeatures::test_function_state")
def state(t):
    t.mask("CodeSha256", "code-sha256")
    made = t.record("create-fn-response", t.function(ECHO_PYTHON))
    t.record("get-fn-response", t.lambda_.get_function, FunctionName=made["FunctionName"])


@entry("TestLambdaBaseFeatures::test_large_payloads")
def large_payloads(t):
    name = t.function(ECHO_PYTHON, Timeout=30, MemorySize=512)["FunctionName"]
    event = {"text": "x" * (6 * 1024 * 1024 - 100)}
    assert t.invoke(name, event)["Payload"] == event


WHO = """
import boto3


def handler(event, context):
    return boto3.client("sts").get_caller_identity()["Arn"]
"""


@entry("TestLambdaBaseFeatures::test_assume_role", ["1", "2"])
def role_of_a_function(t, number):
    prefix = t.name("")[1:]
    t.hide("lambda-autogenerated-role-prefix", prefix)
    role = t.role(f"lambda-autogenerated-{prefix}")
    name = t.function(WHO, Role=role, Timeout=30)["FunctionName"]
    t.hide("function-name", name)
    t.record("invoke-result-assumed-role-arn", t.invoke(name)["Payload"])


@entry("TestLambdaCleanup::test_recreate_function")
def made_again(t):
    t.mask("CodeSha256", "code-sha256")
    name = t.name("fn")
    settings = {"FunctionName": name, "Handler": "lambda_echo.handler", "Timeout": 30}
    for key in ("one", "two"):
        made = t.function({"lambda_echo.py": ECHO_PYTHON}, Environment={"Variables": {}}, **settings)
        t.record(f"create_function_response_{key}", wrapped(made))
        if key == "one":
            t.invoke(name)
            t.lambda_.delete_function(FunctionName=name)
            t.until(lambda: "Error" in t.call(t.lambda_.get_function, FunctionName=name))


TWO_HANDLERS = """
def handler(event, context):
    return {"handler": "handler"}


def handler_two(event, context):
    return {"handler": "handler_two"}
"""


@entry("TestLambdaVersions::test_lambda_handler_update")
def another_handler(t):
    t.mask("CodeSha256", "code-sha256")
    name = make_with(t, TWO_HANDLERS)
    invoke = t.lambda_.invoke
    t.record("invoke_result_handler_one", invoke, FunctionName=name)
    update = t.lambda_.update_function_configuration
    key = "update_function_configuration_result"
    t.record(key, update, FunctionName=name, Handler="handler.handler_two")
    t.active(name)
    t.record("get_function_result", t.lambda_.get_function, FunctionName=name)
    t.record("invoke_result_handler_two", invoke, FunctionName=name)
    t.lambda_.publish_version(FunctionName=name)
    t.record("invoke_result_handler_two_postpublish", invoke, FunctionName=name)


def make_with(t, code, **settings):
    chosen = {"Timeout": 30, "Environment": {"Variables": {}}, **settings}
    return t.function(code, **chosen)["FunctionName"]


SLOW_WRITER = """
import os
import time

import boto3


def handler(event, context):
    if "sleep" in event["name"]:
        time.sleep(event["seconds"])
    body = event["name"] + "--" + os.environ["FUNCTION_VARIANT"]
    boto3.client("sqs").send_message(QueueUrl=event["queue"], MessageBody=body)
"""


@entry("TestLambdaVersions::test_async_invoke_queue_upon_function_update")
def events_that_wait_for_an_update(t):
    variant = {"Variables": {"FUNCTION_VARIANT": "variant-1"}}
    name = make_with(t, SLOW_WRITER, Environment=variant)
    url, _ = t.queue()
    t.lambda_.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)

    def send(event):
        payload = json.dumps({"name": event, "queue": url, "seconds": 4})
        t.lambda_.invoke(FunctionName=name, InvocationType="Event", Payload=payload)

    send("01-sleep")
    t.until(lambda: t.call(t.lambda_.invoke, FunctionName=name, Payload=b"{}").get("Error"))
    for number in range(2, 11):
        send(f"{number:02}-before")
    variant = {"Variables": {"FUNCTION_VARIANT": "variant-2"}}
    t.lambda_.update_function_configuration(FunctionName=name, Environment=variant)
    t.active(name)
    for number in range(11, 16):
        send(f"{number:02}-after")
    # What is throttled comes back after pauses of up to five minutes.
    t.pass_time(1200)
    bodies = [message["Body"] for message in t.messages(url, count=15)]
    t.record("async_invoke_history_sorted", sorted(bodies))
