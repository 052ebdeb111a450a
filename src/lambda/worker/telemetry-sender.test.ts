import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { MIB } from '#kernel/units.ts';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { TelemetrySender } from './telemetry-sender.ts';
import type { TelemetrySubscription } from './telemetry-subscription.ts';

const SUBSCRIPTION: TelemetrySubscription = {
  api: 'Telemetry',
  name: 'extension',
  types: ['function'],
  buffering: { maxItems: 1000, maxBytes: 262_144, timeoutMs: 1000 },
  destination: { protocol: 'HTTP', port: 8080, path: '/' },
};

/** A subscriber that takes batches, or refuses while `isWilling` is false. */
class Subscriber {
  isWilling = true;
  readonly batches: { readonly type: string; readonly record: unknown }[][] = [];

  readonly connect = async (): Promise<Duplex> => {
    if (!this.isWilling) throw new Error('refused');
    const connection = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _encoding, done) => {
        const body = chunk.toString().split('\r\n\r\n')[1] ?? '';
        this.batches.push(JSON.parse(body));
        connection.push('HTTP/1.1 200 OK\r\n\r\n');
        done();
      },
    });
    return connection;
  };

  get records(): readonly unknown[] {
    return this.batches.flat().map(({ record }) => record);
  }
}

function event(record: string) {
  return { time: '2026-01-01T00:00:00.000Z', type: 'function', record };
}

describe('telemetry on its way to a subscriber', () => {
  it('goes out once its time is over, in order', async () => {
    const clock = new SimulatedClock();
    const subscriber = new Subscriber();
    const sender = new TelemetrySender(SUBSCRIPTION, clock, subscriber.connect);
    sender.push(event('first'));
    sender.push(event('second'));
    await clock.advance(999);
    await settle();
    assert.equal(subscriber.batches.length, 0);
    await clock.advance(1);
    await settle();
    assert.deepEqual(subscriber.records, ['first', 'second']);
    sender.close();
  });

  it('goes out before its time where there is enough of it', async () => {
    const subscriber = new Subscriber();
    const sender = new TelemetrySender(SUBSCRIPTION, new SimulatedClock(), subscriber.connect);
    for (let count = 0; count < 999; count += 1) sender.push(event(String(count)));
    await settle();
    assert.equal(subscriber.batches.length, 0);
    sender.push(event('999'));
    await settle();
    assert.equal(subscriber.records.length, 1000);
    sender.close();
  });

  it('is in batches of no more bytes than the subscriber takes, all at once before the end', async () => {
    const clock = new SimulatedClock();
    const subscriber = new Subscriber();
    const sender = new TelemetrySender(SUBSCRIPTION, clock, subscriber.connect);
    sender.pause();
    // Three bytes each in UTF-8; the last does not fill a batch.
    for (let count = 0; count < 5; count += 1) sender.push(event('\u20ac'.repeat(40_000)));
    sender.resume();
    sender.flush();
    for (let batch = 0; batch < 3; batch += 1) {
      await settle();
      await clock.advance(0);
    }
    assert.deepEqual(
      subscriber.batches.map((batch) => batch.length),
      [2, 2, 1],
    );
    sender.close();
  });

  it('waits for one that is not there yet, and while the sandbox stands still', async () => {
    const clock = new SimulatedClock();
    const subscriber = new Subscriber();
    subscriber.isWilling = false;
    const sender = new TelemetrySender(SUBSCRIPTION, clock, subscriber.connect);
    sender.push(event('early'));
    await clock.advance(1000);
    await settle();
    subscriber.isWilling = true;
    sender.pause();
    await clock.advance(1000);
    await settle();
    assert.equal(subscriber.batches.length, 0);
    sender.resume();
    await clock.advance(0);
    await settle();
    assert.deepEqual(subscriber.records, ['early']);
    sender.close();
  });

  it('drops the oldest past its bound, and says how many', async () => {
    const clock = new SimulatedClock();
    const subscriber = new Subscriber();
    const sender = new TelemetrySender(SUBSCRIPTION, clock, subscriber.connect);
    sender.pause();
    for (let count = 0; count < 5; count += 1) sender.push(event(`${count}${'x'.repeat(MIB)}`));
    sender.resume();
    for (let batch = 0; batch < 3; batch += 1) {
      await clock.advance(0);
      await settle();
    }
    const [first, ...rest] = subscriber.batches.flat();
    assert.equal(first?.type, 'platform.logsDropped');
    assert.match(JSON.stringify(first?.record), /"droppedRecords":2,"droppedBytes":2097/);
    assert.deepEqual(
      rest.map(({ record }) => JSON.stringify(record).slice(1, 2)),
      ['2', '3', '4'],
    );
    sender.close();
  });
});

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}
