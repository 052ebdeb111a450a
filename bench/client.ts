/** A lean signed client: the generator shares the machine with the server, so it must cost little. */
import { createHash, createHmac } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import type { ExampleServer } from '../examples/server.ts';

export interface BenchRequest {
  readonly service: string;
  readonly method: string;
  /** Path and query, escaped; the query's names in order. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface BenchResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Derived keys, by their scope. */
export type SignatureKeys = Map<string, Buffer>;

export type Send = (request: BenchRequest) => Promise<BenchResponse>;

/** A client with its own keep-alive connections. */
export function createBenchClient(server: ExampleServer): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: 1024 });
  const { hostname, port } = new URL(server.endpoint);
  const keys: SignatureKeys = new Map();
  return (request) =>
    new Promise((resolve, reject) => {
      const headers = signedHeaders(request, server, keys);
      const sent = httpRequest(
        { agent, host: hostname, port, method: request.method, path: request.path, headers },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const { statusCode = 0, headers: answered } = response;
            resolve({ status: statusCode, headers: answered, body: Buffer.concat(chunks) });
          });
        },
      );
      sent.on('error', reject);
      sent.end(request.body);
    });
}

/**
 * A request's headers, signed.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signedHeaders(
  request: BenchRequest,
  { credentials, endpoint, region }: ExampleServer,
  keys: SignatureKeys,
): Record<string, string> {
  const { host } = new URL(endpoint);
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const date = time.slice(0, 8);
  const payloadHash = hash(request.body ?? '');
  const headers: Record<string, string> = {
    ...request.headers,
    host,
    'x-amz-content-sha256': payloadHash,
    'x-amz-date': time,
  };
  const names = Object.keys(headers).sort();
  const [path = '/', query = ''] = request.path.split('?');
  const lines = names.map((name) => `${name}:${headers[name] ?? ''}\n`).join('');
  const signedNames = names.join(';');
  const uri = request.service === 's3' ? path : path.split('/').map(encodeURIComponent).join('/');
  const canonical = [request.method, uri, query, lines, signedNames, payloadHash].join('\n');
  const scope = `${date}/${region}/${request.service}/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash(canonical)}`;
  const key = keys.get(scope) ?? signingKey(credentials.secretAccessKey, scope);
  keys.set(scope, key);
  const signature = hmac(key, text).toString('hex');
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, ` +
    `SignedHeaders=${signedNames}, Signature=${signature}`;
  if (request.body !== undefined) headers['content-length'] = String(request.body.byteLength);
  return headers;
}

function signingKey(secret: string, scope: string): Buffer {
  return scope.split('/').reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function hash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
