"""Object lock: retention and legal holds."""

from datetime import datetime, timedelta, timezone

from harness import entry

from ..s3_tools import put

RETENTION = "TestS3ObjectLockRetention::"
HOLD = "TestS3ObjectLockLegalHold::"
LOCKED = "test-put-object-lock"
JSON = '{"key": "value"}'


def soon(**more):
    return datetime.now(tz=timezone.utc) + timedelta(**(more or {"minutes": 10}))


def until(moment, mode="GOVERNANCE"):
    return {"Mode": mode, "RetainUntilDate": moment}


def locked(t):
    """A bucket with object lock, whose objects are let go at the end."""
    bucket = t.name("bucket")
    t.s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    t.defer(release, t=t, bucket=bucket)
    return bucket


def release(t, bucket):
    for version in t.s3.list_object_versions(Bucket=bucket).get("Versions", []):
        at = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
        t.call(t.s3.put_object_legal_hold, **at, LegalHold={"Status": "OFF"})
    t.empty_bucket(bucket)


@entry(RETENTION + "test_s3_object_retention_exc")
def retention_refused(t):
    bucket = locked(t)
    put_retention, get_retention = t.s3.put_object_retention, t.s3.get_object_retention
    later = until(soon())
    missing = {"Bucket": t.name("no-bucket"), "Key": "fake-key"}
    t.record("put-object-retention-no-bucket", put_retention, **missing, Retention=later)
    no_key = {"Bucket": bucket, "Key": "non-existing-key"}
    t.record("put-object-retention-no-key", put_retention, **no_key, Retention=later)
    at = {"Bucket": bucket, "Key": "key-one"}
    t.s3.put_object(**at, Body="test")
    t.record("get-object-retention-never-set", get_retention, **at)
    mode = {"Mode": "GOVERNANCE"}
    t.record("put-object-missing-retention-fields", put_retention, **at, Retention=mode)
    put_retention(**at, Retention=later)
    t.record("update-retention-no-bypass", put_retention, **at, Retention=until(soon(minutes=1)))
    past = until(datetime(2020, 1, 1, tzinfo=timezone.utc))
    t.record("update-retention-past-date", put_retention, **at, Retention=past)
    bad = until(soon(), "BAD-VALUE")
    t.record("update-retention-bad-value", put_retention, **at, Retention=bad)
    regular = {"Bucket": t.bucket(), "Key": "key"}
    t.s3.put_object(**regular)
    t.record("put-object-retention-regular-bucket", put_retention, **regular, Retention=later)
    t.record("get-object-retention-regular-bucket", get_retention, **regular)


@entry(RETENTION + "test_s3_object_retention")
def retention(t):
    at = {"Bucket": locked(t), "Key": "key-one"}
    version = t.record("put-obj-locked-1", t.s3.put_object, **at, Body="test")["VersionId"]
    put_retention = t.s3.put_object_retention
    t.record("put-object-retention-on-key-1", put_retention, **at, Retention=until(soon()))
    t.record("get-object-retention-on-key-1", t.s3.get_object_retention, **at)
    t.record("head-object-locked", t.s3.head_object, **at)
    named = {**at, "VersionId": version}
    t.record("delete-obj-locked", t.s3.delete_object, **named)
    bypass = {"BypassGovernanceRetention": True}
    t.record("delete-obj-locked-bypass", t.s3.delete_object, **named, **bypass)
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": soon()}
    t.record("put-obj-locked-2", t.s3.put_object, **at, Body="test", **lock)
    sooner = until(soon(minutes=5))
    t.record("update-retention-locked-object", put_retention, **at, Retention=sooner)
    t.record("put-object-empty-retention", put_retention, **at, Retention={}, **bypass)
    t.record("update-retention-object", put_retention, **at, Retention=sooner)


