/**
 * Live tails: sessions that are told of events as they are stored.
 * I1 A session holds at most one update's events; what comes beyond is counted as sampled. I2 A session
 * ends when its client goes, or after three hours.
 */
import type { Clock } from '#ports/world/clock.ts';
import type { FilterPattern } from './filter-pattern/index.ts';
import {
  LIVE_TAIL_EVENTS_PER_UPDATE_MAX,
  LIVE_TAIL_MS_MAX,
  LIVE_TAIL_UPDATE_MS,
} from './limits.ts';
import { logGroupArn } from './model.ts';
import type { LogGroup, NewEvent } from './model.ts';

export interface TailedEvent extends NewEvent {
  readonly logStreamName: string;
  readonly logGroupIdentifier: string;
  readonly ingestionTime: number;
}

export interface TailFilter {
  readonly groupIds: ReadonlySet<number>;
  readonly matchesStream: (name: string) => boolean;
  readonly pattern: FilterPattern;
}

export interface TailUpdate {
  readonly isSampled: boolean;
  readonly events: readonly TailedEvent[];
}

interface Session extends TailFilter {
  events: TailedEvent[];
  isSampled: boolean;
}

export class LiveTails {
  readonly #clock: Clock;
  readonly #sessions = new Set<Session>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  publish(
    group: LogGroup,
    streamName: string,
    events: readonly NewEvent[],
    ingestionTime: number,
  ): void {
    for (const session of this.#sessions) {
      if (!session.groupIds.has(group.groupId) || !session.matchesStream(streamName)) continue;
      for (const event of events) add(session, group, streamName, { ...event, ingestionTime });
    }
  }

  /** An update each second, until the signal aborts or the session's time is over; it hears from now on. */
  open(filter: TailFilter, signal: AbortSignal): AsyncGenerator<TailUpdate> {
    const session: Session = { ...filter, events: [], isSampled: false };
    this.#sessions.add(session);
    signal.addEventListener('abort', () => this.#sessions.delete(session), { once: true });
    return this.#updates(session, signal);
  }

  async *#updates(session: Session, signal: AbortSignal): AsyncGenerator<TailUpdate> {
    const endMs = this.#clock.monotonicMs() + LIVE_TAIL_MS_MAX;
    try {
      while (this.#clock.monotonicMs() < endMs) {
        await this.#clock.sleep(LIVE_TAIL_UPDATE_MS, signal).catch(() => {});
        if (signal.aborted) return;
        const { events, isSampled } = session;
        session.events = [];
        session.isSampled = false;
        yield { isSampled, events };
      }
    } finally {
      this.#sessions.delete(session);
    }
  }
}

function add(
  session: Session,
  group: LogGroup,
  logStreamName: string,
  event: NewEvent & { readonly ingestionTime: number },
): void {
  if (session.pattern(event.message) === undefined) return;
  if (session.events.length >= LIVE_TAIL_EVENTS_PER_UPDATE_MAX) {
    session.isSampled = true;
    return;
  }
  const logGroupIdentifier = logGroupArn(group, group.name);
  session.events.push({ ...event, logStreamName, logGroupIdentifier });
}
