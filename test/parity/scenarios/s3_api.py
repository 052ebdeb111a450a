"""S3's operations one by one, as AWS answered them."""

import json
from datetime import datetime, timedelta, timezone

from harness import entry

from .s3_tools import HIDDEN, UPLOAD, put, record, versioned

CRUD = "TestS3ObjectCRUD::"
BUCKETS = "TestS3BucketCRUD::"
PARTS = "TestS3Multipart::"
TAGGING = "TestS3BucketObjectTagging::"
LOCK = "TestS3ObjectLock::"
WRITES = "TestS3ObjectWritePrecondition::"
DELETES = "TestS3DeletePrecondition::"
METRICS = "TestS3MetricsConfiguration::"
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


@entry(BUCKETS + "test_delete_bucket_with_objects")
def delete_bucket_with_objects(t):
    bucket = t.bucket()
    put(t, bucket, "key", "body")
    t.record("delete-with-obj", t.s3.delete_bucket, Bucket=bucket)
    t.record("delete-obj", t.s3.delete_object, Bucket=bucket, Key="key")
    t.record("delete-bucket", t.s3.delete_bucket, Bucket=bucket)


@entry(BUCKETS + "test_delete_versioned_bucket_with_objects")
def delete_versioned_bucket(t):
    bucket = t.bucket()
    versioned(t, bucket)
    at = {"Bucket": bucket, "Key": "key"}
    version = t.s3.put_object(**at, Body="body")["VersionId"]
    marker = t.s3.delete_object(**at)["VersionId"]
    t.record("delete-with-obj-and-delete-marker", t.s3.delete_bucket, Bucket=bucket)
    t.record("delete-obj-by-version", t.s3.delete_object, **at, VersionId=version)
    t.record("delete-with-only-delete-marker", t.s3.delete_bucket, Bucket=bucket)
    t.record("delete-marker-by-version", t.s3.delete_object, **at, VersionId=marker)
    t.record("success-delete-bucket", t.s3.delete_bucket, Bucket=bucket)


@entry("TestS3BucketEncryption::test_s3_default_bucket_encryption")
def default_encryption(t):
    bucket = t.bucket()
    t.record("default-bucket-encryption", t.s3.get_bucket_encryption, Bucket=bucket)
    t.record("delete-bucket-encryption", t.s3.delete_bucket_encryption, Bucket=bucket)
    t.record("delete-bucket-encryption-idempotent", t.s3.delete_bucket_encryption, Bucket=bucket)
    answer = t.call(t.s3.get_bucket_encryption, Bucket=bucket)
    answer.pop("ServerSideEncryptionConfiguration", None)
    t.record("get-bucket-no-encryption", answer)


def tag_set(**tags):
    return {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}


@entry(TAGGING + "test_object_tagging_crud")
def object_tagging(t):
    at = {"Bucket": t.bucket(), "Key": "test-tagging"}
    t.record("put-object", t.s3.put_object, **at, Body="test-tagging")
    t.record("get-object-tags-empty", t.s3.get_object_tagging, **at)
    two = tag_set(tag1="tag1", tag2="")
    t.record("put-object-tags", t.s3.put_object_tagging, **at, Tagging=two)
    t.record("get-object-tags", t.s3.get_object_tagging, **at, unordered=("TagSet",))
    one = tag_set(tag3="tag3")
    t.record("put-object-tags-overwrite", t.s3.put_object_tagging, **at, Tagging=one)
    t.record("get-object-tags-overwritten", t.s3.get_object_tagging, **at)
    t.record("get-obj-after-tags", t.s3.get_object, **at)
    t.record("delete-object-tags", t.s3.delete_object_tagging, **at)
    t.record("get-object-tags-deleted", t.s3.get_object_tagging, **at)
    t.record("get-obj-after-tags-deleted", t.s3.get_object, **at)


