"""Objects: what is stored of them, and how it is told."""

from datetime import datetime, timedelta, timezone
from io import BytesIO

from harness import entry

from ..s3_tools import filtered, http, opened, put, versioned

T = "TestS3::"


def consumed(answer):
    """A recording of a body that the test had read already."""
    return {**answer, "Body": ""}


@entry(T + "test_delete_bucket_with_content")
def delete_bucket_with_content(t):
    bucket = t.name("bucket")
    t.s3.create_bucket(Bucket=bucket)
    for number in range(10):
        put(t, bucket, f"test-key-{number}", f"test-{number}")
    t.record("list-objects", t.s3.list_objects, Bucket=bucket, MaxKeys=100)
    for number in range(10):
        t.s3.delete_object(Bucket=bucket, Key=f"test-key-{number}")
    t.s3.delete_bucket(Bucket=bucket)
    t.bucket()
    buckets = t.s3.list_buckets()
    t.record("list-buckets", {**buckets, "Buckets": buckets["Buckets"][-1:]})


@entry(T + "test_put_and_get_object_with_utf8_key")
def utf8_key(t):
    at = {"Bucket": t.bucket(), "Key": "Ā0Ä"}
    t.record("put-object", t.s3.put_object, **at, Body="abc123")
    t.record("get-object", consumed(t.call(t.s3.get_object, **at)))


@entry(T + "test_put_and_get_object_with_hash_prefix")
def hash_prefix(t):
    at = {"Bucket": t.bucket(), "Key": "#key-with-hash-prefix"}
    t.record("put-object", t.s3.put_object, **at, Body="test 123")
    t.record("get-object", consumed(t.call(t.s3.get_object, **at)))


@entry(T + "test_metadata_header_character_decoding")
def metadata_characters(t):
    at = {"Bucket": t.bucket(), "Key": "test"}
    metadata = {"TEST_META_1": "foo", "__meta_2": "bar"}
    t.s3.put_object(**at, Metadata=metadata, Body="foo")
    t.record("head-object", t.s3.head_object, **at)


@entry(T + "test_upload_file_multipart")
def upload_file_multipart(t):
    from boto3.s3.transfer import TransferConfig

    at = {"Bucket": t.bucket(), "Key": "my-key"}
    config = TransferConfig(multipart_threshold=1024 * 5, multipart_chunksize=1024 * 5)
    t.s3.upload_fileobj(BytesIO(b"1" * 1024 * 6), at["Bucket"], at["Key"], Config=config)
    t.record("get_object", consumed(t.call(t.s3.get_object, **at)))


@entry(T + "test_invalid_range_error")
def invalid_range(t):
    at = {"Bucket": t.bucket(), "Key": "my-key"}
    t.s3.put_object(**at, Body="abcdefgh")
    t.record("exc", t.s3.get_object, **at, Range="bytes=1024-4096")


@entry(T + "test_range_key_not_exists")
def range_of_nothing(t):
    t.record("exc", t.s3.get_object, Bucket=t.bucket(), Key="my-key", Range="bytes=1024-4096")


@entry(T + "test_put_object_tagging_empty_list")
def tagging_empty(t):
    at = {"Bucket": t.bucket(), "Key": "my-key"}
    t.s3.put_object(**at, Body="abcdefgh")
    t.record("created-object-tags", t.s3.get_object_tagging, **at)
    tags = [{"Key": "tag1", "Value": "tag1"}, {"Key": "tag2", "Value": ""}]
    t.s3.put_object_tagging(**at, Tagging={"TagSet": tags})
    t.record("updated-object-tags", t.s3.get_object_tagging, **at, unordered=("TagSet",))
    t.s3.put_object_tagging(**at, Tagging={"TagSet": []})
    t.record("deleted-object-tags", t.s3.get_object_tagging, **at)


@entry(T + "test_get_object_after_deleted_in_versioned_bucket")
def deleted_versioned(t):
    bucket = t.bucket()
    versioned(t, bucket)
    at = {"Bucket": bucket, "Key": "my-key"}
    t.s3.put_object(**at, Body="abcdefgh")
    t.record("get-object", t.s3.get_object, **at)
    t.s3.delete_object(**at)
    t.record("get-object-after-delete", t.s3.get_object, **at)


