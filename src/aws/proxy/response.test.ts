import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf, utf8 } from '#kernel/bytes.ts';
import type { WireResponse } from '../wire.ts';

import { proxyResponse, streamedProxyResponse } from './response.ts';

function textOfBody(response: WireResponse | undefined): string {
  const body = response?.body;
  assert.ok(body instanceof Uint8Array);
  return textOf(body);
}

test('what is no HTTP answer is a body without space between its parts', () => {
  // lambda: TestLambdaURL::test_lambda_url_invocation[dict], of Python's `{"hello": "world"}`
  const cases: readonly (readonly [string, string])[] = [
    ['{"hello": "world"}', '{"hello":"world"}'],
    ['{ "a \\" b": [1.50, "c  d",\n true] }', '{"a \\" b":[1.50,"c  d",true]}'],
    ['"two  words"', 'two  words'],
    ['3.1', '3.1'],
    ['no JSON at all', 'no JSON at all'],
  ];
  for (const [payload, text] of cases) assert.equal(textOfBody(proxyResponse(utf8(payload))), text);
});

test('a body of an HTTP answer stays as it is', () => {
  // lambda: TestLambdaURL::test_lambda_url_invocation[http-response-json]
  const payload = utf8('{"statusCode": 200, "body": "{\\"hello\\": \\"world\\"}"}');
  assert.equal(textOfBody(proxyResponse(payload)), '{"hello": "world"}');
});

test('a stream whose prelude cannot be one is let go of', async () => {
  const told: string[] = [];
  async function* payload() {
    try {
      yield utf8(`{"statusCode":99}${'\0'.repeat(8)}`);
      yield utf8('more');
    } finally {
      told.push('let go');
    }
  }
  const type = 'application/vnd.awslambda.http-integration-response';
  assert.equal(await streamedProxyResponse(type, payload(), async () => false), undefined);
  assert.deepEqual(told, ['let go']);
});
