"""What single languages do."""

import json

from harness import entry
from scenarios.lambda_api.made import wrapped

from .languages import compiled

NODES = [f"nodejs{number}.x" for number in range(16, 25, 2)]
PYTHONS = [f"python3.{number}" for number in range(8, 15)]
JAVAS = ["java8.al2", "java11", "java17", "java21", "java25"]


def make(t, files, **settings):
    chosen = {"Timeout": 30, "Environment": {"Variables": {}}, **settings}
    return t.function(files, **chosen)


ES6 = """
export const handler = async (event) => ({
  statusCode: 200,
  body: JSON.stringify(`response from localstack lambda: ${JSON.stringify(event)}`),
});
"""


@entry("TestNodeJSRuntimes::test_invoke_nodejs_es6_lambda", NODES)
def module_of_es6(t, runtime):
    settings = {"Runtime": runtime, "Handler": "lambda_handler_es6.handler"}
    made = make(t, {"lambda_handler_es6.mjs": ES6}, **settings)
    t.record("creation-result", wrapped(made))
    answer = t.invoke(made["FunctionName"], {"event_type": "test_lambda"})
    t.record("invocation-result", answer)


@entry("TestPythonRuntimes::test_handler_in_submodule", PYTHONS)
def handler_in_a_package(t, runtime):
    files = {"package/__init__.py": "", "package/module.py": "def run(*_):\n    return 'here'\n"}
    name = make(t, files, Runtime=runtime, Handler="package.module.run")["FunctionName"]
    assert t.invoke(name)["Payload"] == "here"


VERSION = "import sys\n\n\ndef handler(*_):\n    return list(sys.version_info[:2])\n"


@entry("TestPythonRuntimes::test_python_runtime_correct_versions", PYTHONS)
def version_of_python(t, runtime):
    name = make(t, VERSION, Runtime=runtime)["FunctionName"]
    answer = t.invoke(name)["Payload"]
    wanted = [int(part) for part in runtime.removeprefix("python").split(".")]
    assert answer == wanted, answer


LINES = r'''
def handler(event, context):
    print("multi\nline\nstring")
    print("another\rline")
    return {}
'''


@entry("TestCloudwatchLogs::test_multi_line_prints")
def lines_of_a_print(t):
    name = t.function(LINES, Runtime="python3.13")["FunctionName"]
    answer = t.invoke(name)
    t.hide("request-id", answer["ResponseMetadata"]["RequestId"])
    t.mask("timestamp", "timestamp")
    t.mask("ingestionTime", "timestamp")
    t.mask("eventId", "event-id")
    t.record("log-events", t.log_events(name, count=8))


GO_ERROR = r"""#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
error='{"errorMessage":"Error: some_error_msg","errorType":"errorString"}'
while true; do
  curl -sS -D /tmp/headers -o /tmp/event "$api/next"
  id=$(tr -d '\r' < /tmp/headers | awk 'tolower($1) == "lambda-runtime-aws-request-id:" { print $2 }')
  curl -sS -X POST -d "$error" "$api/$id/error" > /dev/null
done
"""


@entry("TestGoProvidedRuntimes::test_uncaught_exception_invoke", ["provided.al2", "provided.al2023"])
def error_of_a_custom_runtime(t, runtime):
    settings = {"Runtime": runtime, "Handler": "function.handler", "MemorySize": 1024}
    made = t.function({"bootstrap": GO_ERROR}, **settings)
    t.record("create_function_result", made)
    t.record("error_result", t.invoke(made["FunctionName"], {"error_msg": "some_error_msg"}))


STREAM = """
package cloud.localstack.sample;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

public class LambdaStreamHandler implements RequestStreamHandler {
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    output.write("{}".getBytes("UTF-8"));
  }
}
"""


@entry("TestJavaRuntimes::test_stream_handler", JAVAS)
def stream_handler(t, runtime):
    files = compiled({"cloud/localstack/sample/LambdaStreamHandler.java": STREAM})
    handler = "cloud.localstack.sample.LambdaStreamHandler"
    name = make(t, files, Runtime=runtime, Handler=handler)["FunctionName"]
    t.record("invoke_result", t.invoke(name, {"echo": "echo"}))


