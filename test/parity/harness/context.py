"""What a scenario is given: clients, `record`, and helpers that clean up after themselves."""

import functools
import http.client
import io
import json
import os
import sys
import time
import urllib.parse
import urllib.request
import uuid
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from .encode import encode, masked, read_streams

ECHO = "import json\n\n\ndef handler(event, context):\n    return event\n"

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        for service in ["lambda.amazonaws.com"]
    ],
}

EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}

_session = boto3.Session()
_clients = {}


@functools.cache
def other_account():
    keys = json.loads(os.environ["PARITY_OTHER_ACCOUNT"])
    return keys["accountId"], boto3.Session(keys["accessKeyId"], keys["secretAccessKey"])


class OtherAccount:
    """Clients of a second account: `t.other.lambda_`; its number is `t.other.account`."""

    def __init__(self, context):
        self._context = context
        self.account, self._session = other_account()

    def __getattr__(self, name):
        return self.client(name.rstrip("_").replace("_", "-"))

    def client(self, service, region=None, **config):
        return self._context.client(service, region, session=self._session, **config)


class Context:
    """One run of one scenario. `t.lambda_`, `t.s3`, `t.sqs` ... are boto3's clients."""

    def __init__(self):
        self.account = os.environ["PARITY_ACCOUNT"]
        self.region = os.environ["AWS_REGION"]
        self.endpoint = os.environ["AWS_ENDPOINT_URL"]
        self._values = {}
        self._hidden = {}
        self._unordered = set()
        self._masks = {}
        self._role = None
        self._has_moved_time = False
        self._cleanups = []

    def __getattr__(self, name):
        return self.client(name.rstrip("_").replace("_", "-"))

    @functools.cached_property
    def other(self):
        return OtherAccount(self)

    def client(self, service, region=None, session=_session, **config):
        """A client without retries, and without checks of its own of what it sends."""
        key = (session, service, region, repr(sorted(config.items())))
        if key not in _clients:
            options = {"retries": {"total_max_attempts": 1}, "parameter_validation": False}
            _clients[key] = session.client(
                service,
                region_name=region or self.region,
                config=Config(read_timeout=120, **{**options, **config}),
            )
        return _clients[key]

    # What is compared.

    def record(self, key, value, /, unordered=(), **arguments):
        """Keeps `value`, or what calling it with the arguments answers or is refused with; answers that.

        `unordered` names the keys whose lists AWS answers in no order, here and in the rest of the entry.
        """
        if key in self._values:
            raise KeyError(f"{key} is recorded twice")
        answer = self.call(value, **arguments) if callable(value) else value
        read_streams(answer)
        self._values[key] = masked(encode(answer), self._masks)
        self._unordered.update(unordered)
        return answer

    def call(self, operation, /, **arguments):
        """An operation's answer, or the answer that botocore's error holds."""
        try:
            return operation(**arguments)
        except ClientError as error:
            return error.response

    def hide(self, name, value):
        """Says what the recording's `<name>`, which has no number, stands for."""
        self._hidden[name] = value

    def mask(self, key, word):
        """Says that the recording has this word for whatever stands under `key`."""
        self._masks[key] = word

    def pass_time(self, seconds):
        """Lets time pass for the services, and whatever falls due on the way be done."""
        self._has_moved_time = True
        body = json.dumps({"by": seconds}).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{self.endpoint}/_hearth/clock", body, headers)
        urllib.request.urlopen(request, timeout=120).read()

    def observation(self):
        return {
            "values": self._values,
            "hidden": self._hidden,
            "unordered": sorted(self._unordered),
            "hasMovedTime": self._has_moved_time,
        }

    # What is made, and deleted when the scenario ends.

    def defer(self, cleanup, /, **arguments):
        """Calls `cleanup` when the scenario ends, the last first; what it refuses does not matter."""
        self._cleanups.append((cleanup, arguments))

    def clean_up(self):
        while self._cleanups:
            cleanup, arguments = self._cleanups.pop()
            try:
                cleanup(**arguments)
            except Exception as error:
                if not isinstance(error, ClientError):
                    print(f"clean-up: {error!r}", file=sys.stderr)

    def name(self, prefix="parity"):
        return f"{prefix}-{uuid.uuid4().hex[:12]}"

    def until(self, look, seconds=30, every=0.1):
        """The first answer of `look` that is true; a refusal counts as not yet."""
        deadline = time.monotonic() + seconds
        refusal = None
        while time.monotonic() < deadline:
            try:
                if found := look():
                    return found
            except ClientError as error:
                refusal = error
            time.sleep(every)
        raise TimeoutError(f"not within {seconds} s (last refusal: {refusal})")

    def http(self, url, method="GET", body=None, headers=None):
        """Status, headers and text of what the server answers at any URL of its own, whatever its host name."""
        target = urllib.parse.urlsplit(url)
        server = urllib.parse.urlsplit(self.endpoint)
        path = f"{target.path or '/'}?{target.query}" if target.query else target.path or "/"
        connection = http.client.HTTPConnection(server.hostname, server.port, timeout=60)
        try:
            given = {key.lower() for key in headers or {}}
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            if "host" not in given:
                connection.putheader("Host", target.netloc)
            if body is not None and "content-length" not in given:
                connection.putheader("Content-Length", str(len(body)))
            for key, value in (headers or {}).items():
                connection.putheader(key, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def role(self, name=None, trust=None, policy=None):
        """The ARN of a role that may be assumed by Lambda and may do everything."""
        name = name or self.name("role")
        made = self.iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps(trust or TRUST)
        )
        self.defer(self.iam.delete_role, RoleName=name)
        document = json.dumps(policy or EVERYTHING)
        self.iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
        self.defer(self.iam.delete_role_policy, RoleName=name, PolicyName="p")
        return made["Role"]["Arn"]

    def zip(self, files=ECHO, name="handler.py"):
        """The bytes of an archive of {name: text}, or of one file `handler.py` with this text."""
        files = {name: files} if isinstance(files, (str, bytes)) else files
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, text in files.items():
                info = zipfile.ZipInfo(path, (2000, 1, 1, 0, 0, 0))
                info.external_attr = 0o755 << 16
                archive.writestr(info, text)
        return buffer.getvalue()

    def function(self, code=ECHO, wait=True, **arguments):
        """Creates a function (Python 3.12, `handler.handler`, one role, unless told otherwise) and waits for it.

        Answers CreateFunction's response. `code` is a text, {name: text} or an archive's bytes.
        """
        name = arguments.pop("FunctionName", None) or self.name("fn")
        archive = code if isinstance(code, bytes) else self.zip(code)
        settings = {"Runtime": "python3.12", "Handler": "handler.handler", **arguments}
        settings.setdefault("Code", {"ZipFile": archive})
        if "Role" not in settings:
            self._role = self._role or self.role()
            settings["Role"] = self._role
        made = self.lambda_.create_function(FunctionName=name, **settings)
        self.defer(self.lambda_.delete_function, FunctionName=name)
        if wait:
            self.active(name)
        return made

    def active(self, name, **qualifier):
        """Waits until a function is neither pending nor being updated."""

        def settled():
            now = self.lambda_.get_function_configuration(FunctionName=name, **qualifier)
            return now["State"] != "Pending" and now.get("LastUpdateStatus") != "InProgress"

        self.until(settled, every=0.05)

    def invoke(self, name, event=None, **arguments):
        """Invoke's answer, its payload parsed."""
        payload = json.dumps({} if event is None else event)
        answer = self.lambda_.invoke(FunctionName=name, Payload=payload, **arguments)
        text = answer["Payload"].read().decode()
        answer["Payload"] = json.loads(text) if text else ""
        return answer

    def log_events(self, name, seconds=20, count=1):
        """What a function has logged, once there are `count` lines."""

        def look():
            found = self.logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
            return found if len(found) >= count else None

        return self.until(look, seconds)

    def queue(self, name=None, **attributes):
        """A queue's URL and ARN."""
        name = name or self.name("queue")
        made = self.sqs.create_queue(QueueName=name, Attributes=attributes)
        url = made["QueueUrl"]
        self.defer(self.sqs.delete_queue, QueueUrl=url)
        return url, f"arn:aws:sqs:{self.region}:{self.account}:{name}"

    def messages(self, url, count=1, seconds=20, **arguments):
        """Receives `count` messages, and deletes them."""
        found = []

        def look():
            answer = self.sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1, **arguments
            )
            for message in answer.get("Messages", []):
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append(message)
            return len(found) >= count

        self.until(look, seconds, every=0)
        return found

    def topic(self, name=None, **attributes):
        """A topic's ARN."""
        name = name or self.name("topic")
        arn = self.sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
        self.defer(self.sns.delete_topic, TopicArn=arn)
        return arn

    def bucket(self, name=None, **arguments):
        """A bucket's name; it is emptied before it is deleted."""
        name = name or self.name("bucket")
        self.s3.create_bucket(Bucket=name, **arguments)
        self.defer(self.empty_bucket, name=name)
        return name

    def empty_bucket(self, name):
        """Deletes a bucket and all that is in it."""
        for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=name):
            for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                self.s3.delete_object(
                    Bucket=name,
                    Key=item["Key"],
                    VersionId=item["VersionId"],
                    BypassGovernanceRetention=True,
                )
        self.s3.delete_bucket(Bucket=name)

    def table(self, name=None, key="id", **arguments):
        """The description of a table that is active; its hash key is a text."""
        name = name or self.name("table")
        settings = {
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            **arguments,
        }
        self.dynamodb.create_table(TableName=name, **settings)
        self.defer(self.dynamodb.delete_table, TableName=name)
        self.dynamodb.get_waiter("table_exists").wait(TableName=name)
        return self.dynamodb.describe_table(TableName=name)["Table"]
