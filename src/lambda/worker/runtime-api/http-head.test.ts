import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { HeadParser, parseHead } from './http-head.ts';

const LINES = [
  'GET /next HTTP/1.1',
  'POST /response HTTP/1.1',
  'GET /next HTTP/1.0',
  'get /next HTTP/1.1',
  'Host: 127.0.0.1',
  'Content-Length: 12',
  'Content-Length: 13',
  'Content-Length: x',
  'Transfer-Encoding: chunked',
  'Connection: close',
  'Expect: 100-continue',
  ' folded: 1',
  'X-Long: '.padEnd(600, 'y'),
];

describe('heads of one connection', () => {
  test('say what each would say alone, whatever came before', () => {
    const lines = fc.array(fc.constantFrom(...LINES), { maxLength: 4 });
    const heads = fc.array(
      lines.map((some) => Buffer.from(some.join('\r\n'))),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(heads, (sequence) => {
        const parser = new HeadParser();
        for (const bytes of sequence) assert.deepEqual(parser.parse(bytes), parseHead(bytes));
      }),
    );
  });

  test('are parsed once where they are the same', () => {
    const parser = new HeadParser();
    const next = Buffer.from('GET /next HTTP/1.1\r\nHost: 127.0.0.1');
    assert.equal(parser.parse(next), parser.parse(Buffer.from(next)));
    const [first, second] = ['a', 'b'].map((id) =>
      parser.parse(Buffer.from(`POST /${id} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2`)),
    );
    assert.ok(first?.kind === 'head' && second?.kind === 'head');
    assert.equal(first.head.headers, second.head.headers);
    assert.deepEqual([first.head.path, second.head.path], ['/a', '/b']);
  });
});
