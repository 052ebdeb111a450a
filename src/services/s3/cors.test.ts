import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkCors, corsHeaders, matchCors } from './cors.ts';

const RULE = {
  AllowedOrigins: ['https://localhost:4200'],
  AllowedMethods: ['GET', 'PUT'],
  MaxAgeSeconds: 3000,
};
const ask = (origin: string, method = 'GET', headers: readonly string[] = []) => ({
  origin,
  method,
  headers,
});

// Recorded: s3_cors.json TestS3Cors::test_cors_match_origins
test('a rule allows its origins and methods', () => {
  const request = ask('https://localhost:4200', 'PUT');
  const rule = matchCors({ CORSRules: [RULE] }, request);
  assert.equal(rule, RULE);
  assert.deepEqual(corsHeaders(RULE, request), {
    'access-control-allow-origin': 'https://localhost:4200',
    'access-control-allow-methods': 'GET, PUT',
    'access-control-allow-credentials': 'true',
    'access-control-max-age': '3000',
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  });
  assert.equal(matchCors({ CORSRules: [RULE] }, ask('https://localhost:4201')), undefined);
  assert.equal(
    matchCors({ CORSRules: [RULE] }, ask('https://localhost:4200', 'DELETE')),
    undefined,
  );
});

// Recorded: s3_cors.json TestS3Cors::test_cors_options_match_partial_origin, test_put_cors_default_values
test('an origin may have one wildcard; a bare one allows all, without credentials', () => {
  const partial = { ...RULE, AllowedOrigins: ['http://*.origin.com'] };
  const allows = (origin: string) => matchCors({ CORSRules: [partial] }, ask(origin)) !== undefined;
  assert.equal(allows('http://test.origin.com'), true);
  assert.equal(allows('http://test.other.com'), false);
  assert.equal(allows('http://origin.com'), false);
  const any = { AllowedOrigins: ['*'], AllowedMethods: ['GET'] };
  assert.deepEqual(corsHeaders(any, ask('http://x')), {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET',
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  });
});

// Recorded: s3_cors.json TestS3Cors::test_cors_match_headers
test('every header of a preflight must be allowed, whatever its case', () => {
  const rule = { ...RULE, AllowedHeaders: ['x-AMZ-server-*', 'x-amz-request-payer'] };
  const allows = (...headers: string[]) =>
    matchCors({ CORSRules: [rule] }, ask('https://localhost:4200', 'GET', headers)) !== undefined;
  assert.equal(allows('x-amz-request-payer', 'X-Amz-Server-Side-Encryption'), true);
  assert.equal(allows('x-amz-request-payer', 'x-amz-acl'), false);
  assert.equal(
    matchCors({ CORSRules: [RULE] }, ask('https://localhost:4200', 'GET', ['x-a'])),
    undefined,
  );
});

test('a configuration has rules with known methods and single wildcards', () => {
  checkCors({ CORSRules: [RULE] });
  assert.throws(() => checkCors({ CORSRules: [] }), { code: 'MalformedXML' });
  assert.throws(() => checkCors({ CORSRules: [{ ...RULE, AllowedMethods: ['PATCH'] }] }), {
    message: 'Found unsupported HTTP method in CORS config. Unsupported method is PATCH',
  });
  assert.throws(() => checkCors({ CORSRules: [{ ...RULE, AllowedOrigins: ['*.a.*'] }] }), {
    message: 'AllowedOrigin "*.a.*" can not have more than one wildcard.',
  });
});
