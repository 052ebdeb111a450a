"""Turns what botocore answers into JSON, as the recordings hold it."""

from datetime import date, datetime
from decimal import Decimal


def encode(value):
    """JSON of any answer; streams are read, and times marked for the comparison."""
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(encode(item) for item in value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (datetime, date)):
        return {"$datetime": value.isoformat()}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def read_streams(value):
    """Replaces the streams of an answer by their text, in place."""
    if isinstance(value, dict):
        for key, item in value.items():
            if hasattr(item, "read"):
                value[key] = item.read().decode("utf-8")
            else:
                read_streams(item)
    elif isinstance(value, list):
        for item in value:
            read_streams(item)


def masked(value, masks):
    """The JSON with a word of the recording in place of whatever stands under its key."""
    if isinstance(value, dict):
        return {key: masks.get(key, masked(item, masks)) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item, masks) for item in value]
    return value
