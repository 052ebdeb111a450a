import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from '#aws/errors.ts';
import type { OperationCall } from '#ports/peers/operation-caller.ts';
import { present } from '#kernel/assert.ts';
import { start } from './harness.test.ts';
import { listExports, replaceExports, replaceImports } from './store-links.ts';
import { saveStack, stackOfId } from './store-stacks.ts';

const HANDLE = { Type: 'AWS::CloudFormation::WaitConditionHandle' };
const StackName = 'stack';

type Service = Awaited<ReturnType<typeof start>>;

/** What no operation expects: a row that cannot be read. */
const breakRow = ({ database }: Service, stackId: string) =>
  database.transact(async (tx) => {
    const sql = `INSERT OR REPLACE INTO cloudformation_resources (stack_id, logical_id, body)
      VALUES ($1, 'One', '{')`;
    await tx.run(sql, stackId);
  });

test('a bug ends an operation with its reason, and the stack can be worked on again', async () => {
  const service = await start();
  const { call, work } = service;
  const stateOf = async (id: string) => {
    const { Stacks: [stack] = [] } = await call('DescribeStacks', { StackName: id });
    return [stack?.StackStatus, stack?.StackStatusReason];
  };
  const TemplateBody = JSON.stringify({ Resources: { One: HANDLE } });
  const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody });
  await breakRow(service, StackId);
  await work(StackId);
  assert.deepEqual(await stateOf(StackId), ['CREATE_FAILED', 'Internal Failure']);
  await call('DeleteStack', { StackName });
  await work(StackId);
  assert.deepEqual(await stateOf(StackId), ['DELETE_FAILED', 'Internal Failure']);
  await service.database.transact((tx) => tx.run('DELETE FROM cloudformation_resources'));
  await call('DeleteStack', { StackName });
  await work(StackId);
  assert.deepEqual(await stateOf(StackId), ['DELETE_COMPLETE', undefined]);
});

test('a name that is exported twice fails the stack, whoever comes first', async () => {
  const { call, work, statusOf } = await start();
  const output = { Value: 'a', Export: { Name: 'shared' } };
  const create = async (name: string, Outputs: object) => {
    const TemplateBody = JSON.stringify({ Resources: { One: HANDLE }, Outputs });
    return (await call('CreateStack', { StackName: name, TemplateBody })).StackId ?? '';
  };
  const twice = await create('twice', { A: output, B: output });
  await work(twice);
  assert.equal(await statusOf('twice'), 'ROLLBACK_COMPLETE');
  const both = await Promise.all(['one', 'two'].map((name) => create(name, { A: output })));
  await Promise.all(both.map((id) => work(id)));
  const states = await Promise.all(['one', 'two'].map(statusOf));
  assert.deepEqual(new Set(states), new Set(['CREATE_COMPLETE', 'ROLLBACK_COMPLETE']));
});

/** Subscriptions, of which some are refused; which there are, and what is asked for. */
async function subscribing() {
  const made = new Set<string>();
  const refused = new Set(['refused']);
  const times = new Map<string, number>();
  const service = await start(({ operation, input }: OperationCall) => {
    const endpoint = String(input['Endpoint']);
    if (operation === 'Unsubscribe') made.delete(String(input['SubscriptionArn']));
    if (operation !== 'Subscribe') return {};
    if (refused.has(endpoint)) {
      throw new AwsError({ code: 'InvalidParameter', status: 400, message: 'It is refused.' });
    }
    const time = (times.get(endpoint) ?? 0) + 1;
    times.set(endpoint, time);
    const SubscriptionArn = `${endpoint} ${time}`;
    made.add(SubscriptionArn);
    return { SubscriptionArn };
  });
  const subscription = (Endpoint: string, more: object = {}) => ({
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: 'topic', Protocol: 'sqs', Endpoint },
    ...more,
  });
  const before = JSON.stringify({ Resources: { Old: subscription('old') } });
  const after = JSON.stringify({
    Resources: {
      Old: subscription('new'),
      Added: subscription('added'),
      Fails: subscription('refused', { DependsOn: ['Old', 'Added'] }),
    },
  });
  const created = await service.call('CreateStack', { StackName, TemplateBody: before });
  const id = created.StackId ?? '';
  await service.work(id);
  await service.call('UpdateStack', { StackName, TemplateBody: after, DisableRollback: true });
  await service.work(id);
  assert.equal(await service.statusOf(StackName), 'UPDATE_FAILED');
  return { ...service, made, refused, after, id };
}

