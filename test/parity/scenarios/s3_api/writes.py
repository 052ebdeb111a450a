"""Writes on conditions."""

from harness import entry

from ..s3_tools import put, versioned

WRITES = "TestS3ObjectWritePrecondition::"
KEY = "test-precondition"


@entry(WRITES + "test_put_object_if_none_match_versioned_bucket")
def put_if_none_match_versioned(t):
    bucket = t.bucket()
    versioned(t, bucket)
    at = {"Bucket": bucket, "Key": KEY}
    t.record("put-obj", t.s3.put_object, **at)
    t.record("put-obj-if-none-match", t.s3.put_object, **at, IfNoneMatch="*")
    t.record("del-obj", t.s3.delete_object, **at)
    t.record("put-obj-after-del", t.s3.put_object, **at, IfNoneMatch="*")
    t.record("list-object-versions", t.s3.list_object_versions, Bucket=bucket)


class Upload:
    """An upload of one part under conditions."""

    def __init__(self, t, bucket):
        self.t = t
        self.at = {"Bucket": bucket, "Key": KEY}

    def begin(self, key):
        arguments = dict(self.at)
        operation = self.t.s3.create_multipart_upload
        made = (
            self.t.record(key, operation, **arguments) if key else operation(**arguments)
        )
        self.address = {**self.at, "UploadId": made["UploadId"]}
        part = self.t.s3.upload_part(**self.address, Body="test", PartNumber=1)
        self.parts = {"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
        return self

    def complete(self, key, **conditions):
        operation = self.t.s3.complete_multipart_upload
        self.t.record(key, operation, **self.address, MultipartUpload=self.parts, **conditions)


@entry(WRITES + "test_multipart_if_none_match_with_delete")
def parts_none_match_delete(t):
    upload = Upload(t, t.bucket())
    t.record("put-obj", t.s3.put_object, **upload.at)
    upload.begin("create-multipart").complete("complete-multipart-if-none-match", IfNoneMatch="*")
    t.record("del-obj", t.s3.delete_object, **upload.at)
    upload.complete("complete-multipart-after-del", IfNoneMatch="*")
    upload.begin(None).complete("complete-multipart-after-del-restart", IfNoneMatch="*")


@entry(WRITES + "test_multipart_if_none_match_with_put")
def parts_none_match_put(t):
    upload = Upload(t, t.bucket()).begin("create-multipart")
    t.record("put-obj", t.s3.put_object, **upload.at)
    upload.complete("complete-multipart-if-none-match-put-during", IfNoneMatch="*")


@entry(WRITES + "test_put_object_if_match")
def put_if_match(t):
    at = {"Bucket": t.bucket(), "Key": KEY}
    etag = t.record("put-obj", t.s3.put_object, **at, Body="test")["ETag"]
    t.record(
        "put-obj-if-match-wrong-etag", t.s3.put_object, **at, IfMatch="d41d8cd98f00b204e9800998ecf8427e"
    )
    t.record("put-obj-overwrite", t.s3.put_object, **at, IfMatch=etag)
    t.record("del-obj", t.s3.delete_object, **at)
    t.record("put-obj-if-match-key-not-exists", t.s3.put_object, **at, IfMatch=etag)
    t.record("put-obj-after-del", t.s3.put_object, **at)


@entry(WRITES + "test_put_object_if_match_validation")
def put_if_match_validation(t):
    at = {"Bucket": t.bucket(), "Key": "test-precondition-validation"}
    t.record("put-obj-if-match-star-value", t.s3.put_object, **at, IfMatch="*")
    t.record("put-obj-if-match-bad-value", t.s3.put_object, **at, IfMatch="notavalidetag")
    t.record("put-obj-if-match-bad-value-2", t.s3.put_object, **at, IfMatch="bad-char")


@entry(WRITES + "test_multipart_if_match_with_put")
def parts_match_put(t):
    upload = Upload(t, t.bucket())
    first = t.record("put-obj", t.s3.put_object, **upload.at, Body="test")["ETag"]
    upload.begin("create-multipart")
    second = t.record("put-obj-during", t.s3.put_object, **upload.at, Body="test2")["ETag"]
    upload.complete("complete-multipart-if-match-put-before", IfMatch=first)
    upload.complete("complete-multipart-if-match-put-during", IfMatch=second)
    upload.begin("create-multipart-again")
    upload.complete("complete-multipart-if-match-put-before-restart", IfMatch=second)


@entry(WRITES + "test_multipart_if_match_with_put_identical")
def parts_match_put_identical(t):
    upload = Upload(t, t.bucket())
    etag = t.record("put-obj", t.s3.put_object, **upload.at, Body="test")["ETag"]
    upload.begin("create-multipart")
    t.record("put-obj-during", t.s3.put_object, **upload.at, Body="test")
    upload.complete("complete-multipart-if-match-put-during", IfMatch=etag)
    upload.begin("create-multipart-again")
    upload.complete("complete-multipart-if-match-put-before-restart", IfMatch=etag)


@entry(WRITES + "test_multipart_if_match_with_delete")
def parts_match_delete(t):
    upload = Upload(t, t.bucket())
    etag = t.record("put-obj", t.s3.put_object, **upload.at, Body="test")["ETag"]
    upload.begin("create-multipart")
    t.record("del-obj", t.s3.delete_object, **upload.at)
    upload.complete("complete-multipart-after-del", IfMatch=etag)
    t.record("put-obj-2", t.s3.put_object, **upload.at, Body="test")
    upload.complete("complete-multipart-if-match-after-put", IfMatch=etag)


@entry(WRITES + "test_put_object_if_match_versioned_bucket")
def put_if_match_versioned(t):
    bucket = t.bucket()
    versioned(t, bucket)
    at = {"Bucket": bucket, "Key": KEY}
    first = t.record("put-obj", t.s3.put_object, **at, Body="test")["ETag"]
    wrong = "d41d8cd98f00b204e9800998ecf8427e"
    t.record("put-obj-if-none-match-bad-value", t.s3.put_object, **at, IfMatch=wrong)
    t.record("del-obj", t.s3.delete_object, **at)
    t.record("put-obj-after-del-exc", t.s3.put_object, **at, IfMatch=first)
    second = t.record("put-obj-after-del", t.s3.put_object, **at, Body="test-after-del")["ETag"]
    t.record("put-obj-if-match", t.s3.put_object, **at, Body="test-if-match", IfMatch=second)
    t.record("list-object-versions", t.s3.list_object_versions, Bucket=bucket)


@entry(WRITES + "test_put_object_if_match_and_if_none_match_validation")
def put_both_conditions(t):
    at = {"Bucket": t.bucket(), "Key": KEY}
    wrong = "d41d8cd98f00b204e9800998ecf8427e"
    t.record("put-obj-both-precondition", t.s3.put_object, **at, IfMatch=wrong, IfNoneMatch="*")


def copying(t):
    """Where a copy goes, its source's ETag, and its own of an object that is there."""
    bucket = t.bucket()
    etag = put(t, bucket, "source", "source content")["ETag"]
    return {"Bucket": bucket, "Key": "dest-object", "CopySource": f"{bucket}/source"}, etag


@entry(WRITES + "test_copy_object_if_none_match")
def copy_if_none_match(t):
    at, _ = copying(t)
    t.record("copy-obj", t.s3.copy_object, **at, IfNoneMatch="*")
    t.record("copy-obj-if-none-match-fail", t.s3.copy_object, **at, IfNoneMatch="*")


@entry(WRITES + "test_copy_object_if_match")
def copy_if_match(t):
    at, wrong = copying(t)
    etag = put(t, at["Bucket"], at["Key"], "destination")["ETag"]
    t.record("copy-obj-if-match", t.s3.copy_object, **at, IfMatch=etag)
    t.record("copy-obj-if-match-fail-wrong-etag", t.s3.copy_object, **at, IfMatch=etag)
    other = {**at, "Key": "non-existent-key"}
    t.record("copy-obj-if-match-fail-no-object", t.s3.copy_object, **other, IfMatch=wrong)


@entry(WRITES + "test_copy_object_if_match_versioned_bucket")
def copy_if_match_versioned(t):
    bucket = t.bucket()
    versioned(t, bucket)
    wrong = put(t, bucket, "source-object", "source content")["ETag"]
    at = {"Bucket": bucket, "Key": "dest-object"}
    copy = {**at, "CopySource": f"{bucket}/source-object"}
    first = t.record("put-obj", t.s3.put_object, **at, Body="initial content")["ETag"]
    t.record("copy-obj-if-match-wrong-etag", t.s3.copy_object, **copy, IfMatch=wrong)
    t.record("del-obj", t.s3.delete_object, **at)
    t.record("copy-obj-after-del-exc", t.s3.copy_object, **copy, IfMatch=first)
    body = "new content after delete"
    second = t.record("put-obj-after-del", t.s3.put_object, **at, Body=body)["ETag"]
    t.record("copy-obj-if-match", t.s3.copy_object, **copy, IfMatch=second)
    t.record("list-object-versions", t.s3.list_object_versions, Bucket=bucket)


@entry(WRITES + "test_copy_object_precondition_write_validation")
def copy_conditions_validated(t):
    at, etag = copying(t)
    t.record("copy-obj-none-match-etag", t.s3.copy_object, **at, IfNoneMatch=etag)
    t.record("copy-obj-if-match-star", t.s3.copy_object, **at, IfMatch="*")
    t.record("copy-obj-both", t.s3.copy_object, **at, IfMatch=etag, IfNoneMatch="*")


@entry(WRITES + "test_copy_object_if_none_match_in_place")
def copy_if_none_match_in_place(t):
    at, _ = copying(t)
    here = {**at, "Key": "source", "MetadataDirective": "REPLACE"}
    t.record("copy-obj-if-none-match-fail", t.s3.copy_object, **here, IfNoneMatch="*")


@entry(WRITES + "test_copy_object_if_match_in_place")
def copy_if_match_in_place(t):
    at, etag = copying(t)
    here = {**at, "Key": "source", "MetadataDirective": "REPLACE"}
    t.record("copy-obj-if-match-in-place", t.s3.copy_object, **here, IfMatch=etag)
