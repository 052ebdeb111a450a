import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '#kernel/assert.ts';
import { MODELS } from '#aws/models/index.ts';
import { coerce } from './coerce.ts';

function coerced(service: string, operation: string, input: object): unknown {
  const model = MODELS.find(({ name }) => name === service)?.operation(operation);
  return coerce(present(model, 'the models have it').input, input);
}

test('numbers, booleans, texts and tags become what the operation takes', () => {
  const input = {
    FunctionName: 'f',
    Timeout: '10',
    Publish: 'true',
    Environment: { Variables: { N: 42, B: true } },
    Tags: [{ Key: 'k', Value: 'v' }],
    Unknown: 1,
  };
  assert.deepEqual(coerced('lambda', 'CreateFunction', input), {
    FunctionName: 'f',
    Timeout: 10,
    Publish: true,
    Environment: { Variables: { N: '42', B: 'true' } },
    Tags: { k: 'v' },
  });
});

test('a document becomes JSON, a map of tags a list, and small first letters are found', () => {
  const document = { Version: '2012-10-17', Statement: [] };
  assert.deepEqual(coerced('iam', 'PutRolePolicy', { RoleName: 'r', PolicyDocument: document }), {
    RoleName: 'r',
    PolicyDocument: JSON.stringify(document),
  });
  assert.deepEqual(coerced('ssm', 'PutParameter', { Name: 'n', Tags: { a: 'b' } }), {
    Name: 'n',
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  assert.deepEqual(coerced('logs', 'CreateLogGroup', { LogGroupName: 'g' }), { logGroupName: 'g' });
});

test('what cannot be turned stays, for the validation to name', () => {
  assert.deepEqual(coerced('lambda', 'CreateFunction', { Timeout: 'ten' }), { Timeout: 'ten' });
});
