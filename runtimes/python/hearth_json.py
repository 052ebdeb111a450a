"""JSON as AWS's runtime writes it."""

import json
import os
import sys
from marshal import dumps as to_marshal


class Encoder(json.JSONEncoder):
    """JSON as AWS's runtime writes it: numbers of `decimal` as numbers, whole."""

    # Marks a decimal number in the encoded text: drawn anew for each, so that no text from outside can look like it.
    mark = None

    def default(self, value):
        decimal = sys.modules.get("decimal")
        if decimal is not None and isinstance(value, decimal.Decimal):
            if value.is_nan():
                return float("nan")
            self.mark = self.mark or f"decimal-{os.urandom(16).hex()}:"
            return f"{self.mark}{value}"
        if isinstance(value, bytes):
            return value.decode("utf-8")
        return super().default(value)

    def encode(self, value):
        text = super().encode(value)
        if self.mark is None:
            return text
        import re

        return re.sub(f'"{self.mark}([^"]*)"', r"\1", text)


def keeps_unicode():
    return os.environ.get("AWS_EXECUTION_ENV") not in (
        "AWS_Lambda_python3.8",
        "AWS_Lambda_python3.9",
        "AWS_Lambda_python3.10",
        "AWS_Lambda_python3.11",
    )


SCALARS = frozenset((str, int, float, bool, type(None)))
KEYS = (str, int, float)


def is_plain(value):
    """Whether a value is of the language's own types alone, all the way down, as `marshal` takes no others and tells
    so in a seventh of the time that a walk takes. The standard library's JSON of it is what AWS's runtime writes."""
    try:
        to_marshal(value)
    except ValueError:
        return False
    return True


def simplified(value):
    """What has `_asdict`, as named tuples do, becomes an object, and bytes text: AWS's runtime writes JSON by
    simplejson, which does so."""
    if type(value) in SCALARS:
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if type(value) is list:
        return [simplified(item) for item in value]
    as_dictionary = None if isinstance(value, KEYS) else getattr(value, "_asdict", None)
    if callable(as_dictionary):
        value = as_dictionary()
        if not isinstance(value, dict):
            raise TypeError(f"_asdict() must return a dict, not {type(value).__name__}")
    if isinstance(value, (list, tuple)):
        return [simplified(item) for item in value]
    if isinstance(value, dict):
        return {simplified_key(key): simplified(item) for key, item in value.items()}
    return value


def simplified_key(key):
    if isinstance(key, bytes):
        return key.decode("utf-8")
    if key is None or isinstance(key, KEYS):
        return key
    raise TypeError(f"keys must be str, int, float, bool or None, not {type(key).__name__}")


def writable(value):
    """The value as it is written; what contains itself is left to the encoder to refuse."""
    try:
        return simplified(value)
    except RecursionError:
        return value


def response_json(value):
    if type(value) not in SCALARS and not is_plain(value):
        return to_json(writable(value))
    try:
        return to_json(value)
    except TypeError:
        # Keys of bytes, or what cannot be written at all: that is told again.
        return to_json(writable(value))


def to_json(value):
    return Encoder(ensure_ascii=not keeps_unicode()).encode(value)
