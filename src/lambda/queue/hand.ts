/**
 * The events that are in memory: those that run, and those that are claimed and wait for room.
 * Owns the windows of all lanes. A lane's events wait here only while its window is full (H1).
 */
import { MIB } from '#kernel/units.ts';

import { laneOf, type QueuedEvent } from '../store-queue.ts';
import type { RunEnd } from './run-event.ts';
import { createWindows } from './windows.ts';

export interface Hand {
  /** How many more events of a lane may be claimed now. */
  room(lane: string): number;
  /** Runs a claimed event, as soon as its lane's window has room. */
  take(event: QueuedEvent): void;
  /** Claimed events that have not ended. */
  readonly size: number;
  /** Resolves when what runs has ended. */
  idle(): Promise<void>;
}

export interface HandOptions {
  /** Runs an event; never rejects but where nothing may run any more. */
  readonly run: (event: QueuedEvent) => Promise<RunEnd>;
  /** Told after each end, with whether somebody was refused room meanwhile. */
  readonly onEnd: (end: RunEnd, wasRoomRefused: boolean) => void;
  readonly onFailure: (error: unknown) => void;
}

const EVENTS_MAX = 1000;
const BYTES_MAX = 128 * MIB;
/** Bounds what one claim may bring: this many events of 1 MiB. */
const CLAIM_MAX = 64;

/** An empty hand. */
export function createHand({ run, onEnd, onFailure }: HandOptions): Hand {
  const windows = createWindows();
  const running = new Set<Promise<void>>();
  const waiting = new Map<string, QueuedEvent[]>();
  let size = 0;
  let bytes = 0;
  let wasRoomRefused = false;

  const start = (lane: string, event: QueuedEvent): void => {
    const window = windows.enter(lane);
    const ended = run(event)
      .then((end) => {
        size -= 1;
        bytes -= event.payload.byteLength;
        window.leave(end === 'refused');
        startWaiting(lane);
        onEnd(end, wasRoomRefused);
        wasRoomRefused = false;
      })
      .catch(onFailure)
      .finally(() => running.delete(ended));
    running.add(ended);
  };

  const startWaiting = (lane: string): void => {
    const events = waiting.get(lane) ?? [];
    for (const event of events.splice(0, windows.room(lane))) start(lane, event);
    if (events.length === 0) waiting.delete(lane);
  };

  return {
    room(lane) {
      const isFull = bytes >= BYTES_MAX || waiting.has(lane);
      const room = isFull ? 0 : Math.min(CLAIM_MAX, EVENTS_MAX - size, windows.room(lane));
      wasRoomRefused ||= room <= 0;
      return Math.max(0, room);
    },
    take(event) {
      const lane = laneOf(event.address);
      size += 1;
      bytes += event.payload.byteLength;
      if (windows.room(lane) > 0) start(lane, event);
      else {
        const events = waiting.get(lane);
        if (events === undefined) waiting.set(lane, [event]);
        else events.push(event);
      }
    },
    get size() {
      return size;
    },
    async idle() {
      await Promise.all(running);
    },
  };
}
