/** Whatever comes, a protocol answers an input or an AwsError, soon. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { encodeCbor } from '#aws/protocols/cbor.ts';
import { matchRoute } from '#aws/protocols/rest-router.ts';
import type { OperationModel } from '#aws/model.ts';
import type { WireRequest } from '#aws/wire.ts';
import { MODELS } from '#aws/models/index.ts';
import { modelOf, outcomeOf, requestOf, type RequestParts } from './wire-requests.ts';

const RUNS = { numRuns: 300 };

/** JSON that is almost what an operation wants. */
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, '', 'S', 'N', 'a', 0, -1, 1.5, 1e300, '__proto__'),
    fc.string({ maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('TableName', 'Item', 'Key', 'M', 'L', 'S', 'B', '__proto__', 'constructor'),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value;

const operationOf = (service: string): fc.Arbitrary<string> =>
  fc.constantFrom(...modelOf(service).operationNames());

test('JSON: any value for any operation', async () => {
  for (const service of ['dynamodb', 'sqs', 'logs', 'ssm']) {
    const requests = fc.record({ operation: operationOf(service), value: json });
    await fc.assert(
      fc.asyncProperty(requests, async ({ operation, value }) => {
        const headers = { 'x-amz-target': `Any.${operation}` };
        assert.ok(await outcomeOf(service, { headers, body: JSON.stringify(value) }));
      }),
      RUNS,
    );
  }
});

test('JSON: any bytes, and nesting without end', async () => {
  const headers = { 'x-amz-target': 'DynamoDB_20120810.PutItem' };
  const bodies = fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.string({ unit: 'binary' }));
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      assert.ok(await outcomeOf('dynamodb', { headers, body }));
    }),
    RUNS,
  );
  const deep = `{"TableName":"t","Item":{"a":${'{"M":{"a":'.repeat(200_000)}{"S":""}${'}}'.repeat(200_000)}}}`;
  assert.equal(await outcomeOf('dynamodb', { headers, body: deep }), 'SerializationException');
});

test('prototypes stay what they are', async () => {
  const headers = { 'x-amz-target': 'DynamoDB_20120810.PutItem' };
  const body = '{"TableName":"t","Item":{"__proto__":{"polluted":{"S":"x"}}},"__proto__":{"a":1}}';
  await outcomeOf('dynamodb', { headers, body });
  assert.equal(Reflect.get({}, 'polluted'), undefined);
});

test('query: any parameters for any action', async () => {
  const part = fc.constantFrom(
    'member',
    'entry',
    'key',
    'value',
    '1',
    '2',
    '0',
    '-1',
    '99999999999',
    '',
    'Attribute',
    'Name',
    'Value',
    'Entries',
    'Tags',
    'MessageAttributes',
    'SendMessageBatchRequestEntry',
    '__proto__',
    'a',
  );
  const name = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.'));
  const parameters = fc.array(fc.tuple(name, fc.string({ maxLength: 8 })), { maxLength: 12 });
  for (const service of ['sqs', 'sns', 'iam', 'cloudformation']) {
    const requests = fc.record({ operation: operationOf(service), parameters });
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const form = new URLSearchParams([['Action', request.operation], ...request.parameters]);
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        assert.ok(await outcomeOf(service, { headers, body: form.toString() }));
      }),
      RUNS,
    );
  }
});

test('query: any bytes, too many parameters, and names without end', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (body) => {
      assert.ok(await outcomeOf('sns', { headers, body }));
    }),
    RUNS,
  );
  const many = `Action=Publish${'&a=b'.repeat(20_000)}`;
  assert.equal(await outcomeOf('sns', { headers, body: many }), 'MalformedInput');
  const deep = `Action=Publish&${'a.'.repeat(100_000)}=b`;
  assert.equal(await outcomeOf('sns', { headers, body: deep }), 'MalformedInput');
});

test('XML: any text, and almost a document', async () => {
  const piece = fc.constantFrom(
    '<Delete>',
    '</Delete>',
    '<Object>',
    '</Object>',
    '<Key>',
    '</Key>',
    '&amp;',
    '&lt',
    '&#x0;',
    '&#99999999;',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?x?>',
    '<!DOCTYPE a>',
    '<a b="c"/>',
    '<a:b xmlns:a="d">',
    'text',
    ' ',
    '\u0000',
  );
  const documents = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => `<Delete>${pieces.join('')}</Delete>`),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary' }),
  );
  await fc.assert(
    fc.asyncProperty(documents, async (body) => {
      const outcome = await outcomeOf('s3', { path: '/bucket', query: 'delete', body });
      assert.ok(['DeleteObjects', 'MalformedXML'].includes(outcome), outcome);
    }),
    { numRuns: 1000 },
  );
});

