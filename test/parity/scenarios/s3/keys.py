"""Encryption by keys: of the customer's own, and of KMS."""

import base64
import hashlib

from harness import entry

from ..s3_tools import HIDDEN, record

OWN = "TestS3SSECEncryption::"
FIRST = "a" * 16 + "b" * 16
SECOND = "c" * 32


def own(key=FIRST, **changes):
    """The arguments of a key, of which those that change to None are left out."""
    md5 = base64.b64encode(hashlib.md5(key.encode()).digest()).decode()
    given = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": key, "SSECustomerKeyMD5": md5}
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


def plain(key=FIRST):
    """The same for botocore's own clients, which compute the MD5."""
    return own(key, SSECustomerKeyMD5=None)


def bare(t):
    """A client that adds nothing to what it is told of a key."""
    from botocore import handlers

    client = t.client("s3", user_agent_extra="bare-keys")
    for operation in ["PutObject", "GetObject", "HeadObject", "GetObjectAttributes"]:
        client.meta.events.unregister(f"before-parameter-build.s3.{operation}", handlers.sse_md5)
    return client


def encoded(arguments):
    """The key as the wire has it, where no handler encodes it."""
    key = arguments.get("SSECustomerKey")
    if key is None:
        return arguments
    return {**arguments, "SSECustomerKey": base64.b64encode(key.encode()).decode()}


@entry(OWN + "test_put_object_validation_sse_c")
def put_validation(t):
    at = {"Bucket": t.bucket(), "Key": "test-sse-c", "Body": "test"}
    client = bare(t)
    cases = {
        "put-obj-sse-c-both-encryption": {**own(), "ServerSideEncryption": "AES256"},
        "put-obj-sse-c-wrong-algo": own(SSECustomerAlgorithm="KMS"),
        "put-obj-sse-c-no-algo": own(SSECustomerAlgorithm=None),
        "put-obj-sse-c-no-key": own(SSECustomerKey=None),
        "put-obj-sse-c-no-md5": own(SSECustomerKeyMD5=None),
        "put-obj-sse-c-wrong-key-size": own("a" * 16),
        "put-obj-sse-c-bad-md5": own(SSECustomerKeyMD5=own(SECOND)["SSECustomerKeyMD5"]),
    }
    for key, arguments in cases.items():
        t.record(key, client.put_object, **at, **encoded(arguments))


@entry(OWN + "test_multipart_upload_sse_c_validation")
def parts_validation(t):
    at = {"Bucket": t.bucket(), "Key": "test-sse-c-multipart"}
    create = t.s3.create_multipart_upload
    made = record(t, "create-mpu-no-sse-c", create, HIDDEN, **at)
    part = {**at, "UploadId": made["UploadId"], "PartNumber": 1, "Body": "test"}
    t.record("mpu-no-sse-c-upload-part-with-sse-c", t.s3.upload_part, **part, **plain())
    answer = t.call(create, **at, **plain())
    answer["SSECustomerKeyMD5"] = "JMwgiexXqwuPqIPjYFmIZQ=="
    t.record("create-mpu-sse-c", {**answer, "Bucket": "bucket"})
    part["UploadId"] = answer["UploadId"]
    t.record("mpu-sse-c-upload-part-no-sse-c", t.s3.upload_part, **part)
    t.record("mpu-sse-c-upload-part-wrong-sse-c", t.s3.upload_part, **part, **plain(SECOND))


@entry("TestS3::test_s3_sse_bucket_key_default")
def bucket_key(t):
    bucket = t.bucket()
    before = {"Bucket": bucket, "Key": "before"}
    t.record("put-obj-default-before-setting", t.s3.put_object, **before, Body="test-sse")
    t.record("get-obj-default-before-setting", t.s3.get_object, **before)
    key = "134f2428-cec1-4b25-a1ae-9048164dba47"
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    t.record(
        "put-bucket-encryption",
        t.s3.put_bucket_encryption,
        Bucket=bucket,
        ServerSideEncryptionConfiguration={"Rules": [rule]},
    )
    answer = t.call(t.s3.get_bucket_encryption, Bucket=bucket)
    t.record("get-bucket-encryption", answer)
    t.record("get-obj-default-after-setting", t.s3.get_object, **before)
    after = {"Bucket": bucket, "Key": "after"}
    hidden = {"ETag": '"69a4214580de172e3b6dbfaf0b1aaf4a"'}
    put = t.call(t.s3.put_object, **after, Body="test-sse")
    t.record("put-obj-after-setting", {**put, **hidden})
    t.record("get-obj-after-setting", {**t.call(t.s3.get_object, **after), **hidden})
