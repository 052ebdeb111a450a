import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { present } from '#kernel/assert.ts';
import type { OperationCall } from '#ports/peers/operation-caller.ts';
import { AwsError } from '#aws/errors.ts';
import { start } from './harness.test.ts';
import { saveStack, stackOfId } from './store-stacks.ts';

const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'mine' } };
const TOPIC = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'mine' } };
const BUCKET = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'mine' } };
const RULE = { Type: 'AWS::Events::Rule', Properties: { Name: 'mine', EventPattern: {} } };
const ALARM = {
  Type: 'AWS::CloudWatch::Alarm',
  Properties: { AlarmName: 'mine', ComparisonOperator: 'GreaterThanThreshold' },
};

const LOOKS = /^(?:Get|Head|Describe)/;

for (const resource of [QUEUE, TOPIC, BUCKET, RULE, ALARM]) {
  test(`what is there already is not taken for ${resource.Type}, nor deleted on the way back`, async () => {
    const changes: string[] = [];
    const { call, work, statusOf } = await start(({ operation }: OperationCall) => {
      if (!LOOKS.test(operation)) changes.push(operation);
      return { MetricAlarms: [{}] };
    });
    const TemplateBody = JSON.stringify({ Resources: { One: resource } });
    const { StackId = '' } = await call('CreateStack', { StackName: 'stack', TemplateBody });
    await work(StackId);
    assert.equal(await statusOf('stack'), 'ROLLBACK_COMPLETE');
    assert.deepEqual(changes, []);
    const { StackEvents = [] } = await call('DescribeStackEvents', { StackName: 'stack' });
    const failed = StackEvents.find((one) => one.ResourceStatus === 'CREATE_FAILED');
    assert.match(failed?.ResourceStatusReason ?? '', /already exists.*AlreadyExists/);
  });
}

for (const count of [1, 2]) {
  test(`one name is given once, to resources of ${count === 1 ? 'one stack' : 'two stacks'} made at once`, async () => {
    let creations = 0;
    let isThere = false;
    const { call, work, statusOf } = await start(async ({ operation }: OperationCall) => {
      if (operation === 'GetQueueUrl' && !isThere) {
        throw new AwsError({ code: 'QueueDoesNotExist', status: 400, message: 'None.' });
      }
      // Others look meanwhile.
      await turn();
      if (operation === 'CreateQueue') {
        isThere = true;
        creations += 1;
      }
      return { QueueUrl: 'http://queue', Attributes: { QueueArn: 'arn' } };
    });
    const Resources = count === 1 ? { One: QUEUE, Other: QUEUE } : { One: QUEUE };
    const TemplateBody = JSON.stringify({ Resources });
    const names = ['one', 'two'].slice(0, count);
    const ids: string[] = [];
    for (const StackName of names) {
      ids.push((await call('CreateStack', { StackName, TemplateBody })).StackId ?? '');
    }
    await Promise.all(ids.map((id) => work(id)));
    const statuses = await Promise.all(names.map((name) => statusOf(name)));
    assert.equal(creations, 1);
    assert.equal(statuses.filter((status) => status === 'ROLLBACK_COMPLETE').length, 1);
  });
}

test('what this very operation had begun to make is taken up after a restart', async () => {
  const server = new AbortController();
  let isMade = false;
  const { call, work, statusOf } = await start(({ operation }: OperationCall) => {
    if (operation === 'CreateQueue' && !isMade) {
      isMade = true;
      server.abort(new Error('killed'));
      throw new Error('killed');
    }
    if (operation === 'GetQueueUrl' && !isMade) {
      throw new AwsError({ code: 'QueueDoesNotExist', status: 400, message: 'None.' });
    }
    return { QueueUrl: 'http://queue', Attributes: { QueueArn: 'arn' } };
  });
  const TemplateBody = JSON.stringify({ Resources: { One: QUEUE } });
  const { StackId = '' } = await call('CreateStack', { StackName: 'stack', TemplateBody });
  await assert.rejects(work(StackId, server.signal));
  assert.equal(await statusOf('stack'), 'CREATE_IN_PROGRESS');
  await work(StackId);
  assert.equal(await statusOf('stack'), 'CREATE_COMPLETE');
});

