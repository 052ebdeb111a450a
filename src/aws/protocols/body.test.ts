import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Turns } from '#kernel/turns.ts';
import type { WireRequest } from '../wire.ts';
import { readUnpackedBody } from './body.ts';

function request(body: Uint8Array, coding?: string): WireRequest {
  const headers = coding === undefined ? {} : { 'content-encoding': coding };
  // Nothing else of a request is looked at here.
  return { headers, body: [body] } as unknown as WireRequest;
}

const text = Buffer.from('x'.repeat(1000));

test('a body that a client compressed is unpacked, and any other is as it came', async () => {
  const read = async (body: Uint8Array, coding?: string) =>
    Buffer.from(await readUnpackedBody(request(body, coding), 'PutMetricData'));
  assert.deepEqual(await read(gzipSync(text), 'gzip'), text);
  assert.deepEqual(await read(gzipSync(text), ' GZIP'), text);
  assert.deepEqual(await read(text), text);
  assert.deepEqual(await read(text, 'identity'), text);
  assert.deepEqual(await read(Buffer.alloc(0), 'gzip'), Buffer.alloc(0));
});

test('what cannot be unpacked, or is too large then, is refused', async () => {
  const read = (body: Uint8Array, bodyBytesMax: number) =>
    readUnpackedBody(request(body, 'gzip'), 'PutMetricData', { bodyBytesMax });
  assert.equal((await read(gzipSync(text), 1000)).byteLength, 1000);
  await assert.rejects(read(gzipSync(text), 999), { status: 413 });
  await assert.rejects(read(text, 1000), { code: 'SerializationException' });
});

test('bodies are unpacked in turns, and one that cannot be keeps no other waiting', async () => {
  const turns = new Turns();
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const seen: string[] = [];
  const before = turns.take(() => release);
  const read = async (name: string, body: Uint8Array): Promise<void> => {
    await readUnpackedBody(request(body, 'gzip'), 'PutMetricData', { turns }).catch(
      () => undefined,
    );
    seen.push(name);
  };
  const reads = [read('broken', text), read('one', gzipSync(text))];
  await readUnpackedBody(request(text), 'PutMetricData', { turns });
  assert.deepEqual(seen, []);
  resolve();
  await Promise.all([before, ...reads]);
  assert.deepEqual(seen, ['broken', 'one']);
});
