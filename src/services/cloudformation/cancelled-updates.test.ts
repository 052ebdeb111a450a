import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { AwsError } from '#aws/errors.ts';
import type { OperationCall } from '#ports/peers/operation-caller.ts';
import { runStacks } from './engine/run-stacks.ts';
import { start } from './harness.test.ts';
import { STACKS_TOPIC } from './store-stacks.ts';

const StackName = 'stack';
const refused = () =>
  new AwsError({ code: 'InvalidParameter', status: 400, message: 'It is refused.' });
const ARN = 'arn:aws:sns:us-east-1:111111111111:';

/** Topics by their names, with what they are called. @param meanwhile runs amid each operation on one, made by then */
async function topics(meanwhile: (call: OperationCall) => Promise<unknown>) {
  const shown = new Map<string, unknown>();
  const service = await start(async (call: OperationCall) => {
    const { input } = call;
    const { TopicArn = `${ARN}${String(input['Name'])}` } = input;
    const arn = String(TopicArn);
    const attributes = input['Attributes'] as { readonly DisplayName?: string } | undefined;
    if (call.operation === 'CreateTopic') shown.set(arn, attributes?.DisplayName);
    if (call.operation === 'SetTopicAttributes') shown.set(arn, input['AttributeValue']);
    if (call.operation === 'DeleteTopic') shown.delete(arn);
    await meanwhile(call);
    return { TopicArn };
  });
  return { ...service, shown };
}

const templateOf = (DisplayName: string, more: object = {}) => ({
  StackName,
  TemplateBody: JSON.stringify({
    Resources: { One: { Type: 'AWS::SNS::Topic', Properties: { DisplayName } }, ...more },
    Outputs: { Shown: { Value: DisplayName, Export: { Name: 'shown' } } },
  }),
});
const MORE = { New: { Type: 'AWS::SNS::Topic', DependsOn: 'One' } };

test('an update that is cancelled begins nothing more, and goes back', async () => {
  const amid = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const service = await topics(async ({ operation }) => {
    if (operation !== 'SetTopicAttributes') return;
    amid.resolve();
    await released.promise;
  });
  const { call, statusOf, shown } = service;
  const rests = async (status: string): Promise<void> => {
    while ((await statusOf(StackName)) !== status) await turn();
  };
  const stop = new AbortController();
  const running = runStacks(service, stop.signal);
  await call('CreateStack', templateOf('old'));
  await rests('CREATE_COMPLETE');
  await call('UpdateStack', templateOf('new', MORE));
  await amid.promise;
  await call('CancelUpdateStack', { StackName, ClientRequestToken: 'token' });
  assert.equal(await statusOf(StackName), 'UPDATE_ROLLBACK_IN_PROGRESS');
  released.resolve();
  await rests('UPDATE_ROLLBACK_COMPLETE');
  stop.abort();
  await running;
  assert.deepEqual([...shown.values()], ['old']);
  const { StackEvents = [] } = await call('DescribeStackEvents', { StackName });
  const told = StackEvents.filter((one) => one.LogicalResourceId === 'New');
  assert.deepEqual(told, []);
  assert.ok(StackEvents.some((one) => one.ClientRequestToken === 'token'));
});

test('an update that is cancelled when all is done, and nobody was told, goes back as a whole', async () => {
  const { call, work, statusOf, shown } = await topics(async ({ operation, input }) => {
    const isLast = operation === 'CreateTopic' && String(input['Name']).includes('New');
    if (isLast) await call('CancelUpdateStack', { StackName });
  });
  const { StackId = '' } = await call('CreateStack', templateOf('old'));
  await work(StackId);
  await call('UpdateStack', templateOf('new', MORE));
  await work(StackId);
  await work(StackId);
  assert.equal(await statusOf(StackName), 'UPDATE_ROLLBACK_COMPLETE');
  assert.deepEqual([...shown.values()], ['old']);
  const { Exports: [exported] = [] } = await call('ListExports', {});
  assert.equal(exported?.Value, 'old');
});

test('only an update that is under way, and has something to go back to, is cancelled', async () => {
  const { call, work, statusOf } = await topics(async ({ operation, input }) => {
    const isMine = String(input['Name']).includes('New');
    if (operation === 'CreateTopic' && isMine) throw refused();
  });
  const cancel = () => call('CancelUpdateStack', { StackName });
  const message = 'CancelUpdateStack cannot be called from current stack status';
  await assert.rejects(cancel(), { message: 'Stack with id stack does not exist' });
  const failing = { ...templateOf('old', MORE), DisableRollback: true };
  const { StackId = '' } = await call('CreateStack', failing);
  await assert.rejects(cancel(), { code: 'ValidationError', message });
  await work(StackId);
  assert.equal(await statusOf(StackName), 'CREATE_FAILED');
  await assert.rejects(cancel(), { code: 'ValidationError', message });
  await call('UpdateStack', { ...templateOf('new'), DisableRollback: true });
  assert.equal(await statusOf(StackName), 'UPDATE_IN_PROGRESS');
  await assert.rejects(cancel(), { code: 'ValidationError', message });
  await work(StackId);
  assert.equal(await statusOf(StackName), 'UPDATE_COMPLETE');
  await call('UpdateStack', templateOf('newer'));
  await cancel();
  await work(StackId);
  assert.equal(await statusOf(StackName), 'UPDATE_ROLLBACK_COMPLETE');
});

test('a nested stack that is still being updated is waited for, and updated then', async () => {
  let status = 'CREATE_COMPLETE';
  let updates = 0;
  const service = await start(({ operation }: OperationCall) => {
    if (operation === 'UpdateStack') {
      if (status === 'UPDATE_IN_PROGRESS') throw refused();
      updates += 1;
    }
    const answer = { StackId: 'nested', Stacks: [{ StackId: 'nested', StackStatus: status }] };
    if (status === 'UPDATE_IN_PROGRESS') status = 'UPDATE_COMPLETE';
    service.wakeups.notify(STACKS_TOPIC);
    return answer;
  });
  const { call, work, statusOf } = service;
  const outer = (Stage: string) => {
    const Properties = { TemplateURL: 'http://host/bucket/key', Parameters: { Stage } };
    const One = { Type: 'AWS::CloudFormation::Stack', Properties };
    return { StackName, TemplateBody: JSON.stringify({ Resources: { One } }) };
  };
  const { StackId = '' } = await call('CreateStack', outer('old'));
  await work(StackId);
  await call('UpdateStack', outer('new'));
  status = 'UPDATE_IN_PROGRESS';
  await work(StackId);
  assert.equal(await statusOf(StackName), 'UPDATE_COMPLETE');
  assert.equal(updates, 1);
});
