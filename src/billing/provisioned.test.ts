/** What provisioned concurrency costs. @see https://aws.amazon.com/lambda/pricing/ */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import type { ProvisionedPeriod } from '#ports/peers/provisioned-ledger.ts';
import { billOf, createBilling, NO_USAGE } from './index.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const ACCOUNT = { accountId: '000000000000', month: '2026-11' };
const NOVEMBER_MS = Date.UTC(2026, 10);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

function period(change: Partial<ProvisionedPeriod>): ProvisionedPeriod {
  const fromMs = change.fromMs ?? NOVEMBER_MS;
  const name = { region: 'us-east-1', functionName: 'f', qualifier: 'live' };
  return { ...name, enabledAtMs: fromMs, fromMs, x86Mib: 1024, armMib: 0, ...change };
}

/** Seconds for which 1 GiB was kept ready in November. */
async function keptSeconds(nowMs: number, ...periods: ProvisionedPeriod[]): Promise<number> {
  await using database = await openDatabase({ path: ':memory:' });
  const clock = new SimulatedClock(nowMs);
  const ledger = { periods: () => Promise.resolve(periods) };
  const random = new SeededRandom(1);
  const billing = createBilling({ clock, database, log: quiet, random, ledger });
  await database.migrate(billing.schema);
  const usage = await billing.usageByFunction(ACCOUNT);
  return usage.reduce((sum, { keptX86MibMs }) => sum + keptX86MibMs, 0) / 1024 / 1000;
}

describe('the bill of provisioned concurrency', () => {
  it('is kept + run + asked, without anything free', () => {
    // 1,000 environments of 1,024 MB for two hours, 1.2 million requests of 1 s each.
    const gib = 1024;
    const bill = billOf({
      ...NO_USAGE,
      keptX86MibMs: 1000 * gib * 2 * HOUR_MS,
      provisionedX86MibMs: 1_200_000 * gib * 1000,
      provisionedRequests: 1_200_000,
    });
    assert.deepEqual(
      bill.lines.map(({ name, quantity, free, amount }) => [
        name,
        quantity,
        free,
        amount.toFixed(2),
      ]),
      [
        ['Provisioned concurrency, x86_64', 7_200_000, 0, '30.00'],
        ['Provisioned compute, x86_64', 1_200_000, 0, '11.67'],
        ['Provisioned requests', 1_200_000, 0, '0.24'],
      ],
    );
    assert.equal(bill.total, 41.91);
  });

  it('costs less on arm64', () => {
    const kept = billOf({ ...NO_USAGE, keptArmMibMs: 1024 * 1000 * 1e6 });
    assert.equal(kept.total, 3.33);
    const run = billOf({ ...NO_USAGE, provisionedArmMibMs: 1024 * 1000 * 1e6 });
    assert.equal(run.total, 7.78);
  });
});

describe('the time for which environments were kept ready', () => {
  const closed = (minutes: number): ProvisionedPeriod =>
    period({ untilMs: NOVEMBER_MS + minutes * MINUTE_MS });

  it('is rounded up to five minutes, from enabling to disabling', async () => {
    const after = NOVEMBER_MS + HOUR_MS;
    assert.equal(await keptSeconds(after, closed(0)), 300);
    assert.equal(await keptSeconds(after, closed(5)), 300);
    assert.equal(await keptSeconds(after, period({ untilMs: NOVEMBER_MS + 300_001 })), 600);
  });

  it('counts until now while it lasts', async () => {
    assert.equal(await keptSeconds(NOVEMBER_MS + 12 * MINUTE_MS, period({})), 900);
  });

  it('is rounded once where the amount changed in between', async () => {
    const changedAt = NOVEMBER_MS + 2 * MINUTE_MS;
    const first = period({ untilMs: changedAt });
    const second = period({
      enabledAtMs: NOVEMBER_MS,
      fromMs: changedAt,
      untilMs: NOVEMBER_MS + 6 * MINUTE_MS,
      x86Mib: 2048,
    });
    const seconds = await keptSeconds(NOVEMBER_MS + HOUR_MS, first, second);
    assert.equal(seconds, 2 * 60 + 8 * 60 * 2);
  });

  it('counts for the month in which it was', async () => {
    const began = NOVEMBER_MS - HOUR_MS;
    const long = period({ enabledAtMs: began, fromMs: began, untilMs: NOVEMBER_MS + HOUR_MS });
    assert.equal(await keptSeconds(NOVEMBER_MS + 2 * HOUR_MS, long), 3600);
    const december = Date.UTC(2026, 11);
    const late = period({ fromMs: december - MINUTE_MS, untilMs: december + HOUR_MS });
    assert.equal(await keptSeconds(december + HOUR_MS, late), 60);
  });
});
