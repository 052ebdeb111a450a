/*
 * One run of the whole system: a seed, so many simulated seconds of work and faults, then quiet, then the checks.
 *
 * S1  All that happens follows from the seed: a run of the same seed has the same trace.
 */
import {
  openSimulatedMachine,
  type SimulatedMachine,
  type SimulatedServerOptions,
} from '#compose/simulated.ts';
import { addUsage, NO_USAGE } from '#billing/index.ts';
import { present } from '#kernel/assert.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import { defaultInvokeOptions, type InvokePlaneOptions } from '#lambda/invoke/index.ts';
import { codeArchives } from './archives.ts';
import { Chance } from './chance.ts';
import { jumpClock, type ClockJump } from './clock-jumps.ts';
import {
  checkLeaks,
  checkMoveTasks,
  checkPlaces,
  createCheckers,
  SOURCE_NAMES,
  type Checkers,
  type Outage,
} from './checkers/index.ts';
import { Faults } from './faults.ts';
import { runFaults } from './fault-schedule.ts';
import { functionsProgram } from './functions.ts';
import { Host } from './host.ts';
import { ACCOUNT, ACCOUNT_CONCURRENCY, HANDLERS, QUEUES } from './names.ts';
import { traceLog } from './trace-log.ts';
import { startOf } from './summer-time.ts';
import { Trace } from './trace.ts';
import { acceptedEvents, queuedEvents, storedMessages, WITNESS_SCHEMA } from './witness.ts';
import {
  checkProvisioned,
  endProvisioned,
  readItem,
  readObject,
  runWorkload,
  placesOf,
  setUp,
  type Actor,
} from './workload/index.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Simulated seconds of work and faults. */
  readonly ticks: number;
  /** Whether the machine's clock jumps, there and back. */
  readonly hasJumps?: boolean;
  /** Whether the run is over with its work, since what it has found is enough. */
  readonly isEnough?: (broken: readonly string[]) => boolean;
  /** A bug to build in, by which the checkers are checked. */
  readonly sabotage?: Sabotage;
}

/** Wraps what the server is made with. */
export type Sabotage = (options: ServerOptions) => ServerOptions;
export type ServerOptions = Omit<SimulatedServerOptions, 'life'>;

export interface SimulationResult {
  readonly seed: number;
  /** What the checkers found. */
  readonly broken: readonly string[];
  readonly hash: string;
  readonly trace: Trace;
  readonly summary: string;
}

const STEM_CELL_MIB = 16;
const IDLE_MS = 1 * MINUTE_MS;
/** Turns of the event loop before time goes on: what needs no time, as unpacking a zip, mostly ends within. */
const TURNS = 12;
/** Events may wait for six hours; then all must have ended. */
const QUIET_MS_MAX = 7 * HOUR_MS;
/** Longer than a lost wakeup, a visibility timeout or a pause before a try lets a source wait. */
const SOURCES_QUIET_MS = 3 * MINUTE_MS;
/** No actor has so many before it. */
const JUMPS_STREAM = 1000;
const OUTAGE_PROBABILITY = 0.4;
const OUTAGE_MS_MIN = 3 * MINUTE_MS;
const OUTAGE_MS_MAX = 20 * MINUTE_MS;

/** Runs one simulation to its end. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  await using machine = await openSimulatedMachine(options.seed, startOf(options.seed));
  const archives = await codeArchives();
  const trace = new Trace(machine.clock);
  const run = new Run(options, { machine, trace, archives });
  await drive(machine, run.play());
  return {
    seed: options.seed,
    broken: trace.broken,
    hash: trace.digest(),
    trace,
    summary: run.summary(),
  };
}

/** Lets time pass, from timer to timer, until the promise has settled. */
async function drive(machine: SimulatedMachine, promise: Promise<void>): Promise<void> {
  const end = { isOver: false };
  const over = (): void => {
    end.isOver = true;
  };
  promise.then(over, over);
  while (!end.isOver) {
    for (let turn = 0; turn < TURNS; turn += 1) await machine.clock.settle();
    const nextMs = machine.clock.nextTimerAt() ?? machine.clock.now();
    await machine.clock.advance(Math.max(0, nextMs - machine.clock.now()));
  }
  await promise;
}

interface RunParts {
  readonly machine: SimulatedMachine;
  readonly trace: Trace;
  readonly archives: Actor['archives'];
}

class Run {
  readonly #options: SimulationOptions;
  readonly #parts: RunParts;
  readonly #checkers: Checkers;
  readonly #faults: Faults;
  readonly #host: Host;
  #streams = 0;
  readonly #outages: Outage[] = [];
  #jumps: readonly ClockJump[] = [];

