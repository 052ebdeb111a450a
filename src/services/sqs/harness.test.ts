/** What the tests of Amazon SQS stand on: the service over a database in memory and a fake clock. */
import assert from 'node:assert/strict';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import type { ReceiveMessageResult, SendMessageResult } from '#aws/models/sqs.types.gen.ts';
import type { SqsDependencies } from './dependencies.ts';
import { createSqs } from './index.ts';
import { requestContext } from '../../../test/support/request-context.ts';

export const ACCOUNT = '000000000000';
const context = requestContext(ACCOUNT, { headers: { host: 'localhost:4566' } });

/** A service whose background work runs only where a test runs it. */
export async function start(peers: Pick<SqsDependencies, 'metrics'> = {}) {
  const clock = new SimulatedClock();
  const wakeups = new MemoryWakeups();
  const database = await openDatabase({ path: ':memory:' });
  const sqs = createSqs({ database, clock, random: new SeededRandom(1), wakeups, ...peers });
  await database.migrate(sqs.schema);
  const call = async <Output = Record<string, unknown>>(
    name: string,
    input: object,
  ): Promise<Output> => {
    const operation = sqs.service.operations[name];
    assert.ok(operation, `${name} is built`);
    // The wire parses inputs; the test gives what it would.
    return (await operation(context, input as never)) as Output;
  };
  const create = async (QueueName: string, Attributes: Record<string, string> = {}) => {
    const { QueueUrl } = await call<{ QueueUrl: string }>('CreateQueue', { QueueName, Attributes });
    const send = (MessageBody: string, more: object = {}) =>
      call<SendMessageResult>('SendMessage', { QueueUrl, MessageBody, ...more });
    const receive = async (more: object = {}) => {
      const input = { QueueUrl, MaxNumberOfMessages: 10, ...more };
      return (await call<ReceiveMessageResult>('ReceiveMessage', input)).Messages ?? [];
    };
    const bodies = async (more: object = {}) => (await receive(more)).map(({ Body }) => Body);
    return { QueueUrl, send, receive, bodies };
  };
  return { clock, database, wakeups, sqs, call, create, context };
}

/** Whether an error has AWS's code, and its words. */
export function fails(code: string, message?: string | RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof Error && 'code' in error);
    assert.equal(error.code, code);
    if (typeof message === 'string') assert.equal(error.message, message);
    if (message instanceof RegExp) assert.match(error.message, message);
    return true;
  };
}