@entry(T + "test_upload_file_with_xml_preamble")
def xml_preamble(t):
    at = {"Bucket": t.bucket(), "Key": "key"}
    t.s3.put_object(**at, Body='<?xml version="1.0" encoding="UTF-8"?><test/>')
    t.record("get_object", t.s3.get_object, **at)


@entry(T + "test_get_object_with_anon_credentials")
def anonymous(t):
    from botocore import UNSIGNED

    bucket = opened(t)
    t.s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    at = {"Bucket": bucket, "Key": "key"}
    t.s3.put_object(**at, Body="body data", ACL="public-read")
    nobody = t.client("s3", signature_version=UNSIGNED)
    t.record("get_object", nobody.get_object, **at)


@entry(T + "test_delete_non_existing_keys")
def delete_missing_keys(t):
    bucket = t.bucket()
    put(t, bucket, "test-key-nonexistent")
    names = ["test-key-nonexistent", "dummy1", "dummy2"]
    t.record(
        "deleted-resp",
        t.s3.delete_objects,
        Bucket=bucket,
        Delete={"Objects": [{"Key": name} for name in names]},
        unordered=("Deleted",),
    )


@entry(T + "test_delete_non_existing_keys_in_non_existing_bucket")
def delete_in_no_bucket(t):
    objects = {"Objects": [{"Key": "dummy1"}, {"Key": "dummy2"}]}
    key = "error-non-existent-bucket"
    t.record(key, t.s3.delete_objects, Bucket=t.name("no-bucket"), Delete=objects)


@entry(T + "test_precondition_failed_error")
def precondition_failed(t):
    at = {"Bucket": t.bucket(), "Key": "foo"}
    t.s3.put_object(**at, Body="bar")
    t.record("get-object-if-match", t.s3.get_object, **at, IfMatch='"not good etag"')


@entry(T + "test_head_object_fields")
def head_fields(t):
    at = {"Bucket": t.bucket(), "Key": "my-key"}
    t.s3.put_object(**at, Body="abcdefgh")
    t.record("head-object", t.s3.head_object, **at)
    t.record("head-object-404", t.s3.head_object, Bucket=at["Bucket"], Key="doesnotexist")


@entry(T + "test_s3_get_object_header_overrides")
def header_overrides(t):
    at = {"Bucket": t.bucket(), "Key": "key"}
    t.s3.put_object(**at, Body="something")
    t.record(
        "get-object",
        t.s3.get_object,
        **at,
        ResponseCacheControl="max-age=74",
        ResponseContentDisposition='attachment; filename="foo.jpg"',
        ResponseContentEncoding="identity",
        ResponseContentLanguage="de-DE",
        ResponseContentType="image/jpeg",
        ResponseExpires="Wed, 21 Oct 2015 07:28:00 GMT",
    )


@entry(T + "test_s3_put_more_than_1000_items")
def many_items(t):
    bucket = t.bucket()
    for number in range(1010):
        put(t, bucket, f"test-key-{number}", f"test-{number}")
    for number in (1009, 0):
        t.record(f"get_object-{number}", t.s3.get_object, Bucket=bucket, Key=f"test-key-{number}")
    at = {"Bucket": bucket, "MaxKeys": 1000, "Delimiter": "/"}
    first = t.call(t.s3.list_objects, **at)
    marker = first["NextMarker"]
    t.record("list-objects", {**first, "Contents": "contents"})
    t.record(
        "list-objects-next_marker",
        t.s3.list_objects,
        Bucket=bucket,
        MaxKeys=1000,
        Marker=marker,
    )


@entry(T + "test_upload_big_file")
def big_file(t):
    bucket = t.bucket()
    bodies = {"key1": "\x01" * 10_000_000, "key2": "a" * 10_000_000}
    for key, body in bodies.items():
        t.record(f"put_object_{key}", t.s3.put_object, Bucket=bucket, Key=key, Body=body)
    put(t, bucket, "key1", bodies["key2"])
    for key in bodies:
        t.record(f"head_object_{key}", t.s3.head_object, Bucket=bucket, Key=key)


@entry(T + "test_s3_batch_delete_objects_using_requests_with_acl")
def batch_delete(t):
    t.bucket()


