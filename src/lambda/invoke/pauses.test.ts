import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { utf8 } from '#kernel/bytes.ts';
import { readDebugpy } from './debugpy-pauses.ts';
import { readInspector } from './inspector-pauses.ts';
import { followPauses } from './pauses.ts';
import type { PauseReader } from './pauses.ts';

type Read = (tell: (isPaused: boolean) => void) => PauseReader;

/** What is told of bytes that come in pieces of these sizes. */
function told(read: Read, bytes: Uint8Array, sizes: readonly number[]): boolean[] {
  const heard: boolean[] = [];
  const take = read((isPaused) => heard.push(isPaused));
  let from = 0;
  for (let index = 0; from < bytes.byteLength; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    take(bytes.subarray(from, from + size));
    from += size;
  }
  return heard;
}

/** The same is told whatever the pieces. */
function checkPieces(read: Read, bytes: Uint8Array, expected: readonly boolean[]): void {
  const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sizes, (pieces) => assert.deepEqual(told(read, bytes, pieces), expected)),
    { numRuns: 200 },
  );
  assert.deepEqual(told(read, bytes, [1]), expected);
  assert.deepEqual(told(read, bytes, [bytes.byteLength]), expected);
}

function frame(text: string): Buffer {
  const payload = utf8(text);
  const { byteLength } = payload;
  const header = Buffer.alloc(byteLength < 126 ? 2 : byteLength < 65_536 ? 4 : 10);
  header.writeUInt8(0x81, 0);
  header.writeUInt8(byteLength < 126 ? byteLength : byteLength < 65_536 ? 126 : 127, 1);
  if (header.byteLength === 4) header.writeUInt16BE(byteLength, 2);
  if (header.byteLength === 10) header.writeBigUInt64BE(BigInt(byteLength), 2);
  return Buffer.concat([header, payload]);
}

describe('pauses that the inspector tells of', () => {
  const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n';
  const paused = `{"method":"Debugger.paused","params":{"reason":"${'x'.repeat(70_000)}"}}`;
  const source = `{"id":4,"result":{"scriptSource":"{\\"method\\":\\"Debugger.paused\\"}"}}`;

  it('are heard in frames of every length, after whatever was asked by HTTP before', () => {
    const list = '[{"id":"a"}]';
    const before = `HTTP/1.0 200 OK\r\nContent-Length: ${list.length}\r\n\r\n${list}`;
    const bytes = Buffer.concat([
      utf8(before),
      utf8(upgrade),
      frame(source),
      frame('{"method":"Debugger.paused","params":{}}'),
      frame('x'.repeat(125)),
      frame('y'.repeat(126)),
      frame('{"method":"Debugger.resumed","params":{}}'),
      frame(''),
      frame(paused),
      frame('z'.repeat(65_536)),
      frame('{"method":"Debugger.resumed","params":{}}'),
    ]);
    checkPieces(readInspector, bytes, [true, false, true, false]);
  });

  it('are not heard in what is no frame', () => {
    const text = 'HTTP/1.0 200 OK\r\n\r\n{"method":"Debugger.paused"}';
    assert.deepEqual(told(readInspector, utf8(text), [7]), []);
  });
});

describe('pauses that debugpy tells of', () => {
  const message = (value: unknown): string => {
    const text = JSON.stringify(value);
    return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  };

  it('are events, and answers to requests that let it go on', () => {
    const bytes = utf8(
      [
        message({ seq: 1, type: 'event', event: 'output', body: { output: 'stopped é' } }),
        message({ seq: 2, type: 'event', event: 'stopped', body: { reason: 'breakpoint' } }),
        message({ seq: 3, type: 'response', command: 'next', success: false }),
        message({ seq: 4, type: 'response', command: 'next', success: true }),
        message({ seq: 5, type: 'event', event: 'stopped', body: { reason: 'step' } }),
        message({ seq: 6, type: 'response', command: 'evaluate', success: true }),
        message({ seq: 7, type: 'event', event: 'continued' }),
        message({ seq: 8, type: 'event', event: 'output', body: { output: 'x'.repeat(70_000) } }),
        message({ seq: 9, type: 'event', event: 'stopped' }),
        message({ seq: 10, type: 'event', event: 'terminated' }),
      ].join(''),
    );
    checkPieces(readDebugpy, bytes, [true, false, true, false, true, false]);
  });

  it('survive what is no message', () => {
    assert.deepEqual(told(readDebugpy, utf8('hello from inside'), [3]), []);
    assert.deepEqual(told(readDebugpy, utf8('no length\r\n\r\n[1'), [3]), []);
  });
});

describe('a function under several debuggers', () => {
  it('stands still while one of them has it stopped, and goes on when that one leaves', () => {
    const heard: boolean[] = [];
    const tap = followPauses(readDebugpy, (isPaused) => heard.push(isPaused));
    const stopped = utf8('Content-Length: 34\r\n\r\n{"type":"event","event":"stopped"} ');
    const [first, second] = [tap(), tap()];
    first.onInside(stopped);
    second.onInside(stopped);
    first.onEnd();
    assert.deepEqual(heard, [true]);
    second.onEnd();
    second.onEnd();
    assert.deepEqual(heard, [true, false]);
  });
});
