/** Streams and long answers onto a connection, no faster than its client takes them. */
import type { Writable } from 'node:stream';
import { KIB } from '#kernel/units.ts';
import type { Clock } from '#ports/world/clock.ts';

export interface WriteOptions {
  readonly clock: Clock;
  /** How long a client may take nothing. */
  readonly idleTimeoutMs: number;
  readonly isGone: () => boolean;
}

/**
 * Writes a stream with back pressure, as far as the client takes it.
 * @throws what the stream threw; the target is cut then
 */
export async function writeStream(
  target: Writable,
  body: AsyncIterable<Uint8Array>,
  options: WriteOptions,
): Promise<void> {
  try {
    for await (const chunk of body) {
      if (options.isGone()) return;
      if (!target.write(chunk)) await drained(target, options);
    }
  } catch (error) {
    target.destroy();
    throw error;
  }
}

/** Bytes at hand of which a client must take as many within the idle time; a slow one takes the whole in time. */
const PIECE_BYTES = 256 * KIB;

/** As {@link writeStream}, of bytes that are at hand. */
export async function writeBytes(
  target: Writable,
  bytes: Uint8Array,
  options: WriteOptions,
): Promise<void> {
  for (let at = 0; at < bytes.byteLength && !options.isGone(); at += PIECE_BYTES) {
    const isTaken = target.write(bytes.subarray(at, at + PIECE_BYTES));
    if (!isTaken) await drained(target, options);
  }
}

/** Closes a stream that nobody will read. It has to begin for that: a generator that has not cleans nothing up. */
export async function closeUnread(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of body) return;
}

/** Waits until the client has taken what was written, or is gone; one that takes nothing is cut off. */
export async function drained(target: Writable, options: WriteOptions): Promise<void> {
  using _timer = options.clock.setTimer(options.idleTimeoutMs, () => target.destroy());
  await new Promise<void>((resolve) => {
    const done = (): void => {
      target.off('drain', done);
      target.off('close', done);
      resolve();
    };
    target.on('drain', done);
    target.on('close', done);
    if (options.isGone()) done();
  });
}