/** A server that ends as soon as a role is made, and another one; what roles there are in the end. */
async function interrupted(properties: object) {
  const server = new AbortController();
  const roles = new Set<unknown>();
  const service = await start(({ operation, input }: OperationCall) => {
    const { RoleName } = input;
    if (operation === 'CreateRole' && roles.has(RoleName)) {
      throw new AwsError({ code: 'EntityAlreadyExists', status: 409, message: 'It exists.' });
    }
    if (operation === 'CreateRole') roles.add(RoleName);
    if (operation === 'DeleteRole') roles.delete(RoleName);
    if (operation === 'CreateRole' && !server.signal.aborted) {
      server.abort(new Error('killed'));
      throw new Error('killed');
    }
    return { Role: { Arn: 'arn' } };
  });
  const Properties = { AssumeRolePolicyDocument: {}, ...properties };
  const TemplateBody = JSON.stringify({ Resources: { R: { Type: 'AWS::IAM::Role', Properties } } });
  const input = { StackName: 'stack', TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] };
  const { StackId = '' } = await service.call('CreateStack', input);
  await assert.rejects(service.work(StackId, server.signal));
  assert.equal(roles.size, 1);
  await service.work(StackId);
  return { status: await service.statusOf('stack'), roles };
}

test('what was made under a name of ours and not stored is made anew after a restart', async () => {
  const { status, roles } = await interrupted({});
  assert.equal(status, 'CREATE_COMPLETE');
  assert.equal(roles.size, 1);
});

test('what has the name that the template gives may be somebody else’s, and stays', async () => {
  const { status, roles } = await interrupted({ RoleName: 'theirs' });
  assert.equal(status, 'ROLLBACK_COMPLETE');
  assert.deepEqual([...roles], ['theirs']);
});

test('what was made and not stored goes with its stack, where that is deleted first', async () => {
  const server = new AbortController();
  const roles = new Set<unknown>();
  const { call, work, statusOf } = await start(({ operation, input }: OperationCall) => {
    if (operation === 'DeleteRole') roles.delete(input['RoleName']);
    if (operation !== 'CreateRole') return {};
    roles.add(input['RoleName']);
    server.abort(new Error('killed'));
    throw new Error('killed');
  });
  const Properties = { AssumeRolePolicyDocument: {} };
  const TemplateBody = JSON.stringify({ Resources: { R: { Type: 'AWS::IAM::Role', Properties } } });
  const input = { StackName: 'stack', TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] };
  const { StackId = '' } = await call('CreateStack', input);
  await assert.rejects(work(StackId, server.signal));
  assert.equal(roles.size, 1);
  await call('DeleteStack', { StackName: 'stack' });
  await work(StackId);
  assert.equal(await statusOf(StackId), 'DELETE_COMPLETE');
  assert.equal(roles.size, 0);
});

test('a replacement that was made and not stored is made anew after a restart, and the first one goes', async () => {
  const server = new AbortController();
  const roles = new Set<unknown>();
  let isKilled = true;
  const { call, work, statusOf, resourcesOf } = await start(({ operation, input }) => {
    const { RoleName } = input;
    if (operation === 'DeleteRole') roles.delete(RoleName);
    if (operation !== 'CreateRole') return {};
    roles.add(RoleName);
    if (input['Path'] === '/new/' && isKilled) {
      isKilled = false;
      server.abort(new Error('killed'));
      throw new Error('killed');
    }
    return { Role: { Arn: 'arn' } };
  });
  const input = (Path: string) => {
    const R = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {}, Path } };
    const TemplateBody = JSON.stringify({ Resources: { R } });
    return { StackName: 'stack', TemplateBody, Capabilities: ['CAPABILITY_IAM' as const] };
  };
  const { StackId = '' } = await call('CreateStack', input('/old/'));
  await work(StackId);
  await call('UpdateStack', input('/new/'));
  await assert.rejects(work(StackId, server.signal));
  assert.equal(roles.size, 2);
  await work(StackId);
  assert.equal(await statusOf(StackId), 'UPDATE_COMPLETE');
  const [role] = await resourcesOf(StackId);
  assert.deepEqual([...roles], [role?.current?.physicalId]);
});

/** Queues by their names; operations to refuse; a server that is killed amid one of the creations. */
async function queues(killedAt: number) {
  const server = new AbortController();
  const made = new Set<string>();
  const refused = new Set<string>();
  let creations = 0;
  const service = await start(({ operation, input }: OperationCall) => {
    const name = String(input['QueueName'] ?? input['QueueUrl']);
    if (refused.has(operation)) {
      throw new AwsError({ code: 'AccessDenied', status: 403, message: 'It is refused.' });
    }
    if (operation === 'DeleteQueue') made.delete(name);
    if (operation === 'GetQueueUrl' && !made.has(name)) {
      throw new AwsError({ code: 'QueueDoesNotExist', status: 400, message: 'None.' });
    }
    if (operation === 'Subscribe') {
      throw new AwsError({ code: 'InvalidParameter', status: 400, message: 'It is refused.' });
    }
    if (operation === 'CreateQueue') {
      made.add(name);
      creations += 1;
      if (creations === killedAt) {
        server.abort(new Error('killed'));
        throw new Error('killed');
      }
    }
    return { QueueUrl: name, Attributes: { QueueArn: 'arn' } };
  });
  return { ...service, made, refused, killed: server.signal };
}

