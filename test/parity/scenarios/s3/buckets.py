"""Buckets, and what is configured of them."""

import json

from harness import entry

from ..s3_tools import bucket_in, opened, parsed, signed, versioned

T = "TestS3::"
EAST, OHIO, CALIFORNIA = "us-east-1", "us-east-2", "us-west-1"


def to(region):
    return {"CreateBucketConfiguration": {"LocationConstraint": region}}


@entry(T + "test_different_location_constraint")
def location_constraints(t):
    for number, region in enumerate([EAST, OHIO, CALIFORNIA], 1):
        t.hide(f"region-{number}", region)
    plain = t.bucket()
    location = t.s3.get_bucket_location
    t.record("get-bucket-location-bucket-us-east-1", location, Bucket=plain)

    def make(key, region, **arguments):
        client, name = t.client("s3", region=region), t.name("bucket")
        answer = t.record(key, client.create_bucket, Bucket=name, **arguments)
        if "Error" not in answer:
            t.defer(client.delete_bucket, Bucket=name)

    make("create-bucket-constraint-us-east-1", EAST, **to(EAST))
    make("create-bucket-constraint-us-east-1-with-None", EAST, **to(None))
    ohio, there = bucket_in(t, OHIO)
    t.record("get-bucket-location-bucket-us-east-2", ohio.get_bucket_location, Bucket=there)
    make("create-bucket-us-east-2-no-constraint-exc", OHIO)
    make("create-bucket-constraint-us-east-2-with-None", OHIO, **to(None))
    make("create-bucket-us-east-2-constraint-to-us-west-1", OHIO, **to(CALIFORNIA))
    make("create-bucket-us-west-1-constraint-to-us-east-2", CALIFORNIA, **to(OHIO))
    make("create-bucket-us-west-1-constraint-to-us-east-1", CALIFORNIA, **to(EAST))
    t.record("get-bucket-location-non-existent-bucket", location, Bucket=t.name("none"))


@entry(T + "test_create_bucket_with_existing_name")
def existing_name(t):
    client, name = bucket_in(t, CALIFORNIA)
    for region in [CALIFORNIA, OHIO]:
        other = t.client("s3", region=region)
        t.record(f"create-bucket-{region}", other.create_bucket, Bucket=name, **to(region))


@entry(T + "test_bucket_does_not_exist")
def no_bucket(t):
    name = t.name("does-not-exist")
    t.record("list_object", t.s3.list_objects, Bucket=name)
    t.record("list_object_vhost", t.s3.list_objects, Bucket=name)


@entry(T + "test_create_bucket_head_bucket")
def head_bucket(t):
    name = t.name("bucket")
    t.record("create_bucket", t.s3.create_bucket, Bucket=name)
    t.defer(t.s3.delete_bucket, Bucket=name)
    west, other = t.client("s3", region=CALIFORNIA), t.name("bucket")
    key = "create_bucket_location_constraint"
    t.record(key, west.create_bucket, Bucket=other, **to(CALIFORNIA))
    t.defer(west.delete_bucket, Bucket=other)
    names = ["content-type", "x-amz-access-point-alias", "x-amz-bucket-arn", "x-amz-bucket-region"]
    for key, client, bucket in [("head_bucket", t.s3, name), ("head_bucket_2", west, other)]:
        answer = t.record(key, client.head_bucket, Bucket=bucket)
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        hidden = {each: each for each in ("x-amz-id-2", "x-amz-request-id")}
        t.record(f"{key}_filtered_header", {**{each: headers[each] for each in names}, **hidden})
    t.record("head_bucket_not_exist", t.s3.head_bucket, Bucket=t.name("none"))


@entry(T + "test_bucket_exists")
def bucket_exists(t):
    bucket = t.bucket()
    rule = {"AllowedMethods": ["GET", "POST", "PUT", "DELETE"], "AllowedOrigins": ["localhost"]}
    t.s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    t.record("get-bucket-cors", t.s3.get_bucket_cors, Bucket=bucket)
    t.record("get-bucket-acl", t.s3.get_bucket_acl, Bucket=bucket)
    t.record("get-bucket-not-exists", t.s3.get_bucket_acl, Bucket="bucket-not-exists")


@entry(T + "test_s3_request_payer")
def request_payer(t):
    bucket = t.bucket()
    payer = {"Payer": "Requester"}
    operation = t.s3.put_bucket_request_payment
    key = "put-bucket-request-payment"
    t.record(key, operation, Bucket=bucket, RequestPaymentConfiguration=payer)
    t.record("get-bucket-request-payment", t.s3.get_bucket_request_payment, Bucket=bucket)


def policy_of(bucket):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def open_to_policies(t):
    bucket = t.bucket()
    t.s3.delete_public_access_block(Bucket=bucket)
    return bucket


