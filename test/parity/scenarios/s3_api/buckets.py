"""What is deleted, configured and refused of buckets."""

import json

from harness import entry

from ..s3_tools import put, versioned

BUCKETS = "TestS3BucketCRUD::"


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
