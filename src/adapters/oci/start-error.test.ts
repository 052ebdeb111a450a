import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LauncherExit } from '#adapters/launcher/index.ts';
import { withStartError } from './start-error.ts';

const EXIT: LauncherExit = {
  exitCode: 1,
  signal: 0,
  outOfMemoryKills: 0,
  peakMemoryBytes: 0,
  startError: 0,
  isKept: true,
};

function startErrorOf(said: readonly string[], exit: Partial<LauncherExit> = {}): number {
  const heard: string[] = [];
  const options = withStartError(
    '/var/task/boot.strap',
    (_, chunk) => heard.push(Buffer.from(chunk).toString()),
    (it) => it,
  );
  for (const text of said) options.onOutput('stderr', Buffer.from(text));
  assert.deepEqual(heard, said);
  return options.translateExit?.({ ...EXIT, ...exit }).startError ?? 0;
}

test('a runtime tells by its one sentence why nothing was started', () => {
  assert.equal(startErrorOf(['exec /var/task/boot.strap: exec format', ' error\n']), 8);
  assert.equal(
    startErrorOf([
      'time="2026-11-23T08:07:26Z" level=error msg="runc run failed: unable to start container ' +
        'process: exec: \\"/var/task/boot.strap\\": permission denied"\n',
    ]),
    13,
  );
  assert.equal(startErrorOf(['open executable: Operation not permitted\n']), 13);
});

test('a function that says something like it is not believed', () => {
  const sentence = 'exec /var/task/boot.strap: exec format error\n';
  // It began with another, ended otherwise, speaks of another file, goes on.
  assert.equal(startErrorOf(['ready\n', sentence]), 0);
  assert.equal(startErrorOf([sentence], { exitCode: 2 }), 0);
  assert.equal(startErrorOf(['exec /var/task/bootastrap: exec format error\n']), 0);
  assert.equal(startErrorOf([sentence, 'x'.repeat(1000), sentence]), 0);
});
