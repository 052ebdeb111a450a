"""Calls Lambda for a test through boto3 ("boto3") or through the AWS CLI's own driver in this process ("cli").

A line in is {"operation": name, "input": {...}}, the line out is {"answer": {...}} or {"error": {...}}; bytes are
{"$bytes": base64}. The first line out tells which operations the client knows. "called" tells which operations
the service answered, as the client's own event says: nothing counts that was refused before it was sent.
"""

import base64
import contextlib
import datetime
import io
import json
import os
import re
import sys
import tempfile

# The CLI brings a botocore of its own, which takes the place of the other's: one of them in a process.
if sys.argv[1] == "cli":
    import awscli.clidriver
else:
    import boto3

from botocore import xform_name
from botocore.config import Config
from botocore.eventstream import EventStream
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

REFUSAL = re.compile(r"An error occurred \((\S+)\) when calling the (\w+) operation: (.*)", re.DOTALL)
called = []


def note(http_response, model, **_):
    called.append({"operation": model.name, "status": http_response.status_code})


def as_bytes(value):
    return {"$bytes": base64.b64encode(value).decode()}


def encode(value):
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, EventStream):
        return [encode(event) for event in value]
    if isinstance(value, dict):
        return {name: encode(member) for name, member in value.items()}
    if isinstance(value, list):
        return [encode(member) for member in value]
    if isinstance(value, (StreamingBody, bytes)):
        return as_bytes(value if isinstance(value, bytes) else value.read())
    return value


def decode(value):
    return base64.b64decode(value["$bytes"]) if set(value) == {"$bytes"} else value


class Boto3:
    def __init__(self):
        settings = Config(retries={"max_attempts": 1}, parameter_validation=False)
        self.client = boto3.client("lambda", config=settings)
        self.client.meta.events.register("after-call.lambda", note)
        self.methods = {name: method for method, name in self.client.meta.method_to_api_mapping.items()}
        self.operations = sorted(self.methods)

    def call(self, operation, members):
        try:
            answer = getattr(self.client, self.methods[operation])(**members)
        except ClientError as error:
            told = error.response["Error"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            return {"error": {"name": told["Code"], "message": told["Message"], "status": status}}
        del answer["ResponseMetadata"]
        return {"answer": encode(answer)}


class CommandLine:
    def __init__(self, folder):
        self.folder = folder
        # The CLI has no flag for it: what is wrong on purpose is the service's to refuse.
        config = self.write("config", b"[default]\nparameter_validation = false\noutput = json\n")
        os.environ["AWS_CONFIG_FILE"] = config
        self.driver = awscli.clidriver.create_clidriver()
        self.driver.session.register("after-call.lambda", note)
        model = self.driver.session.get_service_model("lambda")
        commands = self.driver._get_command_table()["lambda"]._get_command_table()
        self.operations = sorted(name for name in model.operation_names if xform_name(name, "-") in commands)

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def options(self, operation, members):
        """A member is the option of its name; the zip in a structure is --zip-file, as AWS documents."""
        for name, value in members.items():
            # --max-items is how much the CLI shows of all pages.
            option = "--page-size" if name == "MaxItems" else "--" + xform_name(name, "-")
            if isinstance(value, dict) and "ZipFile" in value:
                option, value = "--zip-file", value["ZipFile"]
            if isinstance(value, bytes):
                # InvokeArgs is a stream, which the CLI opens itself.
                prefix = "" if name == "InvokeArgs" else "fileb://"
                yield from (option, prefix + self.write(name, value))
            elif isinstance(value, bool):
                yield option if value else option.replace("--", "--no-", 1)
            else:
                yield from (option, value if isinstance(value, str) else json.dumps(value))
        if operation == "Invoke":
            yield os.path.join(self.folder, "payload")

    def call(self, operation, members):
        said, complained = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
            command = ["lambda", xform_name(operation, "-"), *self.options(operation, members)]
            code = self.driver.main(command)
        if code != 0:
            refusal = REFUSAL.search(complained.getvalue())
            assert refusal and refusal[2] == operation, complained.getvalue()
            status = called[-1]["status"]
            return {"error": {"name": refusal[1], "message": refusal[3].strip(), "status": status}}
        answer = json.loads(said.getvalue() or "{}")
        if operation == "Invoke":
            with open(os.path.join(self.folder, "payload"), "rb") as file:
                answer["Payload"] = as_bytes(file.read())
        return {"answer": answer}


def serve(client):
    out = sys.stdout
    print(json.dumps({"operations": client.operations}), file=out, flush=True)
    for line in sys.stdin:
        request = json.loads(line, object_hook=decode)
        called.clear()
        told = client.call(request["operation"], request["input"])
        print(json.dumps({**told, "called": called}), file=out, flush=True)


with tempfile.TemporaryDirectory() as scratch:
    serve(CommandLine(scratch) if sys.argv[1] == "cli" else Boto3())