@entry(TAGGING + "test_put_object_with_tags")
def put_object_with_tags(t):
    at = {"Bucket": t.bucket(), "Key": "test-tagging"}
    unordered = ("TagSet",)
    text = "tag1=tag1&tag2=tag2&tag"
    t.record("put-object", t.s3.put_object, **at, Body="test-tagging", Tagging=text)
    t.record("get-object-tags", t.s3.get_object_tagging, **at, unordered=unordered)
    one = tag_set(tag3="tag3")
    t.record("put-object-tags", t.s3.put_object_tagging, **at, Tagging=one)
    t.record("get-object-tags-override", t.s3.get_object_tagging, **at)
    t.record("head-obj", t.s3.head_object, **at)
    t.record("get-obj", t.s3.get_object, **at)
    t.s3.put_object(**at, Body="test-tagging", Tagging="wrongquery&wrongagain")
    t.record("get-object-tags-wrong-format-qs", t.s3.get_object_tagging, **at)
    t.s3.put_object(**at, Body="test-tagging", Tagging="key1&&&key2")
    t.record("get-object-tags-wrong-format-qs-2", t.s3.get_object_tagging, **at)


@entry(TAGGING + "test_bucket_tagging_exc")
def bucket_tagging_of_none(t):
    at = {"Bucket": t.name("no-bucket")}
    t.record("get-no-bucket-tags", t.s3.get_bucket_tagging, **at)
    t.record("delete-no-bucket-tags", t.s3.delete_bucket_tagging, **at)
    tags = tag_set(a="b")
    t.record("put-no-bucket-tags", t.s3.put_bucket_tagging, **at, Tagging=tags)


@entry(TAGGING + "test_put_object_tagging_none_value")
def object_tagging_none(t):
    at = {"Bucket": t.bucket(), "Key": "key"}
    t.s3.put_object(**at)
    t.record("put-none-tag-set", t.s3.put_object_tagging, **at, Tagging={"TagSet": None})
    t.record("get-object-tags-none", t.s3.get_object_tagging, **at)


@entry(TAGGING + "test_put_bucket_tagging_none_value")
def bucket_tagging_none(t):
    at = {"Bucket": t.bucket()}
    tags = tag_set(a="b")
    t.record("put-bucket-tags-origin", t.s3.put_bucket_tagging, **at, Tagging=tags)
    t.record("put-none-tag-set", t.s3.put_bucket_tagging, **at, Tagging={"TagSet": None})
    t.record("no-such-tag-set", t.s3.get_bucket_tagging, **at)


def tagged(t, tags):
    return {"Bucket": t.name("bucket"), "CreateBucketConfiguration": {"Tags": tags}}


@entry(TAGGING + "test_create_bucket_with_tags_exc")
def create_bucket_with_bad_tags(t):
    cases = {
        "tags-key-none": [{"Key": None, "Value": "value1"}],
        "tags-value-none": [{"Key": "test", "Value": None}],
        "tags-key-aws-prefix": [{"Key": "aws:test", "Value": "value1"}],
        "tags-key-aws-duplicated-key": [
            {"Key": "test", "Value": "value1"},
            {"Key": "test", "Value": "value2"},
        ],
        "tags-key-aws-bad-value": [{"Key": "test", "Value": "value1,value2"}],
        "tags-key-aws-bad-key": [{"Key": "test,test2", "Value": "value1"}],
    }
    for key, tags in cases.items():
        t.record(key, t.s3.create_bucket, **tagged(t, tags))


@entry(TAGGING + "test_create_bucket_with_empty_tags")
def create_bucket_with_empty_tags(t):
    name = t.name("bucket")
    at = {"Bucket": name}
    empty = {"CreateBucketConfiguration": {"Tags": []}}
    t.record("create-bucket-with-empty-tags", t.s3.create_bucket, **at, **empty)
    t.defer(t.s3.delete_bucket, Bucket=name)
    t.record("get-bucket-tags", t.s3.get_bucket_tagging, **at)
    none = {"CreateBucketConfiguration": {"Tags": None}}
    t.record("create-bucket-with-none-tags", t.s3.create_bucket, **at, **none)


@entry(LOCK + "test_put_object_lock_configuration_exc")
def lock_configuration_refused(t):
    at = {"Bucket": t.bucket(ObjectLockEnabledForBucket=True)}
    cases = {
        "put-lock-config-no-enabled": {
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
        },
        "put-lock-config-empty": {},
        "put-lock-config-empty-rule": {"ObjectLockEnabled": "Enabled", "Rule": {}},
        "put-lock-config-empty-retention": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {}},
        },
        "put-lock-config-no-days": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE"}},
        },
        "put-lock-config-bad-mode": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "BAD-VALUE", "Days": 1}},
        },
        "put-lock-config-both-days-years": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1, "Years": 1}},
        },
    }
    for key, configuration in cases.items():
        t.record(
            key, t.s3.put_object_lock_configuration, **at, ObjectLockConfiguration=configuration
        )


