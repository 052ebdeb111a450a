/** Resources that are parts of what others have a part in, or that come to be one step after the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { AwsError } from '#aws/errors.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { OperationCall } from '#ports/peers/operation-caller.ts';
import { start } from './harness.test.ts';
import { structuresOf } from './resources/shared.ts';

/** A bus that takes a while to tell its policy and to take one. */
function slowBus() {
  let statements: readonly Readonly<Record<string, unknown>>[] = [];
  return {
    ids: () => statements.map(({ Sid }) => String(Sid)).toSorted(),
    async answer({ operation, input }: OperationCall) {
      const told = statements;
      await turn();
      if (operation === 'DescribeEventBus') {
        return told.length === 0 ? {} : { Policy: JSON.stringify({ Statement: told }) };
      }
      if (operation === 'RemovePermission') {
        statements = statements.filter(({ Sid }) => Sid !== input['StatementId']);
      }
      if (operation === 'PutPermission') {
        const { Policy, StatementId, Action, Principal } = input;
        const policy = parseJson(typeof Policy === 'string' ? Policy : '{}');
        statements = isObject(policy) ? structuresOf(policy['Statement']) : [];
        if (StatementId !== undefined) {
          statements = [...told, { Sid: StatementId, Action, Principal }];
        }
      }
      return {};
    },
  };
}

function policies(...ids: readonly string[]): string {
  const Statement = { Effect: 'Allow', Principal: '*', Action: 'events:PutEvents', Resource: '*' };
  const Resources = ids.map((StatementId) => [
    StatementId,
    { Type: 'AWS::Events::EventBusPolicy', Properties: { StatementId, Statement } },
  ]);
  return JSON.stringify({ Resources: Object.fromEntries(Resources) });
}

test('policies of one bus are all there, of one stack and of two that are made at once', async () => {
  const bus = slowBus();
  const { call, work } = await start(bus.answer);
  const one = await call('CreateStack', {
    StackName: 'one',
    TemplateBody: policies('a', 'b', 'c'),
  });
  const two = await call('CreateStack', { StackName: 'two', TemplateBody: policies('d', 'e') });
  await Promise.all([one, two].map(({ StackId = '' }) => work(StackId)));
  assert.deepEqual(bus.ids(), ['a', 'b', 'c', 'd', 'e']);
});

test('a policy of a bus that goes while others are made stays away, and they are there', async () => {
  const bus = slowBus();
  const { call, work } = await start(bus.answer);
  const one = await call('CreateStack', { StackName: 'one', TemplateBody: policies('a', 'b') });
  await work(one.StackId ?? '');
  await call('DeleteStack', { StackName: 'one' });
  const two = await call('CreateStack', { StackName: 'two', TemplateBody: policies('c', 'd') });
  await Promise.all([one, two].map(({ StackId = '' }) => work(StackId)));
  assert.deepEqual(bus.ids(), ['c', 'd']);
});

/** A table whose replicas can be anywhere but in one Region, where another table has its name. */
function replicatedTable() {
  const replicas = new Set<string>();
  let isThere = false;
  return {
    replicas,
    isThere: () => isThere,
    answer({ operation, input }: OperationCall) {
      if (operation === 'CreateTable') isThere = true;
      if (operation === 'DeleteTable') isThere = false;
      if (operation === 'DescribeTable' && !isThere) {
        throw new AwsError({ code: 'ResourceNotFoundException', status: 400, message: 'None.' });
      }
      for (const update of structuresOf(input['ReplicaUpdates'])) changeReplica(replicas, update);
      const Replicas = [...replicas].map((RegionName) => ({ RegionName }));
      return { Table: { TableStatus: 'ACTIVE', TableArn: 'arn', TableId: 'id', Replicas } };
    },
  };
}

function changeReplica(replicas: Set<string>, update: Readonly<Record<string, unknown>>): void {
  const { Create: made, Delete: deleted } = update;
  const region = [made, deleted].filter(isObject).map(({ RegionName }) => String(RegionName))[0];
  if (region === undefined) return;
  const refusal = isObject(made) ? region === 'eu-west-1' : !replicas.has(region);
  if (refusal) {
    throw new AwsError({ code: 'ValidationException', status: 400, message: `Not in ${region}.` });
  }
  if (isObject(made)) replicas.add(region);
  else replicas.delete(region);
}

function globalTable(...regions: readonly string[]): string {
  const Properties = {
    TableName: 'table',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    Replicas: ['us-east-1', ...regions].map((Region) => ({ Region })),
  };
  const Resources = { Table: { Type: 'AWS::DynamoDB::GlobalTable', Properties } };
  return JSON.stringify({ Resources });
}

test('a global table goes with the replicas that it has where another one could not be made', async () => {
  const table = replicatedTable();
  const { call, work, statusOf } = await start(table.answer);
  const TemplateBody = globalTable('us-west-2', 'eu-west-1', 'eu-west-2');
  const { StackId = '' } = await call('CreateStack', { StackName: 'stack', TemplateBody });
  await work(StackId);
  assert.equal(await statusOf('stack'), 'ROLLBACK_COMPLETE');
  assert.equal(table.isThere(), false);
  assert.deepEqual([...table.replicas], []);
});

test('a global table goes back to its replicas where an update could not make another one', async () => {
  const table = replicatedTable();
  const { call, work, statusOf } = await start(table.answer);
  const StackName = 'stack';
  const TemplateBody = globalTable('us-west-2');
  const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody });
  await work(StackId);
  const other = globalTable('us-west-1', 'eu-west-1', 'eu-west-2');
  await call('UpdateStack', { StackName, TemplateBody: other });
  await work(StackId);
  assert.equal(await statusOf(StackName), 'UPDATE_ROLLBACK_COMPLETE');
  assert.deepEqual([...table.replicas], ['us-west-2']);
});

test('users leave a group again where another one could not be added to it', async () => {
  const members = new Set<unknown>();
  const { call, work, statusOf } = await start(({ operation, input: { UserName } }) => {
    const isKnown = operation === 'AddUserToGroup' ? UserName !== 'nobody' : members.has(UserName);
    if (!isKnown) {
      throw new AwsError({ code: 'NoSuchEntity', status: 404, message: 'No such user.' });
    }
    if (operation === 'AddUserToGroup') members.add(UserName);
    else members.delete(UserName);
    return {};
  });
  const Properties = { GroupName: 'group', Users: ['ann', 'nobody', 'bob'] };
  const Resources = { Members: { Type: 'AWS::IAM::UserToGroupAddition', Properties } };
  const TemplateBody = JSON.stringify({ Resources });
  const input = { StackName: 'stack', TemplateBody, Capabilities: ['CAPABILITY_IAM' as const] };
  const { StackId = '' } = await call('CreateStack', input);
  await work(StackId);
  assert.equal(await statusOf('stack'), 'ROLLBACK_COMPLETE');
  assert.deepEqual([...members], []);
});
