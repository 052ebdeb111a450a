"""Event patterns: which match, which do not (`_NEG`), and which are refused (`_EXC`).

What matches is no part of the recordings: a scenario asserts it. Their events and patterns are our own, after
the entries' names and EventBridge's user guide.
"""

import json

from harness import entry

from .events_tools import NAME, bus, opened_queue, rule, seen, target

ENVELOPE = {
    "version": "0",
    "id": "3e3c153a-8339-4e30-8c35-687ebef853fe",
    "detail-type": "EC2 Instance Launch Successful",
    "source": "aws.autoscaling",
    "account": "123456789012",
    "time": "2015-11-11T21:31:47Z",
    "region": "us-east-1",
    "resources": ["arn:aws:autoscaling:us-east-1:1:group/a", "arn:aws:ec2:us-east-1:1:instance/b"],
    "detail": {},
}


def _but(pattern, **detail):
    return pattern, {**ENVELOPE, "detail": detail}


def _of(condition, *values):
    """A pattern of one member of the detail, and an event that has its value, or lacks it."""
    detail = {"a": values[0]} if values else {"b": "x"}
    return {"detail": {"a": condition}}, {**ENVELOPE, "detail": detail}


def _not(condition):
    return [{"anything-but": condition}]


OR = {"detail": {"$or": [{"a": [{"numeric": [">", 0]}]}, {"b": _not("x")[:1]}]}}
OR_MANY = {
    "source": ["aws.autoscaling"],
    "$or": [{"account": ["1"]}, {"detail": {"a": [1], "b": [2]}}],
}
DYNAMODB = {
    "eventName": "INSERT",
    "dynamodb": {"NewImage": {"id": {"S": "1"}, "n": {"N": "5"}}, "OldImage": {}},
}
HAS_IMAGE = {"detail": {"dynamodb": {"NewImage": {"id": {"S": [{"exists": True}]}}}}}
MULTI = {
    "time": [{"prefix": "2015-11"}],
    "detail": {"state": _not("terminated"), "c-count": [{"numeric": [">", 0, "<=", 5]}]},
}

