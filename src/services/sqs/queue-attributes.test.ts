import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACCOUNT, fails, start } from './harness.test.ts';

describe("a queue's encryption", () => {
  it('is of one kind at a time, the later one', async () => {
    const { call, create } = await start();
    const { QueueUrl } = await create('orders');
    const set = (Attributes: object): Promise<unknown> =>
      call('SetQueueAttributes', { QueueUrl, Attributes });
    const encryption = async (): Promise<object> => {
      const AttributeNames = [
        'SqsManagedSseEnabled',
        'KmsMasterKeyId',
        'KmsDataKeyReusePeriodSeconds',
      ];
      return (await call('GetQueueAttributes', { QueueUrl, AttributeNames }))[
        'Attributes'
      ] as object;
    };
    // Recorded in test_set_queue_attributes_default_values.
    await set({ KmsMasterKeyId: 'key', KmsDataKeyReusePeriodSeconds: '6000' });
    assert.deepEqual(await encryption(), {
      SqsManagedSseEnabled: 'false',
      KmsMasterKeyId: 'key',
      KmsDataKeyReusePeriodSeconds: '6000',
    });
    await set({ KmsMasterKeyId: '', KmsDataKeyReusePeriodSeconds: '300' });
    assert.deepEqual(await encryption(), { SqsManagedSseEnabled: 'false' });
    await set({ KmsMasterKeyId: 'key' });
    await set({ SqsManagedSseEnabled: 'true' });
    assert.deepEqual(await encryption(), { SqsManagedSseEnabled: 'true' });
    // Recorded in test_sse_kms_and_sqs_are_mutually_exclusive.
    await assert.rejects(
      set({ SqsManagedSseEnabled: 'true', KmsMasterKeyId: 'key' }),
      fails('InvalidAttributeName', /^You can use one type of server-side encryption/),
    );
  });
});

describe('a redrive policy', () => {
  const arn = `arn:aws:sqs:us-east-1:${ACCOUNT}:dead`;

  it('is refused for what it lacks, and where its queue is not there', async () => {
    const { create } = await start();
    const refused = async (policy: string, reason: string): Promise<void> => {
      const text = `Value ${policy} for parameter RedrivePolicy is invalid. Reason: ${reason}`;
      await assert.rejects(
        create('orders', { RedrivePolicy: policy }),
        fails('InvalidParameterValue', text),
      );
    };
    const policyOf = (deadLetterTargetArn: unknown, maxReceiveCount: unknown): string =>
      JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
    await refused('[', 'Redrive policy is not a valid JSON map.');
    const lacking = 'Redrive policy does not contain mandatory attribute';
    await refused(JSON.stringify({ maxReceiveCount: 1 }), `${lacking}: deadLetterTargetArn.`);
    await refused(JSON.stringify({ deadLetterTargetArn: arn }), `${lacking}: maxReceiveCount.`);
    await refused(policyOf('dummy', 42), 'Invalid value for deadLetterTargetArn.');
    for (const count of [0, 1001, 'many']) {
      const range = 'valid values are from 1 to 1000 both inclusive.';
      await refused(policyOf(arn, count), `Invalid value for maxReceiveCount: ${count}, ${range}`);
    }
    await refused(policyOf(arn, 1), 'Dead letter target does not exist.');
  });

  it('is taken at its limits, also where the count is a text, and taken away when it is empty', async () => {
    const { call, create } = await start();
    await create('dead');
    const { QueueUrl } = await create('orders');
    for (const maxReceiveCount of [1, '1000']) {
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount });
      await call('SetQueueAttributes', { QueueUrl, Attributes: { RedrivePolicy } });
    }
    await call('SetQueueAttributes', { QueueUrl, Attributes: { RedrivePolicy: '' } });
    const AttributeNames = ['RedrivePolicy'];
    assert.deepEqual(await call('GetQueueAttributes', { QueueUrl, AttributeNames }), {});
  });
});

describe('the scope of deduplication', () => {
  const QUEUE = { DeduplicationScope: 'queue', FifoThroughputLimit: 'perQueue' };
  const GROUP = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' };

  // Recorded in test_fifo_change_to_high_throughput_after_creation, and ..._regular_...
  it('may change, and what was sent before keeps its own', async () => {
    const { call, create } = await start();
    const queue = await create('orders.fifo', { FifoQueue: 'true', ...QUEUE });
    const send = (body: string, MessageGroupId: string, MessageDeduplicationId: string) =>
      queue.send(body, { MessageGroupId, MessageDeduplicationId });
    const set = (Attributes: object): Promise<unknown> =>
      call('SetQueueAttributes', { QueueUrl: queue.QueueUrl, Attributes });
    await send('sent', 'a', '1');
    await set(GROUP);
    await send('repeated', 'b', '1');
    await send('in b', 'b', '2');
    await send('in c', 'c', '2');
    await set(QUEUE);
    await send('in d', 'd', '2');
    assert.deepEqual(await queue.bodies(), ['sent', 'in b', 'in c', 'in d']);
  });
});

describe('a batch for a FIFO queue', () => {
  // Recorded in test_send_batch_missing_message_group_id_for_fifo_queue, and ..._deduplication_id_...
  it('is refused as a whole for one message without its ids', async () => {
    const { call, create } = await start();
    const { QueueUrl, bodies } = await create('orders.fifo', { FifoQueue: 'true' });
    const whole = { Id: '1', MessageBody: '1', MessageGroupId: 'g', MessageDeduplicationId: '1' };
    for (const [member, message] of [
      ['MessageGroupId', 'The request must contain the parameter MessageGroupId.'],
      ['MessageDeduplicationId', /^The queue should either have ContentBasedDeduplication/],
    ] as const) {
      const { [member]: _absent, ...part } = { ...whole, Id: '2' };
      await assert.rejects(
        call('SendMessageBatch', { QueueUrl, Entries: [whole, part] }),
        fails('InvalidParameterValue', message),
      );
    }
    assert.deepEqual(await bodies(), []);
  });
});
