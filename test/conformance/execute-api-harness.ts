/** What the worlds of REST APIs and of HTTP APIs share: a gateway, and a function that lets every API in. */
import { AddPermissionCommand, CreateFunctionCommand } from '@aws-sdk/client-lambda';
import assert from 'node:assert/strict';
import { request, type IncomingHttpHeaders } from 'node:http';

import { systemClock } from '#adapters/system-clock/index.ts';
import { systemRandom } from '#adapters/system-random/index.ts';
import { createGateway } from '#aws/gateway/index.ts';
import type { HttpSurface, Service } from '#aws/operation.ts';
import { textOf } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import { silentLog } from '../support/silent-log.ts';
import {
  functionArn,
  functionInput,
  REGION,
  type World as LambdaWorld,
} from './lambda-control-harness.ts';

/** Whoever sends a request has an account's number as his key. */
export function gatewayOf(services: readonly Service[], surfaces: readonly HttpSurface[]) {
  return createGateway({
    services,
    surfaces,
    credentials: {
      async find(id) {
        if (!/^\d{12}$/.test(id)) return undefined;
        const principal = { accountId: id, arn: `arn:aws:iam::${id}:root`, userId: id };
        return { credentials: { accessKeyId: id, secretAccessKey: 'secret' }, principal };
      },
    },
    auth: { kind: 'signature' },
    clock: systemClock,
    random: systemRandom,
    log: { ...silentLog, error: (text, fields) => console.error(text, fields) },
    region: REGION,
  });
}

/** The function `one`, with a version. */
export async function makeFunction(lambda: LambdaWorld): Promise<void> {
  const input = { ...(await functionInput('one')), Publish: true };
  await lambda.client.send(new CreateFunctionCommand(input));
  await lambda.settle();
  await letApisIn(lambda);
}

/** Lets every API call the function `one`, or what a qualifier names of it. */
export async function letApisIn({ client }: LambdaWorld, Qualifier?: string): Promise<void> {
  await client.send(
    new AddPermissionCommand({
      FunctionName: 'one',
      ...(Qualifier === undefined ? {} : { Qualifier }),
      StatementId: 'apis',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    }),
  );
}

/** What a scripted function was last asked. */
export function lastEvent({ lambda }: { readonly lambda: LambdaWorld }): Record<string, unknown> {
  const invocation = lambda.invocations.at(-1);
  assert.ok(invocation !== undefined, 'the function was not invoked');
  return JSON.parse(textOf(invocation.payload)) as Record<string, unknown>;
}

/** The URI of an integration with a function, in the longer form. */
export function invocationUri(name = 'one'): string {
  const path = `2015-03-31/functions/${functionArn(name)}/invocations`;
  return `arn:aws:apigateway:${REGION}:lambda:path/${path}`;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
}

/** Asks the server by a path and a host of one's own. */
export function askHost(
  port: number,
  { host, path }: { readonly host: string; readonly path: string },
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const options = { host: '127.0.0.1', port, path, method, headers: { host, ...headers } };
  const asked = request(options, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { statusCode: status = 0, headers: told } = response;
      resolve({ status, headers: told, text, json: parseJson(text) });
    });
  });
  asked.on('error', reject);
  asked.end(body);
  return promise;
}

/** The status that is answered to a POST whose body never ends. */
export async function statusBeforeBody(url: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const options = { method: 'POST', signal: AbortSignal.timeout(60_000) };
  const asked = request(url, options, (response) => resolve(response.statusCode));
  asked.on('error', reject);
  asked.write('{');
  try {
    return await promise;
  } finally {
    asked.destroy();
  }
}
