"""Versions of objects, and deletions on conditions."""

from datetime import datetime, timedelta, timezone

from harness import entry

from ..s3_tools import versioned

CRUD = "TestS3ObjectCRUD::"
DELETES = "TestS3DeletePrecondition::"
BAD_VERSION = "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"


@entry(CRUD + "test_delete_object_versioned")
def delete_object_versioned(t):
    bucket, key = t.bucket(), "test-delete"
    versioned(t, bucket)
    at = {"Bucket": bucket, "Key": key}
    first = t.record("put-object", t.s3.put_object, **at, Body=key)["VersionId"]
    marker = t.record("delete-object", t.s3.delete_object, **at)["VersionId"]
    t.record("get-deleted-object", t.s3.get_object, **at)
    t.record("get-object-with-version", t.s3.get_object, **at, VersionId=first)
    t.record("get-delete-marker", t.s3.get_object, **at, VersionId=marker)
    t.record("delete-object-2", t.s3.delete_object, **at)
    t.record("list-object-versions", t.s3.list_object_versions, Bucket=bucket, Prefix=key)
    t.record("delete-delete-marker", t.s3.delete_object, **at, VersionId=marker)
    t.record("delete-object-version", t.s3.delete_object, **at, VersionId=first)
    t.record("get-deleted-object-with-version", t.s3.get_object, **at, VersionId=first)
    t.record("delete-with-bad-version", t.s3.delete_object, **at, VersionId=first[:-4] + "ABCD")
    t.record("delete-wrong-key", t.s3.delete_object, Bucket=bucket, Key="wrong-key")


@entry(CRUD + "test_get_object_with_version_unversioned_bucket")
def get_version_of_unversioned(t):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "test-version"}
    t.record("put-object", t.s3.put_object, **at, Body="test-version")
    t.record("get-obj-with-version", t.s3.get_object, **at, VersionId=BAD_VERSION)
    t.record("get-obj-with-null-version", t.s3.get_object, **at, VersionId="null")


@entry(DELETES + "test_delete_object_if_match_non_express")
def delete_if_match(t):
    at = {"Bucket": t.bucket(), "Key": "key"}
    t.s3.put_object(**at, Body="test")
    t.record("delete-obj-if-match", t.s3.delete_object, **at, IfMatch="badvalue")


@entry(DELETES + "test_delete_object_if_match_modified_non_express")
def delete_if_modified(t):
    at = {"Bucket": t.bucket(), "Key": "key"}
    t.s3.put_object(**at, Body="test")
    early = datetime.now(tz=timezone.utc) - timedelta(days=1)
    t.record(
        "delete-obj-if-match-last-modified",
        t.s3.delete_object,
        **at,
        IfMatchLastModifiedTime=early,
    )


@entry(DELETES + "test_delete_object_if_match_size_non_express")
def delete_if_size(t):
    at = {"Bucket": t.bucket(), "Key": "key"}
    t.s3.put_object(**at, Body="test")
    t.record("delete-obj-if-match-size", t.s3.delete_object, **at, IfMatchSize=10)
