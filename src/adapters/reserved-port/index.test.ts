import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { reservePort } from './index.ts';

const HOST = '127.0.0.1';

async function isOpen(port: number): Promise<boolean> {
  const socket = connect({ host: HOST, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    assert.match(String(error), /ECONNREFUSED/);
    return false;
  } finally {
    socket.destroy();
  }
}

test('a free port is kept from others until it is given back', async () => {
  await using reserved = await reservePort(HOST);
  await assert.rejects(reservePort(HOST, reserved.port), { code: 'EADDRINUSE' });
  assert.equal(await isOpen(reserved.port), true);
  await reserved[Symbol.asyncDispose]();
  assert.equal(await isOpen(reserved.port), false);
});

test('a port that is wanted is not open before somebody listens on it', async () => {
  const { port } = await free();
  await using reserved = await reservePort(HOST, port);
  assert.equal(reserved.port, port);
  assert.equal(await isOpen(port), false);
});

async function free() {
  await using reserved = await reservePort(HOST);
  return reserved;
}