test('what an update made that failed with its rollback disabled is not made anew by the next one', async () => {
  const { call, work, statusOf, made, refused, after, id } = await subscribing();
  assert.deepEqual(new Set(made), new Set(['added 1', 'new 1', 'old 1']));
  refused.clear();
  await call('UpdateStack', { StackName, TemplateBody: after, DisableRollback: true });
  await work(id);
  assert.equal(await statusOf(StackName), 'UPDATE_COMPLETE');
  assert.deepEqual(new Set(made), new Set(['added 1', 'new 1', 'refused 1']));
});

test('with a stack whose update failed with its rollback disabled goes what that had replaced', async () => {
  const { call, work, statusOf, made, id } = await subscribing();
  await call('DeleteStack', { StackName });
  await work(id);
  assert.equal(await statusOf(id), 'DELETE_COMPLETE');
  assert.deepEqual([...made], []);
});

test('an update that failed with its rollback disabled can be rolled back', async () => {
  const { call, work, statusOf, made, id } = await subscribing();
  await call('RollbackStack', { StackName });
  await work(id);
  assert.equal(await statusOf(StackName), 'UPDATE_ROLLBACK_COMPLETE');
  assert.deepEqual([...made], ['old 1']);
  const again = call('RollbackStack', { StackName });
  await assert.rejects(again, /is in UPDATE_ROLLBACK_COMPLETE state and can not be rolled back/);
});

for (const wanted of ['new', 'newer']) {
  test(`updates that failed one after the other are rolled back to what was before all, as ${wanted} as the last`, async () => {
    const { call, work, statusOf, resourcesOf, made, after, id } = await subscribing();
    const last = after.replaceAll('"new"', `"${wanted}"`).replaceAll('"added"', `"${wanted} one"`);
    for (const TemplateBody of [after, last, last]) {
      await call('UpdateStack', { StackName, TemplateBody, DisableRollback: true });
      await work(id);
      assert.equal(await statusOf(StackName), 'UPDATE_FAILED');
      assert.ok(made.has('old 1'));
    }
    await call('RollbackStack', { StackName });
    await work(id);
    assert.equal(await statusOf(StackName), 'UPDATE_ROLLBACK_COMPLETE');
    assert.deepEqual([...made], ['old 1']);
    const [old, ...others] = await resourcesOf(id);
    assert.deepEqual(others, []);
    assert.equal(old?.current?.physicalId, 'old 1');
    assert.deepEqual(
      [old.stable, old.before, old.isAddedSinceStable],
      [undefined, undefined, undefined],
    );
  });

  test(`an update that succeeds after two that failed leaves nothing but its own, as ${wanted} as the last`, async () => {
    const { call, work, statusOf, made, refused, after, id } = await subscribing();
    const TemplateBody = after.replaceAll('"new"', `"${wanted}"`);
    for (const time of ['failing', 'succeeding']) {
      if (time === 'succeeding') refused.clear();
      await call('UpdateStack', { StackName, TemplateBody, DisableRollback: true });
      await work(id);
    }
    assert.equal(await statusOf(StackName), 'UPDATE_COMPLETE');
    assert.deepEqual(new Set(made), new Set(['added 1', `${wanted} 1`, 'refused 1']));
  });

  test(`a stack whose updates failed twice goes with all that they made, as ${wanted} as the last`, async () => {
    const { call, work, statusOf, made, after, id } = await subscribing();
    const TemplateBody = after.replaceAll('"new"', `"${wanted}"`);
    await call('UpdateStack', { StackName, TemplateBody, DisableRollback: true });
    await work(id);
    await call('DeleteStack', { StackName });
    await work(id);
    assert.equal(await statusOf(id), 'DELETE_COMPLETE');
    assert.deepEqual([...made], []);
  });
}

