import type { Clock } from '#ports/world/clock.ts';
import { QUEUES } from '../names.ts';
import { AsyncEventsChecker } from './async-events.ts';
import { BillingChecker } from './billing.ts';
import { ConcurrencyChecker } from './concurrency.ts';
import { MessagesChecker } from './messages.ts';
import { RegistersChecker } from './registers.ts';

export { checkLeaks } from './leaks.ts';

/** All who watch a run. */
export interface Checkers {
  readonly events: AsyncEventsChecker;
  readonly objects: RegistersChecker;
  readonly items: RegistersChecker;
  readonly concurrency: ConcurrencyChecker;
  readonly billing: BillingChecker;
  readonly work: MessagesChecker;
  readonly orders: MessagesChecker;
}

export interface CheckersOptions {
  readonly clock: Clock;
  readonly accountConcurrency: number;
  /** Takes each broken promise, in words. */
  readonly complain: (text: string) => void;
}

/** Checkers that have seen nothing yet. */
export function createCheckers({ clock, accountConcurrency, complain }: CheckersOptions): Checkers {
  return {
    events: new AsyncEventsChecker(complain),
    objects: new RegistersChecker('object', complain),
    items: new RegistersChecker('item', complain),
    concurrency: new ConcurrencyChecker(clock, accountConcurrency, complain),
    billing: new BillingChecker(clock, complain),
    work: new MessagesChecker({ queue: QUEUES.work, dead: QUEUES.workDead }, complain),
    orders: new MessagesChecker({ queue: QUEUES.orders, dead: QUEUES.ordersDead }, complain),
  };
}
