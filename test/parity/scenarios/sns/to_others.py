"""What functions and web servers receive, and what is logged of it."""

import http.server
import json
import threading
import urllib.parse

from harness import entry

from .tools import as_user, attributes_of, number, received, subscribed

KEEPING = """
import boto3, json


def handler(event, context):
    queue = "%s"
    body = json.dumps(event["Records"][0]["Sns"])
    boto3.client("sqs").send_message(QueueUrl=queue, MessageBody=body)
"""

FAILING = """
def handler(event, context):
    raise Exception("Test exception (this is intentional)")
"""


def subscribed_function(t, topic, code, sns=None, function=None, **attributes):
    """Subscribes a function that may be invoked; its name and the subscription's ARN."""
    made = t.function(code, **(function or {}))
    t.lambda_.add_permission(
        FunctionName=made["FunctionName"],
        StatementId="sns",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceArn=topic,
    )
    answer = (sns or t.sns).subscribe(
        TopicArn=topic,
        Protocol="lambda",
        Endpoint=made["FunctionArn"],
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )
    return made["FunctionName"], answer["SubscriptionArn"]


@entry("TestSNSSubscriptionLambda::test_sns_topic_as_lambda_dead_letter_queue")
def dead_letter_topic(t):
    dead_topic, url, _ = subscribed(t)
    topic = t.topic()
    name, _ = subscribed_function(
        t, topic, FAILING, function={"DeadLetterConfig": {"TargetArn": dead_topic}}
    )
    config = t.lambda_.get_function_configuration(FunctionName=name)
    t.record("lambda-response-dlq-config", config["DeadLetterConfig"])
    t.lambda_.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    t.sns.publish(TopicArn=topic, Message=json.dumps({"raise_error": 1}))
    t.record("messages", received(t, url, seconds=20))


@entry("TestSNSSubscriptionLambda::test_redrive_policy_lambda_subscription")
def dead_letters_of_a_function(t):
    topic = t.topic()
    dead, dead_arn = t.queue()
    policy = json.dumps({"deadLetterTargetArn": dead_arn})
    name, subscription = subscribed_function(
        t, topic, FAILING, as_user(t), RedrivePolicy=policy
    )
    t.record(
        "subscription-attributes",
        t.sns.get_subscription_attributes,
        SubscriptionArn=subscription,
    )
    t.lambda_.delete_function(FunctionName=name)
    t.sns.publish(
        TopicArn=topic, Message="test_redrive_policy", MessageAttributes={"attr1": number("1")}
    )
    t.record("messages", received(t, dead))


@entry("TestSNSSubscriptionLambda::test_publish_lambda_verify_signature", ["1", "2"])
def signature(t, version):
    topic = t.topic(SignatureVersion=version)
    url, _ = t.queue()
    # boto3 takes seconds to load where there is next to no processor.
    settings = {"Timeout": 30, "MemorySize": 1024}
    subscribed_function(t, topic, KEEPING % url, function=settings)
    t.sns.publish(
        TopicArn=topic,
        Subject=f"[Subject] Test subject Signature v{version}",
        Message="Hello world.",
    )
    found = t.messages(url, seconds=60)
    t.record("notification", json.loads(found[0]["Body"]))


@entry("TestSNSPublishDelivery::test_delivery_lambda")
def delivery_log(t):
    """The text that was published is not recorded, so that its MD5 differs."""
    topic = t.topic()
    t.record("get-topic-attrs", attributes_of(t, topic))
    t.record("publish-no-logs", t.sns.publish, TopicArn=topic, Message="no-logs")
    for name, value in [
        ("LambdaSuccessFeedbackRoleArn", t.role()),
        ("LambdaSuccessFeedbackSampleRate", "100"),
    ]:
        t.sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)
    t.record("get-topic-attrs-with-success-feedback", attributes_of(t, topic))
    subscribed_function(t, topic, "def handler(event, context):\n    pass\n")
    t.record("publish-logs", t.sns.publish, TopicArn=topic, Message="logs")
    group = f"sns/{t.region}/{t.account}/{topic.split(':')[-1]}"
    t.defer(t.logs.delete_log_group, logGroupName=group)

    def look():
        streams = t.logs.describe_log_streams(logGroupName=group)["logStreams"]
        events = t.logs.get_log_events(
            logGroupName=group, logStreamName=streams[0]["logStreamName"], startFromHead=True
        )
        return events if events["events"] else None

    found = t.until(look)
    # The same place in a stream has two names; the recording gives both one.
    found["nextForwardToken"] = found["nextBackwardToken"]
    t.record("delivery-events", found)


@entry("TestSNSSubscriptionHttp::test_http_subscription_response")
def answers_of_subscribe(t):
    name = t.name()
    topic = t.topic(name)
    t.record("topic-arn", {"TopicArn": topic})
    web = {"TopicArn": topic, "Protocol": "http", "Endpoint": "http://example.com/"}
    t.record("subscription", t.sns.subscribe, **web)
    t.record("subscription-with-arn", t.sns.subscribe, **web, ReturnSubscriptionArn=True)


@entry("TestSNSSubscriptionHttp::test_subscribe_external_http_endpoint_content_type", ["True"])
def content_type(t, _):
    posts = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posts.append((dict(self.headers.items()), body.decode()))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        external_endpoint(t, server.server_address[1], posts)
    finally:
        server.shutdown()


def external_endpoint(t, port, posts):
    topic = t.topic()
    t.record("topic-attrs", attributes_of(t, topic))
    policy = {"requestPolicy": {"headerContentType": "text/csv"}}
    made = as_user(t).subscribe(
        TopicArn=topic,
        Protocol="http",
        Endpoint=f"http://127.0.0.1:{port}/sns-endpoint",
        Attributes={"RawMessageDelivery": "true", "DeliveryPolicy": json.dumps(policy)},
        ReturnSubscriptionArn=True,
    )
    arn = made["SubscriptionArn"]
    t.record("sub-attrs", t.sns.get_subscription_attributes, SubscriptionArn=arn)
    headers, body = t.until(lambda: posts and posts.pop())
    confirmation = json.loads(body)
    t.record("subscription-confirmation", confirmation)
    t.record("http-confirm-sub-headers", as_recorded(headers))
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(confirmation["SubscribeURL"]).query)
    t.sns.confirm_subscription(TopicArn=topic, Token=query["Token"][0])
    t.sns.publish(TopicArn=topic, Message="test_external_http_endpoint")
    headers, _ = t.until(lambda: posts and posts.pop())
    t.record("http-message-headers-raw", as_recorded(headers))


def as_recorded(headers):
    """Names of headers as they were recorded, and the words for what is hidden."""
    named = {"-".join(part.title() for part in name.split("-")): value for name, value in headers.items()}
    return {**named, "Content-Length": "content--length", "Connection": "connection"}
