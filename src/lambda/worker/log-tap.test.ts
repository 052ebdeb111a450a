import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { HOUR_MS } from '#kernel/units.ts';
import type { LogLine } from '#ports/peers/log-sink.ts';
import { LogTap } from './log-tap.ts';

const DAY_MS = 24 * HOUR_MS;

function frame(timestampMs: bigint): Buffer {
  const bytes = Buffer.from('a55a000100000002000000000000000061620a', 'hex').subarray(0, 18);
  bytes.writeBigUInt64BE(timestampMs * 1000n, 8);
  return bytes;
}

function tapInto(lines: LogLine[], clock: SimulatedClock): LogTap {
  return new LogTap({
    sink: {
      append: (_stream, appended) => void lines.push(...appended),
      flush: () => Promise.resolve(),
    },
    clock,
    stream: { accountId: '0', region: 'r', logGroup: 'g', logStream: 's' },
    logging: { format: 'Text', applicationLevel: 'INFO', systemLevel: 'INFO', logGroup: 'g' },
    filtersLines: false,
  });
}

/** When the log says that a line was written whose frame says `timestampMs`. */
function toldTime(clock: SimulatedClock, timestampMs: bigint): number | undefined {
  const lines: LogLine[] = [];
  const tap = tapInto(lines, clock);
  tap.write('stdout', frame(timestampMs));
  assert.equal(lines[0]?.message, 'ab');
  return lines[0]?.timestampMs;
}

it("takes a framed line's time where CloudWatch Logs does, and the present else", () => {
  const clock = new SimulatedClock();
  const now = clock.now();
  for (const taken of [now - 14 * DAY_MS, now - 1, now, now + 2 * HOUR_MS]) {
    assert.equal(toldTime(clock, BigInt(taken)), taken);
  }
  for (const refused of [0, now - 14 * DAY_MS - 1, now + 2 * HOUR_MS + 1]) {
    assert.equal(toldTime(clock, BigInt(refused)), now);
  }
  assert.equal(toldTime(clock, 0xffff_ffff_ffff_ffffn / 1000n), now);
});

it('gathers no more for the tail than goes into it, however short the lines are', () => {
  const tap = tapInto([], new SimulatedClock());
  tap.openTail();
  const empty = Buffer.from('a55a0003000000000000000000000000', 'hex');
  for (let count = 0; count < 200; count += 1) tap.write('stdout', Buffer.alloc(16_000, empty));
  const tail = tap.takeTail() ?? new Uint8Array();
  assert.equal(Buffer.from(tail).toString(), '\n'.repeat(4096));
  // What it was cut from.
  assert.ok(tail.buffer.byteLength <= 65_536, `${tail.buffer.byteLength}`);
});
