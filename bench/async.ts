/**
 * Asynchronous events at a steady rate, with `kill -9` in the middle: what was acknowledged against what ended.
 * Each event's end is told to a queue in the transaction of that end, so the queue holds the count.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer, type ExampleServer } from '../examples/server.ts';
import { createBenchClient, type BenchResponse, type Send } from './client.ts';
import { createFunction } from './functions.ts';
import { printRow, summarise } from './measure.ts';
import { cpuMsOf } from './process-stat.ts';
import { expectSuccess } from './storage.ts';

const PER_SECOND = Number(process.env['BENCH_EVENTS_PER_SECOND'] ?? 1000);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 60);
const TICK_MS = 5;
/** Requests that wait for their answer; more would measure the generator. */
const WAITING_MAX = 512;
const DRAIN_DEADLINE_MS = 300_000;
const RECEIVERS = 16;
const HANDLER = 'export const handler = async ({ id }) => id;';

/** The server of the moment, and a client of it. */
interface Target {
  server: ExampleServer;
  send: Send;
}

/** Runs its own server, since it kills it. */
export async function benchAsync(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'hearth-bench-'));
  const start = async (): Promise<Target> => {
    const server = await startServer({ dataDir, flags: ['--log-level', 'warn'] });
    return { server, send: createBenchClient(server) };
  };
  const target = await start();
  try {
    await setUp(target.send);
    const cpu = { usedMs: 0, fromMs: cpuMsOf(target.server.processId) };
    const load = runLoad(target);
    await sleep((SECONDS * 1000) / 2);
    cpu.usedMs = cpuMsOf(target.server.processId) - cpu.fromMs;
    await target.server.kill();
    const killedAt = performance.now();
    Object.assign(target, await start());
    const downMs = performance.now() - killedAt;
    const { accepted, latencies, failures, elapsedMs } = await load;
    const loadEndedAt = performance.now();
    const ended = await drain(target.send, accepted.size);
    const drainedMs = performance.now() - loadEndedAt;
    cpu.usedMs += cpuMsOf(target.server.processId);
    printRow(`Invoke, Event, ${PER_SECOND} a second`, summarise(latencies, failures, elapsedMs));
    const lost = [...accepted].filter((id) => !ended.has(id));
    const again = [...ended.values()].filter((count) => count > 1).length;
    console.log(
      `  accepted ${accepted.size}, ended ${ended.size}, lost ${lost.length}, ended twice ${again} (sent again: their answer was lost); ` +
        `killed and back in ${downMs.toFixed(0)} ms; all ended ${drainedMs.toFixed(0)} ms after the last; ` +
        `${((cpu.usedMs * 1000) / accepted.size).toFixed(0)} us CPU of the server each`,
    );
    if (lost.length > 0) throw new Error(`${lost.length} acknowledged events are lost`);
  } finally {
    await target.server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function setUp(send: Send): Promise<void> {
  await createFunction(send, {
    name: 'async',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    files: { 'index.mjs': HANDLER },
  });
  await sqs(send, 'CreateQueue', { QueueName: 'ended' });
  const OnSuccess = { Destination: 'arn:aws:sqs:us-east-1:000000000000:ended' };
  const answered = await send({
    service: 'lambda',
    method: 'PUT',
    path: '/2019-09-25/functions/async/event-invoke-config',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ DestinationConfig: { OnSuccess } })),
  });
  expectSuccess(answered);
}

interface Load {
  /** Ids of the events that the server took. */
  readonly accepted: ReadonlySet<number>;
  readonly latencies: readonly number[];
  /** Requests without an answer, which were sent again. */
  readonly failures: number;
  readonly elapsedMs: number;
}

/** Sends each event at its time, and again until it is acknowledged; latency counts from the intended time. */
async function runLoad(target: Target): Promise<Load> {
  const accepted = new Set<number>();
  const latencies: number[] = [];
  let failures = 0;
  const waiting = new Set<number>();
  const startedAt = performance.now();
  const offer = async (id: number): Promise<void> => {
    const intendedAt = startedAt + (id * 1000) / PER_SECOND;
    waiting.add(id);
    while (!(await isAccepted(target.send, id))) {
      failures += 1;
      await sleep(100);
    }
    waiting.delete(id);
    accepted.add(id);
    latencies.push(performance.now() - intendedAt);
  };
  const offers: Promise<void>[] = [];
  const total = PER_SECOND * SECONDS;
  for (let id = 0; id < total; await sleep(TICK_MS)) {
    const due = Math.min(total, ((performance.now() - startedAt) * PER_SECOND) / 1000);
    for (; id < due && waiting.size < WAITING_MAX; id += 1) offers.push(offer(id));
  }
  await Promise.all(offers);
  return { accepted, latencies, failures, elapsedMs: performance.now() - startedAt };
}

async function isAccepted(send: Send, id: number): Promise<boolean> {
  try {
    const answered = await send({
      service: 'lambda',
      method: 'POST',
      path: '/2015-03-31/functions/async/invocations',
      headers: { 'x-amz-invocation-type': 'Event' },
      body: Buffer.from(JSON.stringify({ id })),
    });
    return answered.status === 202;
  } catch {
    // The server is down.
    return false;
  }
}

/** How often each event ended, once as many have ended as were accepted and nothing more comes. */
async function drain(send: Send, expected: number): Promise<ReadonlyMap<number, number>> {
  const ended = new Map<number, number>();
  const deadline = performance.now() + DRAIN_DEADLINE_MS;
  const receive = async (): Promise<void> => {
    while (performance.now() < deadline) {
      const ids = await receiveEnds(send);
      for (const id of ids) ended.set(id, (ended.get(id) ?? 0) + 1);
      if (ids.length === 0 && ended.size >= expected) return;
    }
  };
  await Promise.all(Array.from({ length: RECEIVERS }, receive));
  return ended;
}

async function receiveEnds(send: Send): Promise<number[]> {
  const QueueUrl = 'http://localhost/000000000000/ended';
  const bounds = { MaxNumberOfMessages: 10, WaitTimeSeconds: 1, VisibilityTimeout: 3600 };
  const { body } = await sqs(send, 'ReceiveMessage', { QueueUrl, ...bounds });
  // ReceiveMessage's answer.
  const { Messages = [] } = JSON.parse(body.toString()) as { Messages?: { Body: string }[] };
  return Messages.map(({ Body }) => {
    // The record of an invocation.
    const { requestPayload } = JSON.parse(Body) as { requestPayload: { id: number } };
    return requestPayload.id;
  });
}

async function sqs(send: Send, operation: string, input: object): Promise<BenchResponse> {
  const answered = await send({
    service: 'sqs',
    method: 'POST',
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${operation}`,
    },
    body: Buffer.from(JSON.stringify(input)),
  });
  expectSuccess(answered);
  return answered;
}
