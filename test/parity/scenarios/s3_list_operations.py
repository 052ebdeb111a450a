"""S3's lists, page by page, as AWS answered them."""

from botocore import handlers
from harness import entry

from .s3_tools import HIDDEN, MIB, UPLOAD, parsed, put, record, signed, versioned

OBJECTS = "TestS3ListObjects::"
OBJECTS_V2 = "TestS3ListObjectsV2::"
VERSIONS = "TestS3ListObjectVersions::"
UPLOADS = "TestS3ListMultipartUploads::"
PARTS = "TestS3ListParts::"
BUCKETS = "TestS3ListBuckets::"
#: As recordings of this module write whoever began an upload.
BY_OWNER = {"Bucket": "bucket", "DisplayName": "display-name", "ID": "owner-id"}
FOLDER = ["folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2"]


def fill(t, bucket, keys, body="content 123"):
    for key in keys:
        put(t, bucket, key, body)


@entry(OBJECTS + "test_list_objects_with_prefix", ["", "/"])
def objects_with_prefix(t, delimiter):
    bucket = t.bucket()
    fill(t, bucket, ["test/foo/bar/123"], "content")
    t.record(
        "list-objects",
        t.s3.list_objects,
        Bucket=bucket,
        Prefix="test/",
        Delimiter=delimiter,
        MaxKeys=1,
    )


@entry(OBJECTS + "test_s3_list_objects_empty_marker")
def objects_empty_marker(t):
    t.record("list-objects", t.s3.list_objects, Bucket=t.bucket(), Marker="")


@entry(OBJECTS_V2 + "test_list_objects_v2_with_prefix")
def objects_v2_with_prefix(t):
    bucket = t.bucket()
    fill(t, bucket, ["test/foo/bar/123", "test/foo/bar/456", "test/bar/foo/123"])
    for number, prefix in enumerate(["test/", "test/foo", "test/foo/bar"], 1):
        key = f"list-objects-v2-{number}"
        t.record(key, t.s3.list_objects_v2, Bucket=bucket, Prefix=prefix)
    answer = signed(t, "GET", f"{t.endpoint}/{bucket}?list-type=2&prefix=test%2Ffoo")
    t.record("list-objects-v2-no-encoding", parsed(answer))


@entry(OBJECTS_V2 + "test_list_objects_v2_with_prefix_and_delimiter")
def objects_v2_with_delimiter(t):
    bucket = t.bucket()
    fill(t, bucket, ["test/foo/bar/123", "test/foo/bar/456", "test/bar/foo/123"])
    at = {"Bucket": bucket, "Delimiter": "/"}
    t.record("list-objects-v2-1", t.s3.list_objects_v2, **at, Prefix="test/")
    t.record("list-objects-v2-1-with-max-keys", t.s3.list_objects_v2, **at, Prefix="test/", MaxKeys=1)
    t.record("list-objects-v2-2", t.s3.list_objects_v2, **at, Prefix="test/foo")
    t.record("list-objects-v2-3", t.s3.list_objects_v2, **at, Prefix="test/foo/bar")


@entry(OBJECTS_V2 + "test_list_objects_v2_continuation_start_after")
def objects_v2_start_after(t):
    bucket = t.bucket()
    fill(t, bucket, [f"test_{number}" for number in range(12)])
    at = {"Bucket": bucket}
    first = t.record("list-objects-v2-max-5", t.s3.list_objects_v2, **at, MaxKeys=5)
    token = first["NextContinuationToken"]
    t.record("list-objects-v2-rest", t.s3.list_objects_v2, **at, ContinuationToken=token)
    t.record(
        "list-objects-start-after", t.s3.list_objects_v2, **at, StartAfter="test_7", MaxKeys=2
    )
    t.record(
        "list-objects-start-after-token",
        t.s3.list_objects_v2,
        **at,
        StartAfter="test_7",
        ContinuationToken=token,
    )
    t.record("exc-continuation-token", t.s3.list_objects_v2, **at, ContinuationToken="")


