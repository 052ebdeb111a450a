import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from '#aws/errors.ts';
import type { OperationCall } from '#ports/peers/operation-caller.ts';
import { start } from './harness.test.ts';

const ARN = 'arn:aws:sns:us-east-1:111111111111:topic';
const topicOf = (properties: object, more: object = {}) =>
  JSON.stringify({
    Resources: {
      Other: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
      Topic: { Type: 'AWS::SNS::Topic', Properties: properties, ...more },
    },
  });

test('a way back undoes what a failed update has done already, and forgets what its template said', async () => {
  const settings = new Map<string, string>();
  const answer = ({ operation, input }: OperationCall) => {
    if (operation !== 'SetTopicAttributes') return { TopicArn: ARN };
    const value = String(input['AttributeValue']);
    if (value === 'refused') {
      throw new AwsError({ code: 'InvalidParameter', status: 400, message: 'It is refused.' });
    }
    settings.set(String(input['AttributeName']), value);
    return {};
  };
  const { call, work, statusOf, resourcesOf } = await start(answer);
  const TemplateBody = topicOf({ DisplayName: 'old' }, { Metadata: { of: 'old' } });
  const { StackId = '' } = await call('CreateStack', { StackName: 'stack', TemplateBody });
  await work(StackId);
  await call('UpdateStack', {
    StackName: 'stack',
    TemplateBody: topicOf(
      { DisplayName: 'new', TracingConfig: 'refused' },
      { Metadata: { of: 'new' }, DependsOn: 'Other' },
    ),
  });
  await work(StackId);
  assert.equal(await statusOf('stack'), 'UPDATE_ROLLBACK_COMPLETE');
  assert.equal(settings.get('DisplayName'), 'old');
  const topic = (await resourcesOf(StackId)).find(({ logicalId }) => logicalId === 'Topic');
  assert.deepEqual(topic?.dependsOn, []);
  assert.equal(topic?.metadata, '{"of":"old"}');
  assert.equal(topic?.attempted, undefined);
});

test('a replacement that could not be made is no reason why a way back fails', async () => {
  const answer = ({ operation, input }: OperationCall) => {
    if (operation === 'Subscribe' && input['Endpoint'] === 'refused') {
      throw new AwsError({ code: 'InvalidParameter', status: 400, message: 'It is refused.' });
    }
    return { SubscriptionArn: `${ARN}:id` };
  };
  const { call, work, statusOf } = await start(answer);
  const templateOf = (Endpoint: string) => {
    const Properties = { TopicArn: ARN, Protocol: 'sqs', Endpoint };
    return JSON.stringify({ Resources: { One: { Type: 'AWS::SNS::Subscription', Properties } } });
  };
  const StackName = 'stack';
  const created = await call('CreateStack', { StackName, TemplateBody: templateOf('queue') });
  await work(created.StackId ?? '');
  await call('UpdateStack', { StackName, TemplateBody: templateOf('refused') });
  await work(created.StackId ?? '');
  assert.equal(await statusOf(StackName), 'UPDATE_ROLLBACK_COMPLETE');
});

test('a way back tells of each resource what becomes of it', async () => {
  const answer = ({ operation, input }: OperationCall) => {
    if (operation === 'Subscribe' && input['Endpoint'] === 'refused') {
      throw new AwsError({ code: 'InvalidParameter', status: 400, message: 'It is refused.' });
    }
    const endpoint = String(input['Endpoint']);
    return { TopicArn: ARN, SubscriptionArn: `${ARN}:${endpoint}` };
  };
  const { call, work } = await start(answer);
  const subscription = (Endpoint: string, more: object = {}) => ({
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: ARN, Protocol: 'sqs', Endpoint },
    ...more,
  });
  const templateOf = (name: string, more: object) =>
    JSON.stringify({
      Resources: {
        Changed: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: name } },
        Replaced: subscription(name, { DependsOn: 'Changed' }),
        Same: subscription('same'),
        ...more,
      },
    });
  const StackName = 'stack';
  const created = await call('CreateStack', { StackName, TemplateBody: templateOf('old', {}) });
  const id = created.StackId ?? '';
  await work(id);
  const after = { DependsOn: 'Replaced' };
  const Added = subscription('added', after);
  const Failed = subscription('refused', { DependsOn: 'Added' });
  await call('UpdateStack', { StackName, TemplateBody: templateOf('new', { Added, Failed }) });
  await work(id);
  const { StackEvents = [] } = await call('DescribeStackEvents', { StackName });
  const told = StackEvents.map((one) => `${one.LogicalResourceId} ${one.ResourceStatus}`);
  const back = told.slice(0, told.indexOf('stack UPDATE_ROLLBACK_IN_PROGRESS')).reverse();
  assert.deepEqual(back, [
    'Replaced UPDATE_COMPLETE',
    'Changed UPDATE_IN_PROGRESS',
    'Changed UPDATE_COMPLETE',
    'stack UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'Added DELETE_IN_PROGRESS',
    'Added DELETE_COMPLETE',
    'Failed DELETE_COMPLETE',
    'Replaced DELETE_IN_PROGRESS',
    'Replaced DELETE_COMPLETE',
    'stack UPDATE_ROLLBACK_COMPLETE',
  ]);
  const rolledBack = StackEvents.find(
    (one) => one.ResourceStatus === 'UPDATE_ROLLBACK_IN_PROGRESS',
  );
  assert.equal(
    rolledBack?.ResourceStatusReason,
    'The following resource(s) failed to create: [Failed].',
  );
  const replaced = StackEvents.find((one) => one.ResourceStatus === 'DELETE_COMPLETE');
  assert.equal(replaced?.PhysicalResourceId, `${ARN}:new`);
});

