import assert from 'node:assert/strict';
import { test } from 'node:test';
import { urlEncodeKey } from './url-encoding.ts';

// Recorded: s3_notifications_sqs.json test_key_encoding; s3_list_operations.json test_list_objects_v2_continuation_token_safe_chars
test('keys are encoded as in a form, but for their slashes', () => {
  assert.equal(urlEncodeKey('a@b'), 'a%40b');
  assert.equal(urlEncodeKey('date=2026-03-01/'), 'date%3D2026-03-01/');
  assert.equal(urlEncodeKey('test key/'), 'test+key/');
  assert.equal(urlEncodeKey('a+b'), 'a%2Bb');
  assert.equal(urlEncodeKey('a/😀.jpg'), 'a/%F0%9F%98%80.jpg');
  assert.equal(urlEncodeKey("-_.*!'()~"), '-_.*%21%27%28%29%7E');
});
