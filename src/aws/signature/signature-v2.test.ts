import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { present } from '#kernel/assert.ts';
import type { KnownCredential } from '#ports/peers/credential-issuer.ts';
import { readClaimV2, verifyV2 } from './signature-v2.ts';

const KNOWN: KnownCredential = {
  credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
  principal: { accountId: '111111111111', arn: 'arn:aws:iam::111111111111:root', userId: 'u' },
};
const credentials = { find: async () => KNOWN };

/** What a URL's query has that was signed for a while yet. */
function signedQuery(text: string): URLSearchParams {
  const signature = createHmac('sha1', 'secret').update(text).digest('base64');
  return new URLSearchParams({
    AWSAccessKeyId: 'AKIA',
    Signature: signature,
    Expires: '2000000000',
  });
}

/** Verifies a PUT that was signed with one value of a header and came with another, as Node reads it. */
async function verify(signed: string, came: string): Promise<KnownCredential> {
  const text = `PUT\n\n\n2000000000\nx-amz-meta-foo:${signed}\n/bucket/key`;
  const request = {
    method: 'PUT',
    path: '/bucket/key',
    rawQuery: signedQuery(text).toString(),
    headers: { 'x-amz-meta-foo': Buffer.from(came).toString('latin1') },
  };
  const claim = present(readClaimV2(request), 'the query holds one');
  return verifyV2(request, claim, { credentials, nowMs: 0 });
}

// Recorded: s3.json TestS3PresignedUrl::test_put_unicode_metadata_with_sig_s3
test('headers are signed by their bytes', async () => {
  assert.equal(await verify('plain', 'plain'), KNOWN);
  assert.equal(await verify('dash — and é', 'dash — and é'), KNOWN);
  await assert.rejects(verify('dash — and é', 'dash — and e'), { name: 'Refused' });
});

test('nothing that stands for a header is added, however it is spelled', async () => {
  const query = signedQuery('PUT\n\n\n2000000000\n/bucket/key');
  for (const name of ['x-amz-copy-source', 'X-Amz-Copy-Source']) {
    const rawQuery = `${query.toString()}&${name}=other%2Fsecret`;
    const request = { method: 'PUT', path: '/bucket/key', rawQuery, headers: {} };
    const claim = present(readClaimV2(request), 'the query holds one');
    const verified = verifyV2(request, claim, { credentials, nowMs: 0 });
    await assert.rejects(verified, { name: 'Refused' }, name);
  }
});
