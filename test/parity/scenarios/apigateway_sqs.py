"""Queues behind REST APIs: test_apigateway_sqs."""

import json

from harness import entry

from .apigateway_services import service_api
from .apigateway_tools import ask

FORM = "application/x-www-form-urlencoded"


@entry(
    "test_sqs_aws_integration_with_message_attribute",
    {name: (name,) for name in ["MessageAttribute", "MessageAttributes"]},
)
def message_attributes(t, name):
    url, arn = t.queue()
    queue = arn.split(":")[-1]
    text = (
        f"Action=SendMessage&MessageBody=$input.body&{name}.1.Name=user-agent"
        f"&{name}.1.Value.DataType=String"
        f"&{name}.1.Value.StringValue=$input.params('User-Agent')"
    )
    api = service_api(
        t,
        uri=f"arn:aws:apigateway:{t.region}:sqs:path/{t.account}/{queue}",
        requestParameters={"integration.request.header.Content-Type": f"'{FORM}'"},
        requestTemplates={"application/json": text},
    )
    status, _, body = ask(
        t, api, "dev", "/", "POST", {"foo": "bar"}, {"User-Agent": "BAR-Header"}
    )
    assert status == 200, (status, body)
    [message] = t.messages(url, MessageAttributeNames=["All"])
    t.record("sqs-message-body", json.loads(message["Body"]))
    t.record("sqs-message-attributes", message["MessageAttributes"])
