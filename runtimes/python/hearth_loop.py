"""The loop of events: unmarshal, call, marshal, post, ask for the next."""

import json
import os

import hearth_logging
from hearth_context import LambdaContext
from hearth_handler import Fault, fault_of, xray_cause
from hearth_json import response_json, to_json

# What of an error travels in a header at most; AWS allows 1 MiB.
CAUSE_CHARACTERS_MAX = 64 * 1024


def error_type_line(error_type):
    return f"Lambda-Runtime-Function-Error-Type: {one_line(error_type)}\r\n"


def one_line(text):
    return "".join(" " if ord(it) < 32 or ord(it) == 127 else it for it in text)


def run(client, handler, api):
    next_path = f"{api}/invocation/next"
    headers, body = client.get(next_path)
    while True:
        request_id = headers.get("lambda-runtime-aws-request-id")
        path = f"{api}/invocation/{request_id}"
        hearth_logging.enter(request_id, headers.get("lambda-runtime-aws-tenant-id"))
        set_trace(headers.get("lambda-runtime-trace-id"))
        try:
            context = LambdaContext(
                headers,
                json_header(headers, "lambda-runtime-client-context", "Client Context"),
                json_header(headers, "lambda-runtime-cognito-identity", "Cognito Identity"),
            )
            event = unmarshal(body, headers.get("content-type"))
            result, content_type = marshal(handler(event, context))
        except Exception as error:
            fault = fault_of(error, request_id)
            hearth_logging.log_error(fault)
            lines = error_type_line(fault["errorType"]) + cause_line(error)
            headers, body = client.post_and_get(
                f"{path}/error", to_json(fault).encode("utf-8"), lines, next_path
            )
            continue
        headers, body = client.post_and_get(
            f"{path}/response", result, f"Content-Type: {content_type}\r\n", next_path
        )


def json_header(headers, name, title):
    value = headers.get(name)
    if not value:
        return None
    try:
        return json.loads(value.encode("latin-1"))
    except Exception as error:
        raise Fault(
            "Runtime.LambdaContextUnmarshalError", f"Unable to parse {title} JSON: {error}"
        ) from None


def unmarshal(body, content_type):
    if content_type != "application/json":
        return body
    try:
        return json.loads(body)
    except Exception as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from None


def marshal(response):
    if isinstance(response, bytes):
        return response, "application/unknown"
    try:
        return response_json(response).encode("utf-8"), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


def cause_line(error):
    cause = json.dumps(xray_cause(error))
    if len(cause) > CAUSE_CHARACTERS_MAX:
        return ""
    return f"Lambda-Runtime-Function-XRay-Error-Cause: {one_line(cause)}\r\n"


def set_trace(trace):
    if trace is not None:
        os.environ["_X_AMZN_TRACE_ID"] = trace
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
