import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { s3 } from '#aws/models/s3.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { MIB } from '#kernel/units.ts';
import { ROOT, startGateway } from '../../../test/support/gateway.ts';

/** What Node accounts after a collection: chunks of the gateway and of the client, freed a little late. */
const GROWTH_BYTES_MAX = 96 * MIB;
const BYTES = 512 * MIB;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('half a gigabyte streams in and out through flat memory', async () => {
  const digest = createHash('sha1');
  let bytesMax = 0;
  const watch = (): void => {
    collect();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    bytesMax = Math.max(bytesMax, heapUsed + external + arrayBuffers);
  };
  const PutObject = (async (_, { Body }: { Body: AsyncIterable<Uint8Array> }) => {
    for await (const piece of Body) digest.update(piece);
    return {};
  }) as Operation<never, unknown>;
  const chunk = Buffer.alloc(MIB / 4, 7);
  async function* content(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < BYTES; sent += MIB / 4) {
      if (sent % (64 * MIB) === 0) watch();
      yield chunk;
    }
  }
  const GetObject: Operation<never, unknown> = async () => ({
    Body: content(),
    ContentLength: BYTES,
  });
  await using world = await startGateway({
    services: [{ model: s3, operations: { PutObject, GetObject } }],
    auth: { kind: 'none', root: ROOT.principal },
  });
  watch();
  const before = bytesMax;

  const target = { port: world.port, host: '127.0.0.1', path: '/b/large', agent: false };
  const put = httpRequest({ ...target, method: 'PUT', headers: { 'content-length': BYTES } });
  for await (const piece of content()) if (!put.write(piece)) await once(put, 'drain');
  put.end();
  const [stored] = (await once(put, 'response')) as [IncomingMessage];
  assert.equal(stored.statusCode, 200);
  stored.resume();

  const [answer] = (await once(httpRequest(target).end(), 'response')) as [IncomingMessage];
  let received = 0;
  for await (const piece of answer) received += (piece as Uint8Array).byteLength;
  assert.equal(received, BYTES);
  assert.ok(bytesMax - before < GROWTH_BYTES_MAX, `${(bytesMax - before) / MIB} MiB`);
});
