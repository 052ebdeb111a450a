import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeExit } from './exit.ts';

const EXIT = {
  exitCode: 0,
  signal: 0,
  outOfMemoryKills: 0,
  peakMemoryBytes: 0,
  startError: 0,
  isKept: false,
};

describe('the end of a process', () => {
  it('is an exit status where it ended by itself', () => {
    assert.deepEqual(describeExit({ ...EXIT, exitCode: 1 }, '/bin/x'), {
      description: 'exit status 1',
      exitCode: 1,
      signal: undefined,
      outOfMemory: false,
    });
  });

  it('is a signal in the words of AWS where it was killed', () => {
    const words = [9, 11, 15, 63].map((signal) => {
      const { description, signal: name } = describeExit({ ...EXIT, exitCode: -1, signal }, '');
      return `${description} ${name}`;
    });
    assert.deepEqual(words, [
      'signal: killed SIGKILL',
      'signal: segmentation fault SIGSEGV',
      'signal: terminated SIGTERM',
      'signal: signal 63 SIG63',
    ]);
  });

  it('is out of memory where the kernel killed for memory and the process died of a kill', () => {
    const killed = { ...EXIT, exitCode: -1, signal: 9 };
    assert.equal(describeExit({ ...killed, outOfMemoryKills: 1 }, '').outOfMemory, true);
    assert.equal(describeExit({ ...killed, outOfMemoryKills: 0 }, '').outOfMemory, false);
    // A child was killed for memory, and the first process ended in order.
    assert.equal(describeExit({ ...EXIT, outOfMemoryKills: 1 }, '').outOfMemory, false);
  });

  it('is a start that failed where there was nothing to run', () => {
    const { startError, exitCode } = describeExit(
      { ...EXIT, startError: 2 },
      '/var/task/bootstrap',
    );
    assert.equal(startError, 'fork/exec /var/task/bootstrap: no such file or directory');
    assert.equal(exitCode, undefined);
  });
});
