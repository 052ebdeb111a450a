"""Tags of objects and buckets."""

from harness import entry

TAGGING = "TestS3BucketObjectTagging::"


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
