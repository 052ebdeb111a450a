import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import type { Operations } from '#aws/models/ssm.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { requestContext } from '../../../test/support/request-context.ts';
import { createSsm } from './index.ts';

type Input<Name extends keyof Operations> = Parameters<Operations[Name]>[1];
type Output<Name extends keyof Operations> = Awaited<ReturnType<Operations[Name]>>;

const CONTEXT = requestContext('111111111111');

async function start() {
  const database = await openDatabase({ path: ':memory:' });
  const ssm = createSsm({ database, clock: new SimulatedClock() });
  await database.migrate(ssm.schema);
  return async <Name extends keyof Operations>(
    name: Name,
    input: Input<Name>,
  ): Promise<Output<Name>> => {
    // The table holds every operation under the name whose types these are.
    const operation = ssm.service.operations[name] as Operation<typeof input, never>;
    return operation(CONTEXT, input);
  };
}

test('keeps versions, and answers the one that is asked for by number or label', async () => {
  const call = await start();
  const put = (Value: string) =>
    call('PutParameter', { Name: '/app/key', Value, Type: 'String', Overwrite: true });
  assert.deepEqual(await put('one'), { Version: 1, Tier: 'Standard' });
  assert.deepEqual(await put('two'), { Version: 2, Tier: 'Standard' });
  await call('LabelParameterVersion', {
    Name: '/app/key',
    ParameterVersion: 1,
    Labels: ['old', 'aws-no'],
  });
  const valueOf = async (Name: string) => (await call('GetParameter', { Name })).Parameter?.Value;
  assert.equal(await valueOf('/app/key'), 'two');
  assert.equal(await valueOf('/app/key:1'), 'one');
  assert.equal(await valueOf('/app/key:old'), 'one');
  assert.equal(await valueOf('arn:aws:ssm:us-east-1:111111111111:parameter/app/key'), 'two');
  await assert.rejects(valueOf('/app/key:3'), { code: 'ParameterVersionNotFound' });
  await assert.rejects(valueOf('/app/other'), { code: 'ParameterNotFound' });
  const { Parameters } = await call('GetParameterHistory', { Name: '/app/key' });
  assert.deepEqual(
    Parameters?.map((one) => [one.Version, one.Value, one.Labels]),
    [
      [1, 'one', ['old']],
      [2, 'two', []],
    ],
  );
});

test('refuses to overwrite unasked, names that are reserved, and values that are too long', async () => {
  const call = await start();
  const put = (Name: string, Value = 'v') => call('PutParameter', { Name, Value, Type: 'String' });
  await put('plain', 'x'.repeat(4096));
  await assert.rejects(put('plain'), { code: 'ParameterAlreadyExists' });
  await assert.rejects(put('other', 'x'.repeat(4097)), { code: 'ValidationException' });
  await assert.rejects(put('/aws/x'), {
    message: 'No access to reserved parameter name: /aws/x.',
  });
  await assert.rejects(put('a/b'), {
    message: 'Parameter name must be a fully qualified name.',
  });
  await put('/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15');
  await assert.rejects(put('/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16'), {
    code: 'HierarchyLevelLimitExceededException',
  });
});

test('lists what lies below a path, page by page', async () => {
  const call = await start();
  for (const Name of ['/a/1', '/a/2', '/a/b/3', '/ab', 'plain']) {
    await call('PutParameter', { Name, Value: Name, Type: 'String' });
  }
  const below = async (Path: string, Recursive: boolean) =>
    (await call('GetParametersByPath', { Path, Recursive })).Parameters?.map((one) => one.Name);
  assert.deepEqual(await below('/a', false), ['/a/1', '/a/2']);
  assert.deepEqual(await below('/a/', true), ['/a/1', '/a/2', '/a/b/3']);
  const first = await call('DescribeParameters', { MaxResults: 3 });
  const second = await call('DescribeParameters', {
    MaxResults: 3,
    ...(first.NextToken === undefined ? {} : { NextToken: first.NextToken }),
  });
  const names = [first, second].flatMap((page) => page.Parameters?.map(({ Name }) => Name));
  assert.deepEqual(names, ['/a/1', '/a/2', '/a/b/3', '/ab', 'plain']);
  assert.equal(second.NextToken, undefined);
});

test('deletes some of many, and keeps tags by name', async () => {
  const call = await start();
  const Tags = [{ Key: 'team', Value: 'a' }];
  await call('PutParameter', { Name: 'p', Value: 'v', Type: 'SecureString', Tags });
  const resource = { ResourceType: 'Parameter', ResourceId: 'p' };
  await call('AddTagsToResource', { ...resource, Tags: [{ Key: 'env', Value: 'b' }] });
  await call('RemoveTagsFromResource', { ...resource, TagKeys: ['team'] });
  assert.deepEqual((await call('ListTagsForResource', resource)).TagList, [
    { Key: 'env', Value: 'b' },
  ]);
  assert.deepEqual(await call('DeleteParameters', { Names: ['p', 'q'] }), {
    DeletedParameters: ['p'],
    InvalidParameters: ['q'],
  });
  await assert.rejects(call('ListTagsForResource', resource), { code: 'InvalidResourceId' });
});

test('a pattern decides of a value in no more time than that takes, or is refused', async () => {
  const call = await start();
  const put = (AllowedPattern: string, Value: string) =>
    call('PutParameter', { Name: 'patterned', Type: 'String', Value, AllowedPattern });
  const mismatch = { code: 'ParameterPatternMismatchException' };
  await assert.rejects(put('(a+)+', `${'a'.repeat(4000)}b`), mismatch);
  await assert.rejects(put('[a-z]+', 'ab1'), mismatch);
  await assert.rejects(put('[', 'a'), { code: 'InvalidAllowedPatternException' });
  await put('(?=.*[A-Z])[A-Za-z]+', 'aB');
});