for (const Properties of [{}, { QueueName: 'mine' }]) {
  const whose = 'QueueName' in Properties ? 'the template' : 'ours';
  test(`a queue under a name of ${whose} that was made and not stored goes with its stack`, async () => {
    const { call, work, statusOf, made, killed } = await queues(1);
    const Q = { Type: 'AWS::SQS::Queue', Properties };
    const TemplateBody = JSON.stringify({ Resources: { Q } });
    const { StackId = '' } = await call('CreateStack', { StackName: 'stack', TemplateBody });
    await assert.rejects(work(StackId, killed));
    assert.equal(made.size, 1);
    await call('DeleteStack', { StackName: 'stack' });
    await work(StackId);
    assert.equal(await statusOf(StackId), 'DELETE_COMPLETE');
    assert.deepEqual([...made], []);
  });
}

for (const way of ['looked for again', 'retained']) {
  test(`what was made and not stored, and cannot be looked for, fails to be deleted until it is ${way}`, async () => {
    const { call, work, statusOf, resourcesOf, made, refused, killed } = await queues(1);
    const Q = { Type: 'AWS::SQS::Queue' };
    const TemplateBody = JSON.stringify({ Resources: { Q } });
    const { StackId = '' } = await call('CreateStack', { StackName: 'stack', TemplateBody });
    await assert.rejects(work(StackId, killed));
    refused.add('GetQueueUrl');
    for (const time of ['first', 'second']) {
      await call('DeleteStack', { StackName: 'stack' });
      await work(StackId);
      assert.equal(await statusOf(StackId), 'DELETE_FAILED', time);
      const [row] = await resourcesOf(StackId);
      assert.equal(row?.status, 'DELETE_FAILED', time);
      assert.match(row.statusReason ?? '', /It is refused.*AccessDenied/);
    }
    if (way === 'looked for again') refused.clear();
    const RetainResources = way === 'retained' ? ['Q'] : [];
    await call('DeleteStack', { StackName: 'stack', RetainResources });
    await work(StackId);
    assert.equal(await statusOf(StackId), 'DELETE_COMPLETE');
    assert.equal(made.size, way === 'retained' ? 1 : 0);
  });
}

/** An update that comes to what fails before it comes again to what the killed server was making. */
const failFirst = ({ database }: Awaited<ReturnType<typeof start>>, stackId: string, New: object) =>
  database.transact(async (tx) => {
    const stack = present(await stackOfId(tx, stackId), 'it was created');
    const { Resources } = JSON.parse(stack.goal.processed) as { readonly Resources: object };
    const after = { ...Resources, New: { ...New, DependsOn: 'Fails' } };
    const processed = JSON.stringify({ Resources: after });
    await saveStack(tx, { ...stack, goal: { ...stack.goal, processed } });
  });

const FAILS = { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: 't', Protocol: 'sqs' } };

for (const isRefused of [false, true]) {
  const how = isRefused ? 'once it can be looked for' : 'where that does not come to it again';
  test(`what a killed server was making goes on the way back, ${how}`, async () => {
    const service = await queues(2);
    const { call, work, statusOf, made, killed, refused } = service;
    const Old = { Type: 'AWS::SQS::Queue' };
    const StackName = 'stack';
    const create = JSON.stringify({ Resources: { Old } });
    const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody: create });
    await work(StackId);
    const New = { Type: 'AWS::SQS::Queue' };
    const TemplateBody = JSON.stringify({ Resources: { Old, New, Fails: FAILS } });
    await call('UpdateStack', { StackName, TemplateBody });
    await assert.rejects(work(StackId, killed));
    assert.equal(made.size, 2);
    await failFirst(service, StackId, New);
    if (isRefused) {
      refused.add('GetQueueUrl');
      await work(StackId);
      const { Stacks: [stack] = [] } = await call('DescribeStacks', { StackName });
      assert.equal(stack?.StackStatus, 'UPDATE_ROLLBACK_FAILED');
      assert.match(stack.StackStatusReason ?? '', /failed to update: \[New\]/);
      const { StackEvents = [] } = await call('DescribeStackEvents', { StackName });
      const failed = StackEvents.find((one) => one.ResourceStatus === 'UPDATE_FAILED');
      assert.equal(failed?.LogicalResourceId, 'New');
      assert.match(failed.ResourceStatusReason ?? '', /It is refused/);
      refused.clear();
      await call('ContinueUpdateRollback', { StackName });
    }
    await work(StackId);
    assert.equal(await statusOf('stack'), 'UPDATE_ROLLBACK_COMPLETE');
    assert.equal(made.size, 1);
  });
}

