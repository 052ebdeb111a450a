"""Which function repeats which recorded entry."""

import importlib

_registered = {}


def entry(name, parameters=None):
    """Registers a scenario for the recorded entry `name`.

    With `parameters`, a list of ids or a dictionary of id -> value, it is registered for each `name[id]` and
    called with the value (an id stands for itself; a tuple is spread) after the context.
    """

    def register(function):
        module = _registered.setdefault(function.__module__, {})
        if parameters is None:
            module[name] = (function, ())
            return function
        values = parameters if isinstance(parameters, dict) else {id: id for id in parameters}
        for id, value in values.items():
            arguments = value if isinstance(value, tuple) else (value,)
            module[f"{name}[{id}]"] = (function, arguments)
        return function

    return register


def scenarios(file):
    """The scenarios of `scenarios/FILE.py`: entry -> (function, arguments after the context)."""
    module = f"scenarios.{file}"
    importlib.import_module(module)
    return _registered.get(module, {})
