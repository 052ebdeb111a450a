/** Properties that a template gives up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from '#aws/errors.ts';
import type { OperationCall } from '#ports/peers/operation-caller.ts';
import { start } from './harness.test.ts';

const QueueUrl = 'http://localhost/000000000000/q.fifo';

function template(properties: object): string {
  const Properties = { FifoQueue: true, QueueName: 'q.fifo', ...properties };
  return JSON.stringify({ Resources: { Q: { Type: 'AWS::SQS::Queue', Properties } } });
}

test('a queue whose template gives up its settings has CloudFormation’s own, as recorded', async () => {
  const set: unknown[] = [];
  const answer = ({ operation, input }: OperationCall): Record<string, unknown> => {
    if (operation === 'SetQueueAttributes') set.push(input['Attributes']);
    return { QueueUrl, Attributes: { QueueArn: 'arn:aws:sqs:us-east-1:000000000000:q.fifo' } };
  };
  const { call, work } = await start(async (asked) => {
    if (asked.operation === 'GetQueueUrl') {
      throw new AwsError({ code: 'QueueDoesNotExist', message: 'none', status: 400 });
    }
    return answer(asked);
  });
  const { StackId = '' } = await call('CreateStack', {
    StackName: 's',
    TemplateBody: template({
      ContentBasedDeduplication: true,
      DeduplicationScope: 'messageGroup',
      KmsMasterKeyId: 'alias/aws/sqs',
      MaximumMessageSize: 1234,
    }),
  });
  await work(StackId);
  await call('UpdateStack', { StackName: 's', TemplateBody: template({}) });
  await work(StackId);
  assert.deepEqual(set, [
    { ContentBasedDeduplication: 'false', KmsMasterKeyId: '', MaximumMessageSize: '262144' },
  ]);
  const told = await call('DescribeStackResource', { StackName: 's', LogicalResourceId: 'Q' });
  assert.equal(told.StackResourceDetail?.Metadata, '{}');
});