for (const last of ['one', 'two']) {
  test(`settings that updates took away and gave back are those of function ${last}, which has them in the end`, async () => {
    const settings = new Set<string>();
    const { call, work, statusOf } = await start(({ operation, input }: OperationCall) => {
      const name = String(input['FunctionName']);
      if (operation === 'PutFunctionEventInvokeConfig') settings.add(name);
      if (operation === 'DeleteFunctionEventInvokeConfig') settings.delete(name);
      if (operation === 'Subscribe') {
        throw new AwsError({ code: 'InvalidParameter', status: 400, message: 'It is refused.' });
      }
      return {};
    });
    const templateOf = (FunctionName: string, more: object = {}) => {
      const Properties = { FunctionName, Qualifier: '$LATEST' };
      const One = { Type: 'AWS::Lambda::EventInvokeConfig', Properties };
      return JSON.stringify({ Resources: { One, ...more } });
    };
    const create = { StackName, TemplateBody: templateOf('one') };
    const { StackId = '' } = await call('CreateStack', create);
    await work(StackId);
    const Properties = { TopicArn: 't', Protocol: 'sqs' };
    const Fails = { Type: 'AWS::SNS::Subscription', Properties, DependsOn: 'One' };
    for (const name of ['two', 'one']) {
      const TemplateBody = templateOf(name, { Fails });
      await call('UpdateStack', { StackName, TemplateBody, DisableRollback: true });
      await work(StackId);
      assert.equal(await statusOf(StackName), 'UPDATE_FAILED');
    }
    await call('UpdateStack', { StackName, TemplateBody: templateOf(last), DisableRollback: true });
    await work(StackId);
    assert.equal(await statusOf(StackName), 'UPDATE_COMPLETE');
    assert.deepEqual([...settings], [last]);
  });
}

test('what updates changed in place that failed one after the other is rolled back to what was before all', async () => {
  let shown: unknown;
  const { call, work, statusOf } = await start(({ operation, input }: OperationCall) => {
    if (operation === 'Subscribe') {
      throw new AwsError({ code: 'InvalidParameter', status: 400, message: 'It is refused.' });
    }
    if (operation === 'SetTopicAttributes') shown = input['AttributeValue'];
    return { TopicArn: 'arn' };
  });
  const templateOf = (DisplayName: string, more: object = {}) => {
    const Topic = { Type: 'AWS::SNS::Topic', Properties: { DisplayName } };
    return JSON.stringify({ Resources: { Topic, ...more } });
  };
  const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody: templateOf('a') });
  await work(StackId);
  const Properties = { TopicArn: 't', Protocol: 'sqs' };
  const Fails = { Type: 'AWS::SNS::Subscription', Properties, DependsOn: 'Topic' };
  for (const name of ['b', 'c']) {
    const TemplateBody = templateOf(name, { Fails });
    await call('UpdateStack', { StackName, TemplateBody, DisableRollback: true });
    await work(StackId);
    assert.equal(await statusOf(StackName), 'UPDATE_FAILED');
    assert.equal(shown, name);
  }
  await call('RollbackStack', { StackName });
  await work(StackId);
  assert.equal(await statusOf(StackName), 'UPDATE_ROLLBACK_COMPLETE');
  assert.equal(shown, 'a');
});

