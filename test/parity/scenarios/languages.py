"""Functions that do the same in each language, for the entries that are tried with all runtimes."""

import os
import pathlib
import subprocess
import tempfile

PYTHON = '''
import os

NAMES = ["aws_request_id", "function_name", "function_version", "invoked_function_arn"]
NAMES += ["log_group_name", "log_stream_name", "memory_limit_in_mb"]


def handler(event, context):
    if isinstance(event, dict) and "error_msg" in event:
        raise Exception("Failed: " + event["error_msg"])
    if not isinstance(event, dict) or "introspect" not in event:
        return event
    ctx = {name: getattr(context, name) for name in NAMES}
    ctx["remaining_time_in_millis"] = context.get_remaining_time_in_millis()
    return {"ctx": ctx, "environment": dict(os.environ), "packages": []}
'''

NODE = """
exports.handler = async (event, context) => {
  if (event && event.error_msg) throw new Error(`Error: ${event.error_msg}`);
  if (!event || !event.introspect) return event;
  const ctx = {
    aws_request_id: context.awsRequestId,
    function_name: context.functionName,
    function_version: context.functionVersion,
    invoked_function_arn: context.invokedFunctionArn,
    log_group_name: context.logGroupName,
    log_stream_name: context.logStreamName,
    remaining_time_in_millis: context.getRemainingTimeInMillis(),
  };
  return { ctx, environment: process.env, packages: [] };
};
"""

RUBY = """
def handler(event:, context:)
  raise "Error: #{event['error_msg']}" if event.is_a?(Hash) && event['error_msg']
  return event unless event.is_a?(Hash) && event['introspect']
  ctx = {
    aws_request_id: context.aws_request_id,
    function_name: context.function_name,
    function_version: context.function_version,
    invoked_function_arn: context.invoked_function_arn,
    log_group_name: context.log_group_name,
    log_stream_name: context.log_stream_name,
    memory_limit_in_mb: context.memory_limit_in_mb,
    remaining_time_in_millis: context.get_remaining_time_in_millis,
  }
  { ctx: ctx, environment: ENV.to_h, packages: [] }
end
"""

JAVA = """
package echo;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.LinkedHashMap;
import java.util.Map;

public class Handler implements RequestHandler<Object, Object> {
  public Object handleRequest(Object event, Context context) {
    Map<?, ?> map = event instanceof Map ? (Map<?, ?>) event : new LinkedHashMap<>();
    if (map.containsKey("error_msg")) {
      throw new RuntimeException("Error: " + map.get("error_msg"));
    }
    if (!map.containsKey("introspect")) return event;
    Map<String, Object> ctx = new LinkedHashMap<>();
    ctx.put("aws_request_id", context.getAwsRequestId());
    ctx.put("function_name", context.getFunctionName());
    ctx.put("function_version", context.getFunctionVersion());
    ctx.put("invoked_function_arn", context.getInvokedFunctionArn());
    ctx.put("log_group_name", context.getLogGroupName());
    ctx.put("log_stream_name", context.getLogStreamName());
    ctx.put("memory_limit_in_mb", String.valueOf(context.getMemoryLimitInMB()));
    ctx.put("remaining_time_in_millis", context.getRemainingTimeInMillis());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("ctx", ctx);
    all.put("environment", System.getenv());
    all.put("packages", new String[0]);
    return all;
  }
}
"""

# A custom runtime in a shell: it answers each event with itself, or fails as AWS's runtime for Rust does.
SHELL = r"""#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  curl -sS -D /tmp/headers -o /tmp/event "$api/next"
  id=$(tr -d '\r' < /tmp/headers | awk 'tolower($1) == "lambda-runtime-aws-request-id:" { print $2 }')
  answer=response
  if grep -q error_msg /tmp/event; then
    answer=error
    cat > /tmp/event <<'JSON'
{"errorType":"&alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync>",
"errorMessage":"Error: \"some_error_msg\""}
JSON
  fi
  curl -sS -X POST --data-binary @/tmp/event "$api/$id/$answer" > /dev/null
done
"""

WRAPPER = """#!/bin/bash
export WRAPPER_VAR="test"
exec "$@"
"""


def function_of(runtime):
    """Files and handler of the function in the runtime's language; nothing where none is written."""
    if runtime.startswith("python"):
        return {"handler.py": PYTHON}, "handler.handler"
    if runtime.startswith("nodejs"):
        return {"index.js": NODE}, "index.handler"
    if runtime.startswith("ruby"):
        return {"function.rb": RUBY}, "function.handler"
    if runtime.startswith("java"):
        return compiled({"echo/Handler.java": JAVA}), "echo.Handler"
    if runtime.startswith("provided"):
        return {"bootstrap": SHELL}, "function.handler"
    raise LookupError(f"no function is written in the language of {runtime}")


def compiled(sources):
    """Class files of Java sources, for Java 8 and later; needs the machine's javac."""
    library = pathlib.Path(os.getcwd(), "runtimes/java/lib")
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        for name, text in sources.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        files = [str(root / name) for name in sources]
        command = ["javac", "--release", "8", "-nowarn", "-Xlint:-options", "-cp", f"{library}/*"]
        subprocess.run([*command, "-d", str(root / "out"), *files], check=True)
        out = root / "out"
        return {
            str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*.class")
        }
