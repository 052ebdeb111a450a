import assert from 'node:assert/strict';
import { test } from 'node:test';
import { locateBucket } from './bucket-location.ts';

// Recorded: s3.json TestS3::test_different_location_constraint, test_create_bucket_with_eu_location_constraint
test('us-east-1 makes buckets everywhere, its own without a constraint', () => {
  assert.deepEqual(locateBucket('us-east-1', undefined), { region: 'us-east-1', constraint: '' });
  assert.deepEqual(locateBucket('us-east-1', 'eu-west-2'), {
    region: 'eu-west-2',
    constraint: 'eu-west-2',
  });
  assert.deepEqual(locateBucket('us-east-1', 'EU'), { region: 'eu-west-1', constraint: 'EU' });
  for (const constraint of ['us-east-1', 'aws-global', 'bar']) {
    assert.throws(() => locateBucket('us-east-1', constraint), {
      code: 'InvalidLocationConstraint',
      fields: { LocationConstraint: constraint },
    });
  }
});

// Recorded: s3.json TestS3::test_different_location_constraint, test_create_bucket_with_invalid_location_constraint
test('every other Region makes its own buckets alone, and wants them to say so', () => {
  assert.equal(locateBucket('us-east-2', 'us-east-2').region, 'us-east-2');
  assert.throws(() => locateBucket('us-east-2', undefined), {
    code: 'IllegalLocationConstraintException',
    message: /^The unspecified location constraint is incompatible/,
  });
  assert.throws(() => locateBucket('eu-west-1', 'bar'), {
    message: /^The bar location constraint is incompatible for the region specific endpoint/,
  });
});
