import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import type { AccessControl } from '#ports/peers/access-control.ts';
import { createAwsCaller } from './aws-caller.ts';

const ACCOUNT = '000000000000';
const TRUSTING = `arn:aws:iam::${ACCOUNT}:role/trusting`;
const REQUEST = {
  service: 's3',
  region: 'us-east-1',
  roleArn: TRUSTING,
  sourceArn: `arn:aws:execute-api:us-east-1:${ACCOUNT}:a1/s/GET/`,
  sourceAccountId: ACCOUNT,
  method: 'GET',
  path: '/mine/key',
  headers: {},
  body: EMPTY_BYTES,
  timeoutMs: 1000,
};

/** Trusts as one role does: API Gateway, on account of its own account. */
const access: AccessControl = {
  decide: ({ who, action, resource }) =>
    Promise.resolve(
      who.kind === 'service' &&
        who.source.service === 'apigateway.amazonaws.com' &&
        action === 'sts:AssumeRole' &&
        resource === TRUSTING
        ? { kind: 'allowed' }
        : { kind: 'not-allowed', by: 'resource-based policy' },
    ),
};

/** What was asked for one request: the URLs. */
async function asked(more: Partial<typeof REQUEST>, control?: AccessControl) {
  const urls: string[] = [];
  const credentials = { accessKeyId: 'a', secretAccessKey: 's', expiresAtMs: 9e15 };
  const caller = createAwsCaller({
    http: {
      post: ({ url }) => {
        urls.push(url);
        return Promise.resolve({ kind: 'answered', status: 200 });
      },
    },
    clock: { now: () => 0 },
    issuer: { issue: () => Promise.resolve(credentials) },
    host: () => '127.0.0.1:1',
    ...(control === undefined ? {} : { access: control }),
  });
  const answer = await caller.call({ ...REQUEST, ...more }, new AbortController().signal);
  assert.equal(answer.kind, urls.length === 1 ? 'answered' : 'failed');
  return urls;
}

test('a gateway asks with a role of its own account, and with no other', async () => {
  assert.deepEqual(await asked({}), ['http://127.0.0.1:1/mine/key']);
  for (const roleArn of [
    'arn:aws:iam::111111111111:role/trusting',
    `arn:aws:iam::${ACCOUNT}:user/somebody`,
    `arn:aws:sts::${ACCOUNT}:role/trusting`,
    'trusting',
  ]) {
    assert.deepEqual(await asked({ roleArn }), [], roleArn);
  }
});

test('where policies are evaluated the role is there and trusts the gateway', async () => {
  assert.equal((await asked({}, access)).length, 1);
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/other`;
  assert.equal((await asked({ roleArn }, access)).length, 0);
});
