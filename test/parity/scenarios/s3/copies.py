"""Copies of objects, onto others and onto themselves."""

from harness import entry

from ..s3_tools import put, versioned

T = "TestS3::"
JSON = '{"key": "value"}'


@entry(T + "test_s3_copy_content_type_and_metadata")
def content_type(t):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "hello"}
    t.record(
        "put_object",
        t.s3.put_object,
        **at,
        Body=JSON,
        ContentType="application/json",
        Metadata={"key": "value"},
    )
    t.record("head_object", t.s3.head_object, **at)
    copy = {"Bucket": bucket, "Key": "hello-copy"}
    t.record("copy_object", t.s3.copy_object, **copy, CopySource=f"{bucket}/hello")
    t.record("head_object_copy", t.s3.head_object, **copy)
    t.s3.delete_object(**copy)
    source = {"Bucket": bucket, "Key": "hello"}
    t.record("copy_object_second", t.s3.copy_object, **copy, CopySource=source)
    t.record("head_object_second_copy", t.s3.head_object, **copy)


def classes(t, key, at):
    operation = t.s3.get_object_attributes
    t.record(key, operation, **at, ObjectAttributes=["StorageClass"])


@entry(T + "test_s3_copy_object_in_place")
def in_place(t):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "hello"}
    t.record(
        "put_object",
        t.s3.put_object,
        **at,
        Body=JSON,
        ContentType="application/json",
        Metadata={"key": "value"},
    )
    t.record("head_object", t.s3.head_object, **at)
    classes(t, "object-attrs", at)
    here = {**at, "CopySource": f"{bucket}/hello"}
    t.record("copy-object-in-place-no-change", t.s3.copy_object, **here)
    t.record(
        "copy-object-in-place-with-storage-class",
        t.s3.copy_object,
        **here,
        ChecksumAlgorithm="SHA256",
        StorageClass="STANDARD",
    )
    classes(t, "object-attrs-after-copy", at)
    acl = t.call(t.s3.get_object_acl, **at)
    acl["Owner"]["ID"] += " as another placeholder"
    t.record("object-acl", acl)
    t.record("copy-object-in-place-with-acl", t.s3.copy_object, **here, ACL="private")


@entry(T + "test_s3_copy_object_in_place_versioned")
def in_place_versioned(t):
    bucket = t.bucket()
    versioned(t, bucket)
    at = {"Bucket": bucket, "Key": "hello"}
    t.record(
        "put_object",
        t.s3.put_object,
        **at,
        Body=JSON,
        ContentType="application/json",
        Metadata={"key": "value"},
    )
    t.record("head_object", t.s3.head_object, **at)
    classes(t, "object-attrs", at)
    here = {**at, "CopySource": f"{bucket}/hello"}
    t.record("copy-object-in-place-no-change", t.s3.copy_object, **here)
    replace = {**here, "MetadataDirective": "REPLACE"}
    first = t.record("copy-in-place-versioned", t.s3.copy_object, **replace)
    t.record("head-object-copied", t.s3.head_object, **at)
    t.record("get-object-copied", t.s3.get_object, **at)
    versioned(t, bucket, "Suspended")
    t.record("copy-in-place-versioned-suspended", t.s3.copy_object, **replace)
    t.record("head-object-copied-suspended", t.s3.head_object, **at)
    t.record("get-object-copied-suspended", t.s3.get_object, **at)
    t.record(
        "head-object-previous-version-suspended",
        t.s3.head_object,
        **at,
        VersionId=first["VersionId"],
    )
    versioned(t, bucket)
    answer = t.call(t.s3.copy_object, **replace)
    answer.pop("CopySourceVersionId", None)
    t.record("copy-in-place-versioned-re-enabled", answer)


@entry(T + "test_s3_copy_object_in_place_suspended_only")
def in_place_suspended(t):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "hello"}
    t.record(
        "put_object",
        t.s3.put_object,
        **at,
        Body=JSON,
        ContentType="application/json",
        Metadata={"key": "value"},
    )
    t.record("head_object", t.s3.head_object, **at)
    replace = {**at, "CopySource": f"{bucket}/hello", "MetadataDirective": "REPLACE"}
    t.record("copy-in-place-non-versioned", t.s3.copy_object, **replace)
    t.record("head-object-copied", t.s3.head_object, **at)
    t.record("get-object-copied", t.s3.get_object, **at)
    versioned(t, bucket, "Suspended")
    t.record("copy-in-place-versioned-suspended", t.s3.copy_object, **replace)
    t.record("head-object-copied-suspended", t.s3.head_object, **at)
    t.record("get-object-copied-suspended", t.s3.get_object, **at)
    t.record("copy-in-place-versioned-suspended-twice", t.s3.copy_object, **replace)