test('what an earlier operation had begun under a name that somebody else has by now is theirs', async () => {
  const server = new AbortController();
  const made = new Set<unknown>();
  let isKilled = false;
  const service = await start(({ operation, input }: OperationCall) => {
    if (operation === 'DeleteQueue') made.delete(input['QueueUrl']);
    if (operation === 'GetQueueUrl' && isKilled) {
      isKilled = false;
      server.abort(new Error('killed'));
      throw new Error('killed');
    }
    if (operation === 'GetQueueUrl' && !made.has('mine')) {
      throw new AwsError({ code: 'QueueDoesNotExist', status: 400, message: 'None.' });
    }
    if (operation === 'CreateQueue' || operation === 'Subscribe') {
      throw new AwsError({ code: 'InvalidParameter', status: 400, message: 'It is refused.' });
    }
    return { QueueUrl: 'mine' };
  });
  const { call, work, statusOf } = service;
  const Old = { Type: 'AWS::CloudFormation::WaitConditionHandle' };
  const StackName = 'stack';
  const create = JSON.stringify({ Resources: { Old } });
  const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody: create });
  await work(StackId);
  const TemplateBody = JSON.stringify({ Resources: { Old, New: QUEUE, Fails: FAILS } });
  const update = { StackName, TemplateBody, DisableRollback: true };
  await call('UpdateStack', update);
  await work(StackId);
  assert.equal(await statusOf(StackName), 'UPDATE_FAILED');
  made.add('mine');
  isKilled = true;
  await call('UpdateStack', update);
  await assert.rejects(work(StackId, server.signal));
  await failFirst(service, StackId, QUEUE);
  await work(StackId);
  assert.equal(await statusOf(StackName), 'UPDATE_FAILED');
  await call('RollbackStack', { StackName });
  await work(StackId);
  assert.equal(await statusOf(StackName), 'UPDATE_ROLLBACK_COMPLETE');
  assert.deepEqual([...made], ['mine']);
});

test('settings of a function that is named by its ARN instead of its name stay', async () => {
  const settings = new Set<string>();
  const { call, work, statusOf } = await start(({ operation, input }: OperationCall) => {
    const [name = ''] = /[^:]+$/.exec(String(input['FunctionName'])) ?? [];
    if (operation === 'PutFunctionEventInvokeConfig') settings.add(name);
    if (operation === 'DeleteFunctionEventInvokeConfig') settings.delete(name);
    return {};
  });
  const templateOf = (FunctionName: string) => {
    const Properties = { FunctionName, Qualifier: '$LATEST' };
    const One = { Type: 'AWS::Lambda::EventInvokeConfig', Properties };
    return { StackName: 'stack', TemplateBody: JSON.stringify({ Resources: { One } }) };
  };
  const { StackId = '' } = await call('CreateStack', templateOf('mine'));
  await work(StackId);
  await call('UpdateStack', templateOf('arn:aws:lambda:us-east-1:111111111111:function:mine'));
  await work(StackId);
  assert.equal(await statusOf('stack'), 'UPDATE_COMPLETE');
  assert.deepEqual([...settings], ['mine']);
});

test('events tell the id of what is made as soon as there is one', async () => {
  const { call, work } = await start(() => ({ QueueUrl: 'url', Attributes: { QueueArn: 'arn' } }));
  const TemplateBody = JSON.stringify({ Resources: { Q: { Type: 'AWS::SQS::Queue' } } });
  const { StackId = '' } = await call('CreateStack', { StackName: 'stack', TemplateBody });
  await work(StackId);
  const { StackEvents = [] } = await call('DescribeStackEvents', { StackName: 'stack' });
  const told = StackEvents.filter((one) => one.LogicalResourceId === 'Q').toReversed();
  assert.deepEqual(
    told.map((one) => [one.ResourceStatus, one.ResourceStatusReason, one.PhysicalResourceId]),
    [
      ['CREATE_IN_PROGRESS', undefined, ''],
      ['CREATE_IN_PROGRESS', 'Resource creation Initiated', 'url'],
      ['CREATE_COMPLETE', undefined, 'url'],
    ],
  );
});
