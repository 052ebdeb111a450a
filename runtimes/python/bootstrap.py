"""Hearth's runtime for Python: what stands between AWS's Runtime API and a function.

Started with `-I -S`, which spares the search for site packages; modules that are slow to import are
imported when they are needed.
@see https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
"""

import os
import sys

RUNTIME_DIRECTORY = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, RUNTIME_DIRECTORY)

from hearth_client import RuntimeClient  # noqa: E402

API = "/2018-06-01/runtime"
# After some calls Python writes into its code how it is run best: in the zygote, once for all forks.
PRACTICES = 20


def main():
    client = RuntimeClient(os.environ["AWS_LAMBDA_RUNTIME_API"])
    if os.environ.get("HEARTH_STEM_CELL") == "1":
        bind(client)
    task_root = os.environ.get("LAMBDA_TASK_ROOT", "/var/task")
    os.chdir(task_root)
    set_path(task_root)
    if "HEARTH_DEBUG_ADDRESS" in os.environ:
        wait_for_debugger(os.environ.pop("HEARTH_DEBUG_ADDRESS"))
    import hearth_logging

    hearth_logging.set_up()
    from hearth_handler import load_handler, fault_of
    from hearth_json import to_json
    import hearth_loop

    try:
        handler = load_handler(os.environ.get("_HANDLER", ""))
    except Exception as error:
        result = fault_of(error)
        hearth_logging.warn_of_unhandled()
        hearth_logging.log_error(result)
        body = to_json(result).encode("utf-8")
        client.post(f"{API}/init/error", body, hearth_loop.error_type_line(result["errorType"]))
        sys.exit(1)
    hearth_loop.run(client, handler, API)


def bind(client):
    """Waits, as a booted process that belongs to nobody, for the function that it is to run."""
    import time

    warm_up()
    if "HEARTH_ZYGOTE" in os.environ:
        for _ in range(PRACTICES):
            practise()
        become_fork()
    binding = ask_for_binding(client)
    while "practise" in binding:
        practise()
        binding = ask_for_binding(client)
    os.environ.clear()
    os.environ.update(binding["environment"])
    time.tzset()
    if "compiled" in binding:
        use_compiled(binding["compiled"])


def ask_for_binding(client):
    import json

    _, body = client.get("/hearth/bind")
    return json.loads(body)


def use_compiled(folder):
    """Lets import find what the function's code was compiled to before (hearth_compile.py).

    `sys.pycache_prefix` would hide what the standard library was compiled to.
    """
    external = sys.modules["_frozen_importlib_external"]
    usual = external.cache_from_source
    ending = f".{sys.implementation.cache_tag}.pyc"

    def cache_from_source(path, *arguments, **options):
        if path.startswith(("/var/task/", "/opt/python/")):
            return f"{folder}{path.removesuffix('.py')}{ending}"
        return usual(path, *arguments, **options)

    external.cache_from_source = cache_from_source


def become_fork():
    """Waits, as a zygote, to be forked into a sandbox; returns in a fork, which has its user and filter."""
    import ctypes
    import gc

    # What lives is set apart, so that forks write to fewer of the pages that they share.
    gc.collect()
    gc.freeze()
    wait = ctypes.PyDLL(os.environ["HEARTH_ZYGOTE"]).hearth_zygote_wait
    wait.argtypes, wait.restype = [ctypes.c_void_p], None
    wait(None)


def warm_up():
    """Imports while nobody waits what a function is likely to need."""
    import importlib
    import logging
    import traceback

    import _sitebuiltins
    import hearth_context
    import hearth_formatter
    import hearth_handler
    import hearth_logging
    import hearth_loop

    del importlib, logging, traceback, _sitebuiltins
    del hearth_context, hearth_formatter, hearth_handler, hearth_logging, hearth_loop


def practise():
    """Does, while nobody waits, what is done for a function: memory that it writes to is its own from then on.

    In a fork each page is copied when it is written to first, and counting references is writing.
    """
    import json
    import time

    from hearth_context import LambdaContext
    from hearth_handler import load_handler
    from hearth_loop import marshal, unmarshal

    environment = json.loads(json.dumps(dict(os.environ)))
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    handler = load_handler("hearth_practice.handler")
    event = unmarshal(b'{"key": ["value", 1, null]}', "application/json")
    context = LambdaContext({"lambda-runtime-deadline-ms": "0"}, None, None)
    marshal(handler(event, context))
    del sys.modules["hearth_practice"]


def wait_for_debugger(address):
    """Lets debugpy listen and waits for its client, before the function's code is loaded."""
    host, _, port = address.rpartition(":")
    try:
        import debugpy
    except ImportError:
        print("debugpy is neither in the function's code nor in its layers: it runs without a debugger")
        return
    debugpy.listen((host, int(port)))
    debugpy.wait_for_client()


def set_path(task_root):
    """The order in which AWS looks for modules: the function, its layers, the runtime."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    layers = os.environ.pop("HEARTH_LAYERS_ROOT", "/opt")
    standard = [path for path in sys.path if path != RUNTIME_DIRECTORY]
    sys.path[:] = [
        task_root,
        f"{layers}/python/lib/{version}/site-packages",
        f"{layers}/python",
        *standard,
        f"{RUNTIME_DIRECTORY}/site-packages",
        RUNTIME_DIRECTORY,
    ]
    import builtins

    import _sitebuiltins

    builtins.exit = _sitebuiltins.Quitter("exit", "Ctrl-D (i.e. EOF)")
    builtins.quit = _sitebuiltins.Quitter("quit", "Ctrl-D (i.e. EOF)")


if __name__ == "__main__":
    main()
