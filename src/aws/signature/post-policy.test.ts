import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { AwsError } from '#aws/errors.ts';
import type { KnownCredential } from '#ports/peers/credential-issuer.ts';
import { verifyPostPolicy } from './post-policy.ts';
import { createSigningKeys } from './signing-key.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const known: KnownCredential = {
  credentials,
  principal: { accountId: '1', arn: 'arn:aws:iam::1:root', userId: '1' },
};
const MINUTE = 60_000;

type Conditions = NonNullable<Parameters<typeof createPresignedPost>[1]['Conditions']>;

async function form(
  Conditions: Conditions,
  Fields: Record<string, string> = {},
): Promise<Map<string, string>> {
  const client = new S3Client({ region: 'us-east-1', credentials });
  const { fields } = await createPresignedPost(client, {
    Bucket: 'b',
    Key: 'k',
    Conditions,
    Fields,
    Expires: 60,
  });
  return new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
}

async function verify(fields: Map<string, string>, afterMs = 0, bucket = 'b'): Promise<unknown> {
  const lookup = { find: async (id: string) => (id === 'AKIDEXAMPLE' ? known : undefined) };
  const options = { credentials: lookup, keys: createSigningKeys(), nowMs: Date.now() + afterMs };
  try {
    return await verifyPostPolicy({ fields, bucket }, options);
  } catch (error) {
    assert.ok(error instanceof AwsError, String(error));
    return `${error.code}: ${error.message}`;
  }
}

describe('a form of the AWS SDK', () => {
  test('is verified, and tells how long the file may be', async () => {
    const fields = await form([['content-length-range', 5, 10]]);
    assert.deepEqual(await verify(fields), {
      principal: known.principal,
      lengthRange: { min: 5, max: 10 },
    });
  });

  test('is refused for another bucket, an unmet condition or a field that no condition names', async () => {
    assert.equal(
      await verify(await form([]), 0, 'c'),
      'AccessDenied: Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "b"]',
    );
    const fields = await form([['starts-with', '$success_action_redirect', 'http://localhost']]);
    assert.equal(
      await verify(fields),
      'AccessDenied: Invalid according to Policy: Policy Condition failed: ["starts-with", "$success_action_redirect", "http://localhost"]',
    );
    fields.set('success_action_redirect', 'http://localhost/x');
    assert.deepEqual(await verify(fields), { principal: known.principal });
    fields.set('x-amz-meta-a', '1').set('x-ignore-b', '2');
    assert.equal(
      await verify(fields),
      'AccessDenied: Invalid according to Policy: Extra input fields: x-amz-meta-a',
    );
  });

  test('is refused where its policy names no bucket, or its credential is for another service', async () => {
    const fields = await form([]);
    const scope = (fields.get('x-amz-credential') ?? '').split('/').slice(1, 4);
    const sign = (policy: object, service: string): Map<string, string> => {
      const [date = '', region = ''] = scope;
      const text = Buffer.from(JSON.stringify(policy)).toString('base64');
      const key = createSigningKeys().derive('secret', { date, region, service });
      return new Map(fields)
        .set('policy', text)
        .set('x-amz-credential', `AKIDEXAMPLE/${date}/${region}/${service}/aws4_request`)
        .set('x-amz-signature', key.sign(text));
    };
    const others = ['key', 'x-amz-credential', 'x-amz-algorithm', 'x-amz-date', 'bucket'];
    const conditions = others.map((name) => ['starts-with', `$${name}`, '']);
    const expiration = new Date(Date.now() + MINUTE).toISOString();
    assert.deepEqual(await verify(sign({ expiration, conditions }, 's3')), {
      principal: known.principal,
    });
    const unbound = { expiration, conditions: conditions.slice(0, -1) };
    assert.equal(
      await verify(sign(unbound, 's3')),
      'AccessDenied: Invalid according to Policy: Extra input fields: bucket',
    );
    assert.match(
      String(await verify(sign({ expiration, conditions }, 'sqs'))),
      /^AuthorizationQueryParametersError: .*incorrect service "sqs"/,
    );
  });

  test('is refused once its policy has expired', async () => {
    assert.equal(
      await verify(await form([]), 2 * MINUTE),
      'AccessDenied: Invalid according to Policy: Policy expired.',
    );
  });

  test('is refused with a range that is no number', async () => {
    assert.equal(
      await verify(await form(JSON.parse('[["content-length-range", "test", 10]]') as Conditions)),
      'AccessDenied: Invalid according to Policy: Policy Condition failed: ["content-length-range", "test", "10"]',
    );
  });

  test('is refused where the policy was changed, a field is missing, or nothing is signed', async () => {
    const fields = await form([]);
    const changed = new Map(fields).set('policy', Buffer.from('{}').toString('base64'));
    assert.match(String(await verify(changed)), /^SignatureDoesNotMatch/);
    const unsigned = new Map(fields);
    unsigned.delete('x-amz-signature');
    assert.equal(
      await verify(unsigned),
      "InvalidArgument: Bucket POST must contain a field named 'X-Amz-Signature'.  If it is specified, please check the order of the fields.",
    );
    assert.equal(
      await verify(new Map([['policy', fields.get('policy') ?? '']])),
      'AccessDenied: Access Denied',
    );
    assert.equal(await verify(new Map([['key', 'k']])), undefined);
  });
});
