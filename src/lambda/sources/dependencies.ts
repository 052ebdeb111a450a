import type { Agenda } from '#ports/peers/agenda.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { Invoker } from '#ports/peers/invoker.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Log } from '#ports/world/log.ts';

import type { FunctionCatalog } from '../model/function-catalog.ts';
import type { MappingRecord } from './model.ts';
import type { MappingOperationsDependencies } from './operations/index.ts';

/** What polling works with. */
export interface SourcesDependencies extends MappingOperationsDependencies {
  readonly log: Log;
  readonly metrics: MetricSink;
  readonly deliverer: Deliverer;
  readonly catalog: FunctionCatalog;
  /** Asked for at each batch: the invoke plane is made after the services. */
  readonly invoker: () => Invoker;
}

/** One mapping's work, from its start until it was stopped and what was in hand has ended. */
export interface Poller {
  /** Goes on with changed settings. */
  update(mapping: MappingRecord): void;
  /** Takes nothing more; `finished` tells when the last batch in hand has ended. */
  stop(): void;
  /**
   * When it next does something by the clock: its back-offs and batching windows are in it, and what is in hand counts
   * as due, but for what waits for durable executions. That a source is gone is waited out, and is none of it.
   */
  readonly agenda: Agenda;
  /** Rejects where the store has failed for good. */
  readonly finished: Promise<void>;
}

/** What is in hand of all mappings together, in bytes of payload. */
export interface InHand {
  bytes: number;
}
