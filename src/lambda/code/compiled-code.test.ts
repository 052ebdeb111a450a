import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryBlobStore, MemoryDirectoryStore } from '#adapters/simulated/index.ts';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { HOUR_MS } from '#kernel/units.ts';
import type { ObjectReader } from '#ports/peers/object-reader.ts';
import { zipOf } from '../../../test/e2e/clients.ts';
import { LAMBDA_SCHEMA } from '../store-schema.ts';
import { createCodeStore, sweepCode } from './index.ts';

const SCOPE = { accountId: '000000000000', region: 'us-east-1' };
const noObjects: ObjectReader = {
  read: async () => ({ kind: 'no-such-bucket' }),
};

async function open() {
  const random = new SeededRandom(1);
  const clock = new SimulatedClock();
  const database = await openDatabase({ path: ':memory:' });
  await database.migrate(LAMBDA_SCHEMA);
  const blobs = new MemoryBlobStore(random);
  const directories = new MemoryDirectoryStore(random);
  const images = { read: async () => ({ kind: 'no-such-image' }) as const };
  const dependencies = { database, blobs, directories, objects: noObjects, images, clock };
  const code = createCodeStore(dependencies);
  const zip = await zipOf({ 'index.js': 'exports.handler = 1;' });
  const { directoryId } = await code.store(SCOPE, { ZipFile: zip }, 'CreateFunction');
  const key = { codeDirectoryId: directoryId, family: 'nodejs', compiler: '24.21.0 1' };
  return { code, clock, directories, key, sweep: () => sweepCode({ ...dependencies, code }) };
}

async function listed(directories: MemoryDirectoryStore): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const id of directories.list()) ids.push(id);
  return ids.toSorted();
}

describe('code that was compiled ahead', () => {
  it('is found for its own code, layers and compiler', async () => {
    const { code, key, directories } = await open();
    assert.equal(await code.compiled.find(key), undefined);
    await code.compiled.keep(key, await zipOf({ 'v24/1a': 'compiled' }));
    const id = await code.compiled.find(key);
    assert.equal((await directories.find(id ?? ''))?.bytes, 'compiled'.length);
    assert.equal(await code.compiled.find({ ...key, compiler: '25.0.0 1' }), undefined);
    assert.equal(await code.compiled.find({ ...key, codeDirectoryId: 'other' }), undefined);
    assert.equal(await code.compiled.find({ ...key, layersDirectoryId: 'layers' }), undefined);
  });

  it('is known not to be worth a tree, or to be none', async () => {
    const { code, key } = await open();
    await code.compiled.keep(key, undefined);
    assert.equal(await code.compiled.find(key), null);
    await code.compiled.keep(key, await zipOf({ a: 'compiled' }));
    assert.notEqual(await code.compiled.find(key), null);
    await code.compiled.keep(key, Buffer.from('what a sandbox wrote in place of an archive'));
    assert.equal(await code.compiled.find(key), null);
  });

  it('stands beside what another compiler made, and goes with its code', async () => {
    const { code, key, directories, sweep, clock } = await open();
    const other = { ...key, compiler: '25.0.0 1' };
    await code.compiled.keep(key, await zipOf({ a: 'first' }));
    await code.compiled.keep(other, await zipOf({ a: 'second' }));
    const first = (await code.compiled.find(key)) ?? '';
    const second = (await code.compiled.find(other)) ?? '';
    await sweep();
    assert.deepEqual(await listed(directories), [key.codeDirectoryId, first, second].toSorted());
    await clock.advance(HOUR_MS + 1);
    await sweep();
    assert.deepEqual(await listed(directories), []);
    assert.equal(await code.compiled.find(other), undefined);
  });

  it('goes with its compiler', async () => {
    const { code, key, directories, sweep } = await open();
    const other = { ...key, compiler: '25.0.0 1' };
    await code.compiled.keep(key, await zipOf({ a: 'first' }));
    await code.compiled.keep(other, await zipOf({ a: 'second' }));
    await code.compiled.keepOnly([other, { family: 'python', compiler: key.compiler }]);
    assert.equal(await code.compiled.find(key), undefined);
    const second = (await code.compiled.find(other)) ?? '';
    await sweep();
    assert.deepEqual(await listed(directories), [key.codeDirectoryId, second].toSorted());
  });
});