@entry(LOCK + "test_disable_versioning_on_locked_bucket")
def versioning_of_locked_bucket(t):
    bucket = t.bucket(ObjectLockEnabledForBucket=True)
    for key, status in [
        ("disable-versioning-on-locked-bucket", "Suspended"),
        ("enable-versioning-again-on-locked-bucket", "Enabled"),
    ]:
        t.record(
            key,
            t.s3.put_bucket_versioning,
            Bucket=bucket,
            VersioningConfiguration={"Status": status},
        )


@entry(LOCK + "test_delete_object_with_no_locking")
def bypass_without_lock(t):
    bucket = t.bucket()
    put(t, bucket, "key")
    at = {"Bucket": bucket, "Key": "key"}
    for key, value in [
        ("delete-object-bypass-no-lock", True),
        ("delete-object-bypass-no-lock-false", False),
    ]:
        t.record(key, t.s3.delete_object, **at, BypassGovernanceRetention=value)
    t.record(
        "delete-objects-bypass-no-lock",
        t.s3.delete_objects,
        Bucket=bucket,
        Delete={"Objects": [{"Key": "key"}]},
        BypassGovernanceRetention=True,
    )


@entry("TestS3BucketOwnershipControls::test_crud_bucket_ownership_controls")
def ownership_controls(t):
    at = {"Bucket": t.bucket()}
    t.record("default-ownership", t.s3.get_bucket_ownership_controls, **at)
    controls = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    t.record(
        "put-ownership", t.s3.put_bucket_ownership_controls, **at, OwnershipControls=controls
    )
    t.record("get-ownership", t.s3.get_bucket_ownership_controls, **at)
    t.record("delete-ownership", t.s3.delete_bucket_ownership_controls, **at)
    t.record("get-ownership-after-delete", t.s3.get_bucket_ownership_controls, **at)
    t.record("delete-ownership-after-delete", t.s3.delete_bucket_ownership_controls, **at)
    other = t.bucket(ObjectOwnership="BucketOwnerPreferred")
    t.record("get-ownership-at-creation", t.s3.get_bucket_ownership_controls, Bucket=other)


@entry("TestS3PublicAccessBlock::test_crud_public_access_block")
def public_access_block(t):
    at = {"Bucket": t.bucket()}
    t.record("get-default-public-access-block", t.s3.get_public_access_block, **at)
    names = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"]
    t.record(
        "put-public-access-block",
        t.s3.put_public_access_block,
        **at,
        PublicAccessBlockConfiguration=dict.fromkeys(names, False),
    )
    t.record("get-public-access-block", t.s3.get_public_access_block, **at)
    t.record("delete-public-access-block", t.s3.delete_public_access_block, **at)
    t.record("get-public-access-block-after-delete", t.s3.get_public_access_block, **at)
    t.record("idempotent-delete-public-access-block", t.s3.delete_public_access_block, **at)


@entry("TestS3PublicAccessBlock::test_public_access_block_exc")
def public_access_block_refused(t):
    t.call(t.s3.get_public_access_block, Bucket=t.name("no-bucket"))


def public_policy(bucket):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "*"},
                    "Action": "s3:GetObject",
                    "Resource": f"arn:aws:s3:::{bucket}/*",
                }
            ],
        }
    )


@entry("TestS3BucketPolicy::test_bucket_policy_crud")
def bucket_policy(t):
    bucket = t.bucket()
    t.s3.delete_public_access_block(Bucket=bucket)
    at = {"Bucket": bucket}
    t.record("get-bucket-default-policy", t.s3.get_bucket_policy, **at)
    t.record("put-bucket-policy", t.s3.put_bucket_policy, **at, Policy=public_policy(bucket))
    t.record("get-bucket-policy", t.s3.get_bucket_policy, **at)
    t.record("delete-bucket-policy", t.s3.delete_bucket_policy, **at)
    t.record("get-bucket-policy-after-delete", t.s3.get_bucket_policy, **at)
    t.record("delete-bucket-policy-after-delete", t.s3.delete_bucket_policy, **at)


