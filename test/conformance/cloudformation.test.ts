/** CloudFormation through AWS's client, against a whole server. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  ListExportsCommand,
  ListImportsCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { createClients } from '../e2e/clients.ts';
import {
  atRest,
  cloudformationOf,
  createStack,
  eventsOf,
  outputsOf,
} from './cloudformation-harness.ts';

const QUEUE = { Type: 'AWS::SQS::Queue' };

suite('CloudFormation', () => {
  let server: ExampleServer;
  let client: CloudFormationClient;
  before(async () => {
    server = await startServer({ flags: ['--isolation', 'process'] });
    client = cloudformationOf(server);
  });
  after(() => server.stop());

  const refused = (template: object | string, message: string, name = 'ValidationError') =>
    assert.rejects(createStack(client, 'refused', template), { name, message });

  test('makes a stack, changes and replaces what a template changes, and deletes all of it', async () => {
    const sqs = new SQSClient(server);
    const templateOf = (seconds: number, name: string) => ({
      Parameters: { Stage: { Type: 'String', Default: 'dev' } },
      Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } },
      Resources: {
        Queue: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            VisibilityTimeout: seconds,
            RedrivePolicy: {
              deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] },
              maxReceiveCount: 3,
            },
          },
        },
        Dead: QUEUE,
        Never: { ...QUEUE, Condition: 'IsProd' },
        Parameter: {
          Type: 'AWS::SSM::Parameter',
          Properties: {
            Name: name,
            Type: 'String',
            Value: { 'Fn::Sub': '${Stage}-${Queue.QueueName}' },
          },
        },
      },
      Outputs: {
        Url: { Value: { Ref: 'Queue' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}-url' } } },
        Which: { Value: { 'Fn::If': ['IsProd', 'yes', 'no'] } },
      },
    });
    await createStack(client, 'life', templateOf(40, '/life/one'));
    const created = await atRest(client, 'life');
    assert.equal(created.StackStatus, 'CREATE_COMPLETE', created.StackStatusReason);
    const { Url: QueueUrl, Which: which } = outputsOf(created);
    assert.equal(which, 'no');
    const timeout = async () => {
      const AttributeNames = ['VisibilityTimeout' as const];
      const answer = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      return answer.Attributes?.['VisibilityTimeout'];
    };
    assert.equal(await timeout(), '40');
    const TemplateBody = JSON.stringify(templateOf(50, '/life/two'));
    await client.send(new UpdateStackCommand({ StackName: 'life', TemplateBody }));
    const updated = await atRest(client, 'life');
    assert.equal(updated.StackStatus, 'UPDATE_COMPLETE', updated.StackStatusReason);
    assert.equal(await timeout(), '50');
    const ssm = new SSMClient(server);
    const valueOf = async (Name: string) =>
      (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value;
    assert.match((await valueOf('/life/two')) ?? '', /^dev-life-Queue-[A-Z0-9]{12}$/);
    await assert.rejects(valueOf('/life/one'), { name: 'ParameterNotFound' });
    await assert.rejects(client.send(new UpdateStackCommand({ StackName: 'life', TemplateBody })), {
      name: 'ValidationError',
      message: 'No updates are to be performed.',
    });
    await client.send(new DeleteStackCommand({ StackName: 'life' }));
    const deleted = await atRest(client, created.StackId ?? '');
    assert.equal(deleted.StackStatus, 'DELETE_COMPLETE', deleted.StackStatusReason);
    await assert.rejects(timeout(), { name: 'QueueDoesNotExist' });
    await assert.rejects(atRest(client, 'life'), {
      name: 'ValidationError',
      message: 'Stack with id life does not exist',
    });
  });

  test('a creation that fails is rolled back, and its events tell why', async () => {
    await createStack(client, 'broken', {
      Resources: {
        Queue: QUEUE,
        Wrong: { ...QUEUE, DependsOn: 'Queue', Properties: { VisibilityTimeout: 43_201 } },
        Later: { ...QUEUE, DependsOn: 'Wrong' },
      },
    });
    const stack = await atRest(client, 'broken');
    assert.equal(stack.StackStatus, 'ROLLBACK_COMPLETE');
    assert.deepEqual(await eventsOf(client, 'broken'), [
      'broken CREATE_IN_PROGRESS',
      'Queue CREATE_IN_PROGRESS',
      // With its id, once there is one.
      'Queue CREATE_IN_PROGRESS',
      'Queue CREATE_COMPLETE',
      'Wrong CREATE_IN_PROGRESS',
      'Wrong CREATE_FAILED',
      'broken ROLLBACK_IN_PROGRESS',
      'Wrong DELETE_COMPLETE',
      'Queue DELETE_IN_PROGRESS',
      'Queue DELETE_COMPLETE',
      'broken ROLLBACK_COMPLETE',
    ]);
    await assert.rejects(
      client.send(
        new UpdateStackCommand({
          StackName: 'broken',
          TemplateBody: '{"Resources":{"A":{"Type":"AWS::SQS::Queue"}}}',
        }),
      ),
      { message: `Stack:${stack.StackId} is in ROLLBACK_COMPLETE state and can not be updated.` },
    );
  });

  test('an update that fails goes back to what was', async () => {
    const templateOf = (value: string, seconds: number) => ({
      Resources: {
        Parameter: {
          Type: 'AWS::SSM::Parameter',
          Properties: { Name: '/back', Type: 'String', Value: value },
        },
        Queue: { ...QUEUE, DependsOn: 'Parameter', Properties: { VisibilityTimeout: seconds } },
        ...(seconds > 43_200 ? { Added: { ...QUEUE, DependsOn: 'Parameter' } } : {}),
      },
      Outputs: { Value: { Value: { 'Fn::GetAtt': ['Parameter', 'Value'] } } },
    });
    await createStack(client, 'back', templateOf('old', 10));
    assert.equal((await atRest(client, 'back')).StackStatus, 'CREATE_COMPLETE');
    const TemplateBody = JSON.stringify(templateOf('new', 43_201));
    await client.send(new UpdateStackCommand({ StackName: 'back', TemplateBody }));
    const stack = await atRest(client, 'back');
    assert.equal(stack.StackStatus, 'UPDATE_ROLLBACK_COMPLETE', stack.StackStatusReason);
    const ssm = new SSMClient(server);
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/back' }));
    assert.equal(Parameter?.Value, 'old');
    assert.deepEqual(outputsOf(stack), { Value: 'old' });
    const events = await eventsOf(client, 'back');
    assert.deepEqual(events.slice(events.indexOf('back UPDATE_ROLLBACK_IN_PROGRESS')), [
      'back UPDATE_ROLLBACK_IN_PROGRESS',
      'Queue UPDATE_IN_PROGRESS',
      'Queue UPDATE_COMPLETE',
      'Parameter UPDATE_IN_PROGRESS',
      'Parameter UPDATE_COMPLETE',
      'back UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'Added DELETE_IN_PROGRESS',
      'Added DELETE_COMPLETE',
      'back UPDATE_ROLLBACK_COMPLETE',
    ]);
  });

  test('a change set tells what it will do, or that there is nothing to be done', async () => {
    const names = { StackName: 'planned', ChangeSetName: 'first' };
    const TemplateBody = JSON.stringify({ Resources: { Queue: QUEUE } });
    await client.send(
      new CreateChangeSetCommand({ ...names, ChangeSetType: 'CREATE', TemplateBody }),
    );
    assert.equal(
      (await client.send(new DescribeChangeSetCommand(names))).Status,
      'CREATE_COMPLETE',
    );
    await client.send(new ExecuteChangeSetCommand(names));
    assert.equal((await atRest(client, 'planned')).StackStatus, 'CREATE_COMPLETE');
    const again = { ...names, ChangeSetName: 'again' };
    await client.send(new CreateChangeSetCommand({ ...again, TemplateBody }));
    const same = await client.send(new DescribeChangeSetCommand(again));
    assert.deepEqual(
      [same.Status, same.StatusReason],
      [
        'FAILED',
        "The submitted information didn't contain changes. Submit different information to create a change set.",
      ],
    );
    const other = { ...names, ChangeSetName: 'other' };
    const Resources = { Queue: { ...QUEUE, Properties: { QueueName: 'named' } }, More: QUEUE };
    await client.send(
      new CreateChangeSetCommand({ ...other, TemplateBody: JSON.stringify({ Resources }) }),
    );
    const { Changes = [] } = await client.send(new DescribeChangeSetCommand(other));
    assert.deepEqual(
      Changes.map(({ ResourceChange: one }) => [
        one?.LogicalResourceId,
        one?.Action,
        one?.Replacement,
      ]),
      [
        ['More', 'Add', undefined],
        ['Queue', 'Modify', 'True'],
      ],
    );
  });

  test('refuses wrong templates in the words of AWS', async () => {
    const queue = (Properties: object) => ({ Resources: { Queue: { ...QUEUE, Properties } } });
    await refused(
      '{"Resources": ',
      'Template format error: JSON not well-formed. (line 1, column 15)',
    );
    await refused(
      'Resources: {',
      'Template format error: YAML not well-formed. (line 1, column 13)',
    );
    await refused('[]', 'Template format error: unsupported structure.');
    await refused(
      { Resources: {} },
      'Template format error: At least one Resources member must be defined.',
    );
    await refused({ ...queue({}), Extra: 1 }, 'Invalid template property or properties [Extra]');
    await refused(
      { Resources: { A: { Type: 'AWS::No::Such' } } },
      'Template format error: Unrecognized resource types: [AWS::No::Such]',
    );
    await refused(
      queue({ QueueName: { Ref: 'Nobody' } }),
      'Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template',
    );
    await refused(
      queue({ QueueName: { 'Fn::GetAtt': ['Nobody', 'Arn'] } }),
      'Template error: instance of Fn::GetAtt references undefined resource Nobody',
    );
    await refused(
      { Resources: { A: { ...QUEUE, DependsOn: 'B' }, B: { ...QUEUE, DependsOn: 'A' } } },
      'Circular dependency between resources: [A, B]',
    );
    await refused(
      { ...queue({}), Parameters: { P: { Type: 'String' } } },
      'Parameters: [P] must have values',
    );
    await assert.rejects(
      client.send(
        new ValidateTemplateCommand({
          TemplateBody: JSON.stringify({ Resources: { R: { Type: 'No' } } }),
        }),
      ),
      { message: 'Template format error: Unrecognized resource types: [No]' },
    );
    const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } };
    await assert.rejects(
      createStack(client, 'refused', { Resources: { Role: role } }, { Capabilities: [] }),
      {
        name: 'InsufficientCapabilitiesException',
        message: 'Requires capabilities : [CAPABILITY_IAM]',
      },
    );
  });

  test('a value that another stack imports stays as long as that', async () => {
    const exporting = {
      Resources: { Queue: QUEUE },
      Outputs: {
        Name: { Value: { 'Fn::GetAtt': ['Queue', 'QueueName'] }, Export: { Name: 'shared' } },
      },
    };
    await createStack(client, 'exporter', exporting);
    await atRest(client, 'exporter');
    const importing = {
      Resources: {
        Parameter: {
          Type: 'AWS::SSM::Parameter',
          Properties: { Type: 'String', Value: { 'Fn::ImportValue': 'shared' } },
        },
      },
    };
    await createStack(client, 'importer', importing);
    assert.equal((await atRest(client, 'importer')).StackStatus, 'CREATE_COMPLETE');
    const { Exports = [] } = await client.send(new ListExportsCommand({}));
    assert.ok(Exports.some(({ Name }) => Name === 'shared'));
    const { Imports } = await client.send(new ListImportsCommand({ ExportName: 'shared' }));
    assert.deepEqual(Imports, ['importer']);
    await assert.rejects(client.send(new DeleteStackCommand({ StackName: 'exporter' })), {
      message: 'Cannot delete export shared as it is in use by importer.',
    });
  });

  test('runs a function of the template, and asks another for a custom resource', async () => {
    const functionOf = (text: string) => ({
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Environment: { Variables: { ANSWER: 42 } },
        Code: { ZipFile: text },
      },
    });
    const trust = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'lambda.amazonaws.com' },
        },
      ],
    };
    await createStack(client, 'functions', {
      Resources: {
        Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
        Function: functionOf('exports.handler = async () => process.env.ANSWER;'),
        Asked: functionOf(
          "const r = require('cfn-response'); exports.handler = (e, c) => r.send(e, c, 'SUCCESS', { Said: e.RequestType + e.ResourceProperties.N }, 'its-id');",
        ),
        Custom: {
          Type: 'Custom::Thing',
          Properties: { ServiceToken: { 'Fn::GetAtt': ['Asked', 'Arn'] }, N: 7 },
        },
      },
      Outputs: {
        Name: { Value: { Ref: 'Function' } },
        Said: { Value: { 'Fn::GetAtt': ['Custom', 'Said'] } },
        Id: { Value: { Ref: 'Custom' } },
      },
    });
    const stack = await atRest(client, 'functions');
    assert.equal(
      stack.StackStatus,
      'CREATE_COMPLETE',
      (await eventsOf(client, 'functions')).join(),
    );
    const { Name: FunctionName, Said: said, Id: id } = outputsOf(stack);
    assert.deepEqual([said, id], ['Create7', 'its-id']);
    const { lambda } = createClients(server);
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
    assert.equal(Buffer.from(Payload ?? []).toString(), '"42"');
    await client.send(new DeleteStackCommand({ StackName: 'functions' }));
    const deleted = await atRest(client, stack.StackId ?? '');
    assert.equal(deleted.StackStatus, 'DELETE_COMPLETE', deleted.StackStatusReason);
  });
});