@entry(T + "test_get_bucket_policy")
def get_policy(t):
    at = {"Bucket": open_to_policies(t)}
    read = t.s3.get_bucket_policy
    t.record("get-bucket-policy-no-such-bucket-policy", read, **at)
    t.s3.put_bucket_policy(**at, Policy=policy_of(at["Bucket"]))
    t.record("get-bucket-policy", read, **at)
    key = "get-bucket-policy-with-expected-bucket-owner"
    t.record(key, read, **at, ExpectedBucketOwner=t.account)
    t.record(f"{key}-error", read, **at, ExpectedBucketOwner="000000000002")


@entry(T + "test_get_bucket_policy_invalid_account_id", ["0000", "0000000000020", "abcd", "aa000000000$"])
def get_policy_of_no_account(t, account):
    operation = t.s3.get_bucket_policy
    key = "get-bucket-policy-invalid-bucket-owner"
    t.record(key, operation, Bucket=t.bucket(), ExpectedBucketOwner=account)


@entry(T + "test_put_bucket_policy_invalid_account_id", ["0000", "0000000000020", "abcd", "aa000000000$"])
def put_policy_of_no_account(t, account):
    bucket = open_to_policies(t)
    key = "put-bucket-policy-invalid-bucket-owner"
    arguments = {"Bucket": bucket, "Policy": policy_of(bucket)}
    t.record(key, t.s3.put_bucket_policy, **arguments, ExpectedBucketOwner=account)


@entry(T + "test_put_bucket_policy_expected_bucket_owner")
def put_policy_of_owner(t):
    bucket = open_to_policies(t)
    arguments = {"Bucket": bucket, "Policy": policy_of(bucket)}
    key = "put-bucket-policy-with-expected-bucket-owner"
    operation = t.s3.put_bucket_policy
    t.record(f"{key}-error", operation, **arguments, ExpectedBucketOwner="000000000002")
    t.record(key, operation, **arguments, ExpectedBucketOwner=t.account)


@entry(T + "test_delete_bucket_policy")
def delete_policy(t):
    bucket = open_to_policies(t)
    t.s3.put_bucket_policy(Bucket=bucket, Policy=policy_of(bucket))
    t.record("delete-bucket-policy", t.s3.delete_bucket_policy, Bucket=bucket)
    t.record("get-bucket-policy-no-such-bucket-policy", t.s3.get_bucket_policy, Bucket=bucket)


REPLICATION = "TestS3BucketReplication::"


@entry(REPLICATION + "test_replication_config")
def replication(t):
    source, target = t.bucket(), t.bucket()
    role = t.role()
    read, write = t.s3.get_bucket_replication, t.s3.put_bucket_replication
    t.record("expected_error_no_replication_set", read, Bucket=source)
    rule = {
        "ID": "id",
        "Priority": 1,
        "Filter": {"Prefix": "Tax"},
        "Status": "Enabled",
        "Destination": {"Bucket": f"arn:aws:s3:::{target}"},
        "DeleteMarkerReplication": {"Status": "Disabled"},
    }
    wanted = {"Bucket": source, "ReplicationConfiguration": {"Role": role, "Rules": [rule]}}
    t.record("expected_error_versioning_not_enabled", write, **wanted)
    for bucket in (source, target):
        versioned(t, bucket)
    t.record("put-bucket-replication", write, **wanted)
    answer = t.call(read, Bucket=source)
    answer["ReplicationConfiguration"]["Role"] = "role"
    for each in answer["ReplicationConfiguration"]["Rules"]:
        each["Destination"]["Bucket"] = "dest-bucket"
    t.record("get-bucket-replication", answer)
    empty = {"Role": role, "Rules": []}
    key = "put-empty-bucket-replication-rules"
    t.record(key, write, Bucket=source, ReplicationConfiguration=empty)
    for key in ["delete-bucket-replication", "delete-bucket-replication-idempotent"]:
        t.record(key, t.s3.delete_bucket_replication, Bucket=source)


