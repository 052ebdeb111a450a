import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { readQuickly } from './quick-reads.ts';

/** A stream that is pushed to unasked, as a socket pushes what it reads. */
function start() {
  const socket = new Readable({ read: () => undefined });
  const heard: string[] = [];
  const take = (data: Buffer): void => void heard.push(data.toString());
  socket.on('data', take);
  const reads = readQuickly(socket, take);
  return { socket, heard, reads };
}

describe('quick reads', () => {
  test('hand each piece on while it is pushed, once, and ask for more', async () => {
    const { socket, heard } = start();
    assert.equal(socket.push(Buffer.from('one')), true);
    assert.deepEqual(heard, ['one']);
    assert.equal(socket.push(Buffer.alloc(1024 * 1024, 'x')), true);
    assert.equal(heard.length, 2);
    socket.push(null);
    await once(socket, 'end');
    assert.equal(heard.length, 2);
  });

  test('leave the end of the stream to the stream', async () => {
    const { socket, heard } = start();
    const ended = once(socket, 'end');
    socket.push(Buffer.from('last'));
    socket.push(null);
    await ended;
    assert.deepEqual(heard, ['last']);
    assert.equal(socket.readableEnded, true);
  });

  test('give the stream its own way back, in which a pause holds what comes', async () => {
    const { socket, heard, reads } = start();
    socket.push(Buffer.from('quick'));
    reads.end();
    socket.pause();
    socket.push(Buffer.from('held'));
    socket.push(null);
    assert.deepEqual(heard, ['quick']);
    assert.equal(socket.readableLength, 4);
    socket.resume();
    await once(socket, 'end');
    assert.deepEqual(heard, ['quick', 'held']);
  });

  test('do not take back what somebody else has put in their place', () => {
    const { socket, reads } = start();
    const own = (): boolean => true;
    socket.push = own;
    reads.end();
    assert.equal(socket.push, own);
  });
});