CLASSES = {
    **{
        f"{name}-True": name
        for name in [
            "STANDARD",
            "STANDARD_IA",
            "GLACIER_IR",
            "REDUCED_REDUNDANCY",
            "ONEZONE_IA",
            "INTELLIGENT_TIERING",
        ]
    },
    "GLACIER-False": "GLACIER",
    "DEEP_ARCHIVE-False": "DEEP_ARCHIVE",
}


@entry(T + "test_put_object_storage_class", CLASSES)
def storage_class(t, name):
    at = {"Bucket": t.bucket(), "Key": "test-put-object-storage-class"}
    t.s3.put_object(**at, Body="body-test", StorageClass=name)
    attributes = ["StorageClass"]
    operation = t.s3.get_object_attributes
    t.record("get-object-storage-class", operation, **at, ObjectAttributes=attributes)
    t.record("get-object", t.s3.get_object, **at)


@entry(T + "test_put_object_storage_class_outposts")
def outposts(t):
    at = {"Bucket": t.bucket(), "Key": "test", "StorageClass": "OUTPOSTS"}
    t.record("put-object-outposts", t.s3.put_object, **at, Body="body-test")
    t.record("create-multipart-outposts-exc", t.s3.create_multipart_upload, **at)


@entry("TestS3DeepArchive::test_s3_get_deep_archive_object_restore")
def deep_archive(t):
    at = {"Bucket": t.bucket(), "Key": "my-key"}
    t.s3.put_object(**at, Body="body data", StorageClass="DEEP_ARCHIVE")
    t.record("get-object-invalid-state", t.s3.get_object, **at)
    t.record("get_object_invalid_state", t.s3.get_object, **at)
    request = {"Days": 30, "GlacierJobParameters": {"Tier": "Bulk"}}
    t.record("restore_object", t.s3.restore_object, **at, RestoreRequest=request)


SPECIAL = ["file%2Fname", "test@key/", "test%123", "test%percent", "test key", "test key/"]


@entry(T + "test_put_get_object_special_character", [*SPECIAL, "test key//", "test%123/", "a/%F0%9F%98%80/"])
def special_characters(t, key):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": key}
    t.record("put-object-special-char", t.s3.put_object, **at, Body="test")
    t.record("list-object-special-char", t.s3.list_objects_v2, Bucket=bucket)
    t.record("get-object-special-char", t.s3.get_object, **at)
    t.record("del-object-special-char", t.s3.delete_object, **at)


@entry(T + "test_put_get_object_single_character_trailing_slash")
def single_characters(t):
    bucket = t.bucket()
    for key in ["a/", "t/", "u/"]:
        at = {"Bucket": bucket, "Key": key}
        t.record(f"put-object-single-char-{key}", t.s3.put_object, **at, Body="test")
        t.record(f"get-object-single-char-{key}", t.s3.get_object, **at)
    t.record("list-objects-single-char", t.s3.list_objects_v2, Bucket=bucket)


@entry(T + "test_s3_get_object_headers")
def get_with_conditions(t):
    at = {"Bucket": t.bucket(), "Key": "en-gb.wav"}
    etag = t.s3.put_object(**at, Body="x" * 200)["ETag"]

    def error(key, **conditions):
        t.record(key, t.call(t.s3.get_object, **at, **conditions)["Error"])

    def status(key, **conditions):
        answer = t.call(t.s3.get_object, **at, **conditions)
        t.record(key, answer["ResponseMetadata"]["HTTPStatusCode"])

    error("if_none_match_err_1", IfNoneMatch=etag)
    error("if_none_match_err_2", IfNoneMatch=etag.strip('"'))
    status("if_none_match_1", IfNoneMatch="etag")
    status("if_match_1", IfMatch=etag)
    status("if_match_2", IfMatch=etag.strip('"'))
    error("if_match_err_1", IfMatch="etag")


@entry(T + "test_get_object_content_length_with_virtual_host", {"True": True, "False": False})
def length_with_host(t, is_virtual):
    bucket = t.bucket()
    put(t, bucket, "temp.txt", "123")
    url = t.s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "temp.txt"})
    headers = filtered(http("GET", url).headers, without=("connection", "keep-alive"))
    headers.update({"last-modified": "last-modified", "date": "date"})
    t.record("get-obj-content-len-headers", headers)


