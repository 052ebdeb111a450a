"""The root logger's handler and formats, made once `logging` is there."""

import time

RESERVED = frozenset(
    "name msg args levelname levelno pathname filename module exc_info exc_text stack_info lineno "
    "funcName created msecs relativeCreated thread threadName processName process taskName "
    "aws_request_id tenant_id".split()
)


def make_handler(logging, state, write):
    logging.Formatter.converter = time.gmtime

    class LambdaLoggerFilter(logging.Filter):
        def filter(self, record):
            record.aws_request_id = state["request_id"] or ""
            record.tenant_id = state["tenant_id"]
            return True

    class LambdaLoggerHandler(logging.Handler):
        def emit(self, record):
            write(self.format(record), framed_level(record))

    handler = LambdaLoggerHandler()
    if state["is_json"]:
        handler.setFormatter(make_json_formatter(logging))
    else:
        handler.setFormatter(
            logging.Formatter(
                "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n",
                "%Y-%m-%dT%H:%M:%S",
            )
        )
    handler.addFilter(LambdaLoggerFilter())
    return handler


def framed_level(record):
    """The level among those that AWS's lines have: one of its own is told as the next one below."""
    return min(50, max(0, record.levelno)) // 10 * 10


def failure_of(exception):
    if not exception:
        return {}
    import traceback

    return {
        "stackTrace": traceback.format_tb(exception[2]),
        "errorType": exception[0].__name__,
        "errorMessage": str(exception[1]),
    }


def make_json_formatter(logging):
    import json

    class JsonFormatter(logging.Formatter):
        def format(self, record):
            is_plain_dict = isinstance(record.msg, dict) and not record.args
            line = {
                "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
                "level": logging.getLevelName(framed_level(record)),
                "message": record.msg if is_plain_dict else record.getMessage(),
                "logger": record.name,
                **failure_of(record.exc_info),
                "requestId": record.aws_request_id,
            }
            if record.exc_info:
                line["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
            if record.tenant_id is not None:
                line["tenantId"] = record.tenant_id
            for name, value in record.__dict__.items():
                if name not in RESERVED and name not in line and value is not None:
                    line[name] = value
            return json.dumps(line, ensure_ascii=False, default=str) + "\n"

    return JsonFormatter()
