import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLocked, pastDateError } from './object-lock.ts';

const NOW = Date.UTC(2026, 0, 1);
const version = (lock: object) => ({ lock }) as Parameters<typeof isLocked>[0];

// Recorded: s3.json TestS3ObjectLockRetention::test_s3_object_retention_exc
test('a date in the past is told in Pacific time', () => {
  const error = pastDateError('RetainUntilDate', Date.UTC(2020, 0, 1)) as Error & {
    fields: object;
  };
  assert.deepEqual(error.fields, {
    ArgumentName: 'RetainUntilDate',
    ArgumentValue: 'Tue Dec 31 16:00:00 PST 2019',
  });
});

test('a version is locked until its date, or by a legal hold', () => {
  const governed = version({ retentionMode: 'GOVERNANCE', retainUntilMs: NOW + 1 });
  assert.equal(isLocked(governed, NOW, false), true);
  assert.equal(isLocked(governed, NOW + 1, false), false);
  assert.equal(isLocked(governed, NOW, true), false);
  const compliant = version({ retentionMode: 'COMPLIANCE', retainUntilMs: NOW + 1 });
  assert.equal(isLocked(compliant, NOW, true), true);
  assert.equal(isLocked(version({ legalHold: 'ON' }), NOW, true), true);
  assert.equal(isLocked(version({ legalHold: 'OFF' }), NOW, false), false);
});
