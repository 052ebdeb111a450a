"""Static websites."""

from harness import entry

from ..s3_tools import http, opened, put


WEBSITE = "TestS3StaticWebsiteHosting::"


@entry(WEBSITE + "test_crud_website_configuration")
def website(t):
    at = {"Bucket": t.bucket()}
    read = t.s3.get_bucket_website
    t.record("get-no-such-website-config", read, **at)
    t.record("del-no-such-website-config", t.s3.delete_bucket_website, **at)
    index = {"IndexDocument": {"Suffix": "index.html"}}
    t.record("put-website-config", t.s3.put_bucket_website, **at, WebsiteConfiguration=index)
    t.record("get-website-config", read, **at)


@entry(WEBSITE + "test_validate_website_configuration")
def website_refused(t):
    at = {"Bucket": t.bucket()}
    index = {"IndexDocument": {"Suffix": "index.html"}}
    rule = {"Condition": {"KeyPrefixEquals": "prefix"}}
    all_to = {"RedirectAllRequestsTo": {"HostName": "localhost"}}
    cases = [
        {"IndexDocument": {"Suffix": "/index.html"}},
        {"IndexDocument": {"Suffix": ""}},
        {**all_to, **index},
        {"ErrorDocument": {"Key": "/index.html"}},
        {"RedirectAllRequestsTo": {"HostName": "localhost", "Protocol": "protocol"}},
        {
            **index,
            "RoutingRules": [
                {**rule, "Redirect": {"ReplaceKeyWith": "key", "ReplaceKeyPrefixWith": "prefix"}}
            ],
        },
        {**index, "RoutingRules": [{"Condition": {}, "Redirect": {"ReplaceKeyWith": "key"}}]},
        {**index, "RoutingRules": []},
    ]
    for number, configuration in enumerate(cases):
        key = f"invalid-website-conf-{number}"
        t.record(key, t.s3.put_bucket_website, **at, WebsiteConfiguration=configuration)


def site(t, **configuration):
    """A bucket that everybody sees as a website: the bucket, and how it is visited."""
    bucket = opened(t)
    t.s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    index = {"IndexDocument": {"Suffix": "index.html"}, **configuration}
    t.s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=index)
    host = f"{bucket}.s3-website.localhost"

    def visit(path, method="GET"):
        return http(method, f"{t.endpoint}{path}", headers={"Host": host}).data.decode()

    return bucket, visit


@entry(WEBSITE + "test_website_hosting_http_methods")
def website_methods(t):
    bucket, visit = site(t)
    put(t, bucket, "index.html", "index", ACL="public-read")
    for method in ("POST", "DELETE"):
        t.record(f"not-allowed-{method.lower()}", {"content": visit("/", method)})


@entry(WEBSITE + "test_website_hosting_index_lookup")
def website_index(t):
    bucket, visit = site(t)
    put(t, bucket, "directory/index.html", "index", ACL="public-read")
    assert visit("/directory/") == "index"
    t.record("404-no-trailing-slash", visit("/directory-wrong"))
    t.record("404-with-trailing-slash", visit("/directory-wrong/"))


@entry(WEBSITE + "test_website_hosting_404")
def website_missing(t):
    bucket, visit = site(t)
    t.record("404-no-such-key", visit("/"))
    configuration = {
        "IndexDocument": {"Suffix": "index.html"},
        "ErrorDocument": {"Key": "error.html"},
    }
    t.s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=configuration)
    t.record("404-no-such-key-nor-custom", visit("/"))
