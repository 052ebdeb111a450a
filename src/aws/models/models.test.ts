import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '#kernel/assert.ts';
import { MODELS } from './index.ts';
import { dynamodb } from './dynamodb.gen.ts';
import { lambda } from './lambda.gen.ts';
import { s3 } from './s3.gen.ts';
import { sqs } from './sqs.gen.ts';

test('every operation of every model can be read', () => {
  for (const model of MODELS) {
    const names = model.operationNames();
    assert.ok(names.length > 0, model.name);
    for (const name of names) {
      const operation = present(model.operation(name), name);
      assert.equal(operation.input.kind, 'structure');
      assert.equal(model.operation(name), operation, 'it is made once');
    }
  }
  assert.equal(lambda.operationNames().length, 91);
});

test('what a model does not have is undefined, also where an object would have it', () => {
  for (const name of ['Nothing', 'constructor', '__proto__', 'toString']) {
    assert.equal(lambda.operation(name), undefined);
    assert.equal(lambda.error(name), undefined);
  }
});

test('a shape may hold itself', () => {
  const item = dynamodb.operation('PutItem')?.input.memberByName.get('Item')?.shape;
  assert.ok(item?.kind === 'map' && item.value.shape.kind === 'structure');
  const map = item.value.shape.memberByName.get('M')?.shape;
  assert.ok(map?.kind === 'map');
  assert.equal(map.value.shape, item.value.shape);
});

test('bindings are as AWS describes them', () => {
  const invoke = present(lambda.operation('Invoke'), 'Invoke');
  assert.equal(invoke.http.uri, '/2015-03-31/functions/{FunctionName}/invocations');
  assert.equal(invoke.input.payload?.name, 'Payload');
  const logType = invoke.input.memberByName.get('LogType');
  assert.deepEqual([logType?.location, logType?.headerName], ['header', 'x-amz-log-type']);
  const put = present(s3.operation('PutObject'), 'PutObject');
  assert.ok(put.input.payload?.isStreaming);
  assert.equal(put.input.memberByName.get('Metadata')?.location, 'headers');
});

test('what AWS’s descriptions no longer say is added', () => {
  assert.deepEqual(sqs.protocols, ['awsJson1_0', 'awsQuery']);
  assert.equal(sqs.error('QueueDoesNotExist')?.code, 'AWS.SimpleQueueService.NonExistentQueue');
  assert.equal(s3.operation('ListObjectsV2')?.output.xmlName, 'ListBucketResult');
});