@entry(OBJECTS_V2 + "test_list_objects_v2_continuation_common_prefixes")
def objects_v2_common_prefixes(t):
    bucket = t.bucket()
    fill(t, bucket, FOLDER)
    t.record("list-objects-v2-all-keys", t.s3.list_objects_v2, Bucket=bucket)
    at = {"Bucket": bucket, "Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    answer = t.record("list-objects-v2-start", t.s3.list_objects_v2, **at)
    for key in ["list-objects-v2-next-1", "list-objects-v2-end"]:
        token = answer["NextContinuationToken"]
        answer = t.record(key, t.s3.list_objects_v2, **at, ContinuationToken=token)


@entry(OBJECTS_V2 + "test_list_objects_v2_continuation_token_safe_chars")
def objects_v2_safe_chars(t):
    bucket = t.bucket()
    keys = [f"date=2026-0{month}-01/" for month in (1, 2, 3, 5)]
    keys += ["a/%F0%9F%98%80/", "test@key/", "test%123", "test%percent", "test key/"]
    keys += ["test key//", "test%123/", "file%2Fname"]
    fill(t, bucket, keys, "")
    first = t.call(t.s3.list_objects_v2, Bucket=bucket, MaxKeys=5)
    token = first["NextContinuationToken"]
    t.record("list-objects-v2-max-5", {**first, "NextContinuationToken": "next-continuation-token"})
    rest = t.call(t.s3.list_objects_v2, Bucket=bucket, ContinuationToken=token)
    t.record("list-objects-v2-rest", {**rest, "ContinuationToken": "continuation-token"})
    two = {"Bucket": bucket, "MaxKeys": 2, "StartAfter": "date=2026-02-01/"}
    token = "next-continuation-token"
    bare = t.client("s3", user_agent_extra="bare")
    bare.meta.events.unregister(
        "before-parameter-build.s3.ListObjectsV2", handlers.set_list_objects_encoding_type_url
    )
    words = {"NextContinuationToken": token, "ContinuationToken": "continuation-token"}
    record(t, "list-objects-start-after", bare.list_objects_v2, words, **two)
    url = {**two, "EncodingType": "url"}
    record(t, "list-objects-start-after-url-type", t.s3.list_objects_v2, words, **url)
    escaped = {**two, "StartAfter": "date%3D2026-02-01/"}
    record(t, "list-objects-start-after-encoded", t.s3.list_objects_v2, words, **escaped)
    del two["StartAfter"]
    token = t.s3.list_objects_v2(Bucket=bucket, MaxKeys=3)["NextContinuationToken"]
    for key in ["list-objects-start-after-token", "list-objects-continuation-token-2"]:
        record(t, key, t.s3.list_objects_v2, words, **two, ContinuationToken=token)


@entry(
    OBJECTS_V2 + "test_list_ops_encoding_type_validation",
    ["list_objects", "list_objects_v2", "list_object_versions"],
)
def encoding_type(t, operation):
    bucket = t.bucket()
    for word, value in [("wrong", "value"), ("empty", "")]:
        key = f"{operation}-error-{word}-value"
        t.record(key, getattr(t.s3, operation), Bucket=bucket, EncodingType=value)


@entry(OBJECTS + "test_list_objects_marker_common_prefixes")
def objects_marker_common_prefixes(t):
    bucket = t.bucket()
    fill(t, bucket, FOLDER)
    t.record("list-objects-all-keys", t.s3.list_objects, Bucket=bucket)
    at = {"Bucket": bucket, "Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    answer = t.record("list-objects-start", t.s3.list_objects, **at)
    for key in ["list-objects-next-1", "list-objects-end"]:
        answer = t.record(key, t.s3.list_objects, **at, Marker=answer["NextMarker"])
    t.record(
        "list-objects-manual-first-file",
        t.s3.list_objects,
        **at,
        Marker="folder/aSubfolder/subFile1",
    )


@entry(VERSIONS + "test_list_objects_versions_markers")
def versions_markers(t):
    bucket = t.bucket()
    versioned(t, bucket)
    ids = []
    for key in ["test_0", "test_1", "test_2"]:
        ids.append(put(t, bucket, key, "version 1")["VersionId"])
    ids.append(put(t, bucket, "test_2", "version 2")["VersionId"])
    for key in ["test_0", "test_1", "test_2"]:
        ids.append(t.s3.delete_object(Bucket=bucket, Key=key)["VersionId"])
    for key in ["test_0", "test_1"]:
        ids.append(put(t, bucket, key, "version 2")["VersionId"])
    t.record("version-order", {"Versions": [{"VersionId": one} for one in ids]})
    at = {"Bucket": bucket}
    t.record("list-objects-versions-all", t.s3.list_object_versions, **at)
    t.record("list-objects-versions-5", t.s3.list_object_versions, **at, MaxKeys=5)

    def listed(key, **arguments):
        t.record(key, t.s3.list_object_versions, **at, MaxKeys=1, **arguments)

    listed("list-objects-next-key-only", KeyMarker="test_1")
    listed("list-objects-next-key-last", KeyMarker="test_2")
    listed("list-objects-next-version-only", VersionIdMarker=ids[5])
    listed("list-objects-both-markers", KeyMarker="test_1", VersionIdMarker=ids[5])
    listed("list-objects-last-key-last-version", KeyMarker="test_2", VersionIdMarker=ids[3])
    listed("list-objects-next-key-empty", KeyMarker="")


@entry(VERSIONS + "test_list_object_versions_pagination_common_prefixes")
def versions_common_prefixes(t):
    bucket = t.bucket()
    versioned(t, bucket)
    fill(t, bucket, FOLDER)
    t.record("list-object-versions-all-keys", t.s3.list_object_versions, Bucket=bucket)
    at = {"Bucket": bucket, "Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    answer = t.record("list-object-versions-start", t.s3.list_object_versions, **at)
    for key in ["list-object-versions-next-1", "list-object-versions-end"]:
        answer = t.record(
            key, t.s3.list_object_versions, **at, KeyMarker=answer["NextKeyMarker"]
        )
    t.record(
        "list-object-versions-manual-first-file",
        t.s3.list_object_versions,
        **at,
        KeyMarker="folder/aSubfolder/subFile1",
    )


@entry(VERSIONS + "test_list_objects_versions_with_prefix_only_and_pagination")
def versions_prefix_pages(t):
    bucket = t.bucket()
    versioned(t, bucket)
    for _ in range(5):
        put(t, bucket, "prefixed_key")
    at = {"Bucket": bucket, "Prefix": "prefix"}
    t.record("list-object-version-prefix-full", t.s3.list_object_versions, **at)
    page = t.record("list-object-version-prefix-page-1", t.s3.list_object_versions, **at, MaxKeys=3)
    key, version = page["NextKeyMarker"], page["NextVersionIdMarker"]
    t.record(
        "list-object-version-prefix-key-marker-only",
        t.s3.list_object_versions,
        **at,
        MaxKeys=4,
        KeyMarker=key,
    )
    rest = {**at, "MaxKeys": 5, "KeyMarker": key, "VersionIdMarker": version}
    t.record("list-object-version-prefix-page-2", t.s3.list_object_versions, **rest)
    t.s3.delete_object(Bucket=bucket, Key=key, VersionId=version)
    for gone in page["Versions"][:2]:
        t.s3.delete_object(Bucket=bucket, Key=key, VersionId=gone["VersionId"])
    t.record("list-object-version-prefix-page-2-after-delete", t.s3.list_object_versions, **rest)


@entry(UPLOADS + "test_list_multiparts_next_marker")
def uploads_next_marker(t):
    bucket = t.bucket()
    at = {"Bucket": bucket}
    words = {key: word for key, word in BY_OWNER.items() if key != "Bucket"}
    record(t, "list-multiparts-empty", t.s3.list_multipart_uploads, words, **at)
    ids = []
    for key in ["test-c", "test-b", "test-a", "test-a", "test-a"]:
        ids.append(t.s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"])
    t.record("upload-ids-order", {"UploadIds": [{"UploadId": one} for one in ids]})

    def listed(key, **arguments):
        record(t, key, t.s3.list_multipart_uploads, words, **at, **arguments)

    listed("list-multiparts-all")
    listed("list-multiparts-max-1", MaxUploads=1)
    listed("list-multiparts-next-key-only", MaxUploads=1, KeyMarker="test-a")
    listed("list-multiparts-next-key-last", MaxUploads=1, KeyMarker="test-c")
    listed("list-multiparts-next-upload-only", MaxUploads=1, UploadIdMarker=ids[2])
    for key, marker, upload in [
        ("list-multiparts-both-markers", "test-a", ids[2]),
        ("list-multiparts-both-markers-2", "test-a", ids[4]),
        ("list-multiparts-get-last-upload-no-truncate", "test-b", ids[1]),
        ("list-multiparts-wrong-id-for-key", "test-a", ids[1]),
    ]:
        listed(key, MaxUploads=1, KeyMarker=marker, UploadIdMarker=upload)
    listed("list-multiparts-next-key-empty", MaxUploads=1, KeyMarker="")


@entry(PARTS + "test_list_parts_pagination")
def parts_pages(t):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "test-list-part-pagination"}
    upload = {**at, "UploadId": t.s3.create_multipart_upload(**at)["UploadId"]}
    record(t, "list-parts-empty", t.s3.list_parts, UPLOAD, **upload)
    for number in (1, 2):
        t.s3.upload_part(**upload, PartNumber=number, Body="data")
    record(t, "list-parts-all", t.s3.list_parts, UPLOAD, **upload)
    first = record(t, "list-parts-1", t.s3.list_parts, UPLOAD, **upload, MaxParts=1)
    marker = first["NextPartNumberMarker"]
    record(
        t,
        "list-parts-next",
        t.s3.list_parts,
        UPLOAD,
        **upload,
        MaxParts=1,
        PartNumberMarker=marker,
    )
    record(
        t, "list-parts-wrong-part", t.s3.list_parts, UPLOAD, **upload, MaxParts=1, PartNumberMarker=10
    )


@entry(PARTS + "test_list_parts_empty_part_number_marker")
def parts_empty_marker(t):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "test-list-part-empty-marker"}
    upload = {**at, "UploadId": t.s3.create_multipart_upload(**at)["UploadId"]}
    t.s3.upload_part(**upload, PartNumber=1, Body="data")
    for key, name in [
        ("list-parts-empty-marker", "PartNumberMarker"),
        ("list-parts-empty-max-parts", "MaxParts"),
    ]:
        record(t, key, t.s3.list_parts, UPLOAD, **upload, **{name: ""})


@entry(PARTS + "test_list_parts_via_object_attrs_pagination")
def parts_by_attributes(t):
    bucket = t.bucket()
    at = {"Bucket": bucket, "Key": "test-object-attrs-pagination"}
    made = t.s3.create_multipart_upload(**at, ChecksumAlgorithm="SHA256")
    upload = {**at, "UploadId": made["UploadId"]}
    parts = []
    for number in (1, 2):
        part = t.s3.upload_part(
            **upload, PartNumber=number, Body="a" * (5 * MIB + 1), ChecksumAlgorithm="SHA256"
        )
        names = ("ETag", "ChecksumSHA256")
        parts.append({"PartNumber": number, **{name: part[name] for name in names}})
    record(t, "list-parts", t.s3.list_parts, UPLOAD, **upload)
    record(
        t,
        "complete-mpu",
        t.s3.complete_multipart_upload,
        HIDDEN,
        **upload,
        MultipartUpload={"Parts": parts},
    )
    attributes = {**at, "ObjectAttributes": ["ObjectParts"]}
    t.record("get-object-attrs-all", t.s3.get_object_attributes, **attributes)
    t.record("get-object-attrs-1", t.s3.get_object_attributes, **attributes, MaxParts=1)
    t.record(
        "get-object-attrs-next",
        t.s3.get_object_attributes,
        **attributes,
        MaxParts=1,
        PartNumberMarker=1,
    )
    t.record(
        "get-object-attrs-wrong-part",
        t.s3.get_object_attributes,
        **attributes,
        MaxParts=1,
        PartNumberMarker=10,
    )


@entry(BUCKETS + "test_list_buckets_with_max_buckets")
def buckets_max(t):
    for name in sorted(t.name("a-bucket") for _ in range(2)):
        t.bucket(name)
    t.record("list-objects-with-max-buckets", t.s3.list_buckets, MaxBuckets=1)


@entry(BUCKETS + "test_list_buckets_with_continuation_token")
def buckets_continued(t):
    for name in sorted(t.name("a-bucket") for _ in range(3)):
        t.bucket(name)
    first = t.s3.list_buckets(MaxBuckets=1)
    t.record(
        "list-objects-with-continuation",
        t.s3.list_buckets,
        MaxBuckets=1,
        ContinuationToken=first["ContinuationToken"],
    )


@entry(BUCKETS + "test_list_buckets_by_prefix_with_case_sensitivity")
def buckets_by_prefix(t):
    name = t.bucket()
    t.record("list-objects-by-prefix-empty", t.s3.list_buckets, Prefix=name.upper())
    t.record("list-objects-by-prefix-not-empty", t.s3.list_buckets, Prefix=name)


@entry(BUCKETS + "test_list_buckets_region_validation")
def buckets_of_no_region(t):
    t.record("bad-region", t.s3.list_buckets, BucketRegion="eu-east-1")