test('a creation that failed with its rollback disabled goes on where it stopped, or is deleted', async () => {
  const { call, work, statusOf, made, refused, after } = await subscribing();
  made.clear();
  refused.add('refused');
  const paused = 'paused';
  const create = { StackName: paused, TemplateBody: after, DisableRollback: true };
  const { StackId = '' } = await call('CreateStack', create);
  await work(StackId);
  assert.equal(await statusOf(paused), 'CREATE_FAILED');
  assert.deepEqual(new Set(made), new Set(['added 2', 'new 2']));
  const again = { StackName: paused, UsePreviousTemplate: true };
  await assert.rejects(call('UpdateStack', again), {
    code: 'ValidationError',
    message: /^This stack is currently in a non-terminal \[CREATE_FAILED\] state\./,
  });
  await call('UpdateStack', { ...again, DisableRollback: true });
  await work(StackId);
  assert.equal(await statusOf(paused), 'UPDATE_FAILED');
  refused.clear();
  await call('UpdateStack', { ...again, DisableRollback: true });
  await work(StackId);
  assert.equal(await statusOf(paused), 'UPDATE_COMPLETE');
  assert.deepEqual(new Set(made), new Set(['added 2', 'new 2', 'refused 1']));
});

test('a stack that never was whole is deleted by its rollback', async () => {
  const { call, work, statusOf, made, after } = await subscribing();
  made.clear();
  for (const updates of [0, 1]) {
    const create = { StackName: `never-${updates}`, TemplateBody: after, DisableRollback: true };
    const { StackId = '' } = await call('CreateStack', create);
    await work(StackId);
    if (updates > 0) {
      await call('UpdateStack', { ...create, StackName: StackId });
      await work(StackId);
      assert.equal(await statusOf(StackId), 'UPDATE_FAILED');
    }
    await call('RollbackStack', { StackName: StackId });
    await work(StackId);
    assert.equal(await statusOf(StackId), 'DELETE_COMPLETE');
    assert.deepEqual([...made], []);
  }
});

for (const protection of ['protection', 'export']) {
  test(`a stack that never was whole is not deleted by its rollback over its ${protection}`, async () => {
    const { call, work, statusOf, database, after } = await subscribing();
    const isProtected = protection === 'protection';
    const create = { StackName: 'never', TemplateBody: after, DisableRollback: true };
    const EnableTerminationProtection = isProtected;
    const made = await call('CreateStack', { ...create, EnableTerminationProtection });
    const id = made.StackId ?? '';
    await work(id);
    assert.equal(await statusOf(id), 'CREATE_FAILED');
    const stack = present(await database.read((queries) => stackOfId(queries, id)), 'created');
    const exported = [{ name: 'shared', value: 'a' }];
    if (!isProtected) {
      await database.transact(async (tx) => {
        await replaceExports(tx, stack, id, exported);
        await replaceImports(tx, stack, 'arn/user', ['shared']);
      });
    }
    await assert.rejects(call('RollbackStack', { StackName: id }), {
      code: 'ValidationError',
      message: isProtected
        ? 'Stack [never] cannot be deleted while TerminationProtection is enabled'
        : 'Cannot delete export shared as it is in use by user.',
    });
    assert.equal(await statusOf(id), 'CREATE_FAILED');
    await call('UpdateTerminationProtection', {
      StackName: id,
      EnableTerminationProtection: false,
    });
    await database.transact((tx) => replaceImports(tx, stack, 'arn/user', []));
    await call('RollbackStack', { StackName: id });
    await work(id);
    assert.equal(await statusOf(id), 'DELETE_COMPLETE');
    assert.deepEqual(await database.read((queries) => listExports(queries, stack)), []);
  });
}

