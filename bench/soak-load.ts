/** The mixed load of the soak: who sends what, and what was acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchRequest, Send } from './client.ts';
import { createFunction, HELLO_NODE, HELLO_PYTHON, invocationRequest } from './functions.ts';
import { expectSuccess } from './storage.ts';

/** Calls of each kind a second. */
const RATES = { sync: 8, event: 3, object: 3, message: 3 } as const;
export type Kind = keyof typeof RATES;

/** Where events go that failed three times, as a function does that was killed three times. */
const GIVEN_UP_QUEUE = 'soak-given-up';
const JSON_HEADERS = { 'content-type': 'application/json' };
/** Writes an item for each id; signs by itself, as AWS's SDK would take most of the soak's time to load. */
const WITNESS = `
import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
const url = new URL(AWS_ENDPOINT_URL);
const hash = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const put = (id) => new Promise((resolve, reject) => {
  const body = JSON.stringify({ TableName: 'soak', Item: { id: { S: id } } });
  const time = new Date().toISOString().replace(/[-:]|\\.\\d+/g, '');
  const headers = {
    'content-type': 'application/x-amz-json-1.0', host: url.host, 'x-amz-date': time,
    'x-amz-security-token': AWS_SESSION_TOKEN, 'x-amz-target': 'DynamoDB_20120810.PutItem',
  };
  const names = Object.keys(headers);
  const lines = names.map((name) => name + ':' + headers[name] + '\\n').join('');
  const canonical = ['POST', '/', '', lines, names.join(';'), hash(body)].join('\\n');
  const scope = [time.slice(0, 8), AWS_REGION, 'dynamodb', 'aws4_request'];
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), hash(canonical)].join('\\n');
  const signature = hmac(scope.reduce(hmac, 'AWS4' + AWS_SECRET_ACCESS_KEY), text).toString('hex');
  headers.authorization = 'AWS4-HMAC-SHA256 Credential=' + AWS_ACCESS_KEY_ID + '/' + scope.join('/') +
    ', SignedHeaders=' + names.join(';') + ', Signature=' + signature;
  const { hostname, port } = url;
  const sent = request({ hostname, port, method: 'POST', path: '/', headers }, (response) => {
    response.resume();
    response.on('end', () =>
      response.statusCode === 200 ? resolve() : reject(new Error('PutItem: ' + response.statusCode)));
  });
  sent.on('error', reject);
  sent.end(body);
});
const idOf = ({ body, s3 }) => body ?? s3.object.key;
export const handler = (event) => Promise.all((event.Records?.map(idOf) ?? [event.id]).map(put));
`;

export interface Tally {
  /** What was acknowledged and leaves an item: events, objects, messages. */
  readonly acknowledged: Record<Exclude<Kind, 'sync'>, string[]>;
  syncs: number;
  /** Calls that failed, with the time of each. */
  readonly failures: { readonly kind: Kind; readonly atMs: number; readonly text: string }[];
}

