"""Uploads in parts."""

from harness import entry

from ..s3_tools import HIDDEN, MIB, opened, record

T = "TestS3::"
BY_OWNER = {"Bucket": "bucket", "DisplayName": "display-name", "ID": "owner-id"}


def begin(t, bucket, key, **arguments):
    at = {"Bucket": bucket, "Key": key}
    return {**at, "UploadId": t.s3.create_multipart_upload(**at, **arguments)["UploadId"]}


def upload_part(t, upload, number, body):
    part = t.s3.upload_part(**upload, PartNumber=number, Body=body)
    return {"ETag": part["ETag"], "PartNumber": number}


@entry(T + "test_multipart_and_list_parts")
def and_list_parts(t):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "test-list-parts"}
    made = record(t, "create-multipart", t.s3.create_multipart_upload, BY_OWNER, **at)
    upload = {**at, "UploadId": made["UploadId"]}

    def listed(parts, uploads):
        if parts:
            record(t, parts, t.s3.list_parts, BY_OWNER, **upload)
        record(t, uploads, t.s3.list_multipart_uploads, BY_OWNER, Bucket=bucket)

    listed("list-part-after-created", "list-all-uploads")
    body = "upload-part-1" * 5
    part = t.record("upload-part", t.s3.upload_part, **upload, Body=body, PartNumber=1)
    listed("list-part-after-upload", "list-all-uploads-after")
    parts = {"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
    complete = t.s3.complete_multipart_upload
    record(t, "complete-multipart", complete, BY_OWNER, **upload, MultipartUpload=parts)
    t.record("list-part-after-complete-exc", t.s3.list_parts, **upload)
    listed(None, "list-all-uploads-completed")
    t.record("head-multipart-checksum", t.s3.head_object, **at, ChecksumMode="ENABLED")
    t.record("get-multipart-checksum", t.s3.get_object, **at, ChecksumMode="ENABLED")


@entry(T + "test_multipart_no_such_upload")
def no_such_upload(t):
    at = {"Bucket": t.bucket(), "Key": "test", "UploadId": "fakeid"}
    t.record("upload-exc", t.s3.upload_part, **at, Body="test", PartNumber=1)
    parts = {"Parts": [{"ETag": "etag", "PartNumber": 1}]}
    t.record("complete-exc", t.s3.complete_multipart_upload, **at, MultipartUpload=parts)
    t.record("abort-exc", t.s3.abort_multipart_upload, **at)


@entry(T + "test_multipart_complete_multipart_wrong_part")
def wrong_part(t):
    upload = begin(t, t.bucket(), "test")
    part = upload_part(t, upload, 1, "data")
    complete = t.s3.complete_multipart_upload
    for key, change in [
        ("complete-exc-wrong-part-number", {"PartNumber": 2}),
        ("complete-exc-wrong-etag", {"ETag": "d41d8cd98f00b204e9800998ecf8427e"}),
    ]:
        t.record(key, complete, **upload, MultipartUpload={"Parts": [{**part, **change}]})


@entry(T + "test_complete_multipart_parts_order")
def parts_order(t):
    bucket = t.bucket()
    upload = begin(t, bucket, "test-order-parts")
    body = "a" * (5 * MIB + 1)
    t.record("upload-part-negative-part-number", t.s3.upload_part, **upload, PartNumber=-1, Body=body)
    parts = [upload_part(t, upload, number, body) for number in (1, 2, 3)]
    complete = t.s3.complete_multipart_upload
    unordered = {"Parts": parts[::-1]}
    t.record("complete-multipart-unordered", complete, **upload, MultipartUpload=unordered)
    ordered = {"Parts": parts}
    record(t, "complete-multipart-ordered", complete, HIDDEN, **upload, MultipartUpload=ordered)
    upload = begin(t, bucket, "key-sequence-with-step-2")
    stepped = {"Parts": [upload_part(t, upload, number, body) for number in (2, 4, 6)]}
    record(t, "complete-multipart-with-step-2", complete, HIDDEN, **upload, MultipartUpload=stepped)


def complete_one(t, key, upload, body):
    """The answer to a completion of one part."""
    parts = {"Parts": [upload_part(t, upload, 1, body)]}
    t.record(key, t.s3.complete_multipart_upload, **upload, MultipartUpload=parts)


@entry(T + "test_multipart_copy_object_etag")
def copied_etag(t):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "test.file"}
    complete_one(t, "multipart-upload", begin(t, **{"bucket": bucket, "key": "test.file"}), "test content 123")
    source = f"{bucket}/test.file"
    copy = {"Bucket": bucket, "Key": "test.file-copy"}
    t.record("copy-object", t.s3.copy_object, **copy, CopySource=source)
    t.record(
        "copy-object-in-place",
        t.s3.copy_object,
        **at,
        CopySource=source,
        MetadataDirective="REPLACE",
    )
    t.record("head-obj", t.s3.head_object, **at, ChecksumMode="ENABLED")


@entry(T + "test_multipart_overwrite_key")
def overwrite_key(t):
    bucket = t.bucket()
    t.record("put-object", t.s3.put_object, Bucket=bucket, Key="test.file", Body="test content 123")
    complete_one(t, "multipart-upload", begin(t, bucket, "test.file"), "test content 123")


@entry(T + "test_s3_multipart_upload_acls")
def acls(t):
    bucket = opened(t)
    t.s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    t.record("bucket-acl", t.s3.get_bucket_acl, Bucket=bucket)
    cases = {"key0": {}, "key1": {"ACL": "private"}, "key2": {"ACL": "public-read-write"}}
    for key, acl in cases.items():
        upload = begin(t, bucket, key, **acl)
        parts = {"Parts": [upload_part(t, upload, 1, "some data")]}
        t.s3.complete_multipart_upload(**upload, MultipartUpload=parts)
        t.record(f"permission-acl-{key}", t.s3.get_object_acl, Bucket=bucket, Key=key)


@entry(T + "test_multipart_with_unicode_character_location")
def unicode_location(t):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "test-unicode_—_file"}
    made = record(t, "create-multipart", t.s3.create_multipart_upload, HIDDEN, **at)
    upload = {**at, "UploadId": made["UploadId"]}
    parts = {"Parts": [upload_part(t, upload, 1, "upload-part-1")]}
    complete = t.s3.complete_multipart_upload
    record(t, "complete-multipart", complete, HIDDEN, **upload, MultipartUpload=parts)