  constructor(options: SimulationOptions, parts: RunParts) {
    this.#options = options;
    this.#parts = parts;
    const { machine, trace } = parts;
    const { clock, database } = machine;
    const complain = (text: string): void => trace.complain(text);
    const accountConcurrency = ACCOUNT_CONCURRENCY;
    this.#checkers = createCheckers({ clock, database, accountConcurrency, complain });
    this.#faults = new Faults(this.#chance(), clock, trace);
    const server = this.#serverOptions();
    this.#host = new Host({
      server: options.sabotage?.(server) ?? server,
      trace,
      chance: this.#chance(),
      onDeath: (isCrash) => {
        this.#checkers.billing.serverGone(isCrash, this.#faults.commitFailedAtMs);
      },
    });
  }

  /** Set-up, work with faults, quiet, checks. */
  async play(): Promise<void> {
    const { machine, trace } = this.#parts;
    const { clock } = machine;
    const running = this.#host.run();
    await this.#untilUp();
    await machine.database.migrate(WITNESS_SCHEMA);
    await setUp(this.#actor('owner'));
    trace.add('all is set up');
    this.#faults.turn(true);
    const endMs = clock.monotonicMs() + this.#options.ticks * SECOND_MS;
    const faults = { host: this.#host, faults: this.#faults, chance: this.#chance() };
    await Promise.all([
      this.#jump(endMs),
      runWorkload((name) => this.#actor(name), endMs),
      runFaults({ ...faults, machine, trace, endMs }),
    ]);
    this.#faults.turn(false);
    trace.add('the work is done');
    if (this.#options.isEnough?.(trace.broken) === true) return this.#end(running);
    await this.#perhapsOutage();
    await this.#quiet();
    await this.#check();
    await this.#end(running);
    this.#checkers.billing.check(await this.#billed());
  }

  async #end(running: Promise<void>): Promise<void> {
    await this.#host.close();
    await running;
  }

  summary(): string {
    const { trace } = this.#parts;
    const { concurrency } = this.#checkers;
    return `${trace.lines.length} lines, ${this.#host.lives} lives, ${concurrency.peak} at once`;
  }

  /** Lets the clock jump, where that is asked for; with draws of its own, so that the rest is as without. */
  async #jump(endMs: number): Promise<void> {
    const { seed, hasJumps = false } = this.#options;
    if (!hasJumps) return;
    this.#jumps = await jumpClock({
      ...this.#parts,
      host: this.#host,
      faults: this.#faults,
      chance: new Chance(seed, JUMPS_STREAM),
      endMs,
      onAhead: () => this.#checkers.deliveries.ledger.clockJumpsAhead(),
    });
  }

  /** Leaves the server off for longer than firings are made up for. */
  async #perhapsOutage(): Promise<void> {
    const chance = this.#chance();
    if (!chance.happens(OUTAGE_PROBABILITY)) return;
    const { clock } = this.#parts.machine;
    await this.#untilUp();
    const fromMs = clock.now();
    await this.#host.outage(chance.between(OUTAGE_MS_MIN, OUTAGE_MS_MAX));
    await this.#untilUp();
    this.#outages.push({ fromMs, untilMs: clock.now() });
    await clock.sleep(SOURCES_QUIET_MS);
  }

  async #untilUp(): Promise<void> {
    while (this.#host.server === undefined) await this.#parts.machine.clock.sleep(100);
  }

  /** Waits until no event is queued and all environments have ended. */
  async #quiet(): Promise<void> {
    const { machine, trace } = this.#parts;
    const untilMs = machine.clock.monotonicMs() + QUIET_MS_MAX;
    while ((await queuedEvents(machine.database)) > 0 || this.#sourcesAreBusy()) {
      if (machine.clock.monotonicMs() > untilMs) return trace.complain('events wait for ever');
      await machine.clock.sleep(10 * SECOND_MS);
    }
    await this.#endProvisioned();
    await machine.clock.sleep(2 * IDLE_MS);
    await this.#untilUp();
    trace.add('all is quiet');
  }

  #sourcesAreBusy(): boolean {
    const calls = Object.values(this.#checkers.deliveries).map(({ lastCallMs }) => lastCallMs);
    return this.#parts.machine.clock.monotonicMs() - Math.max(...calls) < SOURCES_QUIET_MS;
  }

  /** What is provisioned is there, and goes when it is given back. */
  async #endProvisioned(): Promise<void> {
    await this.#untilUp();
    await this.#parts.machine.clock.sleep(2 * IDLE_MS);
    const owner = this.#actor('owner');
    if ((await checkProvisioned(owner)) > 0) await endProvisioned(owner);
  }

  async #check(): Promise<void> {
    const { machine, trace } = this.#parts;
    const { events, work, orders, objects, items, concurrency } = this.#checkers;
    const server = present(this.#host.server, 'the server is up');
    checkLeaks(
      {
        stats: server.plane.stats(),
        sandboxes: server.driver.sandboxes.size,
        running: concurrency.running,
        stemCellMemoryMiB: STEM_CELL_MIB,
      },
      (text) => trace.complain(text),
    );
    const messages = await storedMessages(machine.database);
    const accepted = await acceptedEvents(machine.database);
    events.check({ accepted, messages, untold: this.#host.untold });
    work.check(messages);
    orders.check(messages);
    this.#checkers.returns.check(messages);
    this.#checkers.firings.check(messages, {
      nowMs: machine.clock.now(),
      outages: this.#outages,
      jumps: this.#jumps,
    });
    await checkMoveTasks(machine.database, (text) => trace.complain(text));
    const reader = this.#actor('reader');
    await this.#checkSources(reader);
    this.#checkers.topics.check(messages, accepted);
    for (const key of objects.keys()) await readObject(reader, key);
    for (const key of items.keys()) await readItem(reader, key);
  }

  async #checkSources(reader: Actor): Promise<void> {
    const { machine, trace } = this.#parts;
    const { jobs, parcels, ledger, readings } = this.#checkers.deliveries;
    await jobs.check();
    await parcels.check();
    await ledger.check(await placesOf(reader, 'ledger'));
    await readings.check(await placesOf(reader, 'readings'));
    await checkPlaces(machine.database, QUEUES.readingsFailed, (text) => trace.complain(text));
  }

  /** What is billed for all months of the run, as the store has it. */
  async #billed() {
    const rows = await this.#parts.machine.database.read((queries) =>
      queries.all<{
        readonly requests: number;
        readonly x86MibMs: number;
        readonly armMibMs: number;
        readonly provisionedRequests: number;
        readonly provisionedX86MibMs: number;
        readonly provisionedArmMibMs: number;
        readonly temporaryMibMs: number;
        readonly streamedBytes: number;
      }>(
        `SELECT requests, x86_mib_ms AS "x86MibMs", arm_mib_ms AS "armMibMs",
           provisioned_requests AS "provisionedRequests",
           provisioned_x86_mib_ms AS "provisionedX86MibMs",
           provisioned_arm_mib_ms AS "provisionedArmMibMs",
           temporary_mib_ms AS "temporaryMibMs", streamed_bytes AS "streamedBytes"
         FROM billing_usage`,
      ),
    );
    return rows.map((row) => ({ ...NO_USAGE, ...row })).reduce(addUsage, NO_USAGE);
  }

  #chance(): Chance {
    this.#streams += 1;
    return new Chance(this.#options.seed, this.#streams);
  }

  #actor(name: string): Actor {
    const { machine, trace, archives } = this.#parts;
    const parts = { machine, trace, archives, host: this.#host, checkers: this.#checkers };
    return { ...parts, name, chance: this.#chance() };
  }

  #serverOptions(): ServerOptions {
    const { machine, trace } = this.#parts;
    const { events, concurrency, billing, deliveries } = this.#checkers;
    const watchers = new Map(
      SOURCE_NAMES.map((name) => [HANDLERS[name] as string, deliveries[name]]),
    );
    const chance = this.#chance();
    return {
      machine,
      accountId: ACCOUNT,
      accountConcurrency: ACCOUNT_CONCURRENCY,
      log: traceLog(trace),
      program: functionsProgram(this.#chance(), {
        enter: (name) => concurrency.enter(name),
        succeeded: (requestId) => events.succeeded(requestId),
        deliveriesTo: (name) => watchers.get(name),
      }),
      launchMs: chance.pick([0, 5, 50]),
      plane: planeOptions(chance),
      faults: this.#faults,
      reports: {
        report: (report) => {
          const { requestId, functionName, failure = 'ok' } = report;
          trace.add(
            `report: ${functionName} ${requestId} ${failure} ${report.billedDurationMs} ms`,
          );
          billing.reported(report);
          events.reported(requestId);
        },
      },
      onAsyncEnd: (end) => {
        trace.add(`end: ${end.id} ${end.condition} after ${end.invokeCount}`);
        events.ended(end);
      },
    };
  }
}

/** A machine with little room or with much. */
function planeOptions(chance: Chance): InvokePlaneOptions {
  const memoryMiB = chance.pick([1024, 4096, 65_536]);
  const defaults = defaultInvokeOptions({ memoryMiB, processors: 2 });
  return {
    ...defaults,
    admission: { ...defaults.admission, accountConcurrency: ACCOUNT_CONCURRENCY },
    pool: { ...defaults.pool, idleMs: IDLE_MS },
    stemCells: { ...defaults.stemCells, memoryMiB: STEM_CELL_MIB },
  };
}
