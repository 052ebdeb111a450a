import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, base64String, json, oneof, property, string } from 'fast-check';
import {
  executionArn,
  parseCallbackId,
  parseExecutionArn,
  parseToken,
  writeCallbackId,
  writeToken,
} from './names.ts';

const ADDRESS = { accountId: '000000000000', region: 'us-east-1', functionName: 'f' };

test('what an ARN, a token and a callback id say is read again', () => {
  for (const qualifier of ['7', '$LATEST']) {
    const name = { address: { ...ADDRESS, qualifier }, name: 'order-1', id: 'e' };
    const arn = executionArn(name);
    assert.equal(
      arn,
      `arn:aws:lambda:us-east-1:000000000000:function:f:${qualifier}/durable-execution/order-1/e`,
    );
    assert.deepEqual(parseExecutionArn(arn), name);
  }
  const token = { executionId: 'e', invocationId: 'i', number: 3 };
  assert.deepEqual(parseToken(writeToken(token)), token);
  const callback = { executionArn: 'arn', operationId: 'o', secret: 's' };
  assert.deepEqual(parseCallbackId(writeCallbackId(callback)), callback);
});

test('ids of callbacks fit into what the model allows, for the longest names', () => {
  const executionId = 'e'.repeat(36);
  const longest = executionArn({
    address: { ...ADDRESS, functionName: 'f'.repeat(64), qualifier: '99999999' },
    name: 'n'.repeat(64),
    id: executionId,
  });
  const callback = { executionArn: longest, operationId: 'o'.repeat(64), secret: executionId };
  const id = writeCallbackId(callback);
  assert.match(id, /^[A-Za-z0-9+/]+={0,2}$/);
  assert.ok(id.length <= 1024, String(id.length));
});

test('anything else is no name of anything', () => {
  for (const text of [
    'arn:aws:lambda:us-east-1:000000000000:function:f',
    'arn:aws:lambda:us-east-1:000000000000:function:f/durable-execution/n/e',
    'arn:aws:lambda:us-east-1:000000000000:function:f:1/durable-execution/n',
    'arn:aws:lambda:us-east-1:000000000000:function:f:1/durable-execution/n/e/more',
    'arn:aws:s3:::f:1/durable-execution/n/e',
  ]) {
    assert.equal(parseExecutionArn(text), undefined);
  }
  check(
    property(oneof(string(), base64String(), json()), (text) => {
      const encoded = Buffer.from(text).toString('base64');
      for (const parse of [parseExecutionArn, parseToken, parseCallbackId]) {
        assert.equal(parse(text), undefined);
        assert.doesNotThrow(() => parse(encoded));
      }
    }),
  );
});
