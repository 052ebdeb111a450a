/** Cold starts of functions that bundle a large library: their code compiled ahead, and not. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import type { Send } from './client.ts';
import { createFunction, invoke, makeCold } from './functions.ts';
import type { BenchFunction } from './functions.ts';
import { printRow, summarise } from './measure.ts';

const RUNTIMES = resolve(import.meta.dirname, '../runtimes');
const ROUNDS = 15;
const PAUSE_MS = 400;
const READY_MS = 60_000;

const NODE = `
const { S3Client } = require('@aws-sdk/client-s3');
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const { SQSClient } = require('@aws-sdk/client-sqs');
for (const Client of [S3Client, DynamoDBClient, SQSClient]) new Client({ region: 'us-east-1' });
const used = process.cpuUsage();
const compiled = require('node:module').getCompileCacheDir() !== undefined;
exports.handler = async () => ({ cpuMs: (used.user + used.system) / 1000, compiled });
`;
const PYTHON = `
import time
began = time.process_time()
import boto3
used = time.process_time() - began
def handler(event, context):
    return {"cpuMs": used * 1000, "compiled": "compiled" in boto3.__cached__}
`;

interface Kind {
  readonly row: string;
  readonly name: string;
  readonly runtime: string;
  readonly handler: string;
  readonly main: readonly [string, string];
  /** What it bundles, and where. */
  readonly library: string;
  readonly target: string;
}

const KINDS: readonly Kind[] = [
  {
    row: 'Node with the SDK of S3, DynamoDB and SQS',
    name: 'bundle-node',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    main: ['index.js', NODE],
    library: join(RUNTIMES, 'nodejs/node_modules'),
    target: 'node_modules',
  },
  {
    row: 'Python with boto3',
    name: 'bundle-python',
    runtime: 'python3.12',
    handler: 'app.handler',
    main: ['app.py', PYTHON],
    library: join(RUNTIMES, 'python/site-packages'),
    target: '.',
  },
];

/** What a handler above answers: processor time to its first line, and whether its code was compiled. */
interface Told {
  readonly cpuMs: number;
  readonly compiled: boolean;
}

/** In interleaved rounds; a mounted folder's code is never compiled ahead. */
export async function benchCompiled(bench: Bench): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'hearth-bench-'));
  try {
    for (const kind of KINDS) await benchKind(bench, kind, makeFolder(root, kind));
  } finally {
    rmSync(root, { recursive: true });
  }
}

function makeFolder(root: string, { name, main, library, target }: Kind): string {
  const folder = join(root, name);
  mkdirSync(folder);
  const filter = (path: string): boolean => !/__pycache__|\.pyc$/.test(path);
  cpSync(library, join(folder, target), { recursive: true, filter });
  writeFileSync(join(folder, main[0]), main[1]);
  return folder;
}

async function benchKind({ send }: Bench, kind: Kind, folder: string): Promise<void> {
  const { row, name, runtime, handler } = kind;
  const mounted = `${name}-mounted`;
  await createFunction(send, { name, runtime, handler, files: filesOf(folder) });
  await createFunction(send, { name: mounted, runtime, handler, files: {}, folder });
  const isReady = await seeCompiled(send, name);
  if (!isReady) throw new Error(`the code of ${name} was not compiled`);
  const seen = { [name]: new Seen(), [mounted]: new Seen() };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [which, { latencies, cpuMs }] of Object.entries(seen)) {
      await makeCold(send, which, round);
      await sleep(PAUSE_MS);
      const from = performance.now();
      const told = await tellOf(send, which);
      latencies.push(performance.now() - from);
      cpuMs.push(told.cpuMs);
    }
  }
  printSeen(`${row}, compiled`, seen[name]);
  printSeen(`${row}, not compiled`, seen[mounted]);
}

class Seen {
  readonly latencies: number[] = [];
  readonly cpuMs: number[] = [];
}

function printSeen(row: string, seen: Seen | undefined): void {
  const { latencies, cpuMs } = seen ?? new Seen();
  const elapsedMs = latencies.reduce((sum, time) => sum + time, 0);
  printRow(row, summarise(latencies, 0, elapsedMs));
  console.log(
    `  processor time to the handler, p50: ${summarise(cpuMs, 0, 1).p50Ms.toFixed(0)} ms`,
  );
}

async function seeCompiled(send: Send, name: string): Promise<boolean> {
  const endAt = performance.now() + READY_MS;
  for (let count = 0; performance.now() < endAt; count += 1) {
    if ((await tellOf(send, name)).compiled) return true;
    await sleep(PAUSE_MS);
    await makeCold(send, name, -1 - count);
  }
  return false;
}

async function tellOf(send: Send, name: string): Promise<Told> {
  // A handler above wrote it.
  return JSON.parse((await invoke(send, name, {})).toString()) as Told;
}

function filesOf(folder: string): BenchFunction['files'] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = names.filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name));
  return Object.fromEntries(
    paths.map((path) => [path.slice(folder.length + 1), readFileSync(path)]),
  );
}
