/** Bodies that no client of AWS's would send. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen } from './loopback.ts';

async function post(
  service: string,
  path: string,
  init: RequestInit,
): Promise<readonly [number, string]> {
  await using loopback = await listen(service, () => ({}));
  const response = await fetch(`${loopback.endpoint}${path}`, { method: 'POST', ...init });
  return [response.status, await response.text()];
}

test('XML with a DTD, of another root, or broken is MalformedXML', async () => {
  const bodies = [
    '<!DOCTYPE Delete [<!ENTITY a "b">]><Delete><Object><Key>&a;</Key></Object></Delete>',
    '<Other><Object><Key>a</Key></Object></Other>',
    '<Delete><Object>',
    '<Delete>&unknown;</Delete>',
    'no xml',
    `${'<Delete>'.repeat(60)}${'</Delete>'.repeat(60)}`,
  ];
  for (const body of bodies) {
    const [status, text] = await post('s3', '/bucket?delete', { body });
    assert.equal(status, 400, body);
    assert.match(text, /<Error><Code>MalformedXML<\/Code>/, body);
  }
});

test("Lambda's clients are told what could not be converted, as it was seen in 2023", async () => {
  // https://github.com/aarondfrancis/sidecar/issues/28
  const body = JSON.stringify({ MemorySize: '1024' });
  const [status, text] = await post('lambda', '/2015-03-31/functions', { body });
  assert.equal(status, 400);
  assert.deepEqual(JSON.parse(text), {
    Message: 'STRING_VALUE can not be converted to an Integer',
  });
});

test("API Gateway's clients are told so in the words of its classes", async () => {
  // TestApiGatewayApiRestApi: SerializationException
  const body = JSON.stringify({ name: true });
  const [status, text] = await post('apigateway', '/restapis', { body });
  assert.equal(status, 400);
  assert.equal(
    JSON.parse(text).Message,
    'class java.lang.Boolean can not be converted to an String',
  );
});

test('a body past the bound is refused with 413', async () => {
  const body = `{"a":"${'x'.repeat(16 * 1024 * 1024)}"}`;
  const [status] = await post('dynamodb', '/', {
    body,
    headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
  });
  assert.equal(status, 413);
});

test('a path that no operation has is refused', async () => {
  assert.equal((await post('lambda', '/2015-03-31/nothing', {}))[0], 404);
  const [status, text] = await post('s3', '/', {});
  assert.equal(status, 405);
  assert.match(text, /MethodNotAllowed/);
});
