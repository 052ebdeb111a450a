"""Other sites' requests to buckets, as AWS answered them."""

from harness import entry

from .s3_tools import http, opened, parsed

T = "TestS3Cors::"
HERE = "https://localhost:4200"
#: As recordings write headers; the rest is in small letters.
NAMES = {
    name.lower(): name
    for name in [
        "Access-Control-Allow-Credentials",
        "Access-Control-Allow-Headers",
        "Access-Control-Allow-Methods",
        "Access-Control-Allow-Origin",
        "Access-Control-Expose-Headers",
        "Access-Control-Max-Age",
        "Connection",
        "Content-Length",
        "Content-Type",
        "ETag",
        "Last-Modified",
        "Transfer-Encoding",
        "Vary",
    ]
}
#: How a connection goes on is the server's own affair.
CONNECTION = ("connection", "keep-alive", "transfer-encoding")


class Site:
    """A bucket with an object that everybody may read, under CORS rules."""

    def __init__(self, t, *rules):
        self.t = t
        self.bucket = opened(t)
        t.s3.put_bucket_acl(Bucket=self.bucket, ACL="public-read-write")
        t.s3.put_object(Bucket=self.bucket, Key="test-cors", Body="test-cors", ACL="public-read")
        self.configure(*rules)

    def configure(self, *rules):
        if rules:
            configuration = {"CORSRules": list(rules)}
            self.t.s3.put_bucket_cors(Bucket=self.bucket, CORSConfiguration=configuration)

    def ask(self, key, method, headers, path="/test-cors"):
        """Records the answer to a browser, but for what tells of its connection."""
        url = f"{self.t.endpoint}/{self.bucket}{path}"
        answer = http(method, url, headers=headers)
        told = {}
        for name, value in answer.headers.items():
            if name.lower() not in CONNECTION:
                told[NAMES.get(name.lower(), name.lower())] = value
        told["date"] = "date"
        if "Last-Modified" in told:
            told["Last-Modified"] = "last--modified"
        is_error = answer.status >= 400
        if is_error:
            told.pop("Content-Length", None)
            told["Transfer-Encoding"] = "chunked"
            if answer.status == 400:
                told["Connection"] = "close"
        body = parsed(answer) if is_error else answer.data.decode()
        self.t.record(key, {"Body": body, "Headers": told, "StatusCode": answer.status})


def options(origin=HERE, method="GET", headers=None):
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = headers
    return asked


@entry(T + "test_cors_match_origins")
def origins(t):
    rule = {"AllowedOrigins": [HERE], "AllowedMethods": ["GET", "PUT"], "MaxAgeSeconds": 3000}
    site = Site(t, {**rule, "AllowedHeaders": ["*"]})
    site.ask("opt-no-origin", "OPTIONS", {})
    site.ask("get-no-origin", "GET", {})
    site.ask("opt-referer", "OPTIONS", {"Referer": HERE, "Access-Control-Request-Method": "PUT"})
    site.ask("get-referer", "GET", {"Referer": HERE})
    site.ask("opt-right-origin", "OPTIONS", options(method="PUT"))
    site.ask("get-right-origin", "GET", {"Origin": HERE})
    other = "http://localhost:4200"
    site.ask("opt-wrong-origin", "OPTIONS", options(other, "PUT"))
    site.ask("get-wrong-origin", "GET", {"Origin": other})
    site.configure({**rule, "AllowedHeaders": ["*"], "AllowedOrigins": ["*"]})
    site.ask("opt-random-wildcard-origin", "OPTIONS", options("http://random:1234", "PUT"))
    site.ask("get-random-wildcard-origin", "GET", {"Origin": "http://random:1234"})


@entry(T + "test_cors_match_methods")
def methods(t):
    rule = {"AllowedOrigins": [HERE], "AllowedMethods": ["GET"], "MaxAgeSeconds": 3000}
    site = Site(t, {**rule, "AllowedHeaders": ["*"]})
    site.ask("opt-get", "OPTIONS", options())
    site.ask("get-wrong-op", "GET", {"Origin": "https://other.test"})
    site.ask("get-op", "GET", {"Origin": HERE})
    site.ask("opt-put", "OPTIONS", options(method="PUT"))
    site.ask("put-op", "PUT", {"Origin": HERE}, "/new-key")


