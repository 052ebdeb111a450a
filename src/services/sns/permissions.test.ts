import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SNS_PERMISSIONS } from './permissions.ts';
import { requestContext } from '../../../test/support/request-context.ts';

const TopicArn = 'arn:aws:sns:us-east-1:111111111111:t';
const ROLE = 'arn:aws:iam::111111111111:role/told';

async function passedBy(operation: string, input: Readonly<Record<string, unknown>>) {
  const context = requestContext('111111111111');
  const needs = await SNS_PERMISSIONS.needsOf({ operation, input, context });
  return needs.filter(({ action }) => action === 'iam:PassRole').map(({ resource }) => resource);
}

test('who gives a topic or a subscription a role has to be allowed to pass it on', async () => {
  const set = { TopicArn, AttributeName: 'SQSSuccessFeedbackRoleArn', AttributeValue: ROLE };
  assert.deepEqual(await passedBy('SetTopicAttributes', set), [ROLE]);
  const Attributes = { LambdaFailureFeedbackRoleArn: ROLE, DisplayName: 'd' };
  assert.deepEqual(await passedBy('CreateTopic', { Name: 't', Attributes }), [ROLE]);
  const subscribed = { TopicArn, Protocol: 'firehose', Attributes: { SubscriptionRoleArn: ROLE } };
  assert.deepEqual(await passedBy('Subscribe', subscribed), [ROLE]);
  const named = { TopicArn, AttributeName: 'DisplayName', AttributeValue: ROLE };
  assert.deepEqual(await passedBy('SetTopicAttributes', named), []);
  assert.deepEqual(await passedBy('Publish', { TopicArn, Message: 'm' }), []);
});
