import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ClaimReader } from './claim.ts';
import { Refused } from './refusal.ts';

const SIGNATURE = 'a'.repeat(64);

function request(authorization: string, date = '20260102T030405Z', more = {}) {
  const headers = { authorization, 'x-amz-date': date, host: 'localhost', ...more };
  return { method: 'POST', path: '/', rawQuery: '', headers };
}

function header(
  signature: string,
  credential = 'AKIDREPEATED/20260102/eu-west-1/sqs/aws4_request',
): string {
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
}

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof Refused) return error.refusal.kind;
    throw error;
  }
  return 'none';
}

describe('a claim whose start was read before', () => {
  const claims = new ClaimReader();

  test('has its own signature, time and token', () => {
    const first = claims.read(request(header(SIGNATURE)));
    const again = claims.read(
      request(header('b'.repeat(64)), '20260102T030406Z', { 'x-amz-security-token': 'mine' }),
    );
    assert.ok(first !== undefined && again !== undefined);
    assert.deepEqual(again, {
      ...first,
      signature: 'b'.repeat(64),
      timestamp: '20260102T030406Z',
      timestampMs: first.timestampMs + 1000,
      sessionToken: 'mine',
    });
    assert.equal(first.sessionToken, undefined);
  });

  test('is refused for a time that is none, or of another day, as the first was', () => {
    claims.read(request(header(SIGNATURE)));
    assert.equal(
      refusal(() => claims.read(request(header(SIGNATURE), '20260103T030405Z'))),
      'scope-date',
    );
    assert.equal(
      refusal(() => claims.read(request(header(SIGNATURE), 'yesterday'))),
      'timestamp',
    );
    assert.equal(
      refusal(() =>
        claims.read({
          ...request(header(SIGNATURE)),
          headers: { authorization: header(SIGNATURE) },
        }),
      ),
      'incomplete',
    );
  });

  test('is read in full where its signature is no signature', () => {
    claims.read(request(header(SIGNATURE)));
    assert.equal(claims.read(request(header(`${SIGNATURE} `)))?.signature, SIGNATURE);
    assert.equal(
      refusal(() => claims.read(request(header('')))),
      'incomplete',
    );
    assert.equal(claims.read(request(header('ab,Signature=cd')))?.signature, 'cd');
  });

  test('is not remembered where it was refused', () => {
    const bad = header(SIGNATURE, 'AKIDREPEATED/20260102/eu-west-1/sqs/aws5_request');
    assert.equal(
      refusal(() => claims.read(request(bad))),
      'scope-terminal',
    );
    assert.equal(
      refusal(() => claims.read(request(bad))),
      'scope-terminal',
    );
  });
});
