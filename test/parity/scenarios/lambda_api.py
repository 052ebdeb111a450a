"""Lambda's control plane, as AWS answered it."""

from harness import entry

MISSING = [
    "delete_function",
    "get_function",
    "get_function_configuration",
    "get_function_url_config",
    "get_function_code_signing_config",
    "get_function_event_invoke_config",
    "get_function_concurrency",
]


@entry("TestLambdaFunction::test_ops_on_nonexisting_fn", MISSING)
def ops_on_missing_function(t, operation):
    name = t.name("nonexisting")
    t.hide("nonexisting-fn-name", name)
    t.record("not_found_exception", getattr(t.lambda_, operation), FunctionName=name)
