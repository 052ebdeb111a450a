"""Keys that look like encoded ones, and keys that lists encode."""

from harness import entry

from ..s3_tools import put

T = "TestS3::"


@entry(T + "test_delete_objects_encoding")
def deleted(t):
    bucket = t.bucket()
    keys = {"a%2Fb": "percent encoding", "a/%F0%9F%98%80": "percent encoded emoji"}
    for key, body in keys.items():
        put(t, bucket, key, body)
    listing = t.s3.list_objects_v2
    t.record("list-objects-before-delete", listing, Bucket=bucket)
    t.record(
        "deleted-resp",
        t.s3.delete_objects,
        unordered=("Deleted",),
        Bucket=bucket,
        Delete={"Objects": [{"Key": key} for key in keys]},
    )
    t.record("list-objects", listing, Bucket=bucket)


@entry(T + "test_url_encoded_key", ["True", "False"])
def listed(t, _encoding):
    bucket = t.bucket()
    put(t, bucket, "test@key/", "test-non-encoded")
    put(t, bucket, "test%40key/", "test-encoded")
    put(t, bucket, "test%40key", "test-encoded-no-trailing")
    t.record("list-object-encoded-char", t.s3.list_objects_v2, Bucket=bucket)
