import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { addressOf } from './receive.ts';

const RESETS = `
import net from 'node:net';
const socket = net.connect(Number(process.argv[1]), '127.0.0.1', () => {
  socket.write('GET / HTTP/1.1', () => socket.resetAndDestroy());
});
`;

test('who has reset its connection by the time it is taken is not of this machine', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const taken = once(server, 'connection');
  const { port } = server.address() as AddressInfo;
  // Nothing is taken as long as this waits.
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', RESETS, `${port}`]);
  assert.equal(status, 0);
  const [connection] = (await taken) as [Socket];
  connection.on('error', () => undefined);
  assert.equal(addressOf(connection), '0.0.0.0');
  connection.destroy();
  server.close();
});

test('a connection without a network between is of this machine', () => {
  assert.equal(addressOf(new Duplex()), '127.0.0.1');
});
