"""Events that buckets raise on EventBridge."""

import json

from harness import entry

from .events_tools import opened_queue, rule, target


def _opened(t, client=None, region=None):
    """A bucket that tells EventBridge, and a queue of what it tells: (name, url)."""
    s3 = client or t.s3
    region = region or t.region
    place = {} if region == "us-east-1" else {"LocationConstraint": region}
    arguments = {"CreateBucketConfiguration": place} if place else {}
    name = t.name("bucket")
    s3.create_bucket(Bucket=name, **arguments)
    t.defer(t.empty_bucket, name=name)
    s3.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    events, sqs = t.client("events", region=region), t.client("sqs", region=region)
    url, arn = opened_queue(t, sqs, region)
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [name]}}}
    target(t, "default", rule(t, "default", pattern, t.name("rule"), events), arn, events)
    return name, url


def _told(t, url, count, region=None, detail_type=None):
    """The events of a queue in the order of their objects' sequence, the unforeseeable in the recordings' words."""
    sqs = t.client("sqs", region=region)
    found = []

    def look():
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(json.loads(message["Body"]))
        return len(found) >= count

    t.until(look, every=0)
    for event in found:
        event["time"] = "date"
        event["detail"]["request-id"] = "request-id"
        if "sequencer" in event["detail"]["object"]:
            event["detail"]["object"]["sequencer"] = "object-sequencer"
    return sorted(found, key=lambda event: event["detail-type"])


@entry("TestS3NotificationsToEventBridge::test_object_created_put")
def put_and_deleted(t):
    name, url = _opened(t)
    t.s3.put_object(Bucket=name, Key="test-key", Body=b"data")
    t.s3.delete_object(Bucket=name, Key="test-key")
    created, deleted = _told(t, url, 2)
    t.record("object_deleted", deleted)
    t.record("object_created", created)


@entry("TestS3NotificationsToEventBridge::test_object_put_acl")
def acl(t):
    name, url = _opened(t)
    t.s3.delete_public_access_block(Bucket=name)
    ownership = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    t.s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=ownership)
    owner = t.s3.list_buckets()["Owner"]["ID"]
    key = {"Bucket": name, "Key": "test-key"}
    t.s3.put_object(**key, Body=b"something")
    t.s3.put_object_acl(**key, ACL="public-read")
    # The same ACL again changes nothing, and tells of nothing.
    t.s3.put_object_acl(**key, ACL="public-read")
    t.s3.put_object_acl(**key, GrantRead='uri="http://acs.amazonaws.com/groups/s3/LogDelivery"')
    grantee = {"ID": owner, "Type": "CanonicalUser"}
    policy = {"Owner": {"ID": owner}, "Grants": [{"Grantee": grantee, "Permission": "FULL_CONTROL"}]}
    t.s3.put_object_acl(**key, AccessControlPolicy=policy)
    t.record("messages", {"messages": _told(t, url, 4)})


@entry("TestS3NotificationsToEventBridge::test_object_created_put_in_different_region")
def in_another_region(t):
    region = "us-west-1"
    t.hide("region:1", region)
    name, url = _opened(t, t.client("s3", region=region), region)
    for client in [t.s3, t.client("s3", region=region)]:
        client.put_object(Bucket=name, Key="test-key", Body=b"data")
    t.record("object-created-different-regions", {"messages": _told(t, url, 2, region)})


@entry("TestS3NotificationsToEventBridge::test_object_created_put_versioned")
def versioned(t):
    name, url = _opened(t)
    key = {"Bucket": name, "Key": "test-key"}
    t.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    first = t.record("obj-ver1", t.s3.put_object, **key, Body=b"data")
    t.record("obj-ver2", t.s3.put_object, **key, Body=b"data-version2")
    marker = t.record("delete-marker", t.s3.delete_object, **key)
    t.record("delete-version", t.s3.delete_object, **key, VersionId=first["VersionId"])
    told = [event["detail"] for event in _told(t, url, 4)]
    kinds = [detail.get("deletion-type") for detail in told]
    assert kinds == [None, None, "Delete Marker Created", "Permanently Deleted"], kinds
    t.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    t.record("add-null-version", t.s3.put_object, **key, Body=b"data-version3")
    marker_id = marker["VersionId"]
    t.record("del-delete-marker", t.s3.delete_object, **key, VersionId=marker_id)
    suspended = _told(t, url, 2)
    # The recording has the last events under both keys.
    t.record("message-versioning-active", suspended)
    t.record("message-versioning-suspended", suspended)
