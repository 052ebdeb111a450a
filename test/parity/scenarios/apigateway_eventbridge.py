"""Buses behind REST APIs: test_apigateway_eventbridge."""

import json

from harness import entry

from .apigateway_services import action_uri, service_api
from .apigateway_tools import ask

TEMPLATE = """#set($context.requestOverride.header.X-Amz-Target = "AWSEvents.PutEvents")
#set($context.requestOverride.header.Content-Type = "application/x-amz-json-1.1")
{"Entries": [{"Source": "source", "DetailType": "type",
"Detail": "$util.escapeJavaScript($input.json('$')).replaceAll("\\\\'","'")"}]}"""


@entry("test_apigateway_to_eventbridge")
def put_events(t):
    api = service_api(
        t,
        uri=action_uri(t, "events", "PutEvents"),
        requestTemplates={"application/json": TEMPLATE.replace('.replaceAll("\\\\\'","\'")', "")},
    )
    status, _, body = ask(t, api, "dev", "/", "POST", {"a": 1})
    assert status == 200, (status, body)
    t.record("eventbridge-put-events-response", body)
