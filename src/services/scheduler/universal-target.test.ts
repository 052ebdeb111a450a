import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { handoversOf, UNIVERSAL_OPERATIONS, universalOperation } from './universal-target.ts';

const PLACE = { accountId: '111111111111', region: 'eu-west-1' };
const TIME = '2026-01-01T00:00:00Z';
const call = (operation: string, input: unknown) =>
  handoversOf(operation, JSON.stringify(input), PLACE, TIME);

describe('a universal target', () => {
  it('is known by its ARN, and is no resource’s', () => {
    const arn = 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage';
    assert.equal(universalOperation(arn), 'sqs:sendMessage');
    assert.equal(universalOperation('arn:aws:sqs:eu-west-1:111111111111:q'), undefined);
    assert.equal(universalOperation('arn:aws:scheduler:::other'), undefined);
  });

  it('sends a message to a queue, whatever the host of its URL', () => {
    const QueueUrl = 'http://localhost:4566/222222222222/q.fifo';
    const attribute = { DataType: 'String', StringValue: 'v' };
    const input = {
      QueueUrl,
      MessageBody: 'm',
      MessageGroupId: 'g',
      MessageDeduplicationId: 'd',
      MessageAttributes: { a: attribute },
    };
    assert.deepEqual(call('sqs:sendMessage', input), [
      {
        targetArn: 'arn:aws:sqs:eu-west-1:222222222222:q.fifo',
        payload: 'm',
        options: {
          messageGroupId: 'g',
          deduplicationId: 'd',
          attributes: { a: { type: 'String', value: 'v' } },
        },
      },
    ]);
  });

  it('publishes, invokes and puts records', () => {
    const TopicArn = 'arn:aws:sns:eu-west-1:111111111111:t';
    assert.deepEqual(call('sns:publish', { TopicArn, Message: 'm', Subject: 's' }), [
      { targetArn: TopicArn, payload: 'm', options: { subject: 's' } },
    ]);
    const invoked = { FunctionName: 'f', Qualifier: 'live', Payload: '{"a":1}' };
    assert.deepEqual(call('lambda:invoke', invoked), [
      {
        targetArn: 'arn:aws:lambda:eu-west-1:111111111111:function:f:live',
        payload: '{"a":1}',
        options: {},
      },
    ]);
    const record = { StreamName: 's', PartitionKey: 'k', Data: 'd' };
    assert.deepEqual(call('kinesis:putRecord', record), [
      {
        targetArn: 'arn:aws:kinesis:eu-west-1:111111111111:stream/s',
        payload: 'd',
        options: { partitionKey: 'k' },
      },
    ]);
  });

  it('puts each of its events on its bus', () => {
    const event = { Source: 's', DetailType: 't', Detail: '{"a":1}' };
    const EventBusName = 'arn:aws:events:us-east-1:222222222222:event-bus/b';
    const Entries = [event, { ...event, EventBusName }];
    const [first, second, ...more] = call('eventbridge:putEvents', { Entries }) ?? [];
    assert.deepEqual(more, []);
    assert.equal(first?.targetArn, 'arn:aws:events:eu-west-1:111111111111:event-bus/default');
    assert.equal(second?.targetArn, EventBusName);
    assert.deepEqual(JSON.parse(first?.payload ?? ''), {
      'detail-type': 't',
      source: 's',
      account: '111111111111',
      time: TIME,
      region: 'eu-west-1',
      resources: [],
      detail: { a: 1 },
    });
  });

  it('takes no input that lacks something, or says what would be left undone', () => {
    const url = 'http://h/111111111111/q';
    for (const [operation, input] of [
      ['sqs:sendMessage', {}],
      ['sqs:sendMessage', { QueueUrl: url }],
      ['sqs:sendMessage', { QueueUrl: 'http://h/q', MessageBody: 'm' }],
      ['sqs:sendMessage', { QueueUrl: url, MessageBody: 'm', DelaySeconds: 5 }],
      ['sns:publish', { Message: 'm' }],
      ['lambda:invoke', { Payload: '{}' }],
      ['kinesis:putRecord', { StreamName: 's', Data: 'd' }],
      ['eventbridge:putEvents', { Entries: [] }],
      ['eventbridge:putEvents', { Entries: [{ Source: 's', DetailType: 't', Detail: '[]' }] }],
      ['ec2:stopInstances', {}],
      ['sqs:sendMessage', []],
    ] as const) {
      assert.equal(call(operation, input), undefined, `${operation} ${JSON.stringify(input)}`);
    }
    assert.equal(handoversOf('sqs:sendMessage', 'no JSON', PLACE, TIME), undefined);
  });

  it('ends with an answer, whatever its input', () => {
    const operations = fc.constantFrom(...UNIVERSAL_OPERATIONS);
    const members = [
      'QueueUrl',
      'MessageBody',
      'MessageAttributes',
      'Entries',
      'FunctionName',
      'Payload',
    ];
    const input = fc.dictionary(fc.constantFrom(...members), fc.jsonValue());
    fc.assert(
      fc.property(operations, input, (operation, value) => {
        const answer = call(operation, value);
        assert.ok(answer === undefined || answer.length > 0);
      }),
      { numRuns: 500 },
    );
  });
});
