"""A function's output and its `logging`, in the formats of AWS's runtime.

`logging` takes 8 ms to import: it is set up when it is first imported, by whom it may be.
"""

import os
import sys
import time

NO_BREAK_SPACE = "\u00a0"
LEVELS = {0: 0x03, 10: 0x0B, 20: 0x0F, 30: 0x13, 40: 0x17, 50: 0x1B}
UNHANDLED_WARNING = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. "
    "However, in rare cases, a Lambda runtime update can cause unexpected function behavior. "
    "For functions using managed runtimes, runtime updates can be triggered by a function change, "
    "or can be applied automatically. To determine if the runtime has been updated, check the "
    "runtime version in the INIT_START log entry. If this error correlates with a change in the "
    "runtime version, you may be able to mitigate this error by temporarily rolling back to the "
    "previous runtime version. For more information, see "
    "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)

state = {"request_id": None, "tenant_id": None, "fd": None, "is_json": False, "level": ""}


class Unbuffered:
    """Writes through at once: what a killed function printed is not lost."""

    def __init__(self, stream):
        self.stream = stream

    def __enter__(self):
        return self

    def __exit__(self, error_type, error, trace):
        """Stays open: the next event writes to it, too."""

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def write(self, text):
        self.stream.write(text)
        self.stream.flush()

    def writelines(self, lines):
        self.stream.writelines(lines)
        self.stream.flush()


class LoggingFinder:
    """Sets up the root logger right after `logging` has been imported."""

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        finder = sys.modules["_frozen_importlib_external"].PathFinder
        spec = finder.find_spec(name, path, target)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            set_up_root(module)

        spec.loader.exec_module = exec_module
        return spec


def set_up():
    sys.stdout = Unbuffered(sys.stdout)
    sys.stderr = Unbuffered(sys.stderr)
    fd = os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD", "")
    state["fd"] = int(fd) if fd.isdigit() else None
    state["is_json"] = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    state["level"] = {"TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL"}.get(level, level)
    if "logging" in sys.modules:
        set_up_root(sys.modules["logging"])
    else:
        sys.meta_path.insert(0, LoggingFinder())


def enter(request_id, tenant_id):
    state["request_id"] = request_id
    state["tenant_id"] = tenant_id


def set_up_root(logging):
    from hearth_formatter import make_handler

    root = logging.getLogger()
    root.addHandler(make_handler(logging, state, write))
    if state["level"] in logging._nameToLevel:
        root.setLevel(state["level"])


def write(message, level=None):
    """One message of the log, kept together where the platform takes frames; without a level it is plain text."""
    if state["fd"] is None:
        sys.stdout.write(message)
        return
    kind = LEVELS.get(level, 0x03)
    if state["is_json"] and level is not None:
        kind -= 1
    data = message.encode("utf-8")
    head = (0xA55A0000 | kind).to_bytes(4, "big") + len(data).to_bytes(4, "big")
    frame = head + (time.time_ns() // 1000).to_bytes(8, "big") + data
    while frame:
        frame = frame[os.write(state["fd"], frame) :]


def warn_of_unhandled():
    import logging

    logging.warning(UNHANDLED_WARNING)


def log_error(result):
    """The error that ended an event, as AWS's runtime writes it."""
    if state["is_json"]:
        from hearth_json import to_json

        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = to_json({"timestamp": stamp, "level": "ERROR", **result})
        write(line if state["fd"] is not None else f"{line}\n", 40)
        return
    lines = [title_of(result), "Traceback (most recent call last):"]
    for entry in result["stackTrace"]:
        lines += [indent(line) for line in entry.splitlines()] or [""]
    if state["fd"] is None:
        write("\r".join(lines) + "\n")
    else:
        write("\n".join(lines), 40)


def title_of(result):
    error_type, message = result["errorType"], result["errorMessage"]
    title = "[ERROR]"
    if error_type:
        title += f" {error_type}"
    if message:
        title += f": {message}" if error_type else f" {message}"
    return title


def indent(line):
    text = line.lstrip(" ")
    return NO_BREAK_SPACE * (len(line) - len(text)) + text
