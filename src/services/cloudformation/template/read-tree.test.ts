import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThreadFailed } from '#ports/world/threads.ts';
import { countedThreads } from '../../../../test/support/counted-threads.ts';
import { readTree } from './read-tree.ts';

const never = new AbortController().signal;
const LENGTH = 16 * 1024;

/** A template in YAML of so many characters. */
function yamlOf(characters: number): string {
  const text = 'Resources:\n  One:\n    Type: !Sub "${A}"\n# ';
  return text.padEnd(characters, 'x');
}

const ONE = { Resources: { One: { Type: { 'Fn::Sub': '${A}' } } } };

test('a long template in YAML is read on a thread, and nothing else is', async () => {
  const threads = countedThreads();
  const read = (text: string) => readTree({ threads }, text, never);
  assert.deepEqual(await read(yamlOf(LENGTH)), ONE);
  const json = JSON.stringify({ ...ONE, Description: 'x'.repeat(LENGTH) });
  assert.ok('Description' in (await read(json)));
  assert.equal(threads.asked.length, 0);
  assert.deepEqual(await read(yamlOf(LENGTH + 1)), ONE);
  assert.equal(threads.asked.length, 1);
});

test('a long template is refused by the same words as a short one', async () => {
  const threads = countedThreads();
  const refused = (text: string) =>
    readTree({ threads }, text, never).then(
      () => 'read',
      (error: unknown) => String(error),
    );
  for (const wrong of ['A: 1\nA: 2\n', 'A: ]\n', 'A: !Wrong 1\n', '- 1\n', 'A: *b\n']) {
    const short = await refused(wrong);
    assert.match(short, /Template/, wrong);
    assert.equal(await refused(`${wrong}${'#'.repeat(LENGTH)}`), short, wrong);
  }
  assert.equal(threads.asked.length, 5);
});

test('a template that takes too much memory is refused', async () => {
  const threads = { run: () => Promise.reject(new ThreadFailed('out of memory')) };
  const read = readTree({ threads }, yamlOf(LENGTH + 1), never);
  await assert.rejects(read, /takes too much memory/);
});
