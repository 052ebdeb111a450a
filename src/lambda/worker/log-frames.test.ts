import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { LOG_LINE_BYTES_MAX } from './limits.ts';
import { LineCutter } from './log-frames.ts';

function frame(message: string, timestampMs = 1_700_000_000_000): Buffer {
  const bytes = Buffer.from(message);
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0xa55a000f, 0);
  head.writeUInt32BE(bytes.length, 4);
  head.writeBigUInt64BE(BigInt(timestampMs) * 1000n, 8);
  return Buffer.concat([head, bytes]);
}

function cut(...chunks: readonly Uint8Array[]): string[] {
  const cutter = new LineCutter();
  const lines = chunks.flatMap((chunk) => cutter.push(chunk));
  return [...lines, ...cutter.flush()].map(({ message }) => message);
}

describe('output', () => {
  it('is cut at line feeds, which stay', () => {
    assert.deepEqual(cut(Buffer.from('a\nb\r\n\nc')), ['a\n', 'b\r\n', '\n', 'c']);
  });

  it('keeps a framed message together, with its time', () => {
    const cutter = new LineCutter();
    const lines = cutter.push(Buffer.concat([frame('two\nlines'), Buffer.from('plain\n')]));
    assert.deepEqual(lines, [
      { message: 'two\nlines', timestampMs: 1_700_000_000_000 },
      { message: 'plain\n' },
    ]);
  });

  it('takes a line of the longest length whole, and a longer one in pieces', () => {
    const most = 'x'.repeat(LOG_LINE_BYTES_MAX - 1);
    assert.deepEqual(cut(Buffer.from(`${most}\n`)), [`${most}\n`]);
    const pieces = cut(Buffer.from(`${most}xy\n`));
    assert.deepEqual(
      pieces.map((it) => it.length),
      [LOG_LINE_BYTES_MAX, 2],
    );
  });

  it('takes a longer line or frame in pieces, however it comes', () => {
    const text = 'x'.repeat(2 * LOG_LINE_BYTES_MAX + 5);
    for (const bytes of [Buffer.from(`${text}\n`), frame(`${text}\n`)]) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += 65_536)
        chunks.push(bytes.subarray(at, at + 65_536));
      const pieces = cut(...chunks, Buffer.from('next\n'));
      assert.deepEqual(
        pieces.map((it) => it.length),
        [LOG_LINE_BYTES_MAX, LOG_LINE_BYTES_MAX, 6, 5],
      );
      assert.equal(pieces.join(''), `${text}\nnext\n`);
    }
  });

  it('cuts no character in two', () => {
    for (const character of ['é', '€', '🔥']) {
      for (const before of ['', 'x', 'xx', 'xxx']) {
        const text = `${before}${character.repeat(LOG_LINE_BYTES_MAX / 2)}\n`;
        for (const bytes of [Buffer.from(text), frame(text)]) {
          const pieces = cut(bytes);
          assert.ok(pieces.join('') === text, `${before}${character}`);
          assert.ok(pieces.every((it) => Buffer.byteLength(it) <= LOG_LINE_BYTES_MAX));
        }
      }
    }
  });

  it('does not go on with a frame that its process did not end', () => {
    const cutter = new LineCutter();
    const begun = frame('x'.repeat(LOG_LINE_BYTES_MAX + 9)).subarray(0, 20);
    assert.deepEqual(cutter.push(begun), []);
    const [left] = cutter.flush();
    assert.deepEqual(left, { message: 'xxxx', timestampMs: 1_700_000_000_000 });
    assert.deepEqual(cutter.push(Buffer.from('plain\n')), [{ message: 'plain\n' }]);
  });

  it('does not wait for the end of a frame that claims to be endless', () => {
    const forged = frame('x');
    forged.writeUInt32BE(0xffffffff, 4);
    const lines = new LineCutter().push(Buffer.concat([forged, Buffer.from('\n')]));
    assert.ok(lines.at(-1)?.message.endsWith('x\n'));
  });

  it('loses no byte of plain lines, however it comes in pieces', () => {
    const text = fc.array(fc.constantFrom('a', 'é', '\n', '\r', '\xa5', '\0', 'long '), {
      maxLength: 50,
    });
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 60 }), { maxLength: 8 }), (letters, cuts) => {
        const bytes = Buffer.from(letters.join(''));
        const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = ends.map((end, index) =>
          bytes.subarray(index === 0 ? 0 : ends[index - 1], end),
        );
        const lines = cut(...chunks);
        assert.equal(lines.join(''), bytes.toString());
        assert.ok(lines.slice(0, -1).every((line) => line.endsWith('\n')));
      }),
      { numRuns: 500 },
    );
  });

  it('neither throws nor hangs on anything', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.constant(Buffer.from([0xa5, 0x5a, 0])),
      fc.string({ maxLength: 10 }).map((message) => frame(message)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        cut(...pieces);
      }),
      { numRuns: 500 },
    );
  });
});
