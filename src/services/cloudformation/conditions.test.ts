import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '#kernel/assert.ts';
import { saveStack, stackOfId } from './store-stacks.ts';
import { start } from './harness.test.ts';

const templateOf = (condition: object) =>
  JSON.stringify({
    Parameters: { Stage: { Type: 'String', Default: 'dev' } },
    Mappings: { Stages: { dev: { Name: 'one' } } },
    Conditions: { IsOne: condition },
    Resources: {
      Topic: {
        Type: 'AWS::SNS::Topic',
        Properties: { DisplayName: { 'Fn::If': ['IsOne', 'one', { Ref: 'AWS::NoValue' }] } },
      },
    },
  });
const named = (stage: string | object) => ({
  'Fn::Equals': [{ 'Fn::FindInMap': ['Stages', stage, 'Name'] }, 'one'],
});
const DECIDABLE = templateOf(named({ Ref: 'Stage' }));
const UNDECIDABLE = templateOf(named('production'));
const REASON = 'Template error: Unable to get mapping for Stages::production::Name';

/** A stack whose work begins with a template that a server of long ago took. */
async function stored(kind: 'create' | 'update' | 'delete') {
  const service = await start(() => ({
    QueueUrl: 'http://queue',
    Attributes: { QueueArn: 'arn' },
  }));
  const { call, database, work } = service;
  const StackName = 'stack';
  const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody: DECIDABLE });
  if (kind !== 'create') await work(StackId);
  if (kind === 'update') {
    await call('UpdateStack', {
      StackName,
      TemplateBody: templateOf({ 'Fn::Equals': ['one', 'two'] }),
    });
  }
  if (kind === 'delete') await call('DeleteStack', { StackName });
  await database.transact(async (tx) => {
    const stack = present(await stackOfId(tx, StackId), 'it was created');
    const goal = { ...stack.goal, body: UNDECIDABLE, processed: UNDECIDABLE };
    await saveStack(tx, { ...stack, goal });
  });
  await work(StackId);
  const { Stacks: [stack] = [] } = await call('DescribeStacks', { StackName: StackId });
  const { StackEvents = [] } = await call('DescribeStackEvents', { StackName: StackId });
  const reasons = StackEvents.map((one) => one.ResourceStatusReason ?? '');
  return { status: stack?.StackStatus, reasons };
}

test('names that are members of every object are names like any other', async () => {
  const { call, work, statusOf, resourcesOf } = await start();
  const Type = 'AWS::CloudFormation::WaitConditionHandle';
  const StackName = 'names';
  const create = (template: object) => {
    const TemplateBody = JSON.stringify(template);
    return call('CreateStack', { StackName, TemplateBody });
  };
  const If = (name: string) => ({ 'Fn::If': [name, 'yes', 'no'] });
  const outputOf = (Value: object) => ({ Resources: { One: { Type } }, Outputs: { A: { Value } } });
  for (const Value of [If('constructor'), { 'Fn::FindInMap': ['toString', 'name', 'length'] }]) {
    const { StackId = '' } = await create(outputOf(Value));
    await work(StackId);
    assert.equal(await statusOf(StackName), 'ROLLBACK_COMPLETE');
    await call('DeleteStack', { StackName });
    await work(StackId);
  }
  const condition = { 'Fn::Equals': ['a', 'a'] };
  const whole = {
    Conditions: { constructor: condition },
    Mappings: { Map: { valueOf: { toString: 'mapped' } } },
    Resources: { constructor: { Type, Condition: 'constructor' }, toString: { Type } },
    Outputs: {
      A: { Value: If('constructor') },
      B: { Value: { 'Fn::FindInMap': ['Map', 'valueOf', 'toString'] } },
    },
  };
  const { StackId = '' } = await create(whole);
  await work(StackId);
  const { Stacks: [stack] = [] } = await call('DescribeStacks', { StackName });
  assert.deepEqual(
    stack?.Outputs?.map((one) => one.OutputValue),
    ['yes', 'mapped'],
  );
  const TemplateBody = JSON.stringify({ Resources: { toString: { Type } } });
  await call('UpdateStack', { StackName, TemplateBody });
  await work(StackId);
  assert.deepEqual(
    (await resourcesOf(StackId)).map(({ logicalId }) => logicalId),
    ['toString'],
  );
});

test('a condition that cannot be decided is refused before anything begins', async () => {
  const { call, work } = await start();
  const StackName = 'stack';
  const error = { code: 'ValidationError', message: REASON };
  await assert.rejects(call('CreateStack', { StackName, TemplateBody: UNDECIDABLE }), error);
  const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody: DECIDABLE });
  await work(StackId);
  await assert.rejects(call('UpdateStack', { StackName, TemplateBody: UNDECIDABLE }), error);
  const Parameters = [{ ParameterKey: 'Stage', ParameterValue: 'production' }];
  const input = { StackName, TemplateBody: DECIDABLE, Parameters };
  await assert.rejects(call('UpdateStack', input), error);
});

test('conditions know parameters, and no resources', async () => {
  const { call } = await start();
  const TemplateBody = templateOf({ 'Fn::Equals': [{ Ref: 'Topic' }, { Ref: 'AWS::Region' }] });
  await assert.rejects(call('CreateStack', { StackName: 'stack', TemplateBody }), {
    code: 'ValidationError',
    message:
      'Template format error: Unresolved dependencies [Topic]. Cannot reference resources in the Conditions block of the template',
  });
});

test('a creation whose conditions cannot be decided is rolled back', async () => {
  const { status, reasons } = await stored('create');
  assert.equal(status, 'ROLLBACK_COMPLETE');
  assert.ok(reasons.includes(`${REASON}. Rollback requested by user.`));
});

test('an update whose conditions cannot be decided goes back', async () => {
  const { status, reasons } = await stored('update');
  assert.equal(status, 'UPDATE_ROLLBACK_COMPLETE');
  assert.ok(reasons.includes(`${REASON}.`));
});

test('what a template made is deleted though its conditions cannot be decided', async () => {
  assert.equal((await stored('delete')).status, 'DELETE_COMPLETE');
});

test('a template that cannot be read any more ends the operation', async () => {
  const { call, database, work, statusOf } = await start();
  const StackName = 'stack';
  const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody: DECIDABLE });
  await database.transact(async (tx) => {
    const stack = present(await stackOfId(tx, StackId), 'it was created');
    await saveStack(tx, { ...stack, goal: { ...stack.goal, processed: '{}' } });
  });
  await work(StackId);
  assert.equal(await statusOf(StackName), 'CREATE_FAILED');
});
