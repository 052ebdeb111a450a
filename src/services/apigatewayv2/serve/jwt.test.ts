import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { claimProblem, claimTexts, isSignedBy, readToken, scopesOf } from './jwt.ts';

const EXPECTED = { issuer: 'i', audience: ['us'], nowMs: 10_000 };
const GOOD = { iss: 'i', aud: 'us', exp: 11 };

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

test('claims hold from their beginning until just before their end', () => {
  assert.equal(claimProblem(GOOD, EXPECTED), undefined);
  assert.equal(claimProblem({ ...GOOD, exp: 10 }, EXPECTED), 'the token has expired');
  assert.equal(claimProblem({ ...GOOD, exp: '11' }, EXPECTED), 'the token has expired');
  assert.equal(claimProblem({ ...GOOD, nbf: 10, iat: 10 }, EXPECTED), undefined);
  assert.equal(claimProblem({ ...GOOD, nbf: 11 }, EXPECTED), 'the token is not yet valid');
  assert.equal(claimProblem({ ...GOOD, iat: 11 }, EXPECTED), 'the token was issued in the future');
});

test('a client id counts where there is no audience', () => {
  const { aud: _aud, ...client } = GOOD;
  assert.equal(claimProblem({ ...client, client_id: 'us' }, EXPECTED), undefined);
  assert.equal(claimProblem(client, EXPECTED), 'the audience is invalid');
  assert.equal(claimProblem(GOOD, { ...EXPECTED, audience: [] }), 'the audience is invalid');
  const other = { ...GOOD, aud: 'them', client_id: 'us' };
  assert.equal(claimProblem(other, EXPECTED), 'the audience is invalid');
});

test('claims become texts, scopes stand in either claim', () => {
  assert.deepEqual(claimTexts({ a: 1, b: ['x', 2], c: true, d: 't' }), {
    a: '1',
    b: '[x 2]',
    c: 'true',
    d: 't',
  });
  assert.deepEqual(scopesOf({ scope: 'a b' }), ['a', 'b']);
  assert.deepEqual(scopesOf({ scp: ['a', 'b'] }), ['a', 'b']);
  assert.deepEqual(scopesOf({}), []);
});

test('a signature holds for what was signed, by the key that signed it', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'k' };
  const signed = `${part({ alg: 'RS256', kid: 'k' })}.${part(GOOD)}`;
  const signature = sign('sha256', Buffer.from(signed), privateKey);
  const token = readToken(`${signed}.${signature.toString('base64url')}`);
  assert.ok(token !== undefined);
  assert.equal(isSignedBy(token, [{ kty: 'RSA', kid: 'k' }, key]), true);
  assert.equal(isSignedBy(token, [{ ...key, kid: 'other' }]), false);
  assert.equal(isSignedBy(token, [{ ...key, use: 'enc' }]), false);
  assert.equal(isSignedBy(token, [{ ...key, use: 'sig' }]), true);
  const nameless = readToken(`${part({ alg: 'RS256' })}.${part(GOOD)}.`);
  assert.ok(nameless !== undefined);
  const { signed: bytes } = nameless;
  const made = sign('sha256', bytes, privateKey);
  assert.equal(isSignedBy({ ...nameless, signature: made }, [key]), false);
  assert.equal(isSignedBy({ ...token, algorithm: 'HS256' }, [key]), false);
  assert.equal(isSignedBy({ ...token, algorithm: 'RS512' }, [key]), false);
  for (let at = 0; at < signature.byteLength; at += 64) {
    const changed = Uint8Array.from(signature);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.equal(isSignedBy({ ...token, signature: changed }, [key]), false);
  }
});

test('any text is a token or none', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (text, header, claims) => {
      readToken(text);
      const token = readToken(`${part(header)}.${part(claims)}.${text.replaceAll('.', '')}`);
      if (token !== undefined) assert.equal(isSignedBy(token, []), false);
    }),
    { numRuns: 500 },
  );
});