# A pattern that every JSON serialiser writes alike, and an event.
CASES = {
    "minimal": ({"id": [ENVELOPE["id"]]}, ENVELOPE),
    "string": _of(["x"], "x"),
    "boolean": _of([True], True),
    "null_value": _of([None], None),
    "null_value_NEG": _of([None], "null"),
    "arrays": ({"resources": [ENVELOPE["resources"][1], "other"]}, ENVELOPE),
    "arrays_NEG": ({"resources": ["other"]}, ENVELOPE),
    "list_within_dict": _but(
        {"detail": {"list": {"id": ["2"]}}}, list=[{"id": "1"}, {"id": "2"}]
    ),
    "dot_joining_event": _but({"detail": {"a": {"b": ["x"]}}}, **{"a.b": "x"}),
    "dot_joining_event_NEG": _but({"detail": {"a": {"b": ["x"]}}}, **{"a.c": "x"}),
    "dot_joining_pattern": _but({"detail.a.b": ["x"]}, a={"b": "x"}),
    "dot_joining_pattern_NEG": _but({"detail.a.b": ["x"]}, a={"c": "x"}),
    "dynamodb": _but(HAS_IMAGE, **DYNAMODB),
    "exists_dynamodb": _but(HAS_IMAGE, **DYNAMODB),
    "exists_dynamodb_NEG": _but(
        {"detail": {"dynamodb": {"NewImage": {"id": {"S": [{"exists": False}]}}}}}, **DYNAMODB
    ),
    "number_comparison_float": _of([{"numeric": ["=", 301.8]}], 3.018e2),
    "complex_multi_match": _but(MULTI, **{"state": "running", "c-count": 5}),
    "complex_multi_match_NEG": _but(MULTI, **{"state": "running", "c-count": 6}),
    "complex_many_rules": _but(
        {**MULTI, "source": [{"prefix": "aws."}], "region": ["us-east-1"], "resources": [{"suffix": "/b"}]},
        **{"state": "running", "c-count": 1},
    ),
    "complex_or": _but(OR_MANY, a=1, b=2),
    "complex_or_NEG": _but(OR_MANY, a=1, b=3),
    "or-anything-but": _but({"detail": {"$or": [{"a": _not("x")}, {"b": ["y"]}]}}, a="z"),
    "or-exists": _but({"detail": {"$or": [{"a": [{"exists": True}]}, {"b": ["y"]}]}}, a="z"),
    "or-exists-parent": _but({"detail": {"$or": [{"a": {"c": [{"exists": False}]}}, {"b": ["y"]}]}}, a={"d": 1}),
    "or-numeric-anything-but": _but(OR, a=0, b="y"),
    "or-numeric-anything-but_NEG": _but(OR, a=0, b="x"),
    "exists_list_empty": _of([{"exists": False}], []),
    "exists_list_empty_NEG": _of([{"exists": True}], []),
    "content_exists": _of([{"exists": True}], "x"),
    "content_exists_NEG": _of([{"exists": True}]),
    "content_exists_false": _of([{"exists": False}]),
    "content_exists_false_NEG": _of([{"exists": False}], "x"),
    "content_prefix": _of([{"prefix": "ab"}], "abc"),
    "content_prefix_NEG": _of([{"prefix": "ab"}], "cab"),
    "content_prefix_empty": _of([{"prefix": ""}], "x"),
    "content_prefix_ignorecase": _of([{"prefix": {"equals-ignore-case": "AB"}}], "abc"),
    "content_suffix": _of([{"suffix": ".png"}], "x.png"),
    "content_suffix_NEG": _of([{"suffix": ".png"}], "x.jpg"),
    "content_suffix_empty": _of([{"suffix": ""}], "x"),
    "content_suffix_ignorecase": _of([{"suffix": {"equals-ignore-case": ".PNG"}}], "x.png"),
    "content_suffix_ignorecase_NEG": _of([{"suffix": {"equals-ignore-case": ".PNG"}}], "x.jpg"),
    "content_ignorecase": _of([{"equals-ignore-case": "ALICE"}], "alice"),
    "content_ignorecase_NEG": _of([{"equals-ignore-case": "ALICE"}], "bob"),
    "content_ignorecase_empty": _of([{"equals-ignore-case": ""}], ""),
    "content_wildcard_repeating": _of([{"wildcard": "*/dir/*/dir/*"}], "/dir/x/dir/"),
    "content_wildcard_repeating_NEG": _of([{"wildcard": "*/dir/*/dir/*"}], "/dir/x/"),
    "content_wildcard_nonrepeating": _of([{"wildcard": "a*b*c"}], "axbxc"),
    "content_wildcard_nonrepeating_NEG": _of([{"wildcard": "a*b*c"}], "acb"),
    "content_wildcard_simplified": _of([{"wildcard": "*dir*"}], "x/dir/y"),
    "content_wildcard_empty_NEG": _of([{"wildcard": ""}], "x"),
    "content_ip_address": _of([{"cidr": "10.0.0.0/24"}], "10.0.0.255"),
    "content_ip_address_NEG": _of([{"cidr": "10.0.0.0/24"}], "10.0.1.0"),
    "content_ip_address_bad_type_NEG": _of([{"cidr": "10.0.0.0/24"}], 5),
    "content_ip_address_v6": _of([{"cidr": "2001:db8:1234:1a00::/64"}], "2001:db8:1234:1a00::5"),
    "content_ip_address_v6_NEG": _of([{"cidr": "2001:db8:1234:1a00::/64"}], "2001:db8:1234:1a01::"),
    "content_numeric": _of([{"numeric": [">", 0, "<=", 5]}], 5),
    "content_numeric_NEG": _of([{"numeric": [">", 0, "<=", 5]}], 6),
    "content_anything_but_string": _of(_not("x"), "y"),
    "content_anything_but_string_NEG": _of(_not("x"), "x"),
    "content_anything_but_string_null": _of(_not("x"), None),
    "content_anything_but_string_missing_NEG": _of(_not("x")),
    "content_anything_but_string_list": _of(_not(["x", "y"]), "z"),
    "content_anything_but_string_list_NEG": _of(_not(["x", "y"]), "y"),
    "content_anything_but_string_list_missing_NEG": _of(_not(["x", "y"])),
    "content_anything_but_number": _of(_not(5), 6),
    "content_anything_but_number_NEG": _of(_not(5), 5),
    "content_anything_but_number_list": _of(_not([5, 6]), 7),
    "content_anything_but_number_list_NEG": _of(_not([5, 6]), 6),
    "content_anything_but_ignorecase": _of(_not({"equals-ignore-case": "X"}), "y"),
    "content_anything_but_ignorecase_NEG": _of(_not({"equals-ignore-case": "X"}), "x"),
    "content_anything_but_ignorecase_null": _of(_not({"equals-ignore-case": "X"}), None),
    "content_anything_but_ignorecase_list": _of(_not({"equals-ignore-case": ["X", "Y"]}), "z"),
    "content_anything_but_ignorecase_list_NEG": _of(_not({"equals-ignore-case": ["X", "Y"]}), "y"),
    "content_anything_but_ignorecase_list_null": _of(_not({"equals-ignore-case": ["X"]}), None),
    "content_anything_prefix": _of(_not({"prefix": "in"}), "out"),
    "content_anything_prefix_NEG": _of(_not({"prefix": "in"}), "init"),
    "content_anything_prefix_list": _of(_not({"prefix": ["in", "st"]}), "out"),
    "content_anything_prefix_list_NEG": _of(_not({"prefix": ["in", "st"]}), "stop"),
    "content_anything_prefix_list_int": _of(_not({"prefix": ["in", "st"]}), 5),
    "content_anything_prefix_list_null": _of(_not({"prefix": ["in", "st"]}), None),
    "content_anything_suffix": _of(_not({"suffix": ".txt"}), "x.png"),
    "content_anything_suffix_NEG": _of(_not({"suffix": ".txt"}), "x.txt"),
    "content_anything_suffix_null": _of(_not({"suffix": ".txt"}), None),
    "content_anything_suffix_missing_NEG": _of(_not({"suffix": ".txt"})),
    "content_anything_suffix_list": _of(_not({"suffix": [".txt", ".rtf"]}), "x.png"),
    "content_anything_suffix_list_NEG": _of(_not({"suffix": [".txt", ".rtf"]}), "x.rtf"),
    "content_anything_suffix_list_null": _of(_not({"suffix": [".txt", ".rtf"]}), None),
    "content_anything_suffix_list_missing_NEG": _of(_not({"suffix": [".txt", ".rtf"]})),
    "content_anything_wildcard": _of(_not({"wildcard": "*/dir/*"}), "/other/"),
    "content_anything_wildcard_NEG": _of(_not({"wildcard": "*/dir/*"}), "x/dir/y"),
    "content_anything_wildcard_list": _of(_not({"wildcard": ["*/a/*", "*/b/*"]}), "/c/"),
    "content_anything_wildcard_list_NEG": _of(_not({"wildcard": ["*/a/*", "*/b/*"]}), "x/b/y"),
    "content_anything_wildcard_list_missing_NEG": _of(_not({"wildcard": ["*/a/*"]})),
}


