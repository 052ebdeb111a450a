"""User metadata that is not ASCII."""

import string

from harness import entry

SIGNS = "".join(sign for sign in map(chr, range(0x21, 0x7F)) if sign in string.punctuation)


@entry("TestS3::test_user_metadata_rfc2047_encoded")
def encoded_metadata(t):
    """Words that are encoded come back as texts, and texts that are not ASCII as encoded words."""
    at = {"Bucket": t.bucket(), "Key": "key"}
    metadata = {
        "asciib64-encoded": "=?UTF-8?B?YWJj?=",
        "fake-encoded": "=?UTF-8?Q?actually-ascii?=",
        "non-ascii": "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?=",
        "non-ascii-2": "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=",
        "non-ascii-binary": "=?UTF-8?B?AAECAw==?=",
        "replacement-chars": "=?UTF-8?B?77+977+977+977+977+977+977+9?=",
        "safe-chars": SIGNS,
    }
    t.record("put-object", t.s3.put_object, **at, Metadata=metadata)
    t.record("get-object", t.s3.get_object, **at)
