"""X-Ray's trace header on its way into a function."""

import json

from harness import entry

CODE = "import os\n\n\ndef handler(*_):\n    return os.environ['_X_AMZN_TRACE_ID']\n"
ROOT = "1-3152b799-8954dae64eda91bc9a23a7e8"


@entry("test_xray_trace_propagation")
def trace_of_the_caller(t):
    name = t.function(CODE)["FunctionName"]
    client = t.client("lambda", connect_timeout=59)

    def add_header(params, **_):
        params["headers"]["X-Amzn-Trace-Id"] = f"Root={ROOT};Parent=7fa8c0f79203be72;Sampled=1"

    client.meta.events.register("before-call.lambda.Invoke", add_header)
    answer = client.invoke(FunctionName=name)
    seen = json.load(answer["Payload"])
    assert f"Root={ROOT}" in seen and "Sampled=1" in seen, seen
    fresh = t.invoke(name)["Payload"]
    assert fresh.startswith("Root=1-") and ROOT not in fresh, fresh
