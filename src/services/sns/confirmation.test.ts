import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHarness, QUEUE, TOPIC } from './harness.test.ts';

test('a queue of another account is asked, and is told nothing before it has confirmed', async () => {
  // Recorded: test_confirm_subscription.
  const { call, bodies } = await openHarness();
  await call('CreateTopic', { Name: 'topic' });
  const Endpoint = QUEUE.replace('111111111111', '222222222222');
  const { SubscriptionArn } = await call('Subscribe', {
    TopicArn: TOPIC,
    Protocol: 'sqs',
    Endpoint,
  });
  assert.equal(SubscriptionArn, 'pending confirmation');
  await call('Publish', { TopicArn: TOPIC, Message: 'before' });
  const [letter = '{}', ...others] = bodies();
  assert.deepEqual(others, []);
  // Only what is asked for here.
  const { Type, Token } = JSON.parse(letter) as { readonly Type: string; readonly Token: string };
  assert.equal(Type, 'SubscriptionConfirmation');
  await call('ConfirmSubscription', { TopicArn: TOPIC, Token });
  await call('Publish', { TopicArn: TOPIC, Message: 'after' });
  assert.match(bodies()[1] ?? '', /"Message":"after"/);
});
