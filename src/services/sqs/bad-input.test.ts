import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACCOUNT, fails, start } from './harness.test.ts';

describe('bad input', () => {
  it('in a body, is refused as contents; in a batch, alone', async () => {
    const { call, create } = await start();
    const queue = await create('orders');
    await assert.rejects(queue.send('a\u0008'), fails('InvalidMessageContents', /^Invalid char/));
    await queue.send('\t\n\r \ud7ff\ue000\ufffd\u{10000}');
    const { QueueUrl } = queue;
    const Entries = [
      { Id: '1', MessageBody: '\uffff' },
      { Id: '2', MessageBody: 'fine' },
    ];
    const sent = await call('SendMessageBatch', { QueueUrl, Entries });
    assert.deepEqual(
      (sent['Successful'] as { Id: string }[]).map(({ Id }) => Id),
      ['2'],
    );
    assert.equal((sent['Failed'] as { Code: string }[])[0]?.Code, 'InvalidMessageContents');
  });

  it('in a batch without entries, is refused in the words of its operation', async () => {
    const { call, create } = await start();
    const { QueueUrl } = await create('orders');
    const operations = ['SendMessageBatch', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch'];
    for (const operation of operations) {
      await assert.rejects(
        call(operation, { QueueUrl, Entries: [] }),
        fails(
          'EmptyBatchRequest',
          `There should be at least one ${operation}RequestEntry in the request.`,
        ),
      );
    }
  });

  it('in an entry without its id or its handle, is refused: as a whole, or alone', async () => {
    const { call, create } = await start();
    const { QueueUrl } = await create('orders');
    for (const operation of ['DeleteMessageBatch', 'ChangeMessageVisibilityBatch']) {
      const answer = await call(operation, { QueueUrl, Entries: [{ Id: 'a' }] });
      const [failed] = answer['Failed'] as { Code: string; Message: string }[];
      assert.equal(failed?.Code, 'MissingParameter');
      assert.equal(failed.Message, 'The request must contain the parameter ReceiptHandle.');
    }
    const sent = await call('SendMessageBatch', { QueueUrl, Entries: [{ Id: 'a' }] });
    const [failed] = sent['Failed'] as { Message: string }[];
    assert.equal(failed?.Message, 'The request must contain the parameter MessageBody.');
    const { QueueUrl: fifo } = await create('orders.fifo', {
      FifoQueue: 'true',
      ContentBasedDeduplication: 'true',
    });
    await call('SendMessageBatch', {
      QueueUrl: fifo,
      Entries: [{ Id: 'a', MessageGroupId: 'g' }],
    });
    await assert.rejects(
      call('SendMessageBatch', { QueueUrl, Entries: [{ MessageBody: 'm' }] }),
      fails('MissingParameter', 'The request must contain the parameter Id.'),
    );
  });

  it('in attributes named as what every object has, is refused', async () => {
    const { call } = await start();
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const Attributes = JSON.parse(`{"${name}":"1"}`) as object;
      await assert.rejects(
        call('CreateQueue', { QueueName: 'q', Attributes }),
        fails('InvalidAttributeName', `Unknown Attribute ${name}.`),
      );
    }
  });

  it('in a FIFO message without group and deduplication id, is refused for the group', async () => {
    const { call, create } = await start();
    const { QueueUrl } = await create('orders.fifo', { FifoQueue: 'true' });
    await assert.rejects(
      call('SendMessage', { QueueUrl, MessageBody: 'm' }),
      fails('MissingParameter', 'The request must contain the parameter MessageGroupId.'),
    );
  });

  it('in system attributes, is refused', async () => {
    const { create } = await start();
    const queue = await create('orders');
    const value = { DataType: 'String', StringValue: 'x' };
    await assert.rejects(
      queue.send('m', { MessageSystemAttributes: { Other: value } }),
      fails('InvalidParameterValue', "Message system attribute name 'Other' is invalid."),
    );
    await queue.send('m', { MessageSystemAttributes: { AWSTraceHeader: value } });
  });

  it('in tags, is refused; fifty are taken', async () => {
    const { call, create } = await start();
    const { QueueUrl } = await create('orders');
    const tags = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'v']));
    await call('TagQueue', { QueueUrl, Tags: tags(50) });
    await assert.rejects(
      call('TagQueue', { QueueUrl, Tags: tags(51) }),
      fails('InvalidParameterValue', 'Too many tags added for queue orders.'),
    );
    await assert.rejects(call('TagQueue', { QueueUrl, Tags: {} }), fails('MissingParameter'));
    await assert.rejects(
      call('UntagQueue', { QueueUrl, TagKeys: [] }),
      fails('InvalidParameterValue'),
    );
  });

  it('in permissions, is refused', async () => {
    const { call, create } = await start();
    const { QueueUrl } = await create('orders');
    const add = (AWSAccountIds: string[], Actions: string[]): Promise<unknown> =>
      call('AddPermission', { QueueUrl, Label: 'l', AWSAccountIds, Actions });
    await assert.rejects(add([ACCOUNT], []), fails('MissingParameter'));
    await assert.rejects(
      add(['1'], ['SendMessage']),
      fails(
        'InvalidParameterValue',
        'Value [1] for parameter PrincipalId is invalid. Reason: Unable to verify.',
      ),
    );
    await assert.rejects(
      add([ACCOUNT], ['Foo']),
      fails('InvalidParameterValue', /^Value SQS:Foo for parameter ActionName is invalid/),
    );
    await assert.rejects(
      add(
        [ACCOUNT],
        Array.from({ length: 8 }, () => 'SendMessage'),
      ),
      fails('OverLimit', '8 Actions were found, maximum allowed is 7.'),
    );
    await add([ACCOUNT], ['SendMessage']);
  });

  it('in pages, is refused; a page and the next one are all', async () => {
    const { call, create } = await start();
    for (const name of ['a', 'b', 'c']) await create(name);
    for (const MaxResults of [0, 1001]) {
      await assert.rejects(call('ListQueues', { MaxResults }), fails('InvalidParameterValue'));
    }
    await assert.rejects(
      call('ListQueues', { NextToken: '@@' }),
      fails('InvalidParameterValue', 'Invalid or expired next token.'),
    );
    const first = await call<{ QueueUrls: string[]; NextToken: string }>('ListQueues', {
      MaxResults: 2,
    });
    const { NextToken } = first;
    const second = await call<{ QueueUrls: string[] }>('ListQueues', { MaxResults: 2, NextToken });
    const names = [...first.QueueUrls, ...second.QueueUrls].map((url) => url.split('/').at(-1));
    assert.deepEqual(names, ['a', 'b', 'c']);
  });
});

