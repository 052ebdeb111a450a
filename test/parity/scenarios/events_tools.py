"""What the scenarios of EventBridge have in common."""

import json

DETAIL = {"command": "update-account", "payload": {"acc_id": "0a787ecb-4015", "sf_id": "baz"}}
PATTERN = {
    "source": ["core.update-account-command"],
    "detail-type": ["core.update-account-command"],
    "detail": {"command": ["update-account"]},
}
NAME = "core.update-account-command"
TAGS = [{"Key": "tag1", "Value": "value1"}, {"Key": "tag2", "Value": "value2"}]


def bus(t, kind="custom", events=None):
    """A bus's name; it is made unless it is the default one."""
    events = events or t.events
    if kind == "default":
        t.hide("bus-name", "default")
        return "default"
    name = t.name("bus")
    events.create_event_bus(Name=name)
    t.defer(events.delete_event_bus, Name=name)
    t.hide("bus-name", name)
    return name


def rule(t, bus_name="default", pattern=None, name=None, events=None, **arguments):
    """A rule's name; its targets go before it."""
    events = events or t.events
    name = name or t.name("rule")
    if "ScheduleExpression" not in arguments:
        arguments["EventPattern"] = json.dumps(pattern or PATTERN)
    events.put_rule(Name=name, EventBusName=bus_name, **arguments)
    t.defer(remove_rule, t=t, bus_name=bus_name, name=name, events=events)
    t.hide("rule-name", name)
    return name


def remove_rule(t, bus_name, name, events=None):
    events = events or t.events
    targets = events.list_targets_by_rule(Rule=name, EventBusName=bus_name)["Targets"]
    ids = [target["Id"] for target in targets]
    if ids:
        events.remove_targets(Rule=name, EventBusName=bus_name, Ids=ids)
    events.delete_rule(Name=name, EventBusName=bus_name)


def target(t, bus_name, rule_name, arn, events=None, **arguments):
    """Adds a target; answers its id."""
    id = t.name("target")
    t.hide("target-id", id)
    (events or t.events).put_targets(
        Rule=rule_name, EventBusName=bus_name, Targets=[{"Id": id, "Arn": arn, **arguments}]
    )
    return id


def opened_queue(t, client=None, region=None, account=None):
    """A queue that EventBridge may send to: its URL and ARN."""
    client = client or t.sqs
    name = t.name("queue")
    url = client.create_queue(QueueName=name)["QueueUrl"]
    t.defer(client.delete_queue, QueueUrl=url)
    arn = f"arn:aws:sqs:{region or t.region}:{account or t.account}:{name}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url, arn


def put(t, detail=None, bus_name="default", source=NAME, events=None):
    """Puts one event; its answer."""
    detail = DETAIL if detail is None else detail
    entry = {"Source": source, "DetailType": NAME, "Detail": json.dumps(detail)}
    return (events or t.events).put_events(Entries=[{**entry, "EventBusName": bus_name}])


def seen(t, url, count=1, client=None, words=None):
    """The messages of a queue, their times written as the recordings have them."""
    client = client or t.sqs
    found = []

    def look():
        answer = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in answer.get("Messages", []):
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append({**message, **(words or {}), "Body": dated(message["Body"])})
        return len(found) >= count

    t.until(look, every=0)
    return found


def dated(body):
    """An event's JSON with the word `date` for its time."""
    try:
        event = json.loads(body)
    except ValueError:
        return body
    if isinstance(event, dict) and "time" in event:
        event["time"] = "date"
    return json.dumps(event)


# Where the recordings have words for what is another each time.
MASKED = {"ReceiptHandle": "receipt-handle", "MD5OfBody": "m-d5-of-body"}