@entry(T + "test_s3_copy_object_storage_class")
def storage_class(t):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "source"}
    t.record("put-object", t.s3.put_object, **at, Body="test", StorageClass="STANDARD_IA")
    t.record("head-object", t.s3.head_object, **at)
    classes(t, "object-attrs", at)
    here = {**at, "CopySource": f"{bucket}/source"}
    key = "copy-object-in-place-with-storage-class"
    t.record(key, t.s3.copy_object, **here, StorageClass="STANDARD")
    classes(t, "object-attrs-after-copy", at)
    t.record("exc-invalid-request-storage-class", t.s3.copy_object, **here)


@entry(T + "test_s3_copy_object_in_place_website_redirect_location")
def website_location(t):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "source"}
    where = {"WebsiteRedirectLocation": "/test/direct"}
    t.record("put-object", t.s3.put_object, **at, Body="test", **where)
    t.record("head-object", t.s3.head_object, **at)
    key = "copy-object-in-place-with-website-redirection"
    t.record(key, t.s3.copy_object, **at, CopySource=f"{bucket}/source", **where)
    t.record("head-object-after-copy", t.s3.head_object, **at)


def checksums(t, key, at):
    t.record(key, t.s3.get_object_attributes, **at, ObjectAttributes=["Checksum"])


ALGORITHMS = ["CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"]


@entry(T + "test_s3_copy_object_with_checksum", ALGORITHMS)
def with_checksum(t, algorithm):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "source"}
    t.record("put-object-no-checksum", t.s3.put_object, **at, Body=JSON)
    checksums(t, "object-attrs", at)
    here = {"CopySource": f"{bucket}/source"}
    t.record(
        "copy-object-in-place-with-checksum",
        t.s3.copy_object,
        **at,
        **here,
        ChecksumAlgorithm=algorithm,
        MetadataDirective="REPLACE",
    )
    checksums(t, "object-attrs-after-copy", at)
    key = "copy-object-to-dest-keep-checksum"
    t.record(key, t.s3.copy_object, Bucket=bucket, Key="dest", **here)


@entry(T + "test_s3_copy_object_with_default_checksum", [*ALGORITHMS, "None"])
def with_default_checksum(t, algorithm):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "source"}
    asked = {} if algorithm == "None" else {"ChecksumAlgorithm": algorithm}
    if algorithm == "CRC32C":
        # botocore computes none without a package of its own.
        asked = {"ChecksumCRC32C": "078Ilw=="}
    t.record("put-object-no-checksum", t.s3.put_object, **at, Body=JSON, **asked)
    checksums(t, "object-attrs", at)
    here = {"CopySource": f"{bucket}/source"}
    t.record(
        "copy-object-in-place-with-no-checksum",
        t.s3.copy_object,
        **at,
        **here,
        MetadataDirective="REPLACE",
    )
    checksums(t, "object-attrs-after-copy", at)
    dest = {"Bucket": bucket, "Key": "dest"}
    t.record("copy-object-to-dest-keep-checksum", t.s3.copy_object, **dest, **here)
    checksums(t, "dest-object-attrs-after-copy", dest)


@entry(T + "test_s3_copy_tagging_directive", {"COPY": "COPY", "REPLACE": "REPLACE", "None": None})
def tagging_directive(t, directive):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "source"}
    t.record("put-object", t.s3.put_object, **at, Body="test", Tagging="key1=value1")
    t.record("get-object-tag", t.s3.get_object_tagging, **at)
    copy = {"Bucket": bucket, "Key": "copy"}
    said = {"CopySource": f"{bucket}/source"}
    if directive:
        said["TaggingDirective"] = directive
    t.record("copy-object", t.s3.copy_object, **copy, **said, Tagging="key2=value2")
    t.record("get-copy-object-tag", t.s3.get_object_tagging, **copy)
    t.record("copy-object-tag-empty", t.s3.copy_object, **copy, **said)
    t.record("get-copy-object-tag-empty", t.s3.get_object_tagging, **copy)


@entry(T + "test_s3_copy_object_wrong_format")
def wrong_format(t):
    key = "copy-object-wrong-copy-source"
    t.record(key, t.s3.copy_object, Bucket=t.bucket(), Key="dest", CopySource="wrongbucketwrongkey")


@entry(T + "test_copy_object_kms")
def with_kms(t):
    bucket = t.bucket()
    put(t, bucket, "source", "hello world")
    t.record("get-object", t.s3.get_object, Bucket=bucket, Key="source")
    copy = {"Bucket": bucket, "Key": "copy"}
    key = f"arn:aws:kms:{t.region}:{t.account}:key/134f2428-cec1-4b25-a1ae-9048164dba47"
    answer = t.call(
        t.s3.copy_object,
        **copy,
        CopySource=f"{bucket}/source",
        BucketKeyEnabled=True,
        SSEKMSKeyId=key,
        ServerSideEncryption="aws:kms",
    )
    answer["CopyObjectResult"]["ETag"] = "copy-etag"
    t.record("copy-object", answer)
    t.record("get-copied-object", {**t.call(t.s3.get_object, **copy), "ETag": "etag"})
