"""Which function repeats which recorded entry."""

import importlib
import pkgutil

_registered = {}


def entry(name, parameters=None):
    """Registers a scenario for the recorded entry `name`.

    With `parameters`, a list of ids or a dictionary of id -> value, it is registered for each `name[id]` and
    called with the value (an id stands for itself; a tuple is spread) after the context.
    """

    def register(function):
        file = _registered.setdefault(function.__module__.split(".")[1], {})
        if parameters is None:
            file[name] = (function, ())
            return function
        values = parameters if isinstance(parameters, dict) else {id: id for id in parameters}
        for id, value in values.items():
            arguments = value if isinstance(value, tuple) else (value,)
            file[f"{name}[{id}]"] = (function, arguments)
        return function

    return register


def scenarios(file):
    """The scenarios of `scenarios/FILE.py` or `scenarios/FILE/*.py`: entry -> (function, arguments)."""
    module = importlib.import_module(f"scenarios.{file}")
    for part in pkgutil.iter_modules(getattr(module, "__path__", [])):
        importlib.import_module(f"scenarios.{file}.{part.name}")
    return _registered.get(file, {})
