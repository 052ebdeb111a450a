/**
 * The one way by which events are stored: chunks, and in the same transaction what subscription filters
 * deliver. Metrics and live tails hear of them once they are durable.
 */
import { BoundedMap } from '#kernel/bounded-map.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import type { Transaction } from '#ports/world/database.ts';
import { makeChunks, readChunk } from './chunk.ts';
import type { LogsDependencies } from './dependencies.ts';
import { compileFilterPattern } from './filter-pattern/index.ts';
import type { FilterPattern } from './filter-pattern/index.ts';
import type { LiveTails } from './live-tail.ts';
import { measure } from './metric-filter.ts';
import type { MetricSettings, TimedMatch } from './metric-filter.ts';
import { eventId } from './model.ts';
import type { LogGroup, LogStream, NewEvent } from './model.ts';
import { appendChunks } from './store-chunks.ts';
import { listGroupFilters } from './store-filters.ts';
import type { StoredFilter } from './store-filters.ts';
import { subscriptionDelivery } from './subscription.ts';
import type { SubscribedEvent, SubscriptionSettings } from './subscription.ts';

const PATTERNS_KEPT_MAX = 1000;

export interface Destination {
  readonly group: LogGroup;
  readonly stream: LogStream;
}

export class EventWriter {
  readonly #dependencies: LogsDependencies;
  readonly #liveTails: LiveTails;
  readonly #patterns = new BoundedMap<FilterPattern>(PATTERNS_KEPT_MAX);

  constructor(dependencies: LogsDependencies, liveTails: LiveTails) {
    this.#dependencies = dependencies;
    this.#liveTails = liveTails;
  }

  /** Stores events, which are in order, in a stream. */
  async write(
    tx: Transaction,
    { group, stream }: Destination,
    events: readonly NewEvent[],
  ): Promise<void> {
    if (events.length === 0) return;
    const { clock, metricSink } = this.#dependencies;
    const nowMs = Math.floor(clock.now());
    const chunks = makeChunks(events);
    await appendChunks(tx, stream, chunks, nowMs);
    const filters = await listGroupFilters(tx, group.groupId);
    const data: MetricDatum[] = [];
    for (const filter of filters) {
      const pattern = this.#pattern(filter.pattern);
      if (filter.kind === 'metric') {
        // The kind says what was stored.
        const settings = filter.settings as MetricSettings;
        data.push(...measure(group, settings, findMatches(pattern, events), nowMs));
      } else {
        await this.#deliver(tx, { group, stream }, filter, identify(stream, chunks, pattern));
      }
    }
    tx.afterCommit(() => {
      if (data.length > 0) metricSink.put(data);
      this.#liveTails.publish(group, stream.name, events, nowMs);
    });
  }

  async #deliver(
    tx: Transaction,
    { group, stream }: Destination,
    filter: StoredFilter,
    events: readonly SubscribedEvent[],
  ): Promise<void> {
    if (events.length === 0) return;
    // The kind says what was stored.
    const settings = filter.settings as SubscriptionSettings;
    const delivery = subscriptionDelivery(settings, {
      group,
      streamName: stream.name,
      filterName: filter.name,
      events,
    });
    const outcome = await this.#dependencies.deliverer.deliver(delivery, tx);
    if (outcome === 'deliverable') return;
    this.#dependencies.log.warn('a subscription filter could not deliver', {
      group: group.name,
      filter: filter.name,
      target: settings.targetArn,
      outcome,
    });
  }

  /** A pattern, compiled once; it was checked when its filter was put. */
  #pattern(text: string): FilterPattern {
    const kept = this.#patterns.get(text);
    if (kept !== undefined) return kept;
    const pattern = compileFilterPattern(text);
    this.#patterns.set(text, pattern);
    return pattern;
  }
}

function findMatches(pattern: FilterPattern, events: readonly NewEvent[]): TimedMatch[] {
  return events.flatMap(({ timestamp, message }) => {
    const match = pattern(message);
    return match === undefined ? [] : [{ timestamp, match }];
  });
}

/** The events that match, with the ids under which they are stored. */
function identify(
  stream: LogStream,
  chunks: ReturnType<typeof makeChunks>,
  pattern: FilterPattern,
): SubscribedEvent[] {
  return chunks.flatMap(({ firstMs, content }, number) =>
    readChunk(firstMs, content).flatMap(({ timestamp, message }, index) => {
      if (pattern(message) === undefined) return [];
      const position = {
        timestamp,
        streamId: stream.streamId,
        chunkNumber: stream.chunkCount + number,
        index,
      };
      return [{ id: eventId(position), timestamp, message }];
    }),
  );
}
