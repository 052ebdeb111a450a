import type { Bench } from './bench.ts';
import { createFunction } from './functions.ts';
import { printRow, summarise } from './measure.ts';
import { expectSuccess } from './storage.ts';

const ROUNDS = 200;
const BUCKET = 'events';
/** Writes the time at which it began into its log line; the bench reads it back from the invocation's log. */
const HANDLER = `
export const handler = async (event) => {
  for (const record of event.Records) {
    console.log('BEGAN ' + record.s3.object.key + ' ' + (performance.timeOrigin + performance.now()));
  }
};`;

/** From PutObject's sending to the first line of a warm handler, on one clock. */
export async function benchEvents({ send }: Bench): Promise<void> {
  const functionArn = await createFunction(send, {
    name: 'events',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    files: { 'index.mjs': HANDLER },
  });
  await configureNotification(send, functionArn);
  const sentAt = new Map<string, number>();
  const answeredAt = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const key = `object-${round}`;
    sentAt.set(key, performance.timeOrigin + performance.now());
    const body = Buffer.from(key);
    expectSuccess(await send({ service: 's3', method: 'PUT', path: `/${BUCKET}/${key}`, body }));
    answeredAt.set(key, performance.timeOrigin + performance.now());
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  const beganAt = await readTimes(send);
  const after = (from: ReadonlyMap<string, number>): number[] =>
    [...beganAt].slice(1).map(([key, began]) => began - (from.get(key) ?? NaN));
  const missing = ROUNDS - beganAt.size;
  printRow('PutObject sent to handler', summarise(after(sentAt), missing, ROUNDS * 15));
  printRow("PutObject's answer to handler", summarise(after(answeredAt), missing, ROUNDS * 15));
}

async function configureNotification(send: Bench['send'], functionArn: string): Promise<void> {
  expectSuccess(await send({ service: 's3', method: 'PUT', path: `/${BUCKET}` }));
  const permission = {
    StatementId: 's3',
    Action: 'lambda:InvokeFunction',
    Principal: 's3.amazonaws.com',
    SourceArn: `arn:aws:s3:::${BUCKET}`,
  };
  expectSuccess(
    await send({
      service: 'lambda',
      method: 'POST',
      path: '/2015-03-31/functions/events/policy',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(permission)),
    }),
  );
  const configuration =
    `<NotificationConfiguration><CloudFunctionConfiguration><CloudFunction>${functionArn}</CloudFunction>` +
    '<Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration></NotificationConfiguration>';
  expectSuccess(
    await send({
      service: 's3',
      method: 'PUT',
      path: `/${BUCKET}?notification=`,
      body: Buffer.from(configuration),
    }),
  );
}

async function readTimes(send: Bench['send']): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  const deadline = performance.now() + 10_000;
  while (times.size < ROUNDS && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const message of await readLog(send)) {
      const [, key = '', time = ''] = /BEGAN (\S+) (\S+)/.exec(message) ?? [];
      if (key !== '') times.set(key, Number(time));
    }
  }
  return times;
}

async function readLog(send: Bench['send']): Promise<string[]> {
  const messages: string[] = [];
  let nextToken: string | undefined;
  do {
    const input = { logGroupName: '/aws/lambda/events', filterPattern: 'BEGAN', nextToken };
    const answered = await send({
      service: 'logs',
      method: 'POST',
      path: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Logs_20140328.FilterLogEvents',
      },
      body: Buffer.from(JSON.stringify(input)),
    });
    // FilterLogEvents' answer.
    const page = JSON.parse(answered.body.toString()) as {
      readonly events?: readonly { readonly message: string }[];
      readonly nextToken?: string;
    };
    messages.push(...(page.events ?? []).map(({ message }) => message));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return messages;
}
