/** The story that everybody tries first, as `npm run demo` tells it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';

test('a photograph becomes a thumbnail, an item and a log', { timeout: 120_000 }, () => {
  const demo = spawnSync(process.execPath, ['examples/demo.ts', 'thumbnail'], {
    encoding: 'utf8',
    timeout: 110_000,
  });
  assert.equal(demo.status, 0, demo.stdout + demo.stderr);
  const [, path = ''] = /^ {2}(\S+\.jpg) \(/m.exec(demo.stdout) ?? [];
  const thumbnail = readFileSync(path);
  rmSync(path);
  // A JPEG of 480 x 320: the height and width stand in its SOF segment.
  assert.deepEqual([...thumbnail.subarray(0, 2)], [0xff, 0xd8]);
  const frame = thumbnail.indexOf(Buffer.from([0xff, 0xc0, 0x00, 0x11, 0x08]));
  assert.equal(thumbnail.readUInt16BE(frame + 7), 480);
  assert.match(demo.stdout, /width +6000/);
  assert.match(demo.stdout, /model ILCE-6000/);
  for (const line of ['START RequestId', 'END RequestId', 'REPORT RequestId']) {
    assert.ok(demo.stdout.includes(line), `the log has ${line}`);
  }
});

test('a day of schedules passes in seconds, over a crash at noon', { timeout: 180_000 }, () => {
  const demo = spawnSync(process.execPath, ['examples/demo.ts', 'cron'], {
    encoding: 'utf8',
    timeout: 170_000,
  });
  assert.equal(demo.status, 0, demo.stdout + demo.stderr);
  assert.match(demo.stdout, /^ {2}1440 firings of rate\(1 minute\), each exactly once$/m);
  assert.match(demo.stdout, /^ {2}1 firing of the daily schedule, exactly once$/m);
  const [, path = ''] = /: (\S+\.txt)$/m.exec(demo.stdout) ?? [];
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  rmSync(path);
  assert.equal(new Set(lines.map((line) => line.split('\t')[2])).size, 1441);
  assert.match(lines.at(-1) ?? '', /^\d{4}-\d\d-\d\d 09:00:00\t\d{4}-\d\d-\d\dT00:00:00Z\t/);
});