test('XML: elements without end', async () => {
  const request: RequestParts = { path: '/bucket', query: 'delete' };
  const flat = `<Delete>${'<Object/>'.repeat(300_000)}</Delete>`;
  assert.equal(await outcomeOf('s3', { ...request, body: flat }), 'MalformedXML');
  const deep = '<Delete>'.repeat(300_000);
  assert.equal(await outcomeOf('s3', { ...request, body: deep }), 'MalformedXML');
});

test('CBOR: any bytes, changed bytes, and lengths that lie', async () => {
  const path = '/service/GraniteServiceVersion20100801/operation/PutMetricData';
  const headers = { 'smithy-protocol': 'rpc-v2-cbor' };
  const valid = encodeCbor({
    Namespace: 'n',
    MetricData: [{ MetricName: 'm', Timestamp: new Date(0), Values: [1, 2.5], Value: 1 }],
  });
  const changed = fc.tuple(fc.nat(valid.length - 1), fc.nat(255)).map(([index, byte]) => {
    const bytes = Uint8Array.from(valid);
    bytes[index] = byte;
    return bytes;
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(changed, fc.uint8Array({ maxLength: 64 })), async (body) => {
      assert.ok(await outcomeOf('cloudwatch', { path, headers, body }));
    }),
    { numRuns: 2000 },
  );
  for (const body of [
    Uint8Array.of(0x9b, 0x7f, 255, 255, 255, 255, 255, 255, 255), // an array of 2^63 items
    Uint8Array.of(0x5b, 0, 0, 0, 255, 255, 255, 255, 255), // a string of a terabyte
    new Uint8Array(1_000_000).fill(0x81), // arrays in arrays
    new Uint8Array(1_000_000).fill(0xc1), // tags of tags
    new Uint8Array(1_000_000).fill(0x5f), // chunks of chunks
  ]) {
    assert.equal(await outcomeOf('cloudwatch', { path, headers, body }), 'SerializationException');
  }
});

test('REST: any method, path, query and headers', async () => {
  const segment = fc.oneof(
    fc.constantFrom(
      'functions',
      '2015-03-31',
      '%2F',
      '%',
      '%zz',
      '%ff',
      '..',
      '.',
      '',
      'a b',
      'arn:aws:lambda',
      'restapis',
      'invocations',
      'v2',
      'apis',
      'schedules',
    ),
    fc.string({ maxLength: 8 }),
  );
  const requests = fc.record({
    method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH', 'BREW'),
    path: fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`),
    query: fc.string({ maxLength: 16 }),
    headers: fc.dictionary(
      fc.constantFrom('x-amz-meta-a', 'if-modified-since', 'content-length', 'range'),
      fc.string(),
    ),
    body: fc.string({ maxLength: 16 }),
  });
  for (const service of ['lambda', 's3', 'apigateway', 'apigatewayv2', 'scheduler']) {
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        assert.ok(await outcomeOf(service, request));
      }),
      RUNS,
    );
  }
});

/** A request with nothing but what the operation's binding asks for. */
function leastRequest(operation: OperationModel): WireRequest {
  const [path = '', query = ''] = operation.http.uri.split('?', 2);
  const required = operation.input.members.filter(({ isRequired }) => isRequired);
  const search = new URLSearchParams(query);
  const headers: Record<string, string> = {};
  for (const { location, wireName } of required) {
    if (location === 'querystring') search.set(wireName, '1');
    if (location === 'header') headers[wireName.toLowerCase()] = '1';
  }
  return requestOf({
    method: operation.http.method,
    path: path.replaceAll(/\{([^}+]+)\+?\}/g, 'label-$1'),
    query: search.toString(),
    headers,
  });
}

test('REST: every operation is found by its own path, with its labels', () => {
  for (const model of MODELS.filter(({ protocols }) => protocols[0]?.startsWith('rest'))) {
    for (const name of model.operationNames()) {
      const operation = model.operation(name);
      // Directory buckets are listed at a host of their own.
      if (!operation || operation.isDeprecated || name === 'ListDirectoryBuckets') continue;
      const match = matchRoute(model, leastRequest(operation));
      assert.equal(match?.operation.name, name, `${model.name} ${operation.http.uri}`);
      for (const [label, value] of Object.entries(match.labels)) {
        assert.equal(value, `label-${label}`);
      }
    }
  }
});

test('REST: a path of slashes without end is walked once', () => {
  const request = requestOf({ method: 'GET', path: `/${'a/'.repeat(100_000)}` });
  for (const service of ['s3', 'lambda', 'apigateway', 'apigatewayv2']) {
    matchRoute(modelOf(service), request);
  }
});