def _file(condition):
    return {"detail": {"FileName": _not(condition)}}


# AWS tells the place in the text of some patterns: these are the recorded ones.
REFUSED = {
    "content_numeric_operatorcasing": {"detail": {"equal": [{"NUMERIC": ["=", 5]}]}},
    "arrays_empty": {"resources": []},
    "content_wildcard_complex": {"EventBusArn": [{"wildcard": "*:*:*:*:*:event-bus/*"}]},
    "content_numeric_syntax": {"detail": {"c-count": [{"numeric": [">", 0, "<"]}]}},
    "content_numeric_number": {"detail": {"c-count": [{"numeric": 10}]}},
    "content_ip_address": {"detail": {"sourceIPAddress": [{"cidr": "bad-filter"}]}},
    "content_ip_address_bad_ip": {"detail": {"sourceIPAddress": [{"cidr": "xx.11.xx/8"}]}},
    "content_ip_address_bad_mask": {"detail": {"sourceIPAddress": [{"cidr": "10.0.0.0/xx"}]}},
    "content_ip_address_type": {"detail": {"sourceIPAddress": [{"cidr": ["bad-type"]}]}},
    "content_ip_address_v6_bad_ip": {"detail": {"a": [{"cidr": "xxxx:db8:1234:1a00::/64"}]}},
    "content_anything_but_ignorecase": {
        "detail": {"state": _not({"equals-ignore-case": 123})}
    },
    "content_ignorecase_list": {"detail-type": [{"equals-ignore-case": {"prefix": "ec2"}}]},
    "content_wildcard_int": {"EventBusArn": [{"wildcard": 123}]},
    "content_anything_wildcard_list_type": {
        "detail": {"state": _not({"wildcard": [123, "*/dir/*"]})}
    },
    "content_anything_wildcard_type": {"detail": {"FilePath": _not({"wildcard": 123})}},
    "content_anything_suffix_list_type": _file({"suffix": [123, ".txt"]}),
    "content_anything_suffix_list_null_type": _file({"suffix": [None, ".txt"]}),
    "content_anything_suffix_empty": _file({"suffix": ""}),
    "content_anything_prefix_empty": _file({"prefix": ""}),
    "content_anything_prefix_ignorecase": _file({"prefix": {"equals-ignore-case": "file"}}),
    "content_prefix_list": {"time": [{"prefix": ["2022-07-13"]}]},
    "content_prefix_int": {"time": [{"prefix": 123}]},
    "content_anything_but_string_list_null_type": {
        "detail": {"state": _not(["stopped", None])}
    },
}


