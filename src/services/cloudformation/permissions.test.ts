import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from '#aws/errors.ts';
import { CONTEXT, start } from './harness.test.ts';

const RoleARN = 'arn:aws:iam::111111111111:role/exec';

test('policies may limit the role that a stack gets, and where its template and its policy are from', async () => {
  const { permissions } = await start();
  const TemplateURL = 'https://bucket.s3.amazonaws.com/template.yaml';
  const input = { StackName: 'stack', RoleARN, TemplateURL, ResourceTypes: ['AWS::SQS::*'] };
  const call = { operation: 'CreateStack', context: CONTEXT, input };
  const [create, pass] = (await permissions?.needsOf(call)) ?? [];
  assert.equal(create?.keys?.['cloudformation:RoleArn'], RoleARN);
  assert.equal(create?.keys?.['cloudformation:TemplateUrl'], TemplateURL);
  assert.deepEqual(create?.keys?.['cloudformation:ResourceTypes'], ['AWS::SQS::*']);
  assert.deepEqual([pass?.action, pass?.resource], ['iam:PassRole', RoleARN]);
  const StackPolicyURL = 'https://bucket.s3.amazonaws.com/policy.json';
  const policy = { StackName: 'stack', StackPolicyURL };
  const setting = { operation: 'SetStackPolicy', context: CONTEXT, input: policy };
  const [set] = (await permissions?.needsOf(setting)) ?? [];
  assert.equal(set?.keys?.['cloudformation:StackPolicyUrl'], StackPolicyURL);
});

/** What AWS's own types ask is what deployers' policies allow. @see the schemas of the registry of types, `handlers` */
test('resources that are made ask for no more than AWS’s do', async () => {
  const asked: string[] = [];
  const { call, work, statusOf } = await start(({ operation }) => {
    asked.push(operation);
    if (operation === 'PublishVersion') {
      return { FunctionArn: 'arn:aws:lambda:us-east-1:111111111111:function:f:1', Version: '1' };
    }
    return operation === 'GetFunction' ? { Configuration: { State: 'Active' } } : {};
  });
  const Resources = {
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { ZipFile: '' },
        Handler: 'index.handler',
        Role: RoleARN,
        Runtime: 'nodejs24.x',
      },
    },
    Version: {
      Type: 'AWS::Lambda::Version',
      DependsOn: 'Function',
      Properties: { FunctionName: { Ref: 'Function' } },
    },
    Group: { Type: 'AWS::Logs::LogGroup', DependsOn: 'Version' },
  };
  const { StackId = '' } = await call('CreateStack', {
    StackName: 'stack',
    TemplateBody: JSON.stringify({ Resources }),
  });
  await work(StackId);
  assert.equal(await statusOf('stack'), 'CREATE_COMPLETE');
  assert.deepEqual(asked, ['CreateFunction', 'GetFunction', 'PublishVersion', 'CreateLogGroup']);
});

test('a role goes also where nobody may see which policies it has', async () => {
  const asked: string[] = [];
  const { call, work, statusOf } = await start(({ operation, input }) => {
    const of = [input['PolicyName'], input['PolicyArn']].filter((one) => typeof one === 'string');
    asked.push([operation, ...of].join(' '));
    if (!operation.startsWith('List')) return {};
    throw new AwsError({ code: 'AccessDenied', status: 403, message: 'not authorized' });
  });
  const PolicyDocument = { Version: '2012-10-17', Statement: [] };
  const managed = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  const Properties = {
    AssumeRolePolicyDocument: PolicyDocument,
    ManagedPolicyArns: [managed],
    Policies: [{ PolicyName: 'inline', PolicyDocument }],
  };
  const { StackId = '' } = await call('CreateStack', {
    StackName: 'stack',
    TemplateBody: JSON.stringify({ Resources: { Role: { Type: 'AWS::IAM::Role', Properties } } }),
    Capabilities: ['CAPABILITY_IAM'],
  });
  await work(StackId);
  asked.length = 0;
  await call('DeleteStack', { StackName: 'stack' });
  await work(StackId);
  assert.equal(await statusOf(StackId), 'DELETE_COMPLETE');
  const taken = [`DetachRolePolicy ${managed}`, 'DeleteRolePolicy inline', 'DeleteRole'];
  assert.deepEqual(asked, ['ListAttachedRolePolicies', ...taken]);
});
