import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { WebSocket } from 'ws';
import type { HttpSurface } from '#aws/operation.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { KIB, MIB } from '#kernel/units.ts';
import { startGateway } from '../../../test/support/gateway.ts';
import type { WebSocketPeer } from '../web-socket.ts';
import { FrameMeter } from './frame-meter.ts';

const FRAME_BYTES_MAX = 1000;
const MESSAGE_BYTES_MAX = 3000;
const PATIENCE = { timeout: 120_000 };

/** Repeats what it hears; `/no` is refused. */
function echo(isHeld = false) {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<readonly [number, string]>();
  const peers: WebSocketPeer[] = [];
  let signs = 0;
  const surface: HttpSurface = {
    match: ({ path }) => path.startsWith('/ws'),
    handle: async () => ({ status: 200, headers: {}, body: utf8('plain') }),
    async upgrade({ request }) {
      if (request.path === '/ws/bug') throw new Error('a bug');
      if (request.path === '/ws/no') {
        return { kind: 'refused', response: { status: 403, headers: {}, body: utf8('no') } };
      }
      const protocol = request.query.get('protocol');
      return {
        kind: 'taken',
        taking: {
          ...(protocol === null ? {} : { protocol }),
          messageBytesMax: MESSAGE_BYTES_MAX,
          frameBytesMax: FRAME_BYTES_MAX,
          lost: async () => undefined,
          open(peer) {
            peers.push(peer);
            return {
              async onMessage(message) {
                if (isHeld) await released;
                peer.send(message);
              },
              onSign: () => void (signs += 1),
              onClose: async (code, reason) => closed.resolve([code, reason]),
            };
          },
        },
      };
    },
  };
  return { surface, peers, closed: closed.promise, signs: () => signs, release };
}

async function open(port: number, path = '/ws', protocols: string[] = []): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols);
  await once(socket, 'open');
  return socket;
}

async function heard(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, 'message')) as [Buffer];
  return textOf(data);
}

async function refusal(port: number, path: string): Promise<readonly [number, string]> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  socket.on('error', () => undefined);
  const [, response] = await once(socket, 'unexpected-response');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return [response.statusCode, text];
}

