"""What targets receive in place of the event."""

import json

from harness import entry

from .events_tools import DETAIL, NAME, bus, opened_queue, put, rule, seen, target

LISTS = {**DETAIL, "listsingle": ["HIGH"], "listmulti": ["ACTIVE", "INACTIVE"]}
PATHS = {
    "userId": "$.detail.payload.acc_id",
    "payload": "$.detail.payload",
    "systemstring": "$.detail.awsAccountId",
    "listsingle": "$.detail.listsingle",
    "listmulti": "$.detail.listmulti",
}
PLAIN = "Event of <detail-type> type, at time <timestamp>, info extracted from detail <command>"
SPECIAL = '"{[/Check with special starting characters for event of <detail-type> type"'
PREDEFINED = (
    '"Message containing all pre defined variables <aws.events.rule-arn> <aws.events.rule-name> '
    '<aws.events.event.ingestion-time>"'
)
FILLED = [
    '"<listsingle> single list item"',
    '"<listmulti> multiple list items"',
    '"<systemstring> system account id"',
    '"<payload> payload"',
    '"<userId> user id"',
    '"<listsingle> single list item <listmulti> multiple list items <systemstring> system account id '
    '<payload> payload <userId> user id"',
    '"<listsingle> single list item"\n"<listmulti> multiple list items"\n"<systemstring> system account id"\n'
    '"<payload> payload"\n"<userId> user id"',
    '{"method": "PUT", "path": "users-service/users/<userId>", "bod": <payload>}',
    '{"method": "PUT", "path": "users-service/users/<userId>", "bod": [<userId>, "hardcoded"]}',
    '{"method": "PUT", "nested": {"level1": {"level2": {"level3": "users-service/users/<userId>"} } },'
    ' "bod": "<userId>"}',
    '"Payload of <payload> with path users-service/users/<userId> and <userId>"',
    '{"id" : <userId>}',
    '{"id" : "<userId>"}',
]
# The transformed text is no JSON, and is not delivered.
UNFILLED = [
    "<listmulti> multiple list items",
    '{"not_valid": "users-service/users/<payload>", "bod": <payload>}',
    '{"payload": "<payload>"}',
    '{"singlelistitem": "<listsingle>"}',
]


def _opened(t, count=1, bus_name=None):
    """A bus, a rule on it, and queues: (bus, rule, [(url, arn)])."""
    bus_name = bus_name or bus(t)
    name = rule(t, bus_name, {"source": [NAME], "detail-type": [NAME]})
    return bus_name, name, [opened_queue(t) for _ in range(count)]


def _received(t, detail, **input):
    bus_name, name, [(url, arn)] = _opened(t)
    target(t, bus_name, name, arn, **input)
    put(t, detail, bus_name)
    return seen(t, url)


@entry(
    "TestInputPath::test_put_events_with_input_path_nested",
    {
        "event_detail0": {"command": "update-account", "payload": DETAIL["payload"]},
        "event_detail1": {
            "command": "update-account",
            "payload": {
                "acc_id": "0a787ecb-4015",
                "payload": {"message": "baz", "id": "123"},
            },
        },
    },
)
def nested_path(t, detail):
    t.record("message", _received(t, detail, InputPath="$.detail.payload"))


@entry("TestInputPath::test_put_events_with_input_path")
def path(t):
    t.record("message", _received(t, DETAIL, InputPath="$.detail"))


@entry("TestInputPath::test_put_events_with_input_path_max_level_depth")
def deep_path(t):
    detail = {"command": "update-account", "payload": {"acc_id": "0a787ecb-4015", "sf_id": "baz"}}
    t.record("message", _received(t, detail, InputPath="$.detail.payload.sf_id"))


@entry("TestInputPath::test_put_events_with_input_path_multiple_targets")
def two_targets(t):
    bus_name, name, [(first, first_arn), (second, second_arn)] = _opened(t, 2)
    target(t, bus_name, name, first_arn, InputPath="$.detail")
    target(t, bus_name, name, second_arn)
    put(t, DETAIL, bus_name)
    t.record("message-queue-1", seen(t, first))
    t.record("message-queue-2", seen(t, second))


