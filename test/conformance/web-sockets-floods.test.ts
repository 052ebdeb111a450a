/** Clients of WebSocket APIs that send more than is taken. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { startWorld, type World } from './apigatewayv2-harness.ts';
import { addSocketRoute, eventsOf, socketApi } from './web-sockets-harness.ts';

const PATIENCE = { timeout: 180_000 };
const OK = { returns: { statusCode: 200 } };

/** A connection that has become a WebSocket, of which nothing more is read. */
async function handshake({ port }: World, apiId: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    `GET /_aws/execute-api/${apiId}/prod HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\n` +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
  );
  await once(socket, 'data');
  socket.pause();
  return socket;
}

/** Short messages, one after another in the same bytes. */
function messages(count: number): Buffer {
  const frame = Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x78]);
  return Buffer.concat(Array.from({ length: count }, () => frame));
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

test(
  'of one client sixteen messages are under way, however many come together',
  PATIENCE,
  async () => {
    await using world = await startWorld();
    const apiId = await socketApi(world);
    await addSocketRoute(world, apiId, { RouteKey: '$default' });
    const { promise: release, resolve } = Promise.withResolvers<void>();
    world.lambda.script = async () => {
      await release;
      return OK;
    };
    const socket = await handshake(world, apiId);
    socket.write(messages(100));
    await until(() => eventsOf(world, 'MESSAGE').length >= 16);
    for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
    assert.equal(eventsOf(world, 'MESSAGE').length, 16);
    resolve();
    await until(() => eventsOf(world, 'MESSAGE').length === 100);
    socket.destroy();
  },
);
