/*
 * The monthly totals of what was used, by account, Region and function, in the store.
 *
 * Owns: reports that are not written yet; they are written together, FLUSH_MS later at most.
 *
 * I1  A report is counted once: a batch is written under its own number, and a batch whose commit was
 *     not answered is written again under the same one.
 * I2  What a crash can lose is what was reported in the last FLUSH_MS; nothing is counted twice.
 */
import type { InvocationReport, ReportSink } from '#ports/peers/invocation-report.ts';
import type { ProvisionedLedger } from '#ports/peers/provisioned-ledger.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database, Queries, Schema, Transaction } from '#ports/world/database.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import { isLastOfEnabling, keptUsage, stretchOfMonth } from './kept.ts';
import { addUsage, NO_USAGE, usageOf } from './usage.ts';
import type { Usage } from './usage.ts';

export interface TotalsDependencies {
  readonly clock: Clock;
  readonly database: Database;
  readonly log: Log;
  readonly random: Random;
  /** What was kept ready when; without it only what ran is counted. */
  readonly ledger?: ProvisionedLedger;
}

/** Whose usage, of which month (`2026-11`, UTC). */
export interface TotalsQuery {
  readonly accountId: string;
  readonly month: string;
  readonly region?: string;
}

export interface FunctionUsage extends Usage {
  readonly region: string;
  readonly functionName: string;
}

interface Batch {
  readonly id: string;
  readonly usages: ReadonlyMap<string, Entry>;
}

interface Entry {
  readonly accountId: string;
  readonly region: string;
  readonly month: string;
  readonly functionName: string;
  usage: Usage;
}

const FLUSH_MS = 200;
const RETRY_MS = 1000;
/** Reports that wait to be added up. */
const REPORTS_MAX = 1000;
/** Numbers of written batches that are kept, in case the last one's commit was not answered. */
const BATCHES_KEPT = 100;

export const BILLING_SCHEMA: Schema = {
  name: 'billing',
  steps: [
    `CREATE TABLE billing_usage (
       account_id TEXT NOT NULL,
       region TEXT NOT NULL,
       month TEXT NOT NULL,
       function_name TEXT NOT NULL,
       requests BIGINT NOT NULL,
       x86_mib_ms BIGINT NOT NULL,
       arm_mib_ms BIGINT NOT NULL,
       temporary_mib_ms BIGINT NOT NULL,
       streamed_bytes BIGINT NOT NULL,
       PRIMARY KEY (account_id, month, region, function_name)
     );
     CREATE TABLE billing_batches (
       id TEXT NOT NULL PRIMARY KEY,
       written_at_ms BIGINT NOT NULL
     );`,
    `ALTER TABLE billing_usage ADD COLUMN provisioned_requests BIGINT NOT NULL DEFAULT 0;
     ALTER TABLE billing_usage ADD COLUMN provisioned_x86_mib_ms BIGINT NOT NULL DEFAULT 0;
     ALTER TABLE billing_usage ADD COLUMN provisioned_arm_mib_ms BIGINT NOT NULL DEFAULT 0;`,
  ],
};

export class Totals implements ReportSink, AsyncDisposable {
  readonly #dependencies: TotalsDependencies;
  /** Not added up yet. */
  #reports: InvocationReport[] = [];
  #gathered = new Map<string, Entry>();
  #timer: Disposable | undefined;
  #writing: Promise<void> | undefined;

  constructor(dependencies: TotalsDependencies) {
    this.#dependencies = dependencies;
  }

