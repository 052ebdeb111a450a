"""What each client of AWS's is asked for, in Python."""

import os

calls = 0


def handler(event, context):
    global calls
    calls += 1
    kind = event["kind"]
    if kind == "fail":
        raise ValueError("it broke")
    if kind == "exit":
        os._exit(3)
    if kind == "large":
        return "x" * event["bytes"]
    if kind == "log":
        print("said by the function")
        return None
    return {
        "echo": event.get("value"),
        "calls": calls,
        "requestId": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "hasTime": 0 < context.get_remaining_time_in_millis() <= 10_000,
        "trace": os.environ.get("_X_AMZN_TRACE_ID", "").partition(";")[0],
    }