@entry(T + "test_s3_get_object_preconditions", ["get_object", "head_object"])
def preconditions(t, name):
    at = {"Bucket": t.bucket(), "Key": "test-object"}
    etag = t.s3.put_object(**at, Body="data")["ETag"]
    modified = t.s3.head_object(**at)["LastModified"]
    read = getattr(t.s3, name)
    hour = timedelta(hours=1)
    t.record("precondition-if-match", read, **at, IfMatch='"bad"')
    t.record("precondition-if-unmodified-since", read, **at, IfUnmodifiedSince=modified - hour)
    t.record("precondition-if-none-match", read, **at, IfNoneMatch=etag)
    t.record("copy-precondition-if-modified-since", read, **at, IfModifiedSince=modified)
    t.record("obj-ignore-future-modified-since", read, **at, IfModifiedSince=modified + hour)
    t.record("etag-missing-quotes", read, **at, IfNoneMatch=etag.strip('"'))
    t.record("precondition-if-unmodified-since-is-object", read, **at, IfUnmodifiedSince=modified)
    t.record("precondition-if-modified-since-is-object", read, **at, IfModifiedSince=modified)
    t.record(
        "obj-success",
        read,
        **at,
        IfMatch=etag,
        IfNoneMatch="notetag",
        IfModifiedSince=modified - hour,
        IfUnmodifiedSince=modified,
    )


@entry(T + "test_s3_object_expires")
def object_expires(t):
    at = {"Bucket": t.bucket(), "Key": "key"}
    now = datetime.now(tz=timezone.utc)
    for word, moment in [("future", now + timedelta(hours=1)), ("past", now - timedelta(days=1))]:
        put_arguments = {**at, "Body": "foo", "Expires": moment}
        t.record(f"put-object-expires-{word}", t.s3.put_object, **put_arguments)
        t.record(f"head-object-expires-{word}", t.s3.head_object, **at)
        t.record(f"get-object-expires-{word}", t.s3.get_object, **at)


@entry(T + "test_s3_lambda_integration")
def empty_by_function(t):
    at = {"Bucket": t.bucket(), "Key": "key.png"}
    url = t.s3.generate_presigned_url("put_object", at)
    http("PUT", url, body="")
    t.record("head_object", t.s3.head_object, **at)


@entry(T + "test_put_object_acl_on_delete_marker")
def acl_on_marker(t):
    bucket = t.bucket()
    t.s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    versioned(t, bucket)
    at = {"Bucket": bucket, "Key": "test-key-versioned"}
    t.record("put-obj-1", t.s3.put_object, **at, Body="something")
    t.record("put-obj-2", t.s3.put_object, **at, Body="something-v2")
    marker = t.record("delete-object", t.s3.delete_object, **at)["VersionId"]
    t.record("put-acl-delete-marker", t.s3.put_object_acl, **at, ACL="private")
    t.record("get-acl-delete-marker", t.s3.get_object_acl, **at)
    named = {**at, "VersionId": marker}
    t.record("put-acl-delete-marker-version-id", t.s3.put_object_acl, **named, ACL="private")
    t.record("get-acl-delete-marker-version-id", t.s3.get_object_acl, **named)


@entry(T + "test_user_metadata_rfc2047_bad_b64_encoded")
def bad_encoded_metadata(t):
    at = {"Bucket": t.bucket(), "Key": "key"}
    metadata = {"bad-b64-encoded": "=?UTF-8?B?gmGC?="}
    t.record("put-object", t.s3.put_object, **at, Metadata=metadata)
    t.record("get-object", t.s3.get_object, **at)


@entry(T + "test_object_with_slashes_in_key", {"True": "path", "False": "virtual"})
def slashes(t, style):
    bucket = t.bucket()
    for key, body in [("/bar/foo/", "test"), ("/foo", "foobar"), ("bar", "barfoo")]:
        put(t, bucket, key, body)
    t.record("list-objects-slashes", t.s3.list_objects_v2, Bucket=bucket)


@entry(T + "test_region_header_exists_outside_us_east_1")
def region_of_bucket(t):
    from ..s3_tools import bucket_in

    t.hide("region", "eu-west-1")
    client, bucket = bucket_in(t, "eu-west-1")
    t.record("head_bucket", client.head_bucket, Bucket=bucket)
    t.record("list_objects_v2", client.list_objects_v2, Bucket=bucket)
