import assert from 'node:assert/strict';
import { it } from 'node:test';
import { textOf } from '#kernel/bytes.ts';
import { AwsError } from '../errors.ts';
import { sns } from '../models/sns.gen.ts';
import { AWS_QUERY } from './aws-query.ts';

it('answers with XML that clients can read, whatever characters stand in it', () => {
  const operation = sns.operation('GetTopicAttributes');
  assert.ok(operation);
  const output = { Attributes: { DisplayName: 'a\u0000\u001f\uffff\r\n&#x1;' } };
  const { body } = AWS_QUERY.serialize(sns, operation, output, 'id');
  assert.ok(body instanceof Uint8Array);
  assert.match(textOf(body), /<value>a\uFFFD\uFFFD\uFFFD&#xD;\n&amp;#x1;<\/value>/);
  const error = new AwsError({ code: 'InvalidParameter', status: 400, message: 'bad: \u0001' });
  const refusal = AWS_QUERY.serializeError(sns, error, 'id');
  assert.ok(refusal.body instanceof Uint8Array);
  assert.match(textOf(refusal.body), /<Message>bad: \uFFFD<\/Message>/);
});
