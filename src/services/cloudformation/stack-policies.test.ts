import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '#kernel/bytes.ts';
import { start } from './harness.test.ts';

const allow = { Effect: 'Allow', Principal: '*', Action: 'Update:*', Resource: '*' };
const deny = (Action: string | readonly string[], Resource = '*') => ({
  Effect: 'Deny',
  Principal: '*',
  Action,
  Resource,
});
const policyOf = (...Statement: readonly object[]) => JSON.stringify({ Statement });
const parameter = (Value: string, Name = '/a') => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Name, Type: 'String', Value },
});
const templateOf = (Resources: object) => JSON.stringify({ Resources });

/** A stack of two parameters, and its updates. */
async function deployed(policy?: string) {
  const world = await start();
  const { call, work, statusOf } = world;
  const { StackId = '' } = await call('CreateStack', {
    StackName: 'stack',
    TemplateBody: templateOf({ One: parameter('1'), Two: parameter('1', '/b') }),
    ...(policy === undefined ? {} : { StackPolicyBody: policy }),
  });
  await work(StackId);
  const update = async (resources: object, more: object = {}): Promise<string | undefined> => {
    const TemplateBody = templateOf(resources);
    await call('UpdateStack', { StackName: 'stack', TemplateBody, ...more });
    await work(StackId);
    return statusOf('stack');
  };
  return { ...world, update };
}

