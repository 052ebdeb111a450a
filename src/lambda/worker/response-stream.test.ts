import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { KIB } from '#kernel/units.ts';
import { ResponseStream } from './response-stream.ts';
import type { HttpExchange } from './runtime-api/http-connection.ts';

/** A stream whose function is told when it may go on. */
function start() {
  let resumed = 0;
  // Nothing else of an exchange is asked for.
  const exchange = { resume: () => (resumed += 1) } as unknown as HttpExchange;
  const stream = new ResponseStream(exchange, new SimulatedClock(), () => undefined);
  return { stream, resumed: () => resumed };
}

/** How many pieces a function may write before it is slowed down. */
function written(stream: ResponseStream, piece: Buffer): number {
  let count = 1;
  while (stream.onData(piece)) count += 1;
  return count;
}

test('a function whose response nobody takes is slowed down after 256 KiB', () => {
  assert.equal(written(start().stream, Buffer.alloc(16 * KIB)), 16);
});

test('a function that writes byte by byte is slowed down by what its pieces cost', () => {
  const { stream } = start();
  assert.ok(written(stream, Buffer.alloc(1)) <= 512);
  assert.ok(stream.bytes <= 512);
});

test('a function goes on once its pieces are taken, each as it was', async () => {
  const { stream, resumed } = start();
  const came = Buffer.from('abc');
  const count = written(stream, came.subarray(1, 2));
  came.fill('x');
  stream.onEnd(new Map());
  let text = '';
  for await (const piece of stream) text += Buffer.from(piece).toString();
  assert.equal(text, 'b'.repeat(count));
  assert.ok(resumed() > 0);
});