@entry(REPLICATION + "test_replication_config_without_filter")
def replication_without_filter(t):
    source, target, role = t.bucket(), t.bucket(), t.role()
    versioned(t, source)
    minutes = {"Minutes": 15}

    def wanted(bucket):
        destination = {
            "Bucket": f"arn:aws:s3:::{bucket}",
            "StorageClass": "STANDARD",
            "ReplicationTime": {"Status": "Enabled", "Time": minutes},
            "Metrics": {"Status": "Enabled", "EventThreshold": minutes},
        }
        rule = {
            "ID": "rtc",
            "Priority": 0,
            "Filter": {},
            "Status": "Disabled",
            "Destination": destination,
            "DeleteMarkerReplication": {"Status": "Disabled"},
        }
        return {"Bucket": source, "ReplicationConfiguration": {"Role": role, "Rules": [rule]}}

    write = t.s3.put_bucket_replication
    t.record("expected_error_dest_does_not_exist", write, **wanted(t.name("none")))
    t.record("expected_error_dest_versioning_disabled", write, **wanted(target))
    versioned(t, target)
    t.record("put-bucket-replication", write, **wanted(target))
    answer = t.call(t.s3.get_bucket_replication, Bucket=source)
    answer["ReplicationConfiguration"]["Role"] = "role"
    for each in answer["ReplicationConfiguration"]["Rules"]:
        each["Destination"]["Bucket"] = "dest-bucket"
    t.record("get-bucket-replication", answer)


def log_to(target, **more):
    return {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "log", **more}}


@entry("TestS3BucketLogging::test_put_bucket_logging_accept_wrong_grants")
def logging_grants(t):
    source, target = t.bucket(), t.bucket()
    group = {"URI": "http://acs.amazonaws.com/groups/s3/LogDelivery", "Type": "Group"}
    grants = [{"Grantee": group, "Permission": each} for each in ("WRITE", "READ_ACP")]
    owner = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    t.s3.put_bucket_ownership_controls(Bucket=target, OwnershipControls=owner)
    status = log_to(target, TargetGrants=grants)
    t.record("put-bucket-logging", t.s3.put_bucket_logging, Bucket=source, BucketLoggingStatus=status)
    t.record("get-bucket-logging", t.s3.get_bucket_logging, Bucket=source)


@entry("TestS3BucketLogging::test_put_bucket_logging_cross_locations")
def logging_across(t):
    t.hide("region_2", OHIO)
    t.hide("region_3", CALIFORNIA)
    near = t.bucket()
    ohio, second = bucket_in(t, OHIO)
    _, third = bucket_in(t, CALIFORNIA)
    status = {"BucketLoggingStatus": log_to(third)}
    t.record("put-bucket-logging-cross-us-east-1", t.s3.put_bucket_logging, Bucket=near, **status)
    t.record("put-bucket-logging-different-regions", ohio.put_bucket_logging, Bucket=second, **status)


@entry(T + "test_s3_analytics_configurations")
def analytics(t):
    bucket, target = t.bucket(), t.bucket()

    def configuration(name, prefix):
        destination = {
            "Format": "CSV",
            "Bucket": f"arn:aws:s3:::{target}",
            "Prefix": "test",
        }
        export = {"OutputSchemaVersion": "V_1", "Destination": {"S3BucketDestination": destination}}
        return {
            "Id": name,
            "Filter": {"Prefix": prefix},
            "StorageClassAnalysis": {"DataExport": export},
        }

    write, read = t.s3.put_bucket_analytics_configuration, t.s3.get_bucket_analytics_configuration
    first, second = "config_with_storage_analysis_1", "config_with_storage_analysis_2"
    at = {"Bucket": bucket}
    one = configuration(first, "test_ls")
    key = "config_with_storage_analysis_err"
    t.record(f"put_{key}", write, **at, Id="different-id", AnalyticsConfiguration=one)
    missing = {**at, "Id": "non-existent"}
    t.record(f"get_{key}", read, **missing)
    t.record(f"delete_{key}", t.s3.delete_bucket_analytics_configuration, **missing)
    t.record("put_config_with_storage_analysis_1", write, **at, Id=first, AnalyticsConfiguration=one)
    t.record("get_config_with_storage_analysis_1", read, **at, Id=first)
    write(**at, Id=first, AnalyticsConfiguration=configuration(first, "test_ls_2"))
    t.record("get_config_with_storage_analysis_2", read, **at, Id=first)
    write(**at, Id=second, AnalyticsConfiguration=configuration(second, "test_ls_3"))
    t.record("get_config_with_storage_analysis_3", read, **at, Id=second)
    listed = t.s3.list_bucket_analytics_configurations
    t.record("list_config_with_storage_analysis_1", listed, **at)
    t.s3.delete_bucket_analytics_configuration(**at, Id=second)
    t.record("list_config_with_storage_analysis_2", listed, **at)


@entry(T + "test_bucket_constraint_aws_global", ["us-east-1", "us-east-2"])
def global_constraint(t, region):
    client = t.client("s3", region=region)
    key = "aws-global-constraint"
    t.record(key, client.create_bucket, Bucket=t.name("bucket"), **to("aws-global"))


