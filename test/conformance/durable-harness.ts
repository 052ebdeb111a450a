/** Functions written with AWS's own durable execution SDK, unmodified, on a server whose clock can be moved. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CreateFunctionCommandInput,
  type Event,
  GetDurableExecutionCommand,
  type GetDurableExecutionCommandOutput,
  GetDurableExecutionHistoryCommand,
  InvokeCommand,
  PublishVersionCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { moveClock, readClock } from '../../examples/cron/clock.ts';
import type { ExampleServer } from '../../examples/server.ts';
import { createClients, createFunction } from '../e2e/clients.ts';

const DEADLINE_MS = 300_000;
const LOOK_MS = 20;
const SECOND_MS = 1000;
export const FLAGS = ['--clock', 'movable', '--isolation', 'process'];
export const LIMIT = { timeout: 900_000 };

/** The SDK as npm brings it, as a function's archive has it. */
function sdkFiles(): Record<string, Uint8Array> {
  const main = fileURLToPath(import.meta.resolve('@aws/durable-execution-sdk-js'));
  const root = dirname(dirname(main));
  const files = ['package.json', 'dist-cjs/index.js', 'dist/index.mjs'];
  return Object.fromEntries(
    files.map((file) => [
      `node_modules/@aws/durable-execution-sdk-js/${file}`,
      readFileSync(join(root, file)),
    ]),
  );
}

export type Settings = Partial<CreateFunctionCommandInput>;

/** A durable function in Node.js whose handler is `source`, published as version 1. */
export async function createDurable(
  server: ExampleServer,
  FunctionName: string,
  source: string,
  settings: Settings = {},
): Promise<void> {
  const begin = `import { withDurableExecution } from '@aws/durable-execution-sdk-js';\n`;
  const code = `${begin}export const handler = withDurableExecution(${source});\n`;
  await createPublished(server, FunctionName, { 'index.mjs': code, ...sdkFiles() }, settings);
}

/** A durable function of these files, published as version 1. */
export async function createPublished(
  server: ExampleServer,
  FunctionName: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  settings: Settings,
): Promise<void> {
  await createFunction(server, FunctionName, files, {
    Timeout: 120,
    DurableConfig: { ExecutionTimeout: 31_622_400, RetentionPeriodInDays: 1 },
    ...settings,
  });
  const { lambda } = createClients(server);
  await lambda.send(new PublishVersionCommand({ FunctionName }));
  const waiting = { client: lambda, maxWaitTime: 60, minDelay: 1 };
  await waitUntilFunctionActiveV2(waiting, { FunctionName, Qualifier: '1' });
}

/** Begins an execution that nobody waits for; answers its ARN. */
export async function begin(
  server: ExampleServer,
  FunctionName: string,
  event: unknown = {},
): Promise<string> {
  const { lambda } = createClients(server);
  const { DurableExecutionArn, StatusCode } = await lambda.send(
    new InvokeCommand({
      FunctionName,
      Qualifier: '1',
      InvocationType: 'Event',
      Payload: JSON.stringify(event),
    }),
  );
  assert.equal(StatusCode, 202);
  assert.ok(DurableExecutionArn !== undefined);
  return DurableExecutionArn;
}

/** How an execution stands. */
export function look(
  server: ExampleServer,
  DurableExecutionArn: string,
): Promise<GetDurableExecutionCommandOutput> {
  return createClients(server).lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
}

/** How an execution ended. */
export async function ending(
  server: ExampleServer,
  arn: string,
): Promise<GetDurableExecutionCommandOutput> {
  return until(
    () => look(server, arn),
    ({ EndTimestamp }) => EndTimestamp !== undefined,
  );
}

/** What an execution returned. */
export async function result(server: ExampleServer, arn: string): Promise<unknown> {
  const { Status, Result, Error: error } = await ending(server, arn);
  assert.equal(Status, 'SUCCEEDED', JSON.stringify(error));
  return JSON.parse(Result ?? 'null');
}

/** All that has happened in an execution. */
export async function history(
  server: ExampleServer,
  DurableExecutionArn: string,
): Promise<Event[]> {
  const { lambda } = createClients(server);
  const { Events = [] } = await lambda.send(
    new GetDurableExecutionHistoryCommand({ DurableExecutionArn, MaxItems: 1000 }),
  );
  return Events;
}

/** The first event of a type, once it is there. */
export async function eventually(server: ExampleServer, arn: string, type: string): Promise<Event> {
  const events = await until(
    () => history(server, arn),
    (found) => found.some(({ EventType }) => EventType === type),
  );
  const event = events.find(({ EventType }) => EventType === type);
  assert.ok(event !== undefined);
  return event;
}

/** What `ask` answers once that is as it should be. */
export async function until<T>(ask: () => Promise<T>, isGood: (value: T) => boolean): Promise<T> {
  for (const deadlineMs = Date.now() + DEADLINE_MS; ; await sleep(LOOK_MS)) {
    const value = await ask();
    if (isGood(value)) return value;
    assert.ok(Date.now() < deadlineMs, `it does not come: ${JSON.stringify(value)}`);
  }
}

/** Lets time pass. */
export async function pass(server: ExampleServer, seconds: number): Promise<void> {
  await moveClock(server, (await readClock(server)) + seconds * SECOND_MS);
}
