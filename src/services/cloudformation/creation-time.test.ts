import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { AwsError } from '#aws/errors.ts';
import type { OperationCall } from '#ports/peers/operation-caller.ts';
import { start } from './harness.test.ts';

const StackName = 'stack';
const ARN = 'arn:aws:kinesis:us-east-1:111111111111:stream/s';
const TemplateBody = JSON.stringify({
  Resources: {
    Made: { Type: 'AWS::SNS::Topic' },
    Never: {
      Type: 'AWS::Kinesis::StreamConsumer',
      Properties: { ConsumerName: 'c', StreamARN: ARN },
      DependsOn: 'Made',
    },
    Later: { Type: 'AWS::SNS::Topic', DependsOn: 'Never' },
  },
});

/** A consumer that never becomes active, and what is made beside it. */
async function never() {
  const clock = new SimulatedClock();
  const made = new Set<string>();
  const service = await start(
    ({ operation, input }: OperationCall) => {
      if (operation === 'CreateTopic') made.add('topic');
      if (operation === 'DeleteTopic') made.delete('topic');
      if (operation === 'RegisterStreamConsumer') made.add('consumer');
      if (operation === 'DeregisterStreamConsumer') made.delete('consumer');
      if (operation === 'DescribeStreamConsumer' && !made.has('consumer')) {
        throw new AwsError({ code: 'ResourceNotFoundException', status: 400, message: 'None.' });
      }
      return { TopicArn: input['Name'], Consumer: { ConsumerARN: `${ARN}/consumer/c:1` } };
    },
    { clock },
  );
  const pass = async (seconds: number): Promise<void> => {
    for (let passed = 0; passed < seconds; passed += 1) await clock.advance(1000);
  };
  return { ...service, made, pass };
}

const WORDS = 'Stack creation time exceeded the specified timeout. ';

for (const [OnFailure, begun, ended, reason, left] of [
  ['ROLLBACK', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'Rollback requested by user.', []],
  ['DELETE', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE', 'Delete requested by user.', []],
  ['DO_NOTHING', 'CREATE_FAILED', 'CREATE_FAILED', '', ['topic', 'consumer']],
] as const) {
  test(`a creation whose time is over ends, with ${OnFailure}`, async () => {
    const { call, work, made, pass } = await never();
    const input = { StackName, TemplateBody, TimeoutInMinutes: 1, OnFailure };
    const { StackId = '' } = await call('CreateStack', input);
    const stateOf = async () =>
      (await call('DescribeStacks', { StackName: StackId })).Stacks?.[0]?.StackStatus;
    const working = work(StackId);
    await pass(59);
    assert.equal(await stateOf(), 'CREATE_IN_PROGRESS');
    await pass(2);
    await working;
    assert.equal(await stateOf(), ended);
    assert.deepEqual([...made], left);
    const { StackEvents = [] } = await call('DescribeStackEvents', { StackName: StackId });
    const toldOf = (id: string) =>
      StackEvents.filter((one) => one.LogicalResourceId === id).map((one) => [
        one.ResourceStatus,
        one.ResourceStatusReason,
      ]);
    assert.ok(toldOf('stack').some(([status, why]) => status === begun && why === WORDS + reason));
    assert.ok(toldOf('Never').some(([, why]) => why === 'Resource creation cancelled'));
    assert.deepEqual(
      toldOf('Later').filter(([status]) => status !== 'DELETE_COMPLETE'),
      [],
    );
  });
}

test('the time of a creation goes on while no server runs, and is that of the creation alone', async () => {
  const { call, work, pass, statusOf } = await never();
  const input = { StackName, TemplateBody, TimeoutInMinutes: 1 };
  const { StackId = '' } = await call('CreateStack', input);
  const server = new AbortController();
  const working = work(StackId, server.signal);
  await pass(1);
  server.abort(new Error('killed'));
  await assert.rejects(working, /killed/);
  await pass(60);
  const second = work(StackId);
  await pass(1);
  await second;
  assert.equal(await statusOf(StackId), 'ROLLBACK_COMPLETE');
});