@entry(T + "test_put_cors")
def put_cors(t):
    rule = {
        "AllowedOrigins": ["https://test.com", "https://app.test.com", "http://test.com:80"],
        "AllowedMethods": ["GET", "PUT", "HEAD"],
        "MaxAgeSeconds": 3000,
        "AllowedHeaders": [
            "x-amz-expected-bucket-owner",
            "x-amz-server-side-encryption-customer-algorithm",
        ],
    }
    at = {"Bucket": t.bucket()}
    t.record("put-cors", t.s3.put_bucket_cors, **at, CORSConfiguration={"CORSRules": [rule]})
    t.record("get-cors", t.s3.get_bucket_cors, **at)


@entry(T + "test_put_cors_default_values")
def default_values(t):
    site = Site(t, {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]})
    site.ask("opt-get", "OPTIONS", options())
    site.ask("opt-get-headers", "OPTIONS", options(headers="x-amz-request-payer"))


@entry(T + "test_cors_expose_headers")
def expose_headers(t):
    names = ["x-amz-id-2", "x-amz-request-id", "x-amz-request-payer"]
    site = Site(t, {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "ExposeHeaders": names})
    site.ask("opt-get", "OPTIONS", options())


def partial(t, origin):
    rule = {"AllowedMethods": ["GET", "PUT"], "MaxAgeSeconds": 3000, "AllowedHeaders": ["*"]}
    return Site(t, {**rule, "AllowedOrigins": [origin]})


@entry(T + "test_cors_options_match_partial_origin")
def partial_origin(t):
    site = partial(t, "http://*.origin.com")
    site.ask("options_match_partial_origin", "OPTIONS", options("http://test.origin.com"))


@entry(T + "test_cors_options_fails_partial_origin")
def other_partial_origin(t):
    site = partial(t, "http://*.origin.com")
    site.ask("options_fails_partial_origin", "OPTIONS", options("http://test.other.com"), "/")


@entry(T + "test_cors_match_headers")
def headers(t):
    rule = {"AllowedOrigins": [HERE], "AllowedMethods": ["GET"], "MaxAgeSeconds": 3000}
    site = Site(t, {**rule, "AllowedHeaders": ["*"]})
    site.ask("opt-get", "OPTIONS", options(headers="x-amz-request-payer"))
    two = "x-amz-request-payer, x-amz-expected-bucket-owner"
    site.ask("opt-get-two", "OPTIONS", options(headers=two))
    site.ask("get-op", "GET", {"Origin": HERE, "x-amz-request-payer": "requester"})
    names = [
        "x-amz-expected-bucket-owner",
        "x-amz-server-side-encryption-customer-algorithm",
        "x-AMZ-server-SIDE-encryption",
    ]
    site.configure({**rule, "AllowedHeaders": names})
    t.record("get-bucket-cors-casing", t.s3.get_bucket_cors, Bucket=site.bucket)
    site.ask("opt-get-non-allowed", "OPTIONS", options(headers="x-amz-request-payer"))
    site.ask("opt-get-allowed", "OPTIONS", options(headers="x-amz-expected-bucket-owner"))
    mixed = ["x-amz-expected-bucket-owner", "x-amz-SERVER-side-encryption"]
    site.ask("opt-get-allowed-diff-casing", "OPTIONS", options(headers=", ".join(mixed)))
    site.ask("opt-get-allowed-no-space", "OPTIONS", options(headers=",".join(mixed)))
    asked = {"Origin": HERE, "Access-Control-Request-Headers": "x-amz-request-payer"}
    site.ask("get-non-allowed-with-acl", "GET", asked)
    site.ask("get-non-allowed", "GET", {"Origin": HERE, "x-amz-request-payer": "requester"})
