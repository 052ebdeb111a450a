"""What scenarios of event source mappings share: functions that print their events, mappings, messages."""

import json

PRINT = "import json\n\n\ndef handler(event, context):\n    print(json.dumps(event))\n    return {}\n"


def mapping(t, key, source, name, **arguments):
    """Records CreateEventSourceMapping, and waits until the mapping is settled; its UUID."""
    create = t.lambda_.create_event_source_mapping
    made = t.record(key, create, EventSourceArn=source, FunctionName=name, **arguments)
    uuid = made.get("UUID")
    if uuid is not None:
        t.defer(t.lambda_.delete_event_source_mapping, UUID=uuid)
        state(t, uuid, "Enabled" if arguments.get("Enabled", True) else "Disabled")
    return uuid


def state(t, uuid, wanted):
    """Waits until a mapping is in a state; GetEventSourceMapping's answer."""

    def look():
        answer = t.lambda_.get_event_source_mapping(UUID=uuid)
        return answer if answer["State"] == wanted else None

    return t.until(look)


def events(t, name, count=1, seconds=30):
    """The events that a function printed, in order, once there are so many."""

    def look():
        lines = [event["message"] for event in t.logs.filter_log_events(
            logGroupName=f"/aws/lambda/{name}", filterPattern="Records")["events"]]
        found = [json.loads(line) for line in lines if line.startswith('{"Records"')]
        return found if len(found) >= count else None

    return t.until(look, seconds)


def parsed(text):
    """What a text says as JSON, else the text."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def with_bodies(found):
    """Events of SQS, their bodies read as JSON."""
    for event in found:
        for record in event["Records"]:
            record["body"] = parsed(record["body"])
    return found


def received(t, url, seconds=60, **arguments):
    """ReceiveMessage's answer once there is a message, its body read as JSON."""

    def look():
        answer = t.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2, **arguments)
        return answer if answer.get("Messages") else None

    answer = t.until(look, seconds)
    for message in answer["Messages"]:
        message["Body"] = parsed(message["Body"])
    return answer


def mask_senders(t):
    """What the recordings of SQS's events hide without brackets."""
    t.mask("SentTimestamp", "sent-timestamp")
    t.mask("SenderId", "sender-id")


def filters(*patterns):
    return {"Filters": [{"Pattern": json.dumps(pattern)} for pattern in patterns]}


def read_filters(answer):
    """Patterns as the recordings have them: read as JSON."""
    for one in answer.get("FilterCriteria", {}).get("Filters", []):
        one["Pattern"] = parsed(one["Pattern"])
    return answer
