import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import { hash } from 'node:crypto';
import { ROOT, startGateway, type World } from '../../../test/support/gateway.ts';

let world: World;
before(async () => {
  world = await startGateway();
});
after(async () => {
  await world[Symbol.asyncDispose]();
});

const DATE = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
const CREDENTIAL = `${ROOT.credentials.accessKeyId}/${DATE.slice(0, 8)}/us-east-1/s3/aws4_request`;

/** Texts that lie close to what is right, and some that do not. */
const word = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      CREDENTIAL,
      DATE,
      'host',
      'host;x-amz-date',
      hash('sha256', ''),
      '0',
      '-1',
      '604800',
      '',
      '%',
      '%zz',
      '%00',
      '/',
      '//..//',
      'é',
      'AWS4-HMAC-SHA256',
      'UNSIGNED-PAYLOAD',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 30 }) },
);

const header = fc.tuple(
  fc.constantFrom(
    'authorization',
    'x-amz-date',
    'date',
    'x-amz-content-sha256',
    'x-amz-target',
    'content-type',
    'content-md5',
    'x-amz-trailer',
    'x-amz-checksum-crc32',
    'x-amz-decoded-content-length',
    'content-encoding',
    'x-amz-security-token',
    'smithy-protocol',
    'expect',
    'x-amz-meta-a',
  ),
  fc.oneof(
    word,
    fc.constantFrom(
      `AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
      'AWS4-HMAC-SHA256 Credential=,Signature=,SignedHeaders=',
      'AWS4-HMAC-SHA256 =,=,,=',
      'AWS x:y',
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'DynamoDB_20120810.PutItem',
      'rpc-v2-cbor',
      'application/x-www-form-urlencoded',
      '100-continue',
    ),
  ),
);

const query = fc.array(
  fc.tuple(
    fc.constantFrom(
      'X-Amz-Algorithm',
      'X-Amz-Credential',
      'X-Amz-Date',
      'X-Amz-Expires',
      'X-Amz-SignedHeaders',
      'X-Amz-Signature',
      'AWSAccessKeyId',
      'Signature',
      'Expires',
      'Action',
      'x-id',
      '%',
    ),
    word,
  ),
  { maxLength: 7 },
);

const request = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS'),
  path: fc.constantFrom(
    '/',
    '/b',
    '/b/k',
    '/2015-03-31/functions/f',
    '/service/x/operation/y',
    '/%',
    '/b/%E0%A4',
  ),
  query,
  headers: fc.array(header, { maxLength: 6 }),
  body: fc.constantFrom('', '{}', '{', 'Action=GetUser', '3\r\nabc\r\n0\r\n\r\n', 'x'),
  host: fc.constantFrom(
    '127.0.0.1',
    'b.s3.localhost',
    's3.localhost',
    '',
    'lambda.us-east-1.x',
    '..s3..',
  ),
});

/** The status line of the answer to a request that is sent as it is. */
async function exchange(text: string): Promise<string> {
  const socket = connect(world.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.end(Buffer.from(text, 'latin1'));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1').split('\r\n', 1)[0] ?? '';
}

test('any request is answered, and none is answered by a bug', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, query: pairs, headers, body, host }) => {
      const search = pairs
        .map(([name, value]) => `${name}=${value.replaceAll(/[\s#]/g, '')}`)
        .join('&');
      const clean = headers.map(
        ([name, value]) => `${name}: ${value.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '')}\r\n`,
      );
      const head = `${method} ${path}?${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`;
      const text = `${head}${clean.join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
      const status = await exchange(text);
      assert.match(status, /^HTTP\/1.1 (100|200|[34]\d\d|501) /, text);
      assert.deepEqual(world.logged, []);
    }),
    { numRuns: 600 },
  );
});
