"""Conditions on the sources of copies."""

from datetime import timedelta

from harness import entry

from .s3_tools import put, versioned

COPIES = "TestS3CopySourcePreconditions::"


@entry(COPIES + "test_s3_copy_object_preconditions")
def copy_preconditions(t):
    bucket = t.bucket()
    put(t, bucket, "source", "data")
    head = t.record("head-object", t.s3.head_object, Bucket=bucket, Key="source")
    at = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/source"}
    t.record("copy-precondition-if-match", t.s3.copy_object, **at, CopySourceIfMatch='"none"')
    later = head["LastModified"] + timedelta(hours=1)
    earlier = head["LastModified"] - timedelta(hours=1)
    t.record(
        "copy-precondition-if-unmodified-since",
        t.s3.copy_object,
        **at,
        CopySourceIfUnmodifiedSince=earlier,
    )
    etag = head["ETag"]
    t.record("copy-precondition-if-none-match", t.s3.copy_object, **at, CopySourceIfNoneMatch=etag)
    t.record(
        "copy-precondition-if-modified-since",
        t.s3.copy_object,
        **at,
        CopySourceIfModifiedSince=head["LastModified"],
    )
    t.record(
        "copy-ignore-future-modified-since", t.s3.copy_object, **at, CopySourceIfModifiedSince=later
    )
    t.record(
        "copy-etag-missing-quotes",
        t.s3.copy_object,
        **at,
        CopySourceIfNoneMatch=etag.strip('"'),
    )
    t.record(
        "copy-success",
        t.s3.copy_object,
        **at,
        CopySourceIfMatch=etag,
        CopySourceIfNoneMatch="none",
        CopySourceIfModifiedSince=earlier,
        CopySourceIfUnmodifiedSince=later,
    )


@entry(COPIES + "test_s3_copy_object_if_source_modified_since_versioned")
def copy_modified_since_versioned(t):
    bucket = t.bucket()
    versioned(t, bucket)
    put(t, bucket, "source", "data")
    head = t.record("head-object", t.s3.head_object, Bucket=bucket, Key="source")
    at = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/source"}
    earlier = head["LastModified"] - timedelta(minutes=1)
    t.record("copy-if-modified-since", t.s3.copy_object, **at, CopySourceIfModifiedSince=earlier)
    t.record(
        "copy-if-modified-since-last-modified",
        t.s3.copy_object,
        **at,
        CopySourceIfModifiedSince=head["LastModified"],
    )
