/** Executions of a server that is killed go on where they were, once it is started again. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { InvokeCommand, SendDurableExecutionCallbackSuccessCommand } from '@aws-sdk/client-lambda';
import { startServer } from '../../examples/server.ts';
import { createClients } from '../e2e/clients.ts';
import {
  begin,
  createDurable,
  eventually,
  FLAGS,
  history,
  LIMIT,
  pass,
  result,
} from './durable-harness.ts';

const HOUR_SECONDS = 3600;
const SOURCE = `async (event, context) => {
  const ask = (path) => fetch(event.url + path).then((answer) => answer.text());
  const before = await context.step('before', () => ask('/before'));
  const [promise] = await context.createCallback('asked', { timeout: { days: 1 } });
  await context.wait({ hours: 1 });
  const amid = await context.step('amid', () => ask('/amid'));
  return [before, amid, await promise];
}`;

/** What the function asks: each answer is given when the test says so. */
async function openAsked(t: { after(work: () => void): void }) {
  const asked: string[] = [];
  let waiting: ((response: ServerResponse) => void)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const [next, ...others] = waiting;
    waiting = others;
    next?.(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return {
    asked,
    url: `http://127.0.0.1:${address.port}`,
    /** The next request that comes. */
    next: (): Promise<ServerResponse> =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
  };
}

test('an execution survives kill -9 amid a step and amid a wait', LIMIT, async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hearth-durable-'));
  const asked = await openAsked(t);
  try {
    const first = await startServer({ dataDir, flags: FLAGS });
    await createDurable(first, 'survives', SOURCE);
    const inStep = asked.next();
    const arn = await begin(first, 'survives', { url: asked.url });
    await inStep;
    await first.kill();

    const again = asked.next();
    const second = await startServer({ dataDir, flags: FLAGS });
    (await again).end('one');
    const waiting = await eventually(second, arn, 'WaitStarted');
    const callback = await eventually(second, arn, 'CallbackStarted');
    await second.kill();

    const third = await startServer({ dataDir, flags: FLAGS });
    try {
      const known = await eventually(third, arn, 'WaitStarted');
      assert.deepEqual(known, waiting);
      const CallbackId = callback.CallbackStartedDetails?.CallbackId;
      const Result = Buffer.from('three');
      await createClients(third).lambda.send(
        new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result }),
      );
      const last = asked.next();
      const moved = pass(third, HOUR_SECONDS);
      (await last).end('two');
      await moved;
      assert.deepEqual(await result(third, arn), ['one', 'two', 'three']);
      assert.deepEqual(asked.asked, ['/before', '/before', '/amid']);
      const types = (await history(third, arn)).map(({ EventType }) => EventType);
      assert.equal(types.filter((type) => type === 'ExecutionStarted').length, 1);
      assert.equal(types.filter((type) => type === 'WaitSucceeded').length, 1);
    } finally {
      await third.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('what was answered with 202 is begun, however soon the server is killed', LIMIT, async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hearth-durable-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const first = await startServer({ dataDir, flags: FLAGS });
  await createDurable(first, 'begun', 'async (event) => event.n');
  const arns: string[] = [];
  for (const n of [1, 2, 3]) {
    const { DurableExecutionArn: arn = '' } = await createClients(first).lambda.send(
      new InvokeCommand({
        FunctionName: 'begun:1',
        InvocationType: 'Event',
        Payload: JSON.stringify({ n }),
      }),
    );
    arns.push(arn);
  }
  await first.kill();
  const second = await startServer({ dataDir, flags: FLAGS });
  t.after(() => second.stop());
  const results = await Promise.all(arns.map((arn) => result(second, arn)));
  assert.deepEqual(results, [1, 2, 3]);
});