describe('a redrive allow policy', () => {
  const arnOf = (name: string): string => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 });

  it('lets in the queues that it names, or none', async () => {
    const { create } = await start();
    await create('dead', {
      RedriveAllowPolicy: JSON.stringify({
        redrivePermission: 'byQueue',
        sourceQueueArns: [arnOf('named')],
      }),
    });
    await create('named', { RedrivePolicy });
    await assert.rejects(create('other', { RedrivePolicy }), fails('InvalidParameterValue'));
    const denyAll = JSON.stringify({ redrivePermission: 'denyAll' });
    await create('closed', { RedriveAllowPolicy: denyAll });
    const toClosed = RedrivePolicy.replace(':dead', ':closed');
    await assert.rejects(
      create('other', { RedrivePolicy: toClosed }),
      fails('InvalidParameterValue'),
    );
  });

  it('is refused where it says what no policy can', async () => {
    const { create } = await start();
    for (const policy of [
      {},
      { redrivePermission: 'foo' },
      { redrivePermission: 'byQueue' },
      { redrivePermission: 'byQueue', sourceQueueArns: [] },
      { redrivePermission: 'byQueue', sourceQueueArns: Array.from({ length: 11 }, () => 'arn') },
      { redrivePermission: 'allowAll', sourceQueueArns: ['arn'] },
    ]) {
      await assert.rejects(
        create('orders', { RedriveAllowPolicy: JSON.stringify(policy) }),
        fails('InvalidParameterValue', /for parameter RedriveAllowPolicy is invalid/),
      );
    }
  });
});

it('a purged FIFO queue takes again what it had taken', async () => {
  const { call, create } = await start();
  const queue = await create('orders.fifo', { FifoQueue: 'true' });
  const ids = { MessageGroupId: 'g', MessageDeduplicationId: '1' };
  await queue.send('one', ids);
  await call('PurgeQueue', { QueueUrl: queue.QueueUrl });
  assert.deepEqual(await queue.bodies(), []);
  await queue.send('two', ids);
  assert.deepEqual(await queue.bodies(), ['two']);
});
