"""Finds a function's handler, and gives its errors the shapes that AWS gives them."""

import os
import sys


class Fault(Exception):
    """An error of the runtime's own, with the type and the trace that AWS shows."""

    def __init__(self, error_type, message, trace=None):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.trace = trace


def load_handler(name):
    """The function that `package/module.function` names."""
    import importlib

    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': {error}") from None
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault(
            "Runtime.BuiltInModuleConflict",
            f"Cannot use built-in module {module_name} as a handler module",
        )
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault(
            "Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}"
        ) from None
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise Fault(
            "Runtime.UserCodeSyntaxError",
            f"Syntax error in module '{module_name}': {error}",
            trace,
        ) from None
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Fault(
            "Runtime.HandlerNotFound",
            f"Handler '{function_name}' missing on module '{module_name}'",
        ) from None


def fault_of(error, request_id=None):
    """The error as the Runtime API takes it; a trace begins where the function's own code does."""
    if isinstance(error, Fault):
        return make_error(error.message, error.error_type, error.trace, request_id)
    import traceback

    frames = own_frames(error)
    return make_error(
        str(error), type(error).__name__, traceback.format_list(frames), request_id
    )


def own_frames(error):
    import traceback

    frames = [(it.filename, it.lineno, it.name, it.line) for it in traceback.extract_tb(error.__traceback__)]
    here = os.path.dirname(os.path.abspath(__file__)) + "/"
    for index, frame in enumerate(frames):
        if not is_runtime(frame[0], here):
            return frames[index:]
    return frames


def is_runtime(filename, here):
    return filename.startswith(here) and filename[len(here) :] in RUNTIME_FILES


RUNTIME_FILES = frozenset(("bootstrap.py", "hearth_handler.py", "hearth_loop.py"))


def make_error(message, error_type, trace, request_id=None):
    return {
        "errorMessage": message or "",
        "errorType": error_type or "",
        "requestId": request_id or "",
        "stackTrace": trace or [],
    }


def xray_cause(error):
    """What X-Ray is told of an error."""
    frames = [] if isinstance(error, Fault) else own_frames(error)
    stack = [{"label": name, "path": path, "line": line} for path, line, name, _ in frames]
    error_type = "LambdaValidationError" if isinstance(error, Fault) else type(error).__name__
    return {
        "working_directory": os.getcwd(),
        "exceptions": [{"message": str(error), "type": error_type, "stack": stack}],
        "paths": list({path for path, _, _, _ in frames}),
    }
