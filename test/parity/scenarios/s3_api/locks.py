"""Object lock."""

from harness import entry

from ..s3_tools import put

LOCK = "TestS3ObjectLock::"


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
