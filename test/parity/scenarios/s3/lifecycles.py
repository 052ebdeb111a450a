"""Lifecycles of objects, and what is told of their ends."""

from harness import entry

from ..s3_tools import versioned

T = "TestS3BucketLifecycle::"


def configured(t, bucket, *rules):
    """Gives a bucket its rules and records what stands then."""
    at = {"Bucket": bucket}
    t.s3.put_bucket_lifecycle_configuration(
        **at, LifecycleConfiguration={"Rules": [{"Status": "Enabled", **rule} for rule in rules]}
    )
    answer = t.call(t.s3.get_bucket_lifecycle_configuration, **at)
    t.record("get-bucket-lifecycle-conf", answer)


@entry(T + "test_delete_bucket_lifecycle_configuration")
def deleted(t):
    at = {"Bucket": t.bucket()}
    read, delete = t.s3.get_bucket_lifecycle_configuration, t.s3.delete_bucket_lifecycle
    t.record("get-bucket-lifecycle-exc-1", read, **at)
    t.record("delete-bucket-lifecycle-no-bucket", delete, **at)
    rule = {"Expiration": {"Days": 7}, "ID": "wholebucket", "Filter": {"Prefix": ""}}
    configured(t, at["Bucket"], rule)
    delete(**at)
    t.record("get-bucket-lifecycle-exc-2", read, **at)


@entry(T + "test_bucket_lifecycle_configuration_object_expiry_versioned")
def versioned_expiry(t):
    bucket = t.bucket()
    versioned(t, bucket)
    noncurrent = {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
    configured(t, bucket, {"ID": "rule2", "Filter": {}, "Expiration": {"Days": 7}, **noncurrent})
    at = {"Bucket": bucket, "Key": "test-object-expiry"}
    first = t.s3.put_object(**at, Body="test")["VersionId"]
    t.record("head-object-expiry", t.s3.head_object, **at)
    second = t.s3.put_object(**at, Body="test")["VersionId"]
    t.record("head-object-expiry-noncurrent", t.s3.head_object, **at, VersionId=first)
    named = {**at, "VersionId": second}
    t.record("head-object-expiry-current-with-version-id", t.s3.head_object, **named)
    t.record("head-object-expiry-current-without-version-id", t.s3.head_object, **at)


@entry(T + "test_bucket_lifecycle_object_size_rules")
def sizes(t):
    bucket = t.bucket()
    days = {"Expiration": {"Days": 1}}
    configured(
        t,
        bucket,
        {"ID": "rule_one", "Filter": {"ObjectSizeGreaterThan": 20}, **days},
        {"ID": "rule_two", "Filter": {"ObjectSizeLessThan": 10}, **days},
    )
    for key, size in [("match-rule-1", 22), ("match-rule-2", 5), ("no-match", 15)]:
        arguments = {"Bucket": bucket, "Key": key, "Body": "a" * size}
        t.record(f"put-object-{key}", t.s3.put_object, **arguments)


@entry(T + "test_bucket_lifecycle_tag_rules")
def tags(t):
    bucket = t.bucket()
    days = {"Expiration": {"Days": 1}}
    positive = {"Key": "testlifecycle", "Value": "positive"}
    second = {"Key": "testlifecycletwo", "Value": "positive-two"}
    configured(
        t,
        bucket,
        {"ID": "rule_one", "Filter": {"Tag": positive}, **days},
        {"ID": "rule_two", "Filter": {"And": {"Tags": [positive, second]}}, **days},
    )
    cases = {
        "match-both-rules": "testlifecycle=positive&testlifecycletwo=positive-two",
        "match-rule-1": "testlifecycle=positive",
        "no-match": "testlifecycle=false",
        "no-tags": None,
    }
    for key, tagging in cases.items():
        at = {"Bucket": bucket, "Key": key}
        more = {"Tagging": tagging} if tagging else {}
        t.record(f"put-object-{key}", t.s3.put_object, **at, Body="test", **more)
        t.record(f"get-object-{key}", t.s3.get_object, **at)


@entry(T + "test_object_expiry_after_bucket_lifecycle_configuration")
def expiry_after(t):
    at = {"Bucket": t.bucket(), "Key": "test-object-expiry"}
    t.record("put-object-before", t.s3.put_object, **at, Body="test")
    configured(t, at["Bucket"], {"ID": "rule3", "Filter": {}, "Expiration": {"Days": 7}})
    t.record("head-object-expiry-before", t.s3.head_object, **at)
    t.record("put-object-after", t.s3.put_object, **at, Body="test")
    t.record("head-object-expiry-after", t.s3.head_object, **at)


@entry(T + "test_lifecycle_expired_object_delete_marker")
def expired_marker(t):
    at = {"Bucket": t.bucket(), "Key": "test-expired"}
    marker = {"Expiration": {"ExpiredObjectDeleteMarker": True}}
    configured(t, at["Bucket"], {"ID": "rule-marker", "Filter": {}, **marker})
    t.record("put-object", t.s3.put_object, **at, Body="test")
    t.record("head-object", t.s3.head_object, **at)
