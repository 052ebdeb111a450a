import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTimestamp, parseTimestamp } from './timestamps.ts';

const at = Date.UTC(2015, 9, 21, 7, 28, 0);

test('a moment is written in each of the three ways', () => {
  assert.equal(formatTimestamp(at, 'iso8601'), '2015-10-21T07:28:00Z');
  assert.equal(formatTimestamp(at + 5, 'iso8601'), '2015-10-21T07:28:00.005Z');
  assert.equal(formatTimestamp(at, 'rfc822'), 'Wed, 21 Oct 2015 07:28:00 GMT');
  assert.equal(formatTimestamp(at + 250, 'unixTimestamp'), '1445412480.25');
});

test('a moment is read in each of them, whatever the place', () => {
  for (const text of [
    '2015-10-21T07:28:00Z',
    '2015-10-21T07:28:00.000Z',
    '2015-10-21T07:28:00',
    '2015-10-21T09:28:00+02:00',
    'Wed, 21 Oct 2015 07:28:00 GMT',
    '1445412480',
    '1445412480.0',
    '1.44541248E9',
  ]) {
    assert.equal(parseTimestamp(text), at, text);
  }
  assert.equal(parseTimestamp('2015-10-21'), Date.UTC(2015, 9, 21));
});

test('what is no moment is refused', () => {
  for (const text of ['', 'now', '2015-13-41T00:00:00Z', '1e300', 'NaN', '21/10/2015', '2015']) {
    if (text === '2015') assert.equal(parseTimestamp(text), 2_015_000);
    else assert.equal(parseTimestamp(text), undefined, text);
  }
});
