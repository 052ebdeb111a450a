"""Clients that speak one of CloudWatch's protocols, and what the recordings hide without brackets."""

import copy
import datetime
import os

import botocore.session
from botocore.config import Config

PROTOCOLS = ["query", "json", "smithy-rpc-v2-cbor"]
TIMES = [
    "Timestamp",
    "AlarmConfigurationUpdatedTimestamp",
    "StateTransitionedTimestamp",
    "StateUpdatedTimestamp",
]

_clients = {}


def speaking(t, protocol):
    """A client of CloudWatch that speaks a protocol."""
    if protocol not in _clients:
        session = botocore.session.get_session()
        loader = session.get_component("data_loader")
        load = loader.load_service_model

        def load_with_protocol(service, kind, api_version=None):
            model = load(service, kind, api_version=api_version)
            if service != "cloudwatch" or kind != "service-2":
                return model
            model = copy.deepcopy(model)
            model["metadata"].update(protocol=protocol, protocols=[protocol])
            # AWS sent `LogAlarms` (test_basic_operations_multiple_protocols); the clients of
            # September 2025, which the recordings are by, did not read it.
            model["shapes"]["DescribeAlarmsOutput"]["members"].pop("LogAlarms", None)
            return model

        loader.load_service_model = load_with_protocol
        _clients[protocol] = session.create_client(
            "cloudwatch",
            region_name=t.region,
            endpoint_url=os.environ["AWS_ENDPOINT_URL"],
            config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
        )
    hide_times(t)
    return _clients[protocol]


def hide_times(t):
    t.mask("Timestamps", "timestamp")
    for key in TIMES:
        t.mask(key, "timestamp")


def each(values=None):
    """Ids by protocol: `query`, or `query-VALUE` for each value by its id."""
    if values is None:
        return PROTOCOLS
    return {
        f"{protocol}-{id}": (protocol, value)
        for protocol in PROTOCOLS
        for id, value in values.items()
    }


def now():
    """The beginning of this minute."""
    return datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)


def ago(**arguments):
    return now() - datetime.timedelta(**arguments)