test('a stack that was whole, and of which nobody knows any more what it was, is not deleted by its rollback', async () => {
  const { call, work, statusOf, made, refused, after, id, database } = await subscribing();
  // It was complete, with its rollback disabled, before an update of an earlier version failed.
  await database.transact(async (tx) => {
    const stack = present(await stackOfId(tx, id), 'it was created');
    const { rollbackGoal: _, ...rest } = stack;
    await saveStack(tx, { ...rest, disableRollback: true });
  });
  for (const time of ['first', 'second']) {
    await assert.rejects(call('RollbackStack', { StackName }), {
      code: 'ValidationError',
      message: `Stack:${id} is in UPDATE_FAILED state and can not be rolled back.`,
    });
    await call('UpdateStack', { StackName, TemplateBody: after, DisableRollback: true });
    await work(id);
    assert.equal(await statusOf(StackName), 'UPDATE_FAILED', time);
  }
  assert.ok(made.has('new 1'));
  refused.clear();
  await call('UpdateStack', { StackName, TemplateBody: after, DisableRollback: true });
  await work(id);
  assert.equal(await statusOf(StackName), 'UPDATE_COMPLETE');
});

test('a stack that was whole after its creation had failed is rolled back to that', async () => {
  const { call, work, statusOf, made, refused, after } = await subscribing();
  made.clear();
  const create = { StackName: 'late', TemplateBody: after, DisableRollback: true };
  const { StackId = '' } = await call('CreateStack', create);
  await work(StackId);
  refused.clear();
  await call('UpdateStack', create);
  await work(StackId);
  assert.equal(await statusOf(StackId), 'UPDATE_COMPLETE');
  refused.add('refused again');
  const TemplateBody = after.replaceAll('"refused"', '"refused again"');
  await call('UpdateStack', { ...create, TemplateBody });
  await work(StackId);
  assert.equal(await statusOf(StackId), 'UPDATE_FAILED');
  await call('RollbackStack', { StackName: StackId });
  await work(StackId);
  assert.equal(await statusOf(StackId), 'UPDATE_ROLLBACK_COMPLETE');
  assert.deepEqual(new Set(made), new Set(['new 2', 'added 2', 'refused 1']));
});

test('a creation that was to be left as it failed is not gone on with', async () => {
  const { call, work, after } = await subscribing();
  const create = { StackName: 'left', TemplateBody: after, OnFailure: 'DO_NOTHING' };
  const { StackId = '' } = await call('CreateStack', create);
  await work(StackId);
  const update = { StackName: 'left', UsePreviousTemplate: true, DisableRollback: true };
  await assert.rejects(call('UpdateStack', update), /contains \[on-failure: DO_NOTHING\]/);
});

test('a mapping that was there before is not deleted where its like failed to be made', async () => {
  const deleted: unknown[] = [];
  const { call, work, statusOf, clock } = await start(({ operation, input }: OperationCall) => {
    if (operation === 'DeleteEventSourceMapping') deleted.push(input['UUID']);
    if (operation === 'CreateEventSourceMapping') {
      throw new AwsError({ code: 'ResourceConflictException', status: 409, message: 'It exists.' });
    }
    if (operation === 'GetEventSourceMapping') {
      throw new AwsError({ code: 'ResourceNotFoundException', status: 404, message: 'None.' });
    }
    // Somebody has changed it meanwhile.
    return { EventSourceMappings: [{ UUID: 'theirs', LastModified: clock.now() }] };
  });
  const Properties = { FunctionName: 'function', EventSourceArn: 'queue' };
  const Mapping = { Type: 'AWS::Lambda::EventSourceMapping', Properties };
  const create = JSON.stringify({ Resources: { One: HANDLE } });
  const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody: create });
  await work(StackId);
  const TemplateBody = JSON.stringify({ Resources: { One: HANDLE, Mapping } });
  for (const time of ['first', 'second']) {
    await call('UpdateStack', { StackName, TemplateBody, DisableRollback: true });
    await work(StackId);
    assert.equal(await statusOf(StackName), 'UPDATE_FAILED', time);
  }
  assert.deepEqual(deleted, []);
});

test('properties that are nothing are none', async () => {
  const { call, work, statusOf } = await start();
  const One = { ...HANDLE, Properties: { Ref: 'AWS::NoValue' } };
  const TemplateBody = JSON.stringify({ Resources: { One } });
  const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody });
  await work(StackId);
  assert.equal(await statusOf(StackName), 'CREATE_COMPLETE');
});
