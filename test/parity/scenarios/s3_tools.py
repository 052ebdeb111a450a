"""What scenarios of S3 share: bare HTTP, and answers as recordings write them."""

import xml.etree.ElementTree as ElementTree
from urllib.parse import urlsplit

import urllib3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest

MIB = 1024 * 1024
#: Recordings write these words for the bucket and whoever began an upload.
UPLOAD = {"Bucket": "bucket", "DisplayName": "display-name", "ID": "i-d"}
HIDDEN = {"Bucket": "bucket"}

_pool = urllib3.PoolManager(retries=False)


def worded(answer, words):
    """The answer with each value under one of the keys replaced by its word, in place."""
    if isinstance(answer, dict):
        for key, item in answer.items():
            if key in words and isinstance(item, str):
                answer[key] = words[key]
            else:
                worded(item, words)
    elif isinstance(answer, list):
        for item in answer:
            worded(item, words)
    return answer


def record(t, key, operation, words, /, **arguments):
    """As `t.record`, with words in place of what the recording hides without brackets; answers what came."""
    answer = t.call(operation, **arguments)
    copied = worded(_copied(answer), words)
    t.record(key, copied)
    return answer


def _copied(value):
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value


def http(method, url, body=None, headers=None, fields=None, redirect=False):
    """A bare request, as a browser makes it; `fields` are those of a form."""
    options = {"headers": headers or {}, "redirect": redirect}
    if fields is not None:
        return _pool.request(method, url, fields=fields, **options)
    return _pool.request(method, url, body=body, preload_content=True, **options)


def signed(t, method, url, body="", headers=None, region=None):
    """A request to exactly this address with these headers, signed."""
    request = AWSRequest(method=method, url=url, data=body, headers=headers or {})
    credentials = t.s3._request_signer._credentials.get_frozen_credentials()
    S3SigV4Auth(credentials, "s3", region or t.region).add_auth(request)
    return http(method, url, body=body or None, headers=dict(request.headers))


def parsed(response):
    """The dictionary of an answer's XML; {} where there is none."""
    text = response.data if hasattr(response, "data") else response
    if not text:
        return {}
    root = ElementTree.fromstring(text)
    return {_tag(root): _element(root)}


def _tag(element):
    return element.tag.rpartition("}")[2]


def _element(element):
    if len(element) == 0:
        return element.text
    found = {}
    for child in element:
        name = _tag(child)
        item = _element(child)
        if name not in found:
            found[name] = item
        elif isinstance(found[name], list):
            found[name].append(item)
        else:
            found[name] = [found[name], item]
    return found


def with_status(response):
    """An answer's XML and its status."""
    return {**parsed(response), "StatusCode": response.status}


def filtered(headers, without=()):
    """Headers with small names."""
    return {name.lower(): value for name, value in headers.items() if name.lower() not in without}


def endpoint_host(t):
    return urlsplit(t.endpoint).netloc


def bucket_in(t, region, **arguments):
    """A client of a Region, and a bucket there."""
    client = t.client("s3", region=region)
    name = t.name("bucket")
    if region != "us-east-1":
        arguments["CreateBucketConfiguration"] = {"LocationConstraint": region}
    client.create_bucket(Bucket=name, **arguments)
    t.defer(client.delete_bucket, Bucket=name)
    return client, name


def versioned(t, name, status="Enabled"):
    t.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})


def opened(t, name=None, **arguments):
    """A bucket whose ACLs count, and that does not keep the public out."""
    name = t.bucket(name, **arguments)
    t.s3.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    t.s3.delete_public_access_block(Bucket=name)
    return name


def put(t, bucket, key, body="", **arguments):
    return t.s3.put_object(Bucket=bucket, Key=key, Body=body, **arguments)
