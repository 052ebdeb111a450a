import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorType, modelledError, nameError } from './error-model.ts';
import { cloudwatch } from './models/cloudwatch.gen.ts';
import { dynamodb } from './models/dynamodb.gen.ts';
import { kinesis } from './models/kinesis.gen.ts';
import { lambda } from './models/lambda.gen.ts';
import { sns } from './models/sns.gen.ts';
import { sqs } from './models/sqs.gen.ts';

test('status and fault are the model’s', () => {
  const missing = modelledError(lambda, 'ResourceNotFoundException', 'm', { Type: 'User' });
  assert.deepEqual(
    [missing.code, missing.status, missing.fault],
    ['ResourceNotFoundException', 404, 'client'],
  );
  assert.deepEqual(missing.fields, { Type: 'User' });
  const broken = modelledError(lambda, 'ServiceException', 'm');
  assert.deepEqual([broken.status, broken.fault], [500, 'server']);
});

test('an error is known by its name and by its code', () => {
  for (const nameOrCode of ['NotFoundException', 'NotFound']) {
    const error = modelledError(sns, nameOrCode, 'm');
    assert.equal(error.status, 404);
    assert.equal(nameError(sns, error).code, 'NotFound');
    assert.equal(nameError(sns, error).name, 'NotFoundException');
  }
});

test('an error that the model does not name is the client’s', () => {
  const error = modelledError(lambda, 'ValidationException', 'm');
  assert.deepEqual([error.code, error.status, error.fault], ['ValidationException', 400, 'client']);
});

test('the type carries the namespace that AWS sends', () => {
  const typeOf = (model: typeof sqs, code: string): string =>
    errorType(model, nameError(model, modelledError(model, code, '')));
  assert.equal(typeOf(sqs, 'QueueDoesNotExist'), 'com.amazonaws.sqs#QueueDoesNotExist');
  assert.equal(
    typeOf(dynamodb, 'ResourceNotFoundException'),
    'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
  );
  assert.equal(
    typeOf(dynamodb, 'ValidationException'),
    'com.amazon.coral.validate#ValidationException',
  );
  // TestCloudWatchMultiProtocol::test_exception_serializing_with_no_shape_in_spec
  assert.equal(
    typeOf(cloudwatch, 'ResourceNotFound'),
    'com.amazonaws.cloudwatch.v2010_08_01#ResourceNotFound',
  );
  assert.equal(typeOf(kinesis, 'ResourceNotFoundException'), 'ResourceNotFoundException');
});
