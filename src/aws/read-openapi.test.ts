import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThreadFailed } from '#ports/world/threads.ts';
import { countedThreads } from '../../test/support/counted-threads.ts';
import { rolesOf } from './openapi.ts';
import { readOpenApi } from './read-openapi.ts';

const never = new AbortController().signal;
const LENGTH = 16 * 1024;
const YAML = 'openapi: 3.0.1\ninfo: { title: a }\n';

test('a long definition in YAML is read on a thread, and nothing else is', async () => {
  const threads = countedThreads();
  const read = (text: string) => readOpenApi({ threads }, text, never);
  const expected = { openapi: '3.0.1', info: { title: 'a' } };
  assert.deepEqual(await read(`${YAML}# `.padEnd(LENGTH, 'x')), expected);
  assert.ok('x' in ((await read(JSON.stringify({ x: 'x'.repeat(LENGTH) }))) ?? {}));
  assert.equal(threads.asked.length, 0);
  assert.deepEqual(await read(`${YAML}# `.padEnd(LENGTH + 1, 'x')), expected);
  assert.equal(threads.asked.length, 1);
  assert.equal(await read(`${YAML}]\n# `.padEnd(LENGTH + 1, 'x')), undefined);
  assert.equal(threads.asked.length, 2);
});

test('what aliases of a long definition stand for is one, as it is in a short one', async () => {
  const text = `${YAML}a: &a { credentials: arn }\nb: *a\n# `;
  for (const length of [0, LENGTH + 1]) {
    const document = await readOpenApi({ threads: countedThreads() }, text.padEnd(length), never);
    assert.equal(document?.['a'], document?.['b']);
    assert.deepEqual([...rolesOf(document ?? {})], ['arn']);
  }
});

test('a definition that takes too much memory is none, and one nobody waits for is not read', async () => {
  const text = YAML.padEnd(LENGTH + 1);
  const failing = { run: () => Promise.reject(new ThreadFailed('out of memory')) };
  assert.equal(await readOpenApi({ threads: failing }, text, never), undefined);
  const gone = new Error('gone');
  const read = readOpenApi({ threads: countedThreads() }, text, AbortSignal.abort(gone));
  await assert.rejects(read, gone);
});
