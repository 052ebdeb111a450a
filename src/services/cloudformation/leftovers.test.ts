import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { AwsError } from '#aws/errors.ts';
import type { OperationCall } from '#ports/peers/operation-caller.ts';
import { start } from './harness.test.ts';
import { cloudformationSchema } from './store-schema.ts';
import { listLeftovers } from './store-stacks.ts';

const Other = { Type: 'AWS::CloudFormation::WaitConditionHandle' };
const FAILS = { Type: 'AWS::SNS::Topic', DependsOn: 'One' };

test('schedules of one name in two groups, which updates replaced one after the other, are both deleted', async () => {
  const made = new Set<string>();
  const { call, work, statusOf } = await start(({ operation, input }: OperationCall) => {
    const place = `${String(input['GroupName'])}/${String(input['Name'])}`;
    if (operation === 'CreateSchedule') made.add(place);
    if (operation === 'DeleteSchedule') made.delete(place);
    if (operation === 'CreateTopic') {
      throw new AwsError({ code: 'InvalidParameter', status: 400, message: 'It is refused.' });
    }
    return { ScheduleArn: 'arn' };
  });
  const StackName = 'stack';
  const templateOf = (GroupName: string, more: object = {}) => {
    const given = { FlexibleTimeWindow: {}, ScheduleExpression: 'rate(1 day)', Target: {} };
    const Properties = { Name: 'daily', GroupName, ...given };
    const One = { Type: 'AWS::Scheduler::Schedule', Properties };
    return { StackName, TemplateBody: JSON.stringify({ Resources: { One, ...more } }) };
  };
  const { StackId = '' } = await call('CreateStack', templateOf('one'));
  await work(StackId);
  for (const [group, more, status] of [
    ['two', { FAILS }, 'UPDATE_FAILED'],
    ['three', {}, 'UPDATE_COMPLETE'],
  ] as const) {
    await call('UpdateStack', { ...templateOf(group, more), DisableRollback: true });
    await work(StackId);
    assert.equal(await statusOf(StackName), status);
  }
  assert.deepEqual([...made], ['three/daily']);
});

test('what an earlier version has left is known after it, each by a number of its own', async () => {
  await using database = await openDatabase({ path: ':memory:' });
  const { name, steps } = cloudformationSchema;
  await database.migrate({ name, steps: steps.slice(0, 1) });
  await database.transact(async (tx) => {
    for (const [stackId, id] of [
      ['stack', 'a'],
      ['stack', 'b'],
      ['other', 'a'],
    ]) {
      const sql = `INSERT INTO cloudformation_leftovers (stack_id, logical_id, physical_id, body)
                   VALUES ($1, 'One', $2, $3)`;
      await tx.run(sql, stackId ?? '', id ?? '', JSON.stringify({ physicalId: id }));
    }
  });
  await database.migrate(cloudformationSchema);
  const left = await database.read((queries) => listLeftovers(queries, 'stack'));
  assert.deepEqual(left, [
    { physicalId: 'a', number: 1 },
    { physicalId: 'b', number: 2 },
  ]);
});

test('a resource of another type than before is refused, by an update and by a change set', async () => {
  const { call, work } = await start(() => ({ TopicArn: 'arn' }));
  const StackName = 'stack';
  const templateOf = (Type: string) => JSON.stringify({ Resources: { One: { Type }, Other } });
  const TemplateBody = templateOf('AWS::SNS::Topic');
  const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody });
  await work(StackId);
  const changed = { StackName, TemplateBody: templateOf('AWS::SQS::Queue') };
  const message =
    'Update of resource type is not permitted. The new template modifies resource type of the following resources: [One]';
  await assert.rejects(call('UpdateStack', changed), { code: 'ValidationError', message });
  const { Id: ChangeSetName = '' } = await call('CreateChangeSet', {
    ...changed,
    ChangeSetName: 'set',
  });
  const set = await call('DescribeChangeSet', { ChangeSetName });
  assert.deepEqual([set.Status, set.StatusReason], ['FAILED', message]);
});