@entry(T + "test_create_bucket_with_eu_location_constraint")
def european(t):
    client, name = t.client("s3", region="eu-west-1"), t.name("bucket")
    client.create_bucket(Bucket=name, **to("EU"))
    t.defer(client.delete_bucket, Bucket=name)
    t.record("get-bucket-location", client.get_bucket_location, Bucket=name)
    t.record("list-bucket-response", client.list_buckets, Prefix=name)


CONSTRAINTS = {
    f"{region}-{constraint}": (region, constraint)
    for region in ("us-east-1", "eu-west-1")
    for constraint in ("us-east-1", "bar", "EU", "foo")
}


@entry(T + "test_create_bucket_with_invalid_location_constraint", CONSTRAINTS)
def invalid_constraint(t, region, constraint):
    client = t.client("s3", region=region)
    key = f"{region}-location-constraint-{constraint}-error"
    t.record(key, client.create_bucket, Bucket=t.name("bucket"), **to(constraint))


@entry(T + "test_s3_object_acl")
def object_acl(t):
    at = {"Bucket": opened(t), "Key": "object"}
    read, write = t.s3.get_object_acl, t.s3.put_object_acl
    t.record("put-object-default-acl", t.s3.put_object, **at)
    owner = t.record("get-object-acl-default", read, **at)["Owner"]
    t.record("put-object-acl", write, **at, ACL="public-read")
    t.record("get-object-acl", read, **at)
    logs = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    write(**at, GrantRead=f'uri="{logs}"')
    t.record("get-object-grant-acl", read, **at)
    grants = [
        {"Grantee": {"ID": owner["ID"], "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"},
        {"Grantee": {"URI": logs, "Type": "Group"}, "Permission": "WRITE"},
    ]
    write(**at, AccessControlPolicy={"Owner": owner, "Grants": grants})
    t.record("get-object-acp-acl", read, **at)


@entry(T + "test_s3_object_acl_exceptions")
def object_acl_refused(t):
    at = {"Bucket": opened(t), "Key": "object"}
    write = t.s3.put_object_acl
    t.record("put-object-canned-acl", t.s3.put_object, **at, ACL="fake-acl")
    t.s3.put_object(**at)
    owner = t.s3.get_object_acl(**at)["Owner"]
    t.record("put-object-acl-canned-acl", write, **at, ACL="fake-acl")
    fake = "http://acs.amazonaws.com/groups/s3/FakeGroup"
    t.record("put-object-grant-acl-fake-uri", write, **at, GrantWrite=f'uri="{fake}"')
    t.record("put-object-grant-acl-fake-key", write, **at, GrantWrite='fakekey="1234"')
    t.record("put-object-grant-acl-wrong-id", write, **at, GrantWrite='id="wrong-id"')

    def user(name):
        return {"ID": name, "Type": "CanonicalUser"}

    def grant(grantee, permission="WRITE"):
        return {"Grantee": grantee, "Permission": permission}

    group = {"URI": fake, "Type": "Group"}
    policies = [
        {"Grants": [grant(user(owner["ID"]))]},
        {"Owner": owner, "Grants": [grant(user(owner["ID"]), "FAKE")]},
        {"Owner": owner, "Grants": [grant(user("wrong-id"), "FULL_CONTROL")]},
        {"Owner": owner, "Grants": [grant(group)]},
        {"Owner": {"ID": "wrong-id"}, "Grants": [grant(user(owner["ID"]))]},
        {"Owner": owner},
    ]
    for number, policy in enumerate(policies, 1):
        t.record(f"put-object-acp-acl-{number}", write, **at, AccessControlPolicy=policy)
    t.record("put-object-empty-acp", write, **at, AccessControlPolicy={})
    t.record("put-object-acl-empty", write, **at)
    two = {"ACL": "public-read", "GrantRead": f'id="{owner["ID"]}"'}
    t.record("put-object-two-type-acl", write, **at, **two)
    whole = {"Owner": owner, "Grants": [grant(user(owner["ID"]))]}
    key = "put-object-two-type-acl-acp"
    t.record(key, write, **at, ACL="public-read", AccessControlPolicy=whole)


@entry(T + "test_create_bucket_aws_global")
def global_region(t):
    name = t.name("bucket")
    t.hide("us_east_1_region", "us-east-1")
    t.hide("bucket-name-1", name)
    t.hide("bucket-prefix", name)
    answer = signed(t, "PUT", f"{t.endpoint}/{name}", region="aws-global")
    t.record("xml-error-create-bucket", parsed(answer))
    t.record("create-bucket-global", t.s3.create_bucket, Bucket=name)
    t.defer(t.s3.delete_bucket, Bucket=name)
    t.record("head-bucket-global", t.s3.head_bucket, Bucket=name)
    t.record("get-location-1", t.s3.get_bucket_location, Bucket=name)
    t.record("list-buckets", t.s3.list_buckets, Prefix=name)
