import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { textOf } from '#kernel/bytes.ts';
import { ROOT, startGateway } from '../../../test/support/gateway.ts';

const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0;
const options = hasBoto3 ? {} : { skip: 'BOTO3 IS MISSING: python3 -m pip install boto3' };

/** Runs a script that finds `client(service)` and prints what is to be compared. */
async function python(endpoint: string, script: string): Promise<string> {
  const prelude = `
import boto3, botocore.config, urllib.request, urllib.error, json
def client(service, **config):
    return boto3.client(service, endpoint_url='${endpoint}', region_name='us-east-1',
        aws_access_key_id='${ROOT.credentials.accessKeyId}',
        aws_secret_access_key='${ROOT.credentials.secretAccessKey}',
        config=botocore.config.Config(retries={'total_max_attempts': 1}, **config))
`;
  const child = spawn('python3', ['-c', prelude + script]);
  const chunks: Uint8Array[] = [];
  child.stdout.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  await new Promise((resolve) => {
    child.once('close', resolve);
  });
  return textOf(Buffer.concat(chunks)).trim();
}

test('boto3 reaches each protocol', options, async () => {
  await using world = await startGateway();
  const text = await python(
    world.endpoint,
    `
print(client('lambda').invoke(FunctionName='f', Payload=b'{"a":1}')['Payload'].read().decode())
print(client('sqs').list_queues(QueueNamePrefix='q')['QueueUrls'][0])
print(client('dynamodb').list_tables()['TableNames'])
print(client('cloudwatch').list_metrics(Namespace='N')['Metrics'][0]['Namespace'])
print(client('iam').get_user()['User']['UserName'])
print(client('sts').get_caller_identity()['Account'])
s3 = client('s3')
s3.put_object(Bucket='b', Key='a b/ü+c', Body=b'x' * 100000)
print(s3.get_object(Bucket='b', Key='a b/ü+c')['Body'].read() == b'x' * 100000)
`,
  );
  assert.equal(text, `{"a":1}\nhttp://localhost/q\n['t']\nN\nu\n000000000000\nTrue`);
});

test('boto3 presigns URLs in both of its versions', options, async () => {
  await using world = await startGateway();
  const text = await python(
    world.endpoint,
    `
for version in ['s3', 's3v4']:
    s3 = client('s3', signature_version=version)
    params = {'Bucket': 'b', 'Key': 'k ' + version}
    url = s3.generate_presigned_url('put_object', {**params, 'Metadata': {'m': '1'}})
    request = urllib.request.Request(url, data=b'by url', method='PUT')
    request.add_header('x-amz-meta-m', '1')
    if version == 's3': request.add_header('Content-Type', '')
    try:
        print(urllib.request.urlopen(request).status)
        url = s3.generate_presigned_url('get_object', params)
        print('AWSAccessKeyId=' in url, urllib.request.urlopen(url).read().decode())
        urllib.request.urlopen(url.replace('Signature=', 'Signature=a'))
    except urllib.error.HTTPError as error:
        print(error.status, 'SignatureDoesNotMatch' in error.read().decode())
`,
  );
  assert.deepEqual(text.split('\n'), [
    '200',
    'True by url',
    '403 True',
    '200',
    'False by url',
    '403 True',
  ]);
});
