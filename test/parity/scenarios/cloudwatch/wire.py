"""What goes over the wire in each of the protocols, before a client has read it."""

import io
import json
import xml.etree.ElementTree

from botocore.parsers import RpcV2CBORParser

from harness import entry

from .data import put, query, window
from .tools import each, speaking

C = "TestCloudWatchMultiProtocol::"
NAMESPACE = "http://monitoring.amazonaws.com/doc/2010-08-01/"


def asked(client, protocol, operation, mode=None, **arguments):
    """The body of an operation's answer, read without the model."""
    bodies = []
    name = client.meta.method_to_api_mapping[operation]

    def choose_mode(params, **_):
        params["headers"].pop("x-amzn-query-mode", None)
        if mode is not None:
            params["headers"]["x-amzn-query-mode"] = mode

    def keep(http_response, **_):
        bodies.append(http_response.content)

    handlers = [(f"before-call.cloudwatch.{name}", choose_mode), (f"after-call.cloudwatch.{name}", keep)]
    for event, handler in handlers:
        client.meta.events.register(event, handler)
    try:
        getattr(client, operation)(**arguments)
    except client.exceptions.ClientError:
        pass
    finally:
        for event, handler in handlers:
            client.meta.events.unregister(event, handler)
    if protocol == "query":
        root = xml.etree.ElementTree.fromstring(bodies[0])
        content = read_element(root)
        content.pop("ResponseMetadata", None)
        return {root.tag.partition("}")[2]: {"@xmlns": NAMESPACE, **content}}
    if protocol == "json":
        return json.loads(bodies[0])
    return RpcV2CBORParser().parse_data_item(io.BufferedReader(io.BytesIO(bodies[0])))


def read_element(element):
    """None, a text, or a structure whose members that repeat are lists."""
    if len(element) == 0:
        return element.text
    found = {}
    for child in element:
        name, value = child.tag.partition("}")[2], read_element(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


@entry(f"{C}test_basic_operations_multiple_protocols", each())
def basics(t, protocol):
    client, namespace = speaking(t, protocol), t.name("ns")
    name = t.name("alarm")
    t.record("describe-alarms", asked(client, protocol, "describe_alarms", AlarmNames=[name]))
    put(client, namespace, {"MetricName": "m1", "Value": 41}, {"MetricName": "m2", "Value": 23})
    queries = [query("some", namespace, "m1", "Sum"), query("part", namespace, "m2", "Sum")]
    arguments = {"MetricDataQueries": queries, **window()}
    t.record("get-metric-data", asked(client, protocol, "get_metric_data", **arguments))


@entry(f"{C}test_exception_serializing_with_no_shape_in_spec", each())
def unmodelled(t, protocol):
    client = speaking(t, protocol)
    missing = {"AlarmName": t.name("no"), "StateValue": "OK", "StateReason": "test"}
    set_state = "set_alarm_state"
    t.record("not-found-response", asked(client, protocol, set_state, **missing))
    key = "not-found-response-query-mode-true"
    t.record(key, asked(client, protocol, set_state, mode="true", **missing))
    invalid = {**missing, "StateValue": "INVALID"}
    t.record("invalid-value-response", asked(client, protocol, set_state, **invalid))
