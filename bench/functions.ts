import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { zipOf } from '../test/e2e/clients.ts';
import type { BenchRequest, Send } from './client.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };
const FUNCTIONS = '/2015-03-31/functions';

/** A function as the bench deploys it. */
export interface BenchFunction {
  readonly name: string;
  readonly runtime: string;
  readonly handler: string;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly memoryMiB?: number;
  readonly timeoutSeconds?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** A folder of the machine that is its code, in place of the files. */
  readonly folder?: string;
}

export const HELLO_NODE: Omit<BenchFunction, 'name'> = {
  runtime: 'nodejs24.x',
  handler: 'index.handler',
  files: { 'index.mjs': 'export const handler = async (event) => ({ hello: event.name });' },
};

export const HELLO_PYTHON: Omit<BenchFunction, 'name'> = {
  runtime: 'python3.12',
  handler: 'app.handler',
  files: { 'app.py': 'def handler(event, context):\n    return {"hello": event.get("name")}\n' },
};

/** A custom runtime of 60 lines of C, compiled here; `undefined` where there is no compiler. */
export function helloCustom(): Omit<BenchFunction, 'name'> | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'hearth-bench-'));
  try {
    const binary = join(directory, 'bootstrap');
    const source = join(import.meta.dirname, 'hello-runtime.c');
    const { status } = spawnSync('cc', ['-O2', '-static', '-o', binary, source]);
    if (status !== 0) return undefined;
    const files = { bootstrap: readFileSync(binary) };
    return { runtime: 'provided.al2023', handler: 'none', files };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** AWS's own client for Go, as `bin/set-up test` builds it where Go is; `undefined` where it is not. */
export function helloGo(): Omit<BenchFunction, 'name'> | undefined {
  const bootstrap = join(import.meta.dirname, '../.cache/runtime-clients/go/bootstrap');
  if (!existsSync(bootstrap)) return undefined;
  const files = { bootstrap: readFileSync(bootstrap) };
  return { runtime: 'provided.al2023', handler: 'none', files };
}

/** Creates a function and waits until it is active. */
export async function createFunction(send: Send, description: BenchFunction): Promise<string> {
  const { folder } = description;
  const zip = folder === undefined ? await zipOf(description.files) : undefined;
  const body = JSON.stringify({
    FunctionName: description.name,
    Runtime: description.runtime,
    Handler: description.handler,
    Role: 'arn:aws:iam::000000000000:role/bench',
    MemorySize: description.memoryMiB ?? 1769,
    Timeout: description.timeoutSeconds ?? 30,
    Code:
      zip === undefined
        ? { S3Bucket: 'hot-reload', S3Key: folder }
        : { ZipFile: Buffer.from(zip).toString('base64') },
    Environment: { Variables: description.environment ?? {} },
  });
  const created = await send({
    service: 'lambda',
    method: 'POST',
    path: FUNCTIONS,
    headers: JSON_HEADERS,
    body: Buffer.from(body),
  });
  if (created.status !== 201) throw new Error(created.body.toString());
  for (;;) {
    const path = `${FUNCTIONS}/${description.name}/configuration`;
    const found = await send({ service: 'lambda', method: 'GET', path });
    // GetFunctionConfiguration's answer.
    const state = JSON.parse(found.body.toString()) as { State: string; FunctionArn: string };
    if (state.State === 'Active') return state.FunctionArn;
    await sleep(20);
  }
}

/** Deletes a function; its environments end. */
export async function deleteFunction(send: Send, name: string): Promise<void> {
  await send({ service: 'lambda', method: 'DELETE', path: `${FUNCTIONS}/${name}` });
}

/** Changes a variable, so that the next invocation is a cold one; waits until the update is done. */
export async function makeCold(
  send: Send,
  name: string,
  count: number,
  variable = 'COUNT',
): Promise<void> {
  const path = `${FUNCTIONS}/${name}/configuration`;
  const body = JSON.stringify({ Environment: { Variables: { [variable]: String(count) } } });
  const request = { service: 'lambda', path, headers: JSON_HEADERS };
  const updated = await send({ ...request, method: 'PUT', body: Buffer.from(body) });
  if (updated.status !== 200) throw new Error(updated.body.toString());
  for (;;) {
    const found = await send({ service: 'lambda', method: 'GET', path });
    // GetFunctionConfiguration's answer.
    const state = JSON.parse(found.body.toString()) as { LastUpdateStatus: string };
    if (state.LastUpdateStatus === 'Successful') return;
    await sleep(5);
  }
}

/** The request that invokes a function. */
export function invocationRequest(name: string, event: unknown): BenchRequest {
  return {
    service: 'lambda',
    method: 'POST',
    path: `${FUNCTIONS}/${name}/invocations`,
    body: Buffer.from(JSON.stringify(event)),
  };
}

/** Invokes a function; throws where it failed. */
export async function invoke(send: Send, name: string, event: unknown): Promise<Buffer> {
  const answered = await send(invocationRequest(name, event));
  const isFailed = answered.headers['x-amz-function-error'] !== undefined;
  if (answered.status !== 200 || isFailed) throw new Error(answered.body.toString());
  return answered.body;
}
