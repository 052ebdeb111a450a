"""Where the ends of asynchronous events go."""

import json

from harness import entry

INTROSPECT = """
    names = ["invoked_function_arn", "function_version", "function_name", "memory_limit_in_mb"]
    names += ["aws_request_id", "log_group_name", "log_stream_name", "client_context"]
    return {"event": event, "context": {name: getattr(context, name) for name in names}}
"""


def raising(line, message, condition="True", otherwise=""):
    """The code of a handler that raises, under a condition, in this line of its file."""
    head = f"def handler(event, context):\n    raise Exception(\"{message}\")\n"
    if condition == "True":
        return "\n" * (line - 2) + head
    # The trace shows the line as it stands, so the condition stands before it.
    guard = f"def handler(event, context):\n    if not {condition}:\n        return other(event, context)\n"
    raises = f"    raise Exception(\"{message}\")\n"
    return (
        "\n" * (line - 4) + guard + raises + f"\n\ndef other(event, context):{otherwise}"
    )


RAISE_ERROR = raising(
    55, "Test exception (this is intentional)", "event.get('raise_error')", INTROSPECT
)


def configure(t, name, **settings):
    put = t.lambda_.put_function_event_invoke_config
    return put(FunctionName=name, **settings)


def both(arn):
    return {"OnSuccess": {"Destination": arn}, "OnFailure": {"Destination": arn}}


def send(t, name, event):
    payload = json.dumps(event)
    t.lambda_.invoke(FunctionName=name, Payload=payload, InvocationType="Event")


def receive(t, url, **arguments):
    """ReceiveMessage's response, once it has a message."""

    def look():
        answer = t.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, **arguments)
        return answer if answer.get("Messages") else None

    return t.until(look)


@entry(
    "TestLambdaDestinationSqs::test_assess_lambda_destination_invocation",
    {"Success-payload0": {}, "RetriesExhausted-payload1": {"raise_error": 1}},
)
def ends_at_a_queue(t, event):
    name = t.function(RAISE_ERROR)["FunctionName"]
    url, arn = t.queue()
    settings = {"DestinationConfig": both(arn)}
    if event:
        settings["MaximumRetryAttempts"] = 0
    t.record("put_function_event_invoke_config", configure(t, name, **settings))
    send(t, name, event)
    t.record("receive_message_result", receive(t, url))


@entry("TestLambdaDestinationSqs::test_lambda_destination_default_retries")
def retries(t):
    name = t.function(RAISE_ERROR)["FunctionName"]
    url, arn = t.queue()
    settings = {"DestinationConfig": both(arn)}
    t.record("put_function_event_invoke_config", configure(t, name, **settings))
    send(t, name, {"raise_error": 1})
    t.log_events(name)
    t.pass_time(240)
    t.record("receive_message_result", receive(t, url))


@entry("TestLambdaDestinationSqs::test_maxeventage")
def events_that_are_too_old(t):
    name = t.function(raising(7, "intentional failure"))["FunctionName"]
    url, arn = t.queue()
    t.hide("test-msg-id", "message-1")
    for stamp in ("ApproximateFirstReceiveTimestamp", "SentTimestamp"):
        t.mask(stamp, "timestamp")
    failure = {"DestinationConfig": {"OnFailure": {"Destination": arn}}}
    for key, age in {"no_retry": 60, "single_retry": 90}.items():
        configure(t, name, **failure, MaximumRetryAttempts=2, MaximumEventAgeInSeconds=age)
        send(t, name, {"message": "message-1"})
        if key == "single_retry":
            t.pass_time(200)
        [message] = t.messages(url, MessageSystemAttributeNames=["All"])
        t.record(f"{key}_failure_message", message)


SUCCEED_OR_FAIL = """def handler(event, context):
    if event.get("mode") == "success":
        return {"hello": "world", "test": "abc", "val": 5, "success": True}
    raise Exception("intentional failure!")
"""


@entry("TestLambdaDestinationEventbridge::test_invoke_lambda_eventbridge")
def ends_at_an_event_bus(t):
    bus, rule = t.name("bus"), t.name("rule")
    t.hide("event-bus-name", bus)
    bus_arn = t.events.create_event_bus(Name=bus)["EventBusArn"]
    t.defer(t.events.delete_event_bus, Name=bus)
    name = t.function({"index.py": SUCCEED_OR_FAIL}, Handler="index.handler")["FunctionName"]
    t.hide("input-fn-name", name)
    url, arn = t.queue()
    pattern = json.dumps({"source": ["lambda"]})
    t.events.put_rule(Name=rule, EventBusName=bus, EventPattern=pattern)
    t.defer(t.events.delete_rule, Name=rule, EventBusName=bus)
    t.events.put_targets(Rule=rule, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    t.defer(t.events.remove_targets, Rule=rule, EventBusName=bus, Ids=["queue"])
    permitted = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
            }
        ],
    }
    t.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(permitted)})
    configure(t, name, DestinationConfig=both(bus_arn), MaximumRetryAttempts=0)
    for mode in ("success", "failure"):
        send(t, name, {"mode": mode})
        [message] = t.messages(url)
        t.record(f"lambda_destination_event_bus_{mode}", json.loads(message["Body"]))