test('a stack’s policy keeps updates from what it does not allow, and they go back', async () => {
  const modified = policyOf(allow, deny('Update:Modify', 'LogicalResourceId/One'));
  const { call, update } = await deployed(modified);
  const two = parameter('1', '/b');
  assert.equal(await update({ One: parameter('2'), Two: two }), 'UPDATE_ROLLBACK_COMPLETE');
  const { StackEvents = [] } = await call('DescribeStackEvents', { StackName: 'stack' });
  const failed = StackEvents.find((one) => one.ResourceStatus === 'UPDATE_FAILED');
  assert.equal(failed?.LogicalResourceId, 'One');
  assert.match(
    failed?.ResourceStatusReason ?? '',
    /^Action denied by stack policy: Statement \[#1\] does not allow \[Update:Modify\] for resource \[LogicalResourceId\/One\];$/,
  );
  assert.equal(await update({ One: parameter('1'), Two: parameter('2', '/b') }), 'UPDATE_COMPLETE');
  // By one for that update alone.
  const during = { StackPolicyDuringUpdateBody: policyOf(allow) };
  assert.equal(await update({ One: parameter('2'), Two: two }, during), 'UPDATE_COMPLETE');
  assert.equal(await update({ One: parameter('1'), Two: two }), 'UPDATE_ROLLBACK_COMPLETE');
});

test('what a policy keeps is neither replaced nor taken out', async () => {
  const kept = {
    ...deny(['Update:Replace', 'Update:Delete']),
    Condition: { StringEquals: { ResourceType: ['AWS::SSM::Parameter'] } },
  };
  const { call, update } = await deployed();
  assert.deepEqual(await call('GetStackPolicy', { StackName: 'stack' }), {});
  const StackPolicyBody = policyOf(allow, kept);
  await call('SetStackPolicy', { StackName: 'stack', StackPolicyBody });
  assert.deepEqual(await call('GetStackPolicy', { StackName: 'stack' }), { StackPolicyBody });
  const [one, two] = [parameter('1'), parameter('1', '/b')];
  assert.equal(await update({ One: parameter('1', '/c'), Two: two }), 'UPDATE_ROLLBACK_COMPLETE');
  assert.equal(await update({ One: one }), 'UPDATE_ROLLBACK_COMPLETE');
  const { StackResources = [] } = await call('DescribeStackResources', { StackName: 'stack' });
  assert.deepEqual(
    StackResources.map(({ PhysicalResourceId }) => PhysicalResourceId),
    ['/a', '/b'],
  );
  assert.equal(await update({ One: parameter('3'), Two: two }), 'UPDATE_COMPLETE');
  await call('DeleteStack', { StackName: 'stack' });
});

test('a policy that comes with an update holds for the next one', async () => {
  const { update } = await deployed();
  const closed = { StackPolicyBody: policyOf(deny('Update:*')) };
  const two = parameter('1', '/b');
  assert.equal(await update({ One: parameter('2'), Two: two }, closed), 'UPDATE_COMPLETE');
  assert.equal(await update({ One: parameter('3'), Two: two }), 'UPDATE_ROLLBACK_COMPLETE');
});

test('while an update runs its own policy is shown', async () => {
  const { call } = await deployed();
  const StackPolicyDuringUpdateBody = policyOf(deny('Update:*'));
  const TemplateBody = templateOf({ One: parameter('2') });
  await call('UpdateStack', { StackName: 'stack', TemplateBody, StackPolicyDuringUpdateBody });
  const { StackPolicyBody } = await call('GetStackPolicy', { StackName: 'stack' });
  assert.equal(StackPolicyBody, StackPolicyDuringUpdateBody);
});

test('a policy that is none is refused', async () => {
  const { call } = await deployed();
  const set = (StackPolicyBody: string) =>
    call('SetStackPolicy', { StackName: 'stack', StackPolicyBody });
  const message = 'Error validating stack policy: Invalid stack policy';
  await assert.rejects(set('text'), { code: 'ValidationError', message });
  await assert.rejects(set('{"Version":"2012-10-17"}'), { code: 'ValidationError', message });
  await assert.rejects(call('SetStackPolicy', { StackName: 'stack' }), { code: 'ValidationError' });
  // What would be passed over is a denial that its author believes in.
  for (const missing of ['Effect', 'Principal', 'Action', 'Resource']) {
    const statement = { ...deny('Update:*'), [missing]: undefined };
    await assert.rejects(set(policyOf(allow, statement)), { code: 'ValidationError', message });
  }
  await assert.rejects(set(policyOf({ ...allow, Principal: 'arn:aws:iam::1:root' })), { message });
  await assert.rejects(set(policyOf({ ...allow, Action: 'Delete:*' })), { message });
  assert.deepEqual(await call('GetStackPolicy', { StackName: 'stack' }), {});
});

test('an empty policy is none, and takes one away; what no statement is about is not allowed', async () => {
  const { call, update } = await deployed(policyOf({ ...allow, Resource: 'LogicalResourceId/T*' }));
  const two = parameter('2', '/b');
  assert.equal(await update({ One: parameter('2'), Two: two }), 'UPDATE_ROLLBACK_COMPLETE');
  const { StackEvents = [] } = await call('DescribeStackEvents', { StackName: 'stack' });
  const failed = StackEvents.find((one) => one.ResourceStatus === 'UPDATE_FAILED');
  assert.match(failed?.ResourceStatusReason ?? '', /^Action not allowed by stack policy: .*One/);
  assert.equal(await update({ One: parameter('1'), Two: two }), 'UPDATE_COMPLETE');
  await call('SetStackPolicy', { StackName: 'stack', StackPolicyBody: '{}' });
  const { StackPolicyBody } = await call('GetStackPolicy', { StackName: 'stack' });
  assert.equal(StackPolicyBody, '{}');
  assert.equal(await update({ One: parameter('2'), Two: two }), 'UPDATE_COMPLETE');
});

test('a policy comes with the request or stands in S3', async () => {
  const { call } = await deployed();
  const both = { StackPolicyBody: policyOf(allow), StackPolicyURL: 'https://b.s3.amazonaws.com/p' };
  await assert.rejects(call('SetStackPolicy', { StackName: 'stack', ...both }), {
    code: 'ValidationError',
    message: 'You cannot specify both StackPolicyURL and StackPolicyBody',
  });
});

test('a policy in S3 may have as many bytes as one in a request', async () => {
  let bytes = 0;
  const { call, work } = await start(() => ({ Body: [utf8(policyOf(allow).padEnd(bytes))] }));
  const TemplateBody = templateOf({ One: parameter('1') });
  const { StackId = '' } = await call('CreateStack', { StackName: 'stack', TemplateBody });
  await work(StackId);
  const set = () =>
    call('SetStackPolicy', {
      StackName: 'stack',
      StackPolicyURL: 'https://bucket.s3.amazonaws.com/policy.json',
    });
  bytes = 16_384;
  await set();
  bytes = 16_385;
  await assert.rejects(set(), { code: 'ValidationError', message: /16384/ });
});

const unknownId = (resource: string, which = 'stack policy') => ({
  code: 'ValidationError',
  message: `Error validating ${which}: Unknown logical id '${resource}' in statement {} - stack policies can only be applied to logical ids referenced in the template`,
});

test('a policy names resources of the template alone, those that a condition leaves out not among them', async () => {
  const { call } = await start();
  const StackName = 'stack';
  const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
  const Left = { ...parameter('1', '/b'), Condition: 'Never' };
  const TemplateBody = JSON.stringify({ Conditions, Resources: { One: parameter('1'), Left } });
  const create = (StackPolicyBody: string) =>
    call('CreateStack', { StackName, TemplateBody, StackPolicyBody });
  for (const id of ['Two', 'Left', '']) {
    const resource = `LogicalResourceId/${id}`;
    const policy = policyOf(allow, deny('Update:Modify', resource));
    await assert.rejects(create(policy), unknownId(resource));
  }
  const not = { ...allow, Resource: undefined, NotResource: ['LogicalResourceId/Two'] };
  await assert.rejects(create(policyOf(not)), unknownId('LogicalResourceId/Two'));
  const wild = deny('Update:Modify', 'LogicalResourceId/T*');
  assert.ok(await create(policyOf(allow, wild, deny('Update:Modify', 'LogicalResourceId/One'))));
  const StackPolicyBody = policyOf(deny('Update:*', 'LogicalResourceId/Two'));
  const set = call('SetStackPolicy', { StackName, StackPolicyBody });
  await assert.rejects(set, unknownId('LogicalResourceId/Two'));
});

test('an update takes no resource out that the stack’s policy names, unless it brings another policy', async () => {
  const { update } = await deployed(
    policyOf(allow, deny('Update:Modify', 'LogicalResourceId/Two')),
  );
  const one = parameter('1');
  const existing = unknownId('LogicalResourceId/Two', 'existing stack policy');
  await assert.rejects(update({ One: one }), existing);
  const StackPolicyDuringUpdateBody = policyOf(
    allow,
    deny('Update:Modify', 'LogicalResourceId/One'),
  );
  await assert.rejects(update({ One: one }, { StackPolicyDuringUpdateBody }), existing);
  const named = policyOf(allow, deny('Update:Modify', 'LogicalResourceId/Two'));
  await assert.rejects(
    update({ One: one }, { StackPolicyBody: named }),
    unknownId('LogicalResourceId/Two'),
  );
  const more = {
    StackPolicyBody: policyOf(allow),
    StackPolicyDuringUpdateBody: policyOf(allow, { ...allow, Resource: 'LogicalResourceId/Two' }),
  };
  assert.equal(await update({ One: one }, more), 'UPDATE_COMPLETE');
});
