"""Functions as most of these entries make them."""

HANDLER = "def handler(event, context):\n    return event\n"

NODE_HANDLER = "exports.handler = async (event) => event;\n"


def make(t, wait=True, **settings):
    """Creates a function with a timeout of 30 s and an empty environment; answers CreateFunction's response."""
    chosen = {"Timeout": 30, "Environment": {"Variables": {}}, **settings}
    return t.function(HANDLER, wait=wait, **chosen)


def make_plain(t, wait=True, **settings):
    """Creates a function from `index.py` with AWS's own defaults."""
    return t.function({"index.py": HANDLER}, wait=wait, Handler="index.handler", **settings)


def refused(t, key, **settings):
    """Records what the creation of a function is refused with."""
    chosen = {"Runtime": "python3.12", "Handler": "handler.handler", **settings}
    code = chosen.pop("Code", None) or {"ZipFile": t.zip(HANDLER)}
    t.record(key, t.lambda_.create_function, FunctionName=t.name(), Role=t.role(), Code=code, **chosen)


def wrapped(created):
    """CreateFunction's response as recorded beside the response of an event source mapping, which is none."""
    return {"CreateFunctionResponse": created, "CreateEventSourceMappingResponse": None}


def updated(t, name, operation, **changes):
    """An update's answer, and the function settled."""
    answer = operation(FunctionName=name, **changes)
    t.active(name)
    return answer
