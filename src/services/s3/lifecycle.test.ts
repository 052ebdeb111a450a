import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS, HOUR_MS } from '#kernel/units.ts';
import { checkLifecycle, expirationHeader, expiryOf, matchesRule } from './lifecycle.ts';

const MIDNIGHT = Date.UTC(2026, 0, 10);
const OBJECT = { key: 'logs/a', size: 15, tags: [{ Key: 'k', Value: 'v' }] };
const rule = (more: object) => ({
  Status: 'Enabled',
  Filter: {},
  Expiration: { Days: 1 },
  ...more,
});

test('an object expires at the midnight after its days', () => {
  const at = (createdAtMs: number) =>
    expiryOf({ Rules: [rule({ ID: 'r' })] }, OBJECT, createdAtMs)?.atMs;
  assert.equal(at(MIDNIGHT), MIDNIGHT + DAY_MS);
  assert.equal(at(MIDNIGHT + 1), MIDNIGHT + 2 * DAY_MS);
  assert.equal(at(MIDNIGHT + HOUR_MS), MIDNIGHT + 2 * DAY_MS);
});

test('the rule that ends it first is told', () => {
  const Rules = [rule({ ID: 'late', Expiration: { Days: 9 } }), rule({ ID: 'first rule' })];
  assert.equal(
    expirationHeader(expiryOf({ Rules }, OBJECT, MIDNIGHT)),
    'expiry-date="Sun, 11 Jan 2026 00:00:00 GMT", rule-id="first%20rule"',
  );
  const disabled = [rule({ Status: 'Disabled' })];
  assert.equal(expirationHeader(expiryOf({ Rules: disabled }, OBJECT, MIDNIGHT)), undefined);
});

// Recorded: s3.json TestS3BucketLifecycle::test_bucket_lifecycle_object_size_rules, test_bucket_lifecycle_tag_rules
test('a filter looks at prefix, tags and size', () => {
  const matches = (Filter: object) => matchesRule({ Status: 'Enabled', Filter }, OBJECT);
  assert.equal(matches({ Prefix: 'logs/' }), true);
  assert.equal(matches({ Prefix: 'tmp/' }), false);
  assert.equal(matches({ Tag: { Key: 'k', Value: 'v' } }), true);
  assert.equal(matches({ Tag: { Key: 'k', Value: 'w' } }), false);
  assert.equal(matches({ ObjectSizeGreaterThan: 14 }), true);
  assert.equal(matches({ ObjectSizeGreaterThan: 15 }), false);
  assert.equal(matches({ ObjectSizeLessThan: 16 }), true);
  assert.equal(matches({ ObjectSizeLessThan: 15 }), false);
  const both = {
    And: {
      Prefix: 'logs/',
      Tags: [
        { Key: 'k', Value: 'v' },
        { Key: 'x', Value: 'y' },
      ],
    },
  };
  assert.equal(matches(both), false);
});

test('a rule has a filter, an action and an id of its own', () => {
  const check = (...Rules: object[]) =>
    checkLifecycle({ Rules: Rules as Parameters<typeof checkLifecycle>[0]['Rules'] }, () => 'new');
  assert.equal(check(rule({})).Rules[0]?.ID, 'new');
  assert.throws(() => check(), { code: 'MalformedXML' });
  assert.throws(() => check({ Status: 'Enabled', Expiration: { Days: 1 } }), {
    code: 'MalformedXML',
  });
  assert.throws(() => check(rule({ Expiration: undefined })), { code: 'InvalidRequest' });
  assert.throws(() => check(rule({ Expiration: { Days: 0 } })), { code: 'InvalidArgument' });
  assert.throws(() => check(rule({ Expiration: { Date: MIDNIGHT + 1 } })), {
    code: 'InvalidArgument',
  });
  assert.throws(() => check(rule({ ID: 'a' }), rule({ ID: 'a' })), { code: 'InvalidArgument' });
});
