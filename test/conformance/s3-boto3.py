"""What boto3 does by itself with S3: transfers in parts, paging, waiters, encoded keys, presigned addresses."""
import hashlib
import io
import sys
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

s3 = boto3.client(
    's3',
    endpoint_url=sys.argv[1],
    region_name='us-east-1',
    aws_access_key_id='AKIAOWNER',
    aws_secret_access_key='secret/of/the+owner',
    config=Config(signature_version='s3v4', s3={'addressing_style': 'path'}, retries={'max_attempts': 0}),
)
bucket = 'boto3-bucket'
s3.create_bucket(Bucket=bucket)
s3.get_waiter('bucket_exists').wait(Bucket=bucket)

body = bytes(range(251)) * 50_000
parts = TransferConfig(multipart_threshold=5 * 2**20, multipart_chunksize=5 * 2**20)
s3.upload_fileobj(io.BytesIO(body), bucket, 'a b/ü+%.bin', Config=parts)
head = s3.head_object(Bucket=bucket, Key='a b/ü+%.bin')
assert head['ContentLength'] == len(body), head
assert head['ETag'].endswith('-3"'), head
back = io.BytesIO()
s3.download_fileobj(bucket, 'a b/ü+%.bin', back, Config=parts)
assert hashlib.sha256(back.getvalue()).digest() == hashlib.sha256(body).digest()

s3.copy({'Bucket': bucket, 'Key': 'a b/ü+%.bin'}, bucket, 'copy', Config=parts)
assert s3.head_object(Bucket=bucket, Key='copy')['ContentLength'] == len(body)

for index in range(25):
    s3.put_object(Bucket=bucket, Key=f'page/{index % 5}/{index}', Body=b'x')
pages = s3.get_paginator('list_objects_v2').paginate(Bucket=bucket, PaginationConfig={'PageSize': 4})
keys = [item['Key'] for page in pages for item in page.get('Contents', [])]
assert keys == sorted(keys) and len(keys) == 27 and 'a b/ü+%.bin' in keys, keys
pages = s3.get_paginator('list_objects').paginate(
    Bucket=bucket, Prefix='page/', Delimiter='/', PaginationConfig={'PageSize': 2}
)
prefixes = [item['Prefix'] for page in pages for item in page.get('CommonPrefixes', [])]
assert prefixes == [f'page/{index}/' for index in range(5)], prefixes

address = s3.generate_presigned_url('get_object', Params={'Bucket': bucket, 'Key': 'a b/ü+%.bin'})
with urllib.request.urlopen(address) as answer:
    assert answer.read() == body

s3.delete_objects(Bucket=bucket, Delete={'Objects': [{'Key': key} for key in keys]})
assert s3.list_objects_v2(Bucket=bucket)['KeyCount'] == 0
s3.delete_bucket(Bucket=bucket)
s3.get_waiter('bucket_not_exists').wait(Bucket=bucket)
print('ok')