def _test(t, pattern, event):
    return t.events.test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(event))


@entry("TestEventPattern::test_event_pattern", {id: (id, *case) for id, case in CASES.items()})
def pattern(t, id, pattern, event):
    assert _test(t, pattern, event)["Result"] is not id.endswith("_NEG")


@entry(
    "TestEventPattern::test_event_pattern",
    {f"{id}_EXC": (f"{id}_EXC", pattern) for id, pattern in REFUSED.items()},
)
def refused(t, id, pattern):
    answer = t.call(_test, t=t, pattern=pattern, event=ENVELOPE)
    raw = answer["Error"]["Message"]
    answer["Error"].update(Message=raw.split("\n")[0], MessageRaw=raw)
    exception = "<class 'botocore.errorfactory.InvalidEventPatternException'>"
    t.record(id, {"exception_type": exception, "exception_message": answer})


MALFORMED = [
    "this is valid json but not a dict",
    "{'bad': 'quotation'}",
    '{"not": closed mark"',
    '["not", "a", "dict", "but valid json"]',
]


@entry("TestEventPattern::test_invalid_json_event_pattern", MALFORMED)
def malformed(t, text):
    t.record(
        "invalid-pattern",
        t.events.test_event_pattern,
        EventPattern=text,
        Event=json.dumps(ENVELOPE),
    )


@entry("TestEventPattern::test_array_event_payload")
def array_event(t):
    t.record(
        "array-event-payload-exc",
        t.events.test_event_pattern,
        EventPattern=json.dumps({"source": ["x"]}),
        Event=json.dumps([ENVELOPE]),
    )


@entry("TestEventPattern::test_plain_string_payload")
def string_event(t):
    t.record(
        "plain-string-payload-exc",
        t.events.test_event_pattern,
        EventPattern=json.dumps({"source": ["x"]}),
        Event="plain string",
    )


@entry("TestEventPattern::test_event_pattern_source")
def source(t):
    test = t.events.test_event_pattern
    event = json.dumps({**ENVELOPE, "source": "order"})
    for key, wanted in [("response", "order"), ("response-no-match", "shipment")]:
        t.record(
            f"eventbridge-test-event-pattern-{key}",
            test,
            Event=event,
            EventPattern=json.dumps({"source": [wanted]}),
        )


@entry("TestEventPattern::test_event_with_large_and_complex_payload")
def large(t):
    items = [{"id": number, "tags": ["a", "b", {"deep": [number] * 20}]} for number in range(100)]
    event = {**ENVELOPE, "detail": {"items": items, "name": "x" * 1000}}
    t.record("complex-event-simple-pattern", _test(t, {"source": [{"prefix": "aws"}]}, event))
    pattern = {"detail": {"items": {"id": [99], "tags": {"deep": [{"numeric": ["=", 99]}]}}}}
    t.record("complex-event-complex-pattern", _test(t, pattern, event))


@entry("TestRuleWithPattern::test_put_events_with_rule_pattern_exists_false")
def put_without(t):
    _put_and_see(t, "rule-exists-false", False)


@entry("TestRuleWithPattern::test_put_events_with_rule_pattern_exists_true")
def put_with(t):
    _put_and_see(t, "rule-exists-true", True)


def _put_and_see(t, key, exists):
    url, arn = opened_queue(t)
    bus_name = bus(t)
    pattern = {"source": [NAME], "detail": {"key": [{"exists": exists}]}}
    target(t, bus_name, rule(t, bus_name, pattern), arn)
    for one in [{"key": "value", "payload": "baz"}, {"no-key": "no-value", "payload": "baz"}]:
        body = {"Source": NAME, "DetailType": NAME, "Detail": json.dumps(one)}
        t.events.put_events(Entries=[{**body, "EventBusName": bus_name}])
    t.record(key, seen(t, url))