SERIALIZED = """
package cloud.localstack.awssdkv1.sample;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.LinkedHashMap;
import java.util.Map;

public class SerializedInputLambdaHandler
    implements RequestHandler<SerializedInputLambdaHandler.Place, Map<String, Object>> {
  public static class Place {
    private String bucket;
    private String key;
    public String getBucket() { return bucket; }
    public void setBucket(String bucket) { this.bucket = bucket; }
    public String getKey() { return key; }
    public void setKey(String key) { this.key = key; }
  }

  public Map<String, Object> handleRequest(Place place, Context context) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("bucket", place.getBucket());
    answer.put("key", place.getKey());
    answer.put("validated", place.getBucket() != null && place.getKey() != null);
    return answer;
  }
}
"""


@entry("TestJavaRuntimes::test_serializable_input_object", JAVAS)
def input_of_a_class(t, runtime):
    handler = "cloud.localstack.awssdkv1.sample.SerializedInputLambdaHandler"
    files = compiled({f"{handler.replace('.', '/')}.java": SERIALIZED})
    made = make(t, files, Runtime=runtime, Handler=handler)
    t.record("create-result", wrapped(made))
    event = {"bucket": "test_bucket", "key": "test_key"}
    t.record("invoke-result", t.invoke(made["FunctionName"], event))


CUSTOM = """
package cloud.localstack.sample;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;

public class LambdaHandlerWithInterfaceAndCustom
    implements RequestHandler<Map<String, Object>, String> {
  public String handleRequest(Map<String, Object> event, Context context) {
    return "INTERFACE";
  }

  public String handleRequestCustom(Map<String, Object> event, Context context) {
    return "CUSTOM";
  }
}
"""
CUSTOM_CLASS = "cloud.localstack.sample.LambdaHandlerWithInterfaceAndCustom"


@entry(
    "TestJavaRuntimes::test_java_custom_handler_method_specification",
    {
        f"{CUSTOM_CLASS}-INTERFACE": CUSTOM_CLASS,
        f"{CUSTOM_CLASS}::handleRequest-INTERFACE": f"{CUSTOM_CLASS}::handleRequest",
        f"{CUSTOM_CLASS}::handleRequestCustom-CUSTOM": f"{CUSTOM_CLASS}::handleRequestCustom",
    },
)
def method_of_a_class(t, handler):
    files = compiled({f"{CUSTOM_CLASS.replace('.', '/')}.java": CUSTOM})
    made = make(t, files, Runtime="java11", Handler=handler)
    t.record("create-result", wrapped(made))
    invoke = t.lambda_.invoke
    t.record("invoke-result", invoke, FunctionName=made["FunctionName"], Payload=b"{}")


LOGGING = """
package cloud.localstack.sample;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;

public class LambdaHandler implements RequestHandler<Map<String, Object>, String> {
  public String handleRequest(Map<String, Object> event, Context context) {
    context.getLogger().log("received " + event);
    return "";
  }
}
"""


@entry("TestJavaRuntimes::test_java_lambda_subscribe_sns_topic")
def subscribed_to_a_topic(t):
    files = compiled({"cloud/localstack/sample/LambdaHandler.java": LOGGING})
    handler = "cloud.localstack.sample.LambdaHandler"
    made = make(t, files, Runtime="java11", Handler=handler)
    name, topic = made["FunctionName"], t.topic()
    t.record("get-function", t.lambda_.get_function, FunctionName=name)
    t.record(
        "add-permission",
        t.lambda_.add_permission,
        FunctionName=name,
        StatementId=t.name("statement"),
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceArn=topic,
    )
    t.sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=made["FunctionArn"])
    t.sns.publish(TopicArn=topic, Message=json.dumps({"a": 1}), Subject="subject")
    t.until(lambda: [e for e in t.log_events(name) if "received" in e["message"]])
