import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './harness.test.ts';

test('events show neither hidden parameters nor what dynamic references stand for', async () => {
  const given: unknown[] = [];
  const { call, work, statusOf } = await start(({ operation, input }) => {
    if (operation === 'CreateTopic') given.push(input['Attributes']);
    if (operation === 'GetParameter') return { Parameter: { Value: 'stored-secret' } };
    return { TopicArn: 'arn:aws:sns:us-east-1:111111111111:topic' };
  });
  const Properties = {
    DisplayName: { 'Fn::Sub': 'of ${Password}' },
    KmsMasterKeyId: '{{resolve:ssm-secure:key:1}}',
  };
  const TemplateBody = JSON.stringify({
    Parameters: { Password: { Type: 'String', NoEcho: true } },
    Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties } },
  });
  const Parameters = [{ ParameterKey: 'Password', ParameterValue: 'sent-secret' }];
  const StackName = 'stack';
  const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody, Parameters });
  await work(StackId);
  assert.equal(await statusOf(StackName), 'CREATE_COMPLETE');
  assert.deepEqual(given, [{ DisplayName: 'of sent-secret', KmsMasterKeyId: 'stored-secret' }]);
  await call('DeleteStack', { StackName });
  await work(StackId);
  const { StackEvents = [] } = await call('DescribeStackEvents', { StackName: StackId });
  assert.ok(!/(?:sent|stored)-secret/.test(JSON.stringify(StackEvents)));
  const made = StackEvents.find(
    (one) => one.ResourceStatus === 'CREATE_COMPLETE' && one.ResourceType === 'AWS::SNS::Topic',
  );
  assert.deepEqual(JSON.parse(made?.ResourceProperties ?? ''), {
    DisplayName: 'of ****',
    KmsMasterKeyId: '{{resolve:ssm-secure:key:1}}',
  });
});
