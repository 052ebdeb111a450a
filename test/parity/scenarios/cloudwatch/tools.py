"""Clients of each protocol, and the metrics that the scenarios put."""

import time
from datetime import datetime, timedelta, timezone

import botocore.model

PROTOCOLS = ["query", "json", "smithy-rpc-v2-cbor"]


def with_protocols(**suffixes):
    """Ids that begin with a protocol: `with_protocols(Sum="Sum")` has `json-Sum` -> ("json", "Sum")."""
    if not suffixes:
        return {protocol: (protocol,) for protocol in PROTOCOLS}
    return {
        f"{protocol}-{suffix}": (protocol, value)
        for protocol in PROTOCOLS
        for suffix, value in suffixes.items()
    }


def client(t, protocol):
    """A client of CloudWatch that speaks this protocol, whichever botocore prefers."""
    preferred = botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS
    botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = (protocol,)
    try:
        # The timeout makes it a client of its own among those that are kept.
        made = t.client("cloudwatch", connect_timeout=50 + PROTOCOLS.index(protocol))
        assert made.meta.service_model.resolved_protocol == protocol
    finally:
        botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = preferred
    for stamp in ("Timestamps", "Timestamp"):
        t.mask(stamp, "timestamp")
    return made


def minute():
    """The last whole minute."""
    return datetime.fromtimestamp(int(time.time() // 60) * 60, timezone.utc)


def around(at):
    """Start and end of a time that has all of what was put at a moment."""
    return {"StartTime": at - timedelta(minutes=5), "EndTime": at + timedelta(minutes=5)}


def query(id, metric, stat="Sum", period=60, **more):
    """One query of GetMetricData."""
    unit = {"Unit": more.pop("Unit")} if "Unit" in more else {}
    return {"Id": id, "MetricStat": {"Metric": metric, "Period": period, "Stat": stat, **unit}, **more}


def once_there(ask, is_there):
    """What is asked until it shows what was put: AWS takes its time, too."""
    deadline = time.monotonic() + 20
    while True:
        answer = ask()
        if is_there(answer) or time.monotonic() > deadline:
            return answer
        time.sleep(0.1)


def has_values(answer):
    return any(result["Values"] for result in answer["MetricDataResults"])
