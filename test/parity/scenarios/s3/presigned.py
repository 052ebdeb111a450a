"""Addresses that are signed themselves, by both signatures."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from harness import entry

from ..s3_tools import http, parsed, with_status

T = "TestS3PresignedUrl::"
HOST = {"HostId": "host-id"}


def signer(t, version="s3v4"):
    """A client that signs addresses by the signature of a name, and adds no checksum."""
    return t.client("s3", signature_version=version, request_checksum_calculation="when_required")


def hidden(answer, **more):
    """The host's id and times as recordings write them."""
    words = {**HOST, **more}
    error = answer.get("Error", {})
    for name, word in words.items():
        if name in error:
            error[name] = word
    return answer


def spoiled(url, letter):
    """The address with a signature of one letter."""
    parts = urlsplit(url)
    query = [
        (name, letter * len(value) if name in ("Signature", "X-Amz-Signature") else value)
        for name, value in parse_qsl(parts.query)
    ]
    return urlunsplit(parts._replace(query=urlencode(query)))


@entry(T + "test_put_object")
def put_object(t):
    at = {"Bucket": t.bucket(), "Key": "my-key"}
    url = signer(t).generate_presigned_url("put_object", at)
    http("PUT", url, body="something")
    answer = t.call(t.s3.get_object, **at)
    t.record("get_object", {**answer, "Body": ""})


def expired(t, version, seconds):
    at = {"Bucket": t.bucket(), "Key": "key"}
    t.s3.put_object(**at, Body="data")
    url = signer(t, version).generate_presigned_url("get_object", at, ExpiresIn=seconds)

    def refused():
        answer = http("GET", url)
        return parsed(answer) if answer.status != 200 else None

    return hidden(t.until(refused, seconds=10), Expires="date", ServerTime="date")


@entry(T + "test_s3_presigned_url_expired", ["s3", "s3v4"])
def expired_url(t, version):
    t.record("expired-exception", expired(t, version, 2))


SIGNATURES = {f"{v}-{h}": v for v in ("s3", "s3v4") for h in ("True", "False")}


@entry(T + "test_presigned_url_signature_authentication_expired", SIGNATURES)
def authentication_expired(t, version):
    t.record("expired", expired(t, version, 1))


@entry(T + "test_presigned_url_signature_authentication", SIGNATURES)
def authentication(t, version):
    at = {"Bucket": t.bucket(), "Key": "temp.txt"}
    t.s3.put_object(**at, Body="123")
    client = signer(t, version)
    for method, operation, letter in [("GET", "get_object", "x"), ("PUT", "put_object", "y")]:
        url = spoiled(client.generate_presigned_url(operation, at), letter)
        answer = hidden(parsed(http(method, url, body=None if method == "GET" else "x")))
        t.record(f"invalid-{method.lower()}-1", answer)


@entry(T + "test_s3_put_presigned_url_missing_sig_param", ["s3", "s3v4"])
def missing_parameter(t, version):
    at = {"Bucket": t.bucket(), "Key": "key"}
    url = urlsplit(signer(t, version).generate_presigned_url("put_object", at))
    name = "X-Amz-Date" if version == "s3v4" else "Signature"
    query = [(key, value) for key, value in parse_qsl(url.query) if key != name]
    answer = http("PUT", urlunsplit(url._replace(query=urlencode(query))), body="x")
    t.record("missing-param-exception", hidden(with_status(answer)))


