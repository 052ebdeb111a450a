import { SECOND_MS } from '#kernel/units.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import { LEDGER_AGE_SECONDS_MAX, QUEUES } from '../names.ts';
import { AsyncEventsChecker } from './async-events.ts';
import { BillingChecker } from './billing.ts';
import { ConcurrencyChecker } from './concurrency.ts';
import { DeliveriesChecker, type DeliveriesOptions } from './deliveries.ts';
import { FiringsChecker } from './firings.ts';
import { MessagesChecker } from './messages.ts';
import { queuePlaces, streamPlaces } from './places.ts';
import { RegistersChecker } from './registers.ts';
import { TopicsChecker } from './topics.ts';

export type { MessagesChecker } from './messages.ts';
export { checkLeaks } from './leaks.ts';
export type { Outage, Timer } from './firings.ts';
export { checkMoveTasks } from './move-tasks.ts';
export { checkPlaces } from './places.ts';

/** All who watch a run. */
export interface Checkers {
  readonly events: AsyncEventsChecker;
  readonly objects: RegistersChecker;
  readonly items: RegistersChecker;
  readonly concurrency: ConcurrencyChecker;
  readonly billing: BillingChecker;
  readonly work: MessagesChecker;
  readonly orders: MessagesChecker;
  readonly returns: MessagesChecker;
  readonly firings: FiringsChecker;
  readonly deliveries: Readonly<Record<SourceName, DeliveriesChecker>>;
  readonly topics: TopicsChecker;
}

/** Sources whose records functions get by event source mappings. */
export const SOURCE_NAMES = ['jobs', 'parcels', 'ledger', 'readings'] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];

export interface CheckersOptions {
  readonly clock: Clock;
  readonly database: Database;
  readonly accountConcurrency: number;
  /** Takes each broken promise, in words. */
  readonly complain: (text: string) => void;
}

/** Checkers that have seen nothing yet. */
export function createCheckers(options: CheckersOptions): Checkers {
  const { clock, accountConcurrency, complain } = options;
  return {
    events: new AsyncEventsChecker(complain),
    objects: new RegistersChecker('object', complain),
    items: new RegistersChecker('item', complain),
    concurrency: new ConcurrencyChecker(clock, accountConcurrency, complain),
    billing: new BillingChecker(clock, complain),
    work: new MessagesChecker({ queue: QUEUES.work, dead: QUEUES.workDead }, complain),
    orders: new MessagesChecker({ queue: QUEUES.orders, dead: QUEUES.ordersDead }, complain),
    returns: new MessagesChecker(RETURNS, complain),
    firings: new FiringsChecker(complain),
    deliveries: deliveriesCheckers(options),
    topics: new TopicsChecker(complain),
  };
}

const RETURNS = {
  queue: QUEUES.returns,
  dead: QUEUES.returnsDead,
  shelf: QUEUES.shelf,
  receivesMax: 1,
};

function deliveriesCheckers({ clock, database, complain }: CheckersOptions) {
  const checker = (
    name: SourceName,
    more: Pick<DeliveriesOptions, 'isOrdered' | 'ageMsMax' | 'places'>,
  ): DeliveriesChecker => new DeliveriesChecker({ clock, name, complain, ...more });
  const jobs = { queue: QUEUES.jobs, dead: QUEUES.jobsDead };
  const parcels = { queue: QUEUES.parcels, dead: QUEUES.parcelsDead };
  return {
    jobs: checker('jobs', { isOrdered: false, places: () => queuePlaces(database, jobs) }),
    parcels: checker('parcels', { isOrdered: true, places: () => queuePlaces(database, parcels) }),
    ledger: checker('ledger', {
      isOrdered: true,
      ageMsMax: LEDGER_AGE_SECONDS_MAX * SECOND_MS,
      places: () => streamPlaces(database, QUEUES.ledgerFailed),
    }),
    readings: checker('readings', {
      isOrdered: true,
      places: () => streamPlaces(database, QUEUES.readingsFailed),
    }),
  };
}