/** Makes the functions, the table, the bucket and the queue, and joins them. */
export async function setUpSoak(send: Send): Promise<void> {
  await createFunction(send, { ...HELLO_NODE, name: 'hello-node', memoryMiB: 256 });
  await createFunction(send, { ...HELLO_PYTHON, name: 'hello-python', memoryMiB: 256 });
  const witnessArn = await createFunction(send, {
    name: 'witness',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    files: { 'index.mjs': WITNESS },
    memoryMiB: 512,
  });
  const queueArn = (name: string): string =>
    witnessArn.replace(':lambda:', ':sqs:').replace(/function:.*/, name);
  await callJson(send, 'dynamodb', 'DynamoDB_20120810.CreateTable', {
    TableName: 'soak',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  await callJson(send, 'sqs', 'AmazonSQS.CreateQueue', {
    QueueName: 'soak',
    Attributes: { VisibilityTimeout: '35' },
  });
  await callJson(send, 'sqs', 'AmazonSQS.CreateQueue', { QueueName: GIVEN_UP_QUEUE });
  await lambda(
    send,
    '/2019-09-25/functions/witness/event-invoke-config',
    { DestinationConfig: { OnFailure: { Destination: queueArn(GIVEN_UP_QUEUE) } } },
    'PUT',
  );
  await lambda(send, '/2015-03-31/event-source-mappings/', {
    EventSourceArn: queueArn('soak'),
    FunctionName: 'witness',
  });
  await lambda(send, '/2015-03-31/functions/witness/policy', {
    StatementId: 's3',
    Action: 'lambda:InvokeFunction',
    Principal: 's3.amazonaws.com',
    SourceArn: 'arn:aws:s3:::soak',
  });
  expectSuccess(await send({ service: 's3', method: 'PUT', path: '/soak' }));
  const notification =
    '<NotificationConfiguration><CloudFunctionConfiguration>' +
    `<CloudFunction>${witnessArn}</CloudFunction><Event>s3:ObjectCreated:*</Event>` +
    '</CloudFunctionConfiguration></NotificationConfiguration>';
  const body = Buffer.from(notification);
  expectSuccess(await send({ service: 's3', method: 'PUT', path: '/soak?notification=', body }));
  await sleep(1000);
}

/** Sends until the signal aborts; `current` answers the client of the server that runs. */
export async function runLoad(
  current: () => { readonly send: Send; readonly queueUrl: string },
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  let count = 0;
  const lane = async (kind: Kind): Promise<void> => {
    while (!signal.aborted) {
      const id = `${kind}-${(count += 1)}`;
      await sendOne(current(), kind, id).then(
        () => (kind === 'sync' ? (tally.syncs += 1) : tally.acknowledged[kind].push(id)),
        (error: unknown) =>
          tally.failures.push({ kind, atMs: Date.now(), text: String(error).slice(0, 200) }),
      );
      await sleep(1000 / RATES[kind]);
    }
  };
  // The table's own names.
  await Promise.all((Object.keys(RATES) as Kind[]).map(lane));
}

/** Takes the ids of the events that were given up after their last attempt, as the destination was told. */
export async function takeGivenUp(send: Send, endpoint: string): Promise<string[]> {
  const QueueUrl = `${endpoint}/${GIVEN_UP_QUEUE}`;
  const ids: string[] = [];
  for (;;) {
    const input = { QueueUrl, MaxNumberOfMessages: 10 };
    const { Messages = [] } = (await callJson(send, 'sqs', 'AmazonSQS.ReceiveMessage', input)) as {
      readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
    };
    if (Messages.length === 0) return ids;
    for (const { Body, ReceiptHandle } of Messages) {
      ids.push(idOfFailure(Body));
      await callJson(send, 'sqs', 'AmazonSQS.DeleteMessage', { QueueUrl, ReceiptHandle });
    }
  }
}

function idOfFailure(body: string): string {
  const { requestPayload } = JSON.parse(body) as {
    readonly requestPayload: {
      readonly id?: string;
      readonly Records?: readonly { readonly s3: { readonly object: { readonly key: string } } }[];
    };
  };
  return requestPayload.id ?? requestPayload.Records?.[0]?.s3.object.key ?? '';
}

/** Those of the ids that left no item. */
export async function missingItems(send: Send, ids: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const id of ids) {
    const input = { TableName: 'soak', Key: { id: { S: id } }, ConsistentRead: true };
    const answered = await callJson(send, 'dynamodb', 'DynamoDB_20120810.GetItem', input);
    if (!('Item' in answered)) missing.push(id);
  }
  return missing;
}

async function sendOne(
  { send, queueUrl }: { readonly send: Send; readonly queueUrl: string },
  kind: Kind,
  id: string,
): Promise<void> {
  switch (kind) {
    case 'sync': {
      const name = Number(id.slice(5)) % 2 === 0 ? 'hello-node' : 'hello-python';
      const answered = await send(invocationRequest(name, { name: id }));
      expectSuccess(answered);
      if (!answered.body.toString().includes(id)) throw new Error(answered.body.toString());
      return;
    }
    case 'event': {
      const request = invocationRequest('witness', { id });
      const headers = { 'x-amz-invocation-type': 'Event' };
      return expectSuccess(await send({ ...request, headers }));
    }
    case 'object': {
      const body = Buffer.from(id);
      return expectSuccess(await send({ service: 's3', method: 'PUT', path: `/soak/${id}`, body }));
    }
    default: {
      const input = { QueueUrl: queueUrl, MessageBody: id };
      await callJson(send, 'sqs', 'AmazonSQS.SendMessage', input);
    }
  }
}

async function lambda(
  send: Send,
  path: string,
  input: unknown,
  method: 'POST' | 'PUT' = 'POST',
): Promise<void> {
  const body = Buffer.from(JSON.stringify(input));
  const request: BenchRequest = { service: 'lambda', method, path, body };
  expectSuccess(await send({ ...request, headers: JSON_HEADERS }));
}

async function callJson(
  send: Send,
  service: string,
  target: string,
  input: unknown,
): Promise<object> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
  const body = Buffer.from(JSON.stringify(input));
  const answered = await send({ service, method: 'POST', path: '/', headers, body });
  expectSuccess(answered);
  // Every answer of the two services is an object.
  return JSON.parse(answered.body.toString() || '{}') as object;
}
