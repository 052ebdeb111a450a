/** One service's wire on a loopback port, without signatures: AWS's clients against our protocols alone. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { AddressInfo } from 'node:net';
import { present } from '#kernel/assert.ts';
import { AwsError } from '#aws/errors.ts';
import { MODELS } from '#aws/models/index.ts';
import type { ServiceModel } from '#aws/model.ts';
import { chooseProtocol } from '#aws/protocols/index.ts';
import { validateInput } from '#aws/validate.ts';
import type { WireRequest, WireResponse } from '#aws/wire.ts';

/** An input, as it was parsed, and the operation that it is for. */
export interface Received {
  readonly operation: string;
  readonly protocol: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export type Answer = (received: Received) => unknown;

export interface Loopback extends AsyncDisposable {
  readonly endpoint: string;
  readonly port: number;
}

/** Listens on a free port; `answer` gives each operation's output, or throws an AwsError. */
export async function listen(service: string, answer: Answer): Promise<Loopback> {
  const model = present(
    MODELS.find(({ name }) => name === service),
    service,
  );
  const server = createServer((request, response) => {
    respond(model, answer, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Settings of a client that speaks to a loopback. */
export function clientSettings(loopback: Loopback) {
  return {
    endpoint: loopback.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
}

async function respond(
  model: ServiceModel,
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const wire = wireRequest(request);
  const protocol = chooseProtocol(model, wire);
  let answered: WireResponse;
  try {
    const call = await protocol.open(model, wire);
    const input = await call.parse();
    validateInput(model, call.operation, input);
    const output = await answer({ operation: call.operation.name, protocol: protocol.name, input });
    answered = protocol.serialize(model, call.operation, output, REQUEST_ID);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    answered = protocol.serializeError(model, error, REQUEST_ID);
  }
  await send(response, answered);
}

/** The id of every request here. */
export const REQUEST_ID = '3f1c2d1e-0000-4000-8000-000000000001';

function wireRequest(request: IncomingMessage): WireRequest {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    sourceIp: '127.0.0.1',
    body: request as AsyncIterable<Uint8Array>, // Without an encoding it gives buffers.
  };
}

async function send(
  response: ServerResponse,
  { status, headers, body }: WireResponse,
): Promise<void> {
  response.writeHead(status, headers);
  if (body instanceof Uint8Array) {
    response.end(body);
    return;
  }
  await pipeline(body, response);
}

/** The client, closed at the end of its block. */
export function disposable<T extends { destroy(): void }>(client: T): T & Disposable {
  return Object.assign(client, { [Symbol.dispose]: () => client.destroy() });
}