async function farewell(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

describe('a WebSocket', () => {
  test('carries messages both ways, whole or in frames', async () => {
    const { surface, closed } = echo();
    await using world = await startGateway({ surfaces: [surface] });
    const socket = await open(world.port);
    socket.send('hello');
    assert.equal(await heard(socket), 'hello');
    socket.send('in ', { fin: false });
    socket.send('two frames');
    assert.equal(await heard(socket), 'in two frames');
    socket.close(4001, 'enough');
    assert.deepEqual(await closed, [4001, 'enough']);
  });

  test('speaks the subprotocol that the surface chose', async () => {
    const { surface } = echo();
    await using world = await startGateway({ surfaces: [surface] });
    const socket = await open(world.port, '/ws?protocol=chat', ['soap', 'chat']);
    assert.equal(socket.protocol, 'chat');
    socket.terminate();
  });

  test('is closed with 1009 by a frame or a message that is too long', async () => {
    const { surface } = echo();
    await using world = await startGateway({ surfaces: [surface] });
    const fits = await open(world.port);
    fits.send('x'.repeat(FRAME_BYTES_MAX));
    assert.equal((await heard(fits)).length, FRAME_BYTES_MAX);
    fits.send('x'.repeat(FRAME_BYTES_MAX + 1));
    assert.equal(await farewell(fits), 1009);
    const long = await open(world.port);
    for (let turn = 0; turn < 3; turn += 1) long.send('x'.repeat(FRAME_BYTES_MAX), { fin: false });
    long.send('x');
    assert.equal(await farewell(long), 1009);
  });

  test('tells of pings', async () => {
    const { surface, signs } = echo();
    await using world = await startGateway({ surfaces: [surface] });
    const socket = await open(world.port);
    socket.ping();
    await once(socket, 'pong');
    assert.equal(signs(), 1);
    socket.terminate();
  });

  test('has no more pongs kept for it than 64 KiB', PATIENCE, async () => {
    const { surface, signs, peers } = echo();
    await using world = await startGateway({ surfaces: [surface] });
    const socket = await open(world.port);
    socket.pause();
    const count = 150_000;
    const data = Buffer.alloc(125);
    for (let sent = 0; sent < count; sent += 1) {
      socket.ping(data);
      while (socket.bufferedAmount > MIB) await new Promise(setImmediate);
    }
    while (signs() < count) await new Promise(setImmediate);
    const waiting = peers[0]?.waitingBytes ?? 0;
    assert.ok(waiting < 65 * KIB, `${waiting}`);
    socket.terminate();
  });

  test('is closed with 1008 by a message in too many pieces', async () => {
    const { surface } = echo();
    await using world = await startGateway({ surfaces: [surface] });
    const inPieces = async (count: number): Promise<WebSocket> => {
      const socket = await open(world.port);
      for (let piece = 1; piece <= count; piece += 1) socket.send('x', { fin: piece === count });
      return socket;
    };
    assert.equal((await heard(await inPieces(128))).length, 128);
    assert.equal(await farewell(await inPieces(129)), 1008);
  });

  test('is closed with 1013 where there is no room for its messages, which goes back', async () => {
    const { surface, release } = echo(true);
    const bounds = { keptBodyBytesMax: 4 * KIB };
    await using world = await startGateway({ surfaces: [surface], bounds });
    const held = await open(world.port);
    held.send('x'.repeat(FRAME_BYTES_MAX));
    held.send('x'.repeat(FRAME_BYTES_MAX));
    held.send('x'.repeat(FRAME_BYTES_MAX));
    assert.equal(await farewell(held), 1013);
    release();
    const other = await open(world.port);
    other.send('again');
    assert.equal(await heard(other), 'again');
    other.terminate();
  });

  test('is told goodbye when the gateway closes', async () => {
    const { surface, closed } = echo();
    const world = await startGateway({ surfaces: [surface] });
    const socket = await open(world.port);
    const told = farewell(socket);
    await world[Symbol.asyncDispose]();
    assert.deepEqual([await told, (await closed)[0]], [1001, 1001]);
  });

  test('is refused as its surface says, and with 500 for a bug', async () => {
    const { surface } = echo();
    await using world = await startGateway({ surfaces: [surface] });
    assert.deepEqual(await refusal(world.port, '/ws/no'), [403, 'no']);
    assert.equal((await refusal(world.port, '/ws/bug'))[0], 500);
  });

  test(
    'is let go once it is refused, whether its client leaves or not',
    { timeout: 60_000 },
    async () => {
      const { surface } = echo();
      const world = await startGateway({ surfaces: [surface] });
      const connection = connect({ port: world.port, host: '127.0.0.1', allowHalfOpen: true });
      const key = Buffer.alloc(16).toString('base64');
      connection.write(
        'GET /ws/no HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n' +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
      );
      const [answer] = (await once(connection, 'data')) as [Buffer];
      assert.match(String(answer), /^HTTP\/1\.1 403 /);
      await world[Symbol.asyncDispose]();
      connection.destroy();
    },
  );

  test('is not begun by what is no handshake', async () => {
    const { surface } = echo();
    await using world = await startGateway({ surfaces: [surface] });
    const connection = connect(world.port, '127.0.0.1');
    connection.write(
      'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    const [answer] = (await once(connection, 'data')) as [Buffer];
    assert.match(String(answer), /^HTTP\/1\.1 400 /);
    connection.destroy();
  });
});

test('requests that would change to another protocol are answered as all others', async () => {
  const { surface } = echo();
  await using world = await startGateway({ surfaces: [surface] });
  const connection = connect(world.port, '127.0.0.1');
  connection.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n');
  const [answer] = (await once(connection, 'data')) as [Buffer];
  assert.match(String(answer), /^HTTP\/1\.1 200 /);
  connection.destroy();
});

test('frames are measured in whatever pieces they come', () => {
  const short = [0x81, 0x83, 1, 2, 3, 4, 9, 9, 9];
  const middle = [0x81, 0xfe, 0x01, 0x00, 1, 2, 3, 4, ...Array<number>(256).fill(7)];
  const long = [0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4];
  const bytes = Uint8Array.from([...short, ...middle, ...long]);
  assert.equal(new FrameMeter().longest(bytes), 65_536);
  const meter = new FrameMeter();
  const lengths = [...bytes].map((byte) => meter.longest(Uint8Array.of(byte)));
  assert.deepEqual(
    lengths.filter((length) => length > 0),
    [3, 256, 65_536],
  );
});
