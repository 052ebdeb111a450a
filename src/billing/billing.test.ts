import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';
import type { Database } from '#ports/world/database.ts';
import { billOf, createBilling, NO_USAGE, usageOf } from './index.ts';
import { tieredAmount } from './bill.ts';
import { GB_SECOND_TIERS } from './prices.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

function report(overrides: Partial<InvocationReport> = {}): InvocationReport {
  return {
    requestId: 'id',
    accountId: '000000000000',
    region: 'us-east-1',
    functionName: 'hello',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:hello',
    version: '$LATEST',
    source: 'invoke',
    traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0',
    architecture: 'x86_64',
    initializationType: 'on-demand',
    startedAtMs: Date.UTC(2026, 10, 30, 23, 59, 59, 999),
    durationMs: 119.5,
    billedDurationMs: 120,
    memorySizeMiB: 1536,
    temporaryStorageMiB: 512,
    maxMemoryUsedMiB: 100,
    ...overrides,
  };
}

describe('bill', () => {
  // https://aws.amazon.com/lambda/pricing/ example 1
  it('is $2.73 for 3 million requests of 120 ms at 1,536 MB', () => {
    const one = usageOf(report());
    const bill = billOf({ ...one, requests: 3e6, x86MibMs: one.x86MibMs * 3e6 });
    assert.equal(bill.total, 2.73);
    assert.deepEqual(
      bill.lines.map(({ name, quantity, amount }) => [name, quantity, amount.toFixed(2)]),
      [
        ['Compute, x86_64', 540_000, '2.33'],
        ['Requests', 3e6, '0.40'],
      ],
    );
  });

  // https://aws.amazon.com/lambda/pricing/ example with ephemeral storage
  it('is $106.41 for 6 million requests of 280 ms at 4,096 MB with 2,048 MB of /tmp', () => {
    const one = usageOf(
      report({ billedDurationMs: 280, memorySizeMiB: 4096, temporaryStorageMiB: 2048 }),
    );
    const bill = billOf({
      ...NO_USAGE,
      requests: 6e6,
      x86MibMs: one.x86MibMs * 6e6,
      temporaryMibMs: one.temporaryMibMs * 6e6,
    });
    assert.deepEqual(
      bill.lines.map(({ amount }) => amount.toFixed(2)),
      ['105.33', '1.00', '0.08'],
    );
    assert.equal(bill.total, 106.41);
  });

  it('is nothing up to what is free, and begins just above', () => {
    assert.equal(billOf({ ...NO_USAGE, requests: 1_000_000 }).total, 0);
    assert.ok((billOf({ ...NO_USAGE, requests: 1_000_001 }).lines[0]?.amount ?? 0) > 0);
    const freeMibMs = 400_000 * 1024 * 1000;
    assert.equal(billOf({ ...NO_USAGE, x86MibMs: freeMibMs }).lines[0]?.amount, 0);
    assert.equal(billOf({ ...NO_USAGE, x86MibMs: freeMibMs, armMibMs: 1024 * 1e9 }).total, 13.33);
  });

  it('takes 10 % off above the first tier, for what is above it alone', () => {
    const tiers = GB_SECOND_TIERS.x86_64;
    const atEnd = tieredAmount(6e9, tiers);
    assert.equal(atEnd.toFixed(4), (6e9 * 0.0000166667).toFixed(4));
    assert.equal(
      (tieredAmount(6e9 + 100, tiers) - atEnd).toFixed(6),
      (100 * 0.0000166667 * 0.9).toFixed(6),
    );
    assert.equal(
      (tieredAmount(15e9 + 100, tiers) - tieredAmount(15e9, tiers)).toFixed(6),
      (100 * 0.0000166667 * 0.8).toFixed(6),
    );
  });

  it('counts streamed bytes beyond 6 MB alone', () => {
    const mib = 1024 * 1024;
    assert.equal(usageOf(report({ streamedBytes: 6 * mib })).streamedBytes, 0);
    assert.equal(usageOf(report({ streamedBytes: 6 * mib + 1 })).streamedBytes, 1);
  });
});

describe('totals', () => {
  it('add up by month and function, and survive a new start', async () => {
    await using database = await openDatabase({ path: ':memory:' });
    const random = new SeededRandom(1);
    const clock = new SimulatedClock();
    const billing = createBilling({ clock, database, log: quiet, random });
    await database.migrate(billing.schema);
    for (let count = 0; count < 3; count += 1) billing.reports.report(report());
    billing.reports.report(report({ startedAtMs: Date.UTC(2026, 11, 1) }));
    billing.reports.report(report({ functionName: 'other', architecture: 'arm64' }));
    await billing.flush();
    const again = createBilling({ clock, database, log: quiet, random });
    const november = await again.usageByFunction({ accountId: '000000000000', month: '2026-11' });
    assert.deepEqual(
      november.map((it) => [it.functionName, it.requests, it.x86MibMs, it.armMibMs]),
      [
        ['hello', 3, 3 * 1536 * 120, 0],
        ['other', 1, 0, 1536 * 120],
      ],
    );
    const december = await again.usageByFunction({ accountId: '000000000000', month: '2026-12' });
    assert.equal(december[0]?.requests, 1);
  });

  it('count a batch once where its commit was not answered', async () => {
    await using database = await openDatabase({ path: ':memory:' });
    const clock = new SimulatedClock();
    let isFirst = true;
    const flaky: Database = {
      transact: async (body) => {
        const result = await database.transact(body);
        if (isFirst) {
          isFirst = false;
          throw new Error('the answer was lost');
        }
        return result;
      },
      read: async (body) => database.read(body),
      migrate: async (schema) => database.migrate(schema),
      [Symbol.asyncDispose]: async () => {},
    };
    const billing = createBilling({
      clock,
      database: flaky,
      log: quiet,
      random: new SeededRandom(1),
    });
    await database.migrate(billing.schema);
    billing.reports.report(report());
    const flushed = billing.flush();
    // The database answers from the event loop: time passes until the retry is due.
    for (let turn = 0; turn < 50; turn += 1) await clock.advance(100);
    await flushed;
    const usage = await billing.usageByFunction({ accountId: '000000000000', month: '2026-11' });
    assert.equal(usage[0]?.requests, 1);
  });
});