test('an update whose leftovers cannot be deleted is done all the same, and says so', async () => {
  const answer = ({ operation }: OperationCall) => {
    if (operation === 'DeleteTopic') {
      throw new AwsError({ code: 'Throttled', status: 400, message: 'Later.' });
    }
    return { TopicArn: ARN };
  };
  const { call, work } = await start(answer);
  const StackName = 'stack';
  const created = await call('CreateStack', { StackName, TemplateBody: topicOf({}) });
  await work(created.StackId ?? '');
  const Other = { Type: 'AWS::CloudFormation::WaitConditionHandle' };
  const TemplateBody = JSON.stringify({ Resources: { Other } });
  await call('UpdateStack', { StackName, TemplateBody });
  await work(created.StackId ?? '');
  const { Stacks: [stack] = [] } = await call('DescribeStacks', { StackName });
  assert.deepEqual(
    [stack?.StackStatus, stack?.StackStatusReason],
    ['UPDATE_COMPLETE', 'Update successful. One or more resources could not be deleted.'],
  );
});

test('a failure tells whose answer it was, and what kind', async () => {
  const refusals = [
    [403, 'AuthorizationError', 'AccessDenied'],
    [400, 'InvalidParameter', 'InvalidRequest'],
  ] as const;
  for (const [status, code, handlerCode] of refusals) {
    const { call, work } = await start(() => {
      throw new AwsError({ code, status, message: 'It is refused.' });
    });
    const { StackId = '' } = await call('CreateStack', {
      StackName: 'stack',
      TemplateBody: topicOf({}),
    });
    await work(StackId);
    const { StackEvents = [] } = await call('DescribeStackEvents', { StackName: StackId });
    const failed = StackEvents.find((one) => one.ResourceStatus === 'CREATE_FAILED');
    assert.match(
      failed?.ResourceStatusReason ?? '',
      new RegExp(
        `^Resource handler returned message: "It is refused\\. \\(Service: Sns, Status Code: ${status}, Request ID: \\S+\\)" \\(RequestToken: \\S+, HandlerErrorCode: ${handlerCode}\\)$`,
      ),
    );
  }
});

test('what has the same name in another place is another thing, forward and back', async () => {
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
  const templateOf = (GroupName: string, more: object = {}) => {
    const given = { FlexibleTimeWindow: {}, ScheduleExpression: 'rate(1 day)', Target: {} };
    const Properties = { Name: 'daily', GroupName, ...given };
    const Schedule = { Type: 'AWS::Scheduler::Schedule', Properties };
    return JSON.stringify({ Resources: { Schedule, ...more } });
  };
  const StackName = 'stack';
  const created = await call('CreateStack', { StackName, TemplateBody: templateOf('one') });
  const id = created.StackId ?? '';
  await work(id);
  await call('UpdateStack', { StackName, TemplateBody: templateOf('two') });
  await work(id);
  assert.equal(await statusOf(StackName), 'UPDATE_COMPLETE');
  assert.deepEqual([...made], ['two/daily']);
  const Topic = { Type: 'AWS::SNS::Topic', DependsOn: 'Schedule' };
  await call('UpdateStack', { StackName, TemplateBody: templateOf('three', { Topic }) });
  await work(id);
  assert.equal(await statusOf(StackName), 'UPDATE_ROLLBACK_COMPLETE');
  assert.deepEqual([...made], ['two/daily']);
});
