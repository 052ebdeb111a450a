import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '#kernel/bytes.ts';
import { BASE, digestOf, makeImage, putManifest, startEcr, type EcrWorld } from './harness.test.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Lets the hourly sweep run from now on, until the test ends it. */
function run({ ecr }: EcrWorld): () => Promise<void> {
  const ending = new AbortController();
  const running = ecr.run(ending.signal);
  return async () => {
    ending.abort();
    await running;
  };
}

test('an upload and a layer that nobody goes on with go after a day, what an image is made of stays', async () => {
  // A token would end before the day does.
  const world = await startEcr({ isOpen: true });
  await putManifest(world, await makeImage(world, 'one'), 'v1');
  const unused = await world.push(utf8('unused'));
  const { headers } = await world.ask('POST', `${BASE}/blobs/uploads/`);
  await world.ask('PATCH', headers['location'] ?? '', { body: utf8('begun') });
  assert.equal(await world.countBlobs(), 4);
  const end = run(world);
  await world.clock.advance(DAY_MS - HOUR_MS);
  assert.equal(await world.countBlobs(), 4);
  await world.clock.advance(2 * HOUR_MS);
  assert.equal(await world.countBlobs(), 2);
  assert.equal((await world.ask('HEAD', `${BASE}/blobs/${unused}`)).status, 404);
  assert.equal((await world.ask('GET', headers['location'] ?? '')).status, 404);
  assert.equal((await world.ask('GET', `${BASE}/blobs/${digestOf('layer of one')}`)).status, 200);
  await world.ask('DELETE', `${BASE}/manifests/v1`);
  await world.clock.advance(DAY_MS - HOUR_MS);
  assert.equal(await world.countBlobs(), 2, 'its layers stay for another push');
  await world.clock.advance(3 * HOUR_MS);
  assert.equal(await world.countBlobs(), 0);
  await end();
});

test('what a crash left of an upload is swept at the start', async () => {
  const world = await startEcr();
  await world.push(utf8('kept'));
  await world.blobs.put(
    (async function* () {
      yield utf8('left');
    })(),
  );
  const end = run(world);
  await world.clock.advance(1);
  assert.equal(await world.countBlobs(), 1);
  await end();
});
