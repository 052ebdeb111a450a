"""Parts that are copied."""

from datetime import timedelta

from harness import entry

from ..s3_tools import HIDDEN, UPLOAD, put, record

PARTS = "TestS3Multipart::"


def begin(t, bucket, key, **arguments):
    """An upload's address."""
    at = {"Bucket": bucket, "Key": key}
    return {**at, "UploadId": t.s3.create_multipart_upload(**at, **arguments)["UploadId"]}


@entry(PARTS + "test_upload_part_copy_range")
def upload_part_copy_range(t):
    bucket = t.bucket()
    source, content = "src-key", "0123456789"
    t.record("put-src-object", t.s3.put_object, Bucket=bucket, Key=source, Body=content)
    at = {"Bucket": bucket, "Key": "test-upload-part-copy"}
    made = record(t, "create-multipart", t.s3.create_multipart_upload, HIDDEN, **at)
    upload = {**at, "UploadId": made["UploadId"]}

    def copy(key, number, text):
        t.record(
            key,
            t.s3.upload_part_copy,
            **upload,
            CopySource=f"{bucket}/{source}",
            CopySourceRange=text,
            PartNumber=number,
        )

    for number, text in enumerate(["bytes=0-8", "bytes=1-1", "bytes=0-0"], 1):
        copy(f"upload-part-copy-{number}", number, text)
    record(t, "list-parts", t.s3.list_parts, UPLOAD, **upload)
    copy("upload-part-copy-wrong-format", 1, "0-8")
    for text in ["1-0", "-1-", "0--1", "0-1,3-4,7-9", "-", "-0", "0-100", "100-200", "1-", "-2", "-15"]:
        copy(f"upload-part-copy-range-exc-{text}", 1, f"bytes={text}")


def copied_under(t, key, listed, **conditions):
    """Copies a part under conditions, told by offsets in seconds from the source's change or an ETag."""
    bucket = t.bucket()
    put(t, bucket, "source_file.txt", "0123456789")
    head = t.s3.head_object(Bucket=bucket, Key="source_file.txt")
    given = {}
    for name, value in conditions.items():
        since = head["LastModified"] + timedelta(seconds=value)
        given[name] = head["ETag"] if value is True else since
    upload = begin(t, bucket, "destination_file.txt")
    t.record(
        key,
        t.s3.upload_part_copy,
        **upload,
        CopySource=f"{bucket}/source_file.txt",
        PartNumber=1,
        **given,
    )
    if listed:
        record(t, "list-parts", t.s3.list_parts, UPLOAD, **upload)


@entry(PARTS + "test_upload_part_copy_with_copy_source_if_match_and_if_unmodified_since_match")
def part_copy_match_and_unmodified(t):
    copied_under(
        t, "upload-part-copy", True, CopySourceIfMatch=True, CopySourceIfUnmodifiedSince=-3600
    )


@entry(PARTS + "test_upload_part_copy_with_if_modified_since_failed")
def part_copy_modified_failed(t):
    key = "upload-part-copy-source-modified-since-match"
    copied_under(t, key, False, CopySourceIfModifiedSince=0)


@entry(PARTS + "test_upload_part_copy_with_copy_source_if_none_match_failed")
def part_copy_none_match_failed(t):
    copied_under(t, "upload-part-copy-source-if-none-match", False, CopySourceIfNoneMatch=True)


@entry(PARTS + "test_upload_part_copy_with_copy_source_if_unmodified_since_match_failed")
def part_copy_unmodified_failed(t):
    key = "upload-part-copy-source-unmodified-since-match"
    copied_under(t, key, False, CopySourceIfUnmodifiedSince=-3600)


@entry(PARTS + "test_upload_part_copy_with_copy_source_if_match_success")
def part_copy_match(t):
    copied_under(t, "upload-part-copy-if-match", True, CopySourceIfMatch=True)


@entry(PARTS + "test_upload_part_copy_with_copy_source_if_unmodified_since_success")
def part_copy_unmodified(t):
    key = "upload-part-copy-if-unmodified-since"
    copied_under(t, key, True, CopySourceIfUnmodifiedSince=0)


@entry(PARTS + "test_upload_part_copy_with_copy_source_if_modified_since_success")
def part_copy_modified(t):
    key = "upload-part-copy-if-modified-since"
    copied_under(t, key, True, CopySourceIfModifiedSince=-3600)


@entry(PARTS + "test_upload_part_copy_with_copy_source_if_modified_since_in_future_success")
def part_copy_modified_in_future(t):
    key = "upload-part-copy-if-modified-since-in-future"
    copied_under(t, key, True, CopySourceIfModifiedSince=3600)