@entry(RETENTION + "test_s3_copy_object_retention_lock")
def copied_retention(t):
    bucket = locked(t)
    at = {"Bucket": bucket, "Key": "source"}
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": soon()}
    t.record("put-source-object", t.s3.put_object, **at, Body=JSON, **lock)
    t.record("head-source-object", t.s3.head_object, **at)
    copy = {"Bucket": bucket, "Key": "dest"}
    t.record("copy-lock", t.s3.copy_object, **copy, CopySource=f"{bucket}/source")
    t.record("head-dest-key", t.s3.head_object, **copy)


@entry(RETENTION + "test_bucket_config_default_retention")
def default_retention(t):
    bucket = locked(t)
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    t.record(
        "put-lock-config",
        t.s3.put_object_lock_configuration,
        Bucket=bucket,
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule},
    )
    at = {"Bucket": bucket, "Key": "default"}
    t.record("put-object-default", t.s3.put_object, **at, Body="test-default-lock")
    t.record("head-object-default", t.s3.head_object, **at)
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": soon()}
    at["Key"] = "locked"
    t.record("put-object-with-lock", t.s3.put_object, **at, Body=LOCKED, **lock)
    t.record("head-object-with-lock", t.s3.head_object, **at)
    del lock["ObjectLockRetainUntilDate"]
    t.record("put-object-with-lock-no-date", t.s3.put_object, **at, Body=LOCKED, **lock)


@entry(RETENTION + "test_object_lock_extend_duration")
def extended(t):
    at = {"Bucket": locked(t), "Key": "key"}
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": soon()}
    t.record("put-object-with-lock", t.s3.put_object, **at, Body=LOCKED, **lock)
    t.record("head-object-with-lock", t.s3.head_object, **at)
    put_retention = t.s3.put_object_retention
    t.record("put-object-retention-extend", put_retention, **at, Retention=until(soon(hours=1)))
    t.record("head-object-with-lock-extended", t.s3.head_object, **at)
    t.record("put-object-retention-reduce", put_retention, **at, Retention=until(soon(minutes=1)))


@entry(HOLD + "test_put_object_legal_hold_exc")
def hold_refused(t):
    bucket = locked(t)
    hold, on = t.s3.put_object_legal_hold, {"LegalHold": {"Status": "ON"}}
    missing = {"Bucket": t.name("no-bucket"), "Key": "fake-key"}
    t.record("put-object-legal-hold-no-bucket", hold, **missing, **on)
    no_key = {"Bucket": bucket, "Key": "non-existing-key"}
    t.record("put-object-legal-hold-no-key", hold, **no_key, **on)
    regular = {"Bucket": t.bucket(), "Key": "key"}
    t.s3.put_object(**regular)
    t.record("put-object-retention-regular-bucket", hold, **regular, **on)
    put(t, bucket, "key")
    empty = {"Bucket": bucket, "Key": "key", "LegalHold": {}}
    t.record("put-object-retention-empty", hold, **empty)
    t.record("get-object-retention-regular-bucket", t.s3.get_object_legal_hold, **regular)


@entry(HOLD + "test_s3_copy_object_legal_hold")
def copied_hold(t):
    bucket = locked(t)
    at = {"Bucket": bucket, "Key": "source"}
    on = {"ObjectLockLegalHoldStatus": "ON"}
    t.record("put-object", t.s3.put_object, **at, Body=JSON, **on)
    t.record("head-object", t.s3.head_object, **at)
    copy = {"Bucket": bucket, "Key": "dest"}
    t.record("copy-legal-hold", t.s3.copy_object, **copy, CopySource=f"{bucket}/source")
    t.record("head-dest-key", t.s3.head_object, **copy)


@entry(HOLD + "test_put_object_with_legal_hold")
def with_hold(t):
    at = {"Bucket": locked(t), "Key": "key"}
    on = {"ObjectLockLegalHoldStatus": "ON"}
    t.record("put-obj", t.s3.put_object, **at, Body="test", **on)
    t.record("head-object-with-legal-hold", t.s3.head_object, **at)
    off = {"LegalHold": {"Status": "OFF"}}
    t.record("put-object-legal-hold-off", t.s3.put_object_legal_hold, **at, **off)
