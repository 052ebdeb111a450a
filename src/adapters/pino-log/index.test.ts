import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openPinoLog } from './index.ts';
import type { PinoLogOptions } from './index.ts';

function collect(options: Omit<PinoLogOptions, 'destination'>): {
  lines: string[];
  log: ReturnType<typeof openPinoLog>;
} {
  const lines: string[] = [];
  return {
    lines,
    log: openPinoLog({ ...options, destination: { write: (line) => lines.push(line) } }),
  };
}

describe('openPinoLog', () => {
  it('writes one JSON object a line, with level, time, message and fields', () => {
    const { lines, log } = collect({ level: 'info', format: 'json' });
    log.debug('hidden');
    log.info('listening', { port: 4566 });
    assert.equal(lines.length, 1);
    const { time, ...rest } = JSON.parse(lines[0] ?? '');
    assert.deepEqual(rest, { level: 'info', message: 'listening', port: 4566 });
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('writes an error with its stack', () => {
    const { lines, log } = collect({ level: 'info', format: 'json' });
    log.error('failed', { error: new TypeError('why') });
    const { error } = JSON.parse(lines[0] ?? '');
    assert.deepEqual([error.type, error.message], ['TypeError', 'why']);
    assert.match(error.stack, /index\.test\.ts/);
  });

  it('writes for people: time, level, message, fields, then the stack', () => {
    const { lines, log } = collect({ level: 'debug', format: 'pretty' });
    log.warn('slow disk', { path: '/data', took: 12, note: 'two words' });
    assert.match(
      lines[0] ?? '',
      /^\d\d:\d\d:\d\d\.\d{3} warn  slow disk path=\/data took=12 note="two words"\n$/,
    );
    log.error('failed', { error: new Error('why') });
    assert.match(lines[1] ?? '', /error failed\nError: why\n +at /);
  });

  it('colours on request alone', () => {
    const { lines, log } = collect({ level: 'info', format: 'pretty', hasColors: true });
    log.info('hello');
    assert.ok(lines[0]?.includes('\u001b['));
  });
});