def _timeless(messages):
    """The event's own time, in a text, as the recording words it."""
    for message in messages:
        before, at, after = message["Body"].partition("at time ")
        if at:
            message["Body"] = f"{before}{at}date,{after.partition(',')[2]}"
    return messages


@entry(
    "TestInputTransformer::test_put_events_with_input_transformer_input_template_string",
    {f'"{PLAIN}"': f'"{PLAIN}"', SPECIAL: SPECIAL},
)
def template(t, text):
    bus_name, name, [(url, arn)] = _opened(t)
    paths = {"detail-type": "$.detail-type", "timestamp": "$.time", "command": "$.detail.command"}
    transformer = {"InputPathsMap": paths, "InputTemplate": text}
    target(t, bus_name, name, arn, InputTransformer=transformer)
    put(t, DETAIL, bus_name)
    t.record("custom-variables-match-all", _timeless(seen(t, url)))
    put(t, {"payload": DETAIL["payload"]}, bus_name)
    t.record("custom-variables-not-match-all", _timeless(seen(t, url)))


@entry("TestInputTransformer::test_put_events_with_input_transformer_input_template_string")
def plain_template(t):
    template(t, f'"{PLAIN}"')


@entry("TestInputTransformer::test_put_events_with_input_transformer_missing_keys")
def missing_keys(t):
    bus_name, name, [(_, arn)] = _opened(t)
    id = t.name("target")
    t.hide("target-id", id)
    transformer = {
        "InputPathsMap": {"detail-type": "$.detail-type"},
        "InputTemplate": '"Event of <detail-type> type, info <notdefinedkey>"',
    }
    t.record(
        "missing-key-exception-error",
        t.events.put_targets,
        Rule=name,
        EventBusName=bus_name,
        Targets=[{"Id": id, "Arn": arn, "InputTransformer": transformer}],
    )


@entry("test_put_event_input_path_and_input_transformer")
def two_inputs(t):
    bus_name, name, [(_, arn)] = _opened(t)
    id = t.name("target")
    t.hide("target-id", id)
    transformer = {"InputPathsMap": {"a": "$.a"}, "InputTemplate": '"<a>"'}
    input = {"InputPath": "$.detail", "InputTransformer": transformer}
    t.record(
        "duplicated-input-operations-error",
        t.events.put_targets,
        Rule=name,
        EventBusName=bus_name,
        Targets=[{"Id": id, "Arn": arn, **input}],
    )


@entry("TestInputTransformer::test_input_transformer_predefined_variables", [PREDEFINED])
def predefined(t, text):
    transformer = {"InputPathsMap": {}, "InputTemplate": text}
    messages = _received(t, DETAIL, InputTransformer=transformer)
    for message in messages:
        body, _, _time = message["Body"].rpartition(" ")
        message["Body"] = f'{body} date"'
    t.record("messages", messages)


# A line feed in an id is written as two characters.
@entry(
    "TestInputTransformer::test_input_transformer_nested_keys_replacement",
    {text.replace("\n", "\\n"): text for text in FILLED},
)
def filled(t, text):
    transformer = {"InputPathsMap": PATHS, "InputTemplate": text}
    t.record("input-transformed-messages", _received(t, LISTS, InputTransformer=transformer))


@entry("TestInputTransformer::test_input_transformer_nested_keys_replacement", UNFILLED[:1])
@entry("TestInputTransformer::test_input_transformer_nested_keys_replacement_not_valid", UNFILLED[1:])
def unfilled(t, text):
    bus_name, name, [(url, arn)] = _opened(t)
    transformer = {"InputPathsMap": PATHS, "InputTemplate": text}
    target(t, bus_name, name, arn, InputTransformer=transformer)
    put(t, LISTS, bus_name)
    assert "Messages" not in t.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
