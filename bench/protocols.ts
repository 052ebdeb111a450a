/**
 * What the wire's inside costs on the hot paths: find the operation, read the body, parse, validate, serialise.
 * `node bench/protocols.ts` prints microseconds of one request, the median of eleven rounds.
 */
import { utf8 } from '#kernel/bytes.ts';
import { present } from '#kernel/assert.ts';
import { MODELS } from '#aws/models/index.ts';
import { chooseProtocol } from '#aws/protocols/index.ts';
import { validateInput } from '#aws/validate.ts';
import type { RequestHead } from '#aws/operation.ts';

interface Case {
  readonly name: string;
  readonly service: string;
  readonly head: Partial<RequestHead>;
  readonly body: string;
  readonly output: unknown;
}

const json = (target: string): Partial<RequestHead> => ({ headers: { 'x-amz-target': target } });

const CASES: readonly Case[] = [
  {
    name: 'lambda Invoke',
    service: 'lambda',
    head: { path: '/2015-03-31/functions/thumbnail/invocations' },
    body: '{"hello":"world"}',
    output: { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: utf8('{"ok":true}') },
  },
  {
    name: 'dynamodb PutItem',
    service: 'dynamodb',
    head: json('DynamoDB_20120810.PutItem'),
    body: JSON.stringify({
      TableName: 'pictures',
      Item: {
        key: { S: 'a.jpg' },
        width: { N: '4000' },
        height: { N: '3000' },
        camera: { M: { maker: { S: 'x' }, model: { S: 'y' } } },
        tags: { L: [{ S: 'a' }, { S: 'b' }] },
      },
    }),
    output: {},
  },
  {
    name: 'sqs SendMessage, JSON',
    service: 'sqs',
    head: json('AmazonSQS.SendMessage'),
    body: JSON.stringify({ QueueUrl: 'http://localhost/1/q', MessageBody: 'x'.repeat(200) }),
    output: { MessageId: 'm', MD5OfMessageBody: 'd' },
  },
  {
    name: 'sqs SendMessage, query',
    service: 'sqs',
    head: { headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    body: `Action=SendMessage&QueueUrl=http%3A%2F%2Flocalhost%2F1%2Fq&MessageBody=${'x'.repeat(200)}`,
    output: { MessageId: 'm', MD5OfMessageBody: 'd' },
  },
  {
    name: 's3 HeadObject',
    service: 's3',
    head: { method: 'HEAD', path: '/bucket/a/b/c.jpg' },
    body: '',
    output: { ETag: '"e"', ContentLength: 7, LastModified: 0, Metadata: { a: 'b' } },
  },
  {
    name: 's3 ListObjectsV2, 100 keys',
    service: 's3',
    head: { method: 'GET', path: '/bucket', query: new URLSearchParams('list-type=2') },
    body: '',
    output: {
      Name: 'bucket',
      Contents: Array.from({ length: 100 }, (_, i) => ({
        Key: `key-${i}`,
        Size: i,
        LastModified: i,
      })),
    },
  },
];

const REQUESTS = 2000;

for (const each of CASES) {
  const body = utf8(each.body);
  const rounds: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    const startedAt = performance.now();
    for (let index = 0; index < REQUESTS; index += 1) await serve(each, body);
    rounds.push(((performance.now() - startedAt) * 1000) / REQUESTS);
  }
  const median = present(rounds.slice(1).toSorted((a, b) => a - b)[5], 'eleven rounds');
  console.log(`${each.name.padEnd(28)} ${median.toFixed(1).padStart(7)} µs`);
}

async function serve({ service, head, output }: Case, body: Uint8Array): Promise<number> {
  const model = present(
    MODELS.find(({ name }) => name === service),
    service,
  );
  const request = {
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: {},
    sourceIp: '127.0.0.1',
    ...head,
    body: chunks(body),
  };
  const protocol = chooseProtocol(model, request);
  const call = await protocol.open(model, request);
  validateInput(model, call.operation, await call.parse());
  const response = protocol.serialize(model, call.operation, output, 'request-id');
  return response.status;
}

async function* chunks(body: Uint8Array): AsyncGenerator<Uint8Array> {
  if (body.byteLength > 0) yield body;
}