  report(report: InvocationReport): void {
    this.#reports.push(report);
    if (this.#reports.length >= REPORTS_MAX) this.#gather();
    this.#timer ??= this.#dependencies.clock.setTimer(FLUSH_MS, () => void this.flush());
  }

  /** Resolves once everything that was reported before is written. */
  async flush(): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    while (this.#writing !== undefined) await this.#writing;
    this.#gather();
    if (this.#gathered.size === 0) return;
    const batch = { id: this.#dependencies.random.uuid(), usages: this.#gathered };
    this.#gathered = new Map();
    this.#writing = this.#write(batch).finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  /** What each function of an account used in a month. */
  async usageByFunction({
    accountId,
    month,
    region,
  }: TotalsQuery): Promise<readonly FunctionUsage[]> {
    await this.flush();
    const { database } = this.#dependencies;
    const [ran, kept] = await database.read(async (queries) => [
      await queries.all<FunctionUsage>(
        `SELECT region, function_name AS "functionName", requests, x86_mib_ms AS "x86MibMs",
           arm_mib_ms AS "armMibMs", temporary_mib_ms AS "temporaryMibMs",
           streamed_bytes AS "streamedBytes", provisioned_requests AS "provisionedRequests",
           provisioned_x86_mib_ms AS "provisionedX86MibMs",
           provisioned_arm_mib_ms AS "provisionedArmMibMs"
         FROM billing_usage WHERE account_id = $1 AND month = $2`,
        accountId,
        month,
      ),
      await this.#kept(queries, { accountId, month }),
    ]);
    const byName = new Map<string, FunctionUsage>();
    for (const { region: its, functionName, ...usage } of [...ran, ...kept]) {
      if (region !== undefined && its !== region) continue;
      const key = `${its} ${functionName}`;
      const sum = addUsage(byName.get(key) ?? NO_USAGE, { ...NO_USAGE, ...usage });
      byName.set(key, { region: its, functionName, ...sum });
    }
    return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, usage]) => usage);
  }

  /** What was kept ready in a month, period by period. */
  async #kept(queries: Queries, { accountId, month }: TotalsQuery): Promise<FunctionUsage[]> {
    const { clock, ledger } = this.#dependencies;
    const stretch = stretchOfMonth(month);
    const nowMs = clock.now();
    const periods = (await ledger?.periods(queries, { accountId, ...stretch })) ?? [];
    return periods.map((period, index) => {
      const isLast = isLastOfEnabling(period, periods[index + 1]);
      const { region, functionName } = period;
      return { region, functionName, ...keptUsage(period, { stretch, nowMs, isLast }) };
    });
  }

  /** What an account used in a month. */
  async usage(query: TotalsQuery): Promise<Usage> {
    const functions = await this.usageByFunction(query);
    return functions.reduce(addUsage, NO_USAGE);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }

  /** Adds up what was reported: many at a time cost a fraction of what each does alone. */
  #gather(): void {
    for (const report of this.#reports) {
      const { accountId, region, functionName, startedAtMs } = report;
      const month = new Date(startedAtMs).toISOString().slice(0, 7);
      const key = `${accountId} ${region} ${month} ${functionName}`;
      const about = { accountId, region, month, functionName };
      const entry = this.#gathered.get(key) ?? { ...about, usage: NO_USAGE };
      entry.usage = addUsage(entry.usage, usageOf(report));
      this.#gathered.set(key, entry);
    }
    this.#reports = [];
  }

  async #write(batch: Batch): Promise<void> {
    const { clock, database, log } = this.#dependencies;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await database.transact((tx) => writeBatch(tx, batch, clock.now()));
        return;
      } catch (error) {
        log.error('the usage of functions could not be written', { attempt, error });
        if (attempt === 10) return;
        await clock.sleep(RETRY_MS);
      }
    }
  }
}

async function writeBatch(tx: Transaction, batch: Batch, nowMs: number): Promise<void> {
  const isNew = await tx.run(
    'INSERT INTO billing_batches (id, written_at_ms) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING',
    batch.id,
    nowMs,
  );
  if (isNew === 0) return;
  await tx.run(
    `DELETE FROM billing_batches WHERE id NOT IN (
       SELECT id FROM billing_batches ORDER BY written_at_ms DESC LIMIT ${BATCHES_KEPT})`,
  );
  for (const { accountId, region, month, functionName, usage } of batch.usages.values()) {
    await tx.run(
      `INSERT INTO billing_usage (account_id, region, month, function_name, requests, x86_mib_ms,
         arm_mib_ms, temporary_mib_ms, streamed_bytes, provisioned_requests, provisioned_x86_mib_ms,
         provisioned_arm_mib_ms)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       ON CONFLICT (account_id, month, region, function_name) DO UPDATE SET
         requests = billing_usage.requests + excluded.requests,
         x86_mib_ms = billing_usage.x86_mib_ms + excluded.x86_mib_ms,
         arm_mib_ms = billing_usage.arm_mib_ms + excluded.arm_mib_ms,
         temporary_mib_ms = billing_usage.temporary_mib_ms + excluded.temporary_mib_ms,
         streamed_bytes = billing_usage.streamed_bytes + excluded.streamed_bytes,
         provisioned_requests = billing_usage.provisioned_requests + excluded.provisioned_requests,
         provisioned_x86_mib_ms =
           billing_usage.provisioned_x86_mib_ms + excluded.provisioned_x86_mib_ms,
         provisioned_arm_mib_ms =
           billing_usage.provisioned_arm_mib_ms + excluded.provisioned_arm_mib_ms`,
      accountId,
      region,
      month,
      functionName,
      usage.requests,
      usage.x86MibMs,
      usage.armMibMs,
      usage.temporaryMibMs,
      usage.streamedBytes,
      usage.provisionedRequests,
      usage.provisionedX86MibMs,
      usage.provisionedArmMibMs,
    );
  }
}
