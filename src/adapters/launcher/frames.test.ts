import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { FrameReader, encodeFrame } from './frames.ts';

/** What no field may hold. */
const field = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));

describe('frames', () => {
  it('come back as they were sent, however they are cut on the way', () => {
    const frames = fc.array(fc.array(field, { minLength: 1 }), { maxLength: 8 });
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 64 }), (sent, pieceBytes) => {
        const bytes = Buffer.concat(sent.map((fields) => encodeFrame(fields)));
        const reader = new FrameReader();
        const received: string[][] = [];
        for (let at = 0; at < bytes.length; at += pieceBytes) {
          received.push(...reader.push(bytes.subarray(at, at + pieceBytes)));
        }
        assert.deepEqual(received, sent);
      }),
      { numRuns: 200 },
    );
  });

  it('refuse a field that holds NUL', () => {
    assert.throws(() => encodeFrame(['1', 'a\0b']), RangeError);
  });

  it('are refused above 1 MiB, not at it', () => {
    const bytesMax = 1024 * 1024;
    assert.equal(encodeFrame(['x'.repeat(bytesMax - 1)]).length, 4 + bytesMax);
    assert.throws(() => encodeFrame(['x'.repeat(bytesMax)]), RangeError);
  });
});
