/**
 * The leanest client that signs: one connection, one request at a time, as bytes. A signature names a second and
 * the same bytes are signed, so that within a second it is made once; the server verifies each all the same.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { ExampleServer } from '../examples/server.ts';
import { signedHeaders, type BenchRequest, type SignatureKeys } from './client.ts';

export interface LeanClient extends Disposable {
  /** Sends the request; throws unless it is answered with 200, and without a function's error. */
  call(): Promise<void>;
}

/** Opens the connection on which one request is sent again and again. */
export async function createLeanClient(
  server: ExampleServer,
  request: BenchRequest,
): Promise<LeanClient> {
  const { hostname, port } = new URL(server.endpoint);
  const connection = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(connection, 'connect');
  const keys: SignatureKeys = new Map();
  let signedAt = 0;
  let bytes = Buffer.alloc(0);
  let received = '';
  let waiting: PromiseWithResolvers<void> | undefined;
  const renew = (): void => {
    const second = Math.floor(Date.now() / 1000);
    if (second === signedAt) return;
    signedAt = second;
    const headers = Object.entries(signedHeaders(request, server, keys));
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const head = `${request.method} ${request.path} HTTP/1.1\r\n${lines}\r\n`;
    bytes = Buffer.concat([Buffer.from(head), request.body ?? Buffer.alloc(0)]);
  };
  const settle = (error?: Error): void => {
    const settled = waiting;
    waiting = undefined;
    if (error === undefined) settled?.resolve();
    else settled?.reject(error);
  };
  connection.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    const end = received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
    if (received.length < end + 4 + length) return;
    const isFine =
      received.startsWith('HTTP/1.1 200') && !/\r\nx-amz-function-error/i.test(received);
    const answer = received;
    received = '';
    settle(isFine ? undefined : new Error(answer));
  });
  connection.on('error', (error) => settle(error));
  connection.on('close', () => settle(new Error('the server closed the connection')));
  return {
    call() {
      renew();
      waiting = Promise.withResolvers();
      connection.write(bytes);
      return waiting.promise;
    },
    [Symbol.dispose]: () => void connection.destroy(),
  };
}
