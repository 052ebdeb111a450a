import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { FinishingEnvironments } from './finishing.ts';

it('gives what is free to who waits longest, and no more wait than are finishing', async () => {
  const finishing = new FinishingEnvironments<string>(new SimulatedClock());
  assert.equal(finishing.next('f'), undefined);
  finishing.begin('f');
  finishing.begin('f');
  const first = finishing.next('f');
  const second = finishing.next('f');
  assert.equal(finishing.next('f'), undefined);
  assert.equal(finishing.next('g'), undefined);
  finishing.end('f')?.('one');
  finishing.end('f')?.('other');
  assert.deepEqual([await first, await second], ['one', 'other']);
  assert.equal(finishing.end('f'), undefined);
  assert.equal(finishing.next('f'), undefined);
});

it('lets each go after the same time, and the next after it is in turn', async () => {
  const clock = new SimulatedClock();
  const finishing = new FinishingEnvironments<string>(clock);
  const startMs = clock.monotonicMs();
  const gone: number[] = [];
  const wait = (): void => {
    finishing.begin('f');
    void finishing.next('f')?.then((held) => {
      assert.equal(held, undefined);
      gone.push(clock.monotonicMs() - startMs);
    });
  };
  wait();
  await clock.advance(30);
  wait();
  await clock.advance(60);
  assert.deepEqual(gone, []);
  await clock.advance(1000);
  assert.deepEqual(gone, [100, 130]);
  wait();
  await clock.advance(1000);
  assert.deepEqual(gone, [100, 130, 1190]);
});

it('has nobody left to give to once they went', async () => {
  const clock = new SimulatedClock();
  const finishing = new FinishingEnvironments<string>(clock);
  finishing.begin('f');
  const next = finishing.next('f');
  await clock.advance(100);
  assert.equal(await next, undefined);
  const again = finishing.next('f');
  finishing.end('f')?.('late');
  assert.equal(await again, 'late');
});
