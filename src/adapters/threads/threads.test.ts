import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThreadFailed } from '#ports/world/threads.ts';
import { WorkerThreads } from './index.ts';

const never = new AbortController().signal;
const moduleOf = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

test('a thread tells what its module made of the input, one after another', async () => {
  const threads = new WorkerThreads();
  const double = moduleOf('export const work = (input) => ({ doubled: input * 2 });');
  const answers = await Promise.all([1, 2, 3].map((input) => threads.run(double, input, never)));
  assert.deepEqual(answers, [{ doubled: 2 }, { doubled: 4 }, { doubled: 6 }]);
});

test('work that fails is told, and the next is done', async () => {
  const threads = new WorkerThreads();
  const fails = moduleOf('export const work = () => { throw new Error("no"); };');
  const ends = moduleOf('export const work = () => process.exit();');
  await assert.rejects(threads.run(fails, 1, never), ThreadFailed);
  await assert.rejects(threads.run(ends, 1, never), ThreadFailed);
  const same = moduleOf('export const work = (input) => input;');
  assert.equal(await threads.run(same, 7, never), 7);
});

test('work for which nobody waits any more is ended, also before it began', async () => {
  const threads = new WorkerThreads();
  const turns = moduleOf('export const work = () => { for (;;); };');
  const [first, second] = [new AbortController(), new AbortController()];
  const running = threads.run(turns, 1, first.signal);
  const waiting = threads.run(turns, 2, second.signal);
  const gone = new Error('gone');
  second.abort(gone);
  first.abort(gone);
  await assert.rejects(running, gone);
  await assert.rejects(waiting, gone);
});