@entry(T + "test_s3_put_presigned_url_with_different_headers", ["s3", "s3v4"])
def different_headers(t, version):
    at = {"Bucket": t.bucket(), "Key": "key"}
    client = signer(t, version)
    typed = client.generate_presigned_url("put_object", {**at, "ContentType": "text/plain"})

    def sent(key, url, **headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = http("PUT", url, body="content", headers=names)
        t.record(key, hidden(with_status(answer)))

    sent("content-type-exception", typed, Content_Type="text/xml")
    plain = client.generate_presigned_url("put_object", at)
    sent("content-type-response", plain, Content_Type="text/html")
    coded = client.generate_presigned_url("put_object", {**at, "ContentEncoding": "identity"})
    sent("wrong-content-encoding-response", coded, Content_Encoding="gzip")


@entry(T + "test_s3_put_presigned_url_same_header_and_qs_parameter")
def header_and_parameter(t):
    at = {"Bucket": t.bucket(), "Key": "key"}
    url = signer(t).generate_presigned_url("put_object", at, ExpiresIn=60)
    doubled = url.replace("X-Amz-Expires=60", "X-Amz-Expires=60&X-Amz-Expires=90")
    answer = http("PUT", doubled, body="x")
    t.record("double-header-query-string", hidden(with_status(answer)))
    answer = http("PUT", url, body="x", headers={"x-amz-expires": "90"})
    t.record("override-signed-qs", hidden(with_status(answer)))


@entry(T + "test_put_url_metadata_with_sig_s3v4", {"True": True, "False": False})
def metadata_signed(t, _):
    at = {"Bucket": t.bucket(), "Key": "key"}
    url = signer(t).generate_presigned_url("put_object", {**at, "Metadata": {"foo": "bar"}})
    host = {"HostId": "the same host"}
    t.record("no-meta-headers", hidden(parsed(http("PUT", url, body="content 123")), **host))
    right = {"x-amz-meta-foo": "bar"}
    http("PUT", url, body="content 123", headers=right)
    t.record("head_object", t.s3.head_object, **at)
    wrong = {**right, "x-amz-meta-wrong": "wrong"}
    answer = http("PUT", url, body="content 123", headers=wrong)
    t.record("wrong-meta-headers", hidden(parsed(answer), **host))


@entry(T + "test_presigned_url_v4_x_amz_in_qs")
def amz_in_query(t):
    at = {"Bucket": t.bucket(), "Key": "key"}
    client = signer(t)

    def move(request, **_):
        value = request.headers.get("x-amz-meta-foo")
        if value is not None:
            del request.headers["x-amz-meta-foo"]
            request.url += f"?x-amz-meta-foo={value}"

    metadata = {"Metadata": {"foo": "bar-complicated-no-random"}}
    client.meta.events.register("before-sign.s3.PutObject", move)
    try:
        url = client.generate_presigned_url("put_object", {**at, **metadata})
    finally:
        client.meta.events.unregister("before-sign.s3.PutObject", move)
    http("PUT", url, body="123456")
    t.record("head-object", t.s3.head_object, **at, ChecksumMode="ENABLED")


@entry(T + "test_presigned_double_encoded_credentials")
def double_encoded(t):
    at = {"Bucket": t.bucket(), "Key": "key"}
    url = signer(t).generate_presigned_url("get_object", at).replace("%2F", "%252F")
    t.record("error-malformed", hidden(parsed(http("GET", url))))


@entry(T + "test_put_unicode_metadata_with_sig_s3")
def unicode_metadata(t):
    from botocore import handlers

    at = {"Bucket": t.bucket(), "Key": "key"}
    value = "non-ascii-%E2%80%94_\u2014_\u00e9_"
    client = t.client("s3", signature_version="s3", user_agent_extra="unicode")
    client.meta.events.unregister(
        "before-parameter-build.s3.PutObject", handlers.validate_ascii_metadata
    )
    url = client.generate_presigned_url("put_object", {**at, "Metadata": {"foo": value}})
    http("PUT", url, body="", headers={"x-amz-meta-foo": value.encode("utf-8")})
    t.record("head_object", t.s3.head_object, **at)


@entry(T + "test_get_response_overrides_unicode_metadata_with_sig_s3")
def unicode_override(t):
    at = {"Bucket": t.bucket(), "Key": "key"}
    t.s3.put_object(**at)
    value = "non-ascii-%E2%80%94_\u2014_\u00e9_"
    asked = {**at, "ResponseCacheControl": value}
    url = signer(t, "s3").generate_presigned_url("get_object", asked)
    t.record("unicode-error", hidden(parsed(http("GET", url))))


FORMS = "TestS3PresignedPost::"
CONTENT = "test-body-tagging"


def post(t, key="key", version="s3v4", fields=None, conditions=None, seconds=60, client=None):
    """The address and fields of a form."""
    bucket = t.bucket()
    made = (client or signer(t, version)).generate_presigned_post(
        Bucket=bucket, Key=key, Fields=fields, Conditions=conditions, ExpiresIn=seconds
    )
    return bucket, made["url"], made["fields"]


def submit(url, fields, content="something", name="upload.txt", **more):
    whole = {**fields, **more, "file": (name, content)}
    return http("POST", url, fields=whole)


@entry(FORMS + "test_post_request_expires")
def form_expires(t):
    _, url, fields = post(t, seconds=1)

    def refused():
        answer = submit(url, fields)
        return answer if answer.status >= 400 else None

    t.record("exception", hidden(with_status(t.until(refused, seconds=10))))


@entry(FORMS + "test_post_request_malformed_policy", ["s3", "s3v4"])
def form_malformed(t, version):
    _, url, fields = post(t, version=version)
    fields["policy"] = fields["policy"][:-2]
    t.record("exception-policy", hidden(with_status(submit(url, fields))))


@entry(FORMS + "test_post_request_missing_signature", ["s3", "s3v4"])
def form_unsigned(t, version):
    _, url, fields = post(t, version=version)
    fields.pop("signature" if version == "s3" else "x-amz-signature")
    t.record("exception-missing-signature", hidden(with_status(submit(url, fields))))


@entry(FORMS + "test_post_request_missing_fields", ["s3", "s3v4"])
def form_missing_fields(t, version):
    _, url, fields = post(t, version=version)
    names = (
        ["signature", "AWSAccessKeyId"]
        if version == "s3"
        else ["x-amz-signature", "x-amz-algorithm", "x-amz-credential", "x-amz-date"]
    )
    fields.pop(names[1])
    t.record("exception-missing-fields", hidden(with_status(submit(url, fields))))
    for name in [*names, "policy"]:
        fields.pop(name, None)
    t.record("exception-no-sig-related-fields", hidden(with_status(submit(url, fields))))


TAG = "<Tag><Key>TagName</Key><Value>TagValue</Value></Tag>"
TAGGINGS = {
    "single": f"<Tagging><TagSet>{TAG}</TagSet></Tagging>",
    "invalid": "<InvalidXmlTagging></InvalidXmlTagging>",
    "notxml": "not-xml",
}


@entry(FORMS + "test_post_object_with_tags", TAGGINGS)
def form_tags(t, tagging):
    bucket, url, fields = post(
        t, fields={"tagging": tagging}, conditions=[["eq", "$tagging", tagging]]
    )
    answer = submit(url, fields)
    if answer.status >= 400:
        t.record("tagging-error", parsed(answer))
    else:
        t.record("get-tagging", t.s3.get_object_tagging, Bucket=bucket, Key="key")


@entry(FORMS + "test_post_object_with_wrong_content_type")
def form_content_type(t):
    _, url, fields = post(t)
    headers = {"Content-Type": "text/html; charset=UTF-8"}
    answer = http("POST", url, body=urlencode(fields), headers=headers)
    t.record("invalid-content-type-error", parsed(answer))


@entry(FORMS + "test_post_object_policy_validation_size")
def form_size(t):
    bucket, url, fields = post(t, conditions=[["content-length-range", 5, 10]])
    for key, size in [("too-big", 12), ("too-small", 1)]:
        answer = submit(url, fields, "a" * size)
        t.record(f"invalid-content-length-{key}", parsed(answer))
    submit(url, fields, "a" * 10)
    t.record("final-object", t.s3.get_object, Bucket=bucket, Key="key")
    made = signer(t).generate_presigned_post(
        Bucket=bucket, Key="key", Conditions=[["content-length-range", "test", "10"]]
    )
    answer = submit(made["url"], made["fields"], "a" * 10)
    t.record("invalid-content-length-wrong-type", parsed(answer))


@entry(FORMS + "test_post_object_policy_conditions_validation_starts_with")
def form_starts_with(t):
    name = "success_action_redirect"
    bucket, url, fields = post(t, conditions=[["starts-with", f"${name}", "http://localhost"]])
    at = {"Bucket": bucket, "Key": "key"}
    for key, value in [
        ("invalid-condition-starts-with", "http://wrong.com"),
        ("invalid-condition-starts-with-casing", "HTTP://localhost"),
    ]:
        t.record(key, parsed(submit(url, fields, "abcdef", **{name: value})))
    submit(url, fields, "abcdef", **{name: "http://localhost.test.random"})
    t.record("get-object-1", t.s3.get_object, **at)
    body = "manual value to change ETag"
    submit(url, fields, body, **{name: "http://localhost"})
    t.record("get-object-2", t.s3.get_object, **at)


@entry(FORMS + "test_presigned_post_with_different_user_credentials")
def form_of_user(t):
    bucket, url, fields = post(t)
    submit(url, fields, "abcdef")
    t.record("get-obj", t.s3.get_object, Bucket=bucket, Key="key")


@entry(FORMS + "test_post_object_default_checksum")
def form_checksum(t):
    bucket, url, fields = post(t)
    submit(url, fields, CONTENT)
    t.record("head-object", t.s3.head_object, Bucket=bucket, Key="key", ChecksumMode="ENABLED")


@entry(FORMS + "test_post_object_with_metadata")
def form_metadata(t):
    more = {
        "Content-Type": "text/plain",
        "Expires": "Wed, 21 Oct 2115 07:28:00 GMT",
        "x-amz-meta-test-1": "test-meta-1",
        "x-amz-meta-test-2": "test-meta-2",
    }
    bucket, url, fields = post(t, fields=more, conditions=[{name: value} for name, value in more.items()])
    submit(url, fields, CONTENT)
    t.record("head-object", t.s3.head_object, Bucket=bucket, Key="key")