@entry("TestS3BucketPolicy::test_bucket_policy_exc")
def bucket_policy_refused(t):
    at = {"Bucket": t.bucket()}
    t.record("put-empty-bucket-policy", t.s3.put_bucket_policy, **at, Policy="")
    t.record("put-bucket-policy-randomstring", t.s3.put_bucket_policy, **at, Policy="invalid json")
    t.record("put-bucket-policy-empty-json", t.s3.put_bucket_policy, **at, Policy="{}")


@entry("TestS3BucketAccelerateConfiguration::test_bucket_acceleration_configuration_crud")
def acceleration(t):
    at = {"Bucket": t.bucket()}
    t.record("get-bucket-default-accelerate-config", t.s3.get_bucket_accelerate_configuration, **at)
    for word, status in [("enabled", "Enabled"), ("disabled", "Suspended")]:
        t.record(
            f"put-bucket-accelerate-config-{word}",
            t.s3.put_bucket_accelerate_configuration,
            **at,
            AccelerateConfiguration={"Status": status},
        )
        t.record(
            f"get-bucket-accelerate-config-{word}", t.s3.get_bucket_accelerate_configuration, **at
        )


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


def metrics(name, prefix="logs/prefix"):
    return {"Id": name, "MetricsConfiguration": {"Id": name, "Filter": {"Prefix": prefix}}}


@entry(METRICS + "test_overwrite_bucket_metrics_configuration")
def metrics_overwritten(t):
    bucket, name = t.bucket(), t.name("metrics")
    t.s3.put_bucket_metrics_configuration(Bucket=bucket, **metrics(name))
    t.record(
        "overwrite_bucket_metrics_configuration",
        t.s3.put_bucket_metrics_configuration,
        Bucket=bucket,
        **metrics(name, "logs/new-prefix"),
    )
    t.record(
        "get_bucket_metrics_configuration",
        t.s3.get_bucket_metrics_configuration,
        Bucket=bucket,
        Id=name,
    )


@entry(METRICS + "test_list_bucket_metrics_configurations")
def metrics_listed(t):
    bucket = t.bucket()
    for number in (1, 2):
        t.s3.put_bucket_metrics_configuration(Bucket=bucket, **metrics(f"id-{number}"))
    operation = t.s3.list_bucket_metrics_configurations
    t.record("list_bucket_metrics_configurations", operation, Bucket=bucket)


@entry(METRICS + "test_get_bucket_metrics_configuration_not_exist")
def metrics_not_there(t):
    operation = t.s3.get_bucket_metrics_configuration
    t.record("get_bucket_metrics_configuration", operation, Bucket=t.bucket(), Id="does-not-exist")


@entry(METRICS + "test_delete_metrics_configuration")
def metrics_deleted(t):
    at = {"Bucket": t.bucket(), "Id": "gone"}
    t.s3.put_bucket_metrics_configuration(**{**at, **metrics("gone")})
    t.record(
        "delete_bucket_metrics_configuration", t.s3.delete_bucket_metrics_configuration, **at
    )
    t.record("get_bucket_metrics_configuration", t.s3.get_bucket_metrics_configuration, **at)


@entry(METRICS + "test_list_bucket_metrics_configurations_paginated")
def metrics_paged(t):
    bucket = t.bucket()
    for number in range(102):
        t.s3.put_bucket_metrics_configuration(Bucket=bucket, **metrics(f"id-{number:03}"))
    operation = t.s3.list_bucket_metrics_configurations
    first = operation(Bucket=bucket)
    t.record(
        "list_bucket_metrics_configurations_page_2",
        operation,
        Bucket=bucket,
        ContinuationToken=first["NextContinuationToken"],
    )


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


@entry(
    "TestS3BucketNotificationConfiguration::test_bucket_notification_with_missing_values_in_rule"
)
def notification_rules_refused(t):
    bucket = t.bucket()
    _, arn = t.queue()
    for key, rule in [
        ("invalid-rule-no-values", {}),
        ("invalid-rule-no-value", {"Name": "prefix"}),
        ("invalid-rule-no-name", {"Value": "test"}),
    ]:
        configuration = {
            "QueueArn": arn,
            "Events": ["s3:ObjectCreated:*"],
            "Filter": {"Key": {"FilterRules": [rule]}},
        }
        t.record(
            key,
            t.s3.put_bucket_notification_configuration,
            Bucket=bucket,
            NotificationConfiguration={"QueueConfigurations": [configuration]},
        )
