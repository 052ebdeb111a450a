/** The contract of the port Wakeups, over each adapter. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';

const TARGETS: readonly { readonly name: string; readonly make: () => Wakeups }[] = [
  { name: 'in memory', make: () => new MemoryWakeups() },
];
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

for (const { name, make } of TARGETS) {
  describe(`Wakeups: ${name}`, () => {
    it('calls every subscriber of the topic, and no other', async () => {
      const wakeups = make();
      const calls: string[] = [];
      wakeups.subscribe('a', () => calls.push('first'));
      wakeups.subscribe('a', () => calls.push('second'));
      wakeups.subscribe('b', () => calls.push('other'));
      wakeups.notify('a');
      wakeups.notify('unheard');
      await soon();
      assert.deepEqual(calls, ['first', 'second']);
    });

    it('never calls back before notify has returned', () => {
      const wakeups = make();
      let calls = 0;
      wakeups.subscribe('a', () => (calls += 1));
      wakeups.notify('a');
      assert.equal(calls, 0);
    });

    it('calls at least once after the last hint', async () => {
      const wakeups = make();
      let calls = 0;
      wakeups.subscribe('a', () => {
        calls += 1;
        if (calls < 3) wakeups.notify('a');
      });
      wakeups.notify('a');
      await soon();
      assert.equal(calls, 3);
    });

    it('calls no one who has unsubscribed, not even for a hint from before', async () => {
      const wakeups = make();
      let calls = 0;
      const subscription = wakeups.subscribe('a', () => (calls += 1));
      wakeups.notify('a');
      subscription[Symbol.dispose]();
      wakeups.notify('a');
      await soon();
      assert.equal(calls, 0);
      wakeups.subscribe('a', () => (calls += 10));
      subscription[Symbol.dispose]();
      wakeups.notify('a');
      await soon();
      assert.equal(calls, 10);
    });
  });
}
