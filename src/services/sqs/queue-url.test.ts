import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sqs } from '#aws/models/sqs.gen.ts';
import type { RequestHead } from '#aws/operation.ts';
import { start } from './harness.test.ts';
import { completeInput, queueUrl } from './queue-url.ts';

it("takes the queue from the request's path where it is not named, and no entries for none", () => {
  const completed = (name: string, path: string, input: object): unknown => {
    const operation = sqs.operation(name);
    assert.ok(operation);
    const query = new URLSearchParams();
    const head: RequestHead = { method: 'GET', path, query, headers: {}, sourceIp: '::1' };
    return completeInput(operation, { ...input }, head);
  };
  const path = '/000000000000/orders.fifo';
  assert.deepEqual(completed('ReceiveMessage', path, {}), { QueueUrl: path });
  assert.deepEqual(completed('ReceiveMessage', path, { QueueUrl: 'other' }), { QueueUrl: 'other' });
  assert.deepEqual(completed('ReceiveMessage', '/', {}), {});
  assert.deepEqual(completed('ReceiveMessage', '/orders', {}), {});
  assert.deepEqual(completed('ListQueues', path, {}), {});
  assert.deepEqual(completed('DeleteMessageBatch', path, {}), { QueueUrl: path, Entries: [] });
});

it('begins with the endpoint that is set, else with the host that the request came by', async () => {
  const { context } = await start();
  const address = { accountId: '000000000000', region: 'us-east-1', name: 'orders' };
  assert.equal(queueUrl({}, context, address), 'http://localhost:4566/000000000000/orders');
  const endpointUrl = 'https://hearth.example:8443';
  assert.equal(
    queueUrl({ endpointUrl }, context, address),
    'https://hearth.example:8443/000000000000/orders',
  );
});
