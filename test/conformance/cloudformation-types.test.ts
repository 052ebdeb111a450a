/** Types of resources that stand beside those of every template: made, changed and deleted as their template says. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  APIGatewayClient,
  GetBasePathMappingsCommand,
  GetClientCertificatesCommand,
  GetDomainNameCommand,
  GetGatewayResponseCommand,
} from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, GetApiMappingsCommand } from '@aws-sdk/client-apigatewayv2';
import {
  DeleteStackCommand,
  UpdateStackCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeApiDestinationCommand,
  DescribeEventBusCommand,
  EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import { CloudWatchLogsClient, DescribeDestinationsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetRoleCommand, GetRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetFunctionCodeSigningConfigCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { atRest, cloudformationOf, createStack } from './cloudformation-harness.ts';

const CAPABILITIES = ['CAPABILITY_NAMED_IAM' as const];
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const allow = (Action: string, Resource: unknown) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});

suite('types of resources', () => {
  let server: ExampleServer;
  let client: CloudFormationClient;
  before(async () => {
    server = await startServer({ flags: ['--isolation', 'process'] });
    client = cloudformationOf(server);
  });
  after(() => server.stop());

  /** Makes a stack of the first resources, brings it to the second, and deletes it. */
  async function live(
    StackName: string,
    resourcesOf: (word: string) => object,
    look: (word: string) => Promise<void>,
  ): Promise<void> {
    const templateOf = (word: string) => ({ Resources: resourcesOf(word) });
    const StackId = await createStack(client, StackName, templateOf('first'));
    const made = await atRest(client, StackName);
    assert.equal(made.StackStatus, 'CREATE_COMPLETE', made.StackStatusReason);
    await look('first');
    const TemplateBody = JSON.stringify(templateOf('second'));
    const input = { StackName, TemplateBody, Capabilities: CAPABILITIES };
    await client.send(new UpdateStackCommand(input));
    const changed = await atRest(client, StackName);
    assert.equal(changed.StackStatus, 'UPDATE_COMPLETE', changed.StackStatusReason);
    await look('second');
    await client.send(new DeleteStackCommand({ StackName }));
    const gone = await atRest(client, StackId);
    assert.equal(gone.StackStatus, 'DELETE_COMPLETE', gone.StackStatusReason);
    await assert.rejects(look('second'));
  }

  test('a bus has statements beside one another, an archive, and destinations', async () => {
    const events = new EventBridgeClient(server);
    const sids = async () => {
      const { Policy = '' } = await events.send(new DescribeEventBusCommand({ Name: 'types' }));
      // The policy is JSON of this form.
      const { Statement } = JSON.parse(Policy) as { Statement: { Sid: string }[] };
      return Statement.map(({ Sid }) => Sid).toSorted();
    };
    const policy = (StatementId: string, more: object) => ({
      Type: 'AWS::Events::EventBusPolicy',
      Properties: { EventBusName: { Ref: 'Bus' }, StatementId, ...more },
    });
    const Principal = { AWS: 'arn:aws:iam::000000000000:root' };
    const statement = {
      Effect: 'Allow',
      Principal,
      Action: 'events:PutEvents',
      Resource: arn('Bus'),
    };
    const resourcesOf = (word: string) => ({
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'types' } },
      One: policy('one', { Statement: statement }),
      Two: {
        ...policy('two', { Action: 'events:PutEvents', Principal: '000000000000' }),
        DependsOn: 'One',
      },
      Archive: {
        Type: 'AWS::Events::Archive',
        Properties: { SourceArn: arn('Bus'), Description: word },
      },
      Connection: {
        Type: 'AWS::Events::Connection',
        Properties: {
          AuthorizationType: 'API_KEY',
          AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'key', ApiKeyValue: word } },
        },
      },
      Destination: {
        Type: 'AWS::Events::ApiDestination',
        Properties: {
          Name: 'types',
          ConnectionArn: arn('Connection'),
          HttpMethod: 'POST',
          InvocationEndpoint: `https://example.com/${word}`,
        },
      },
    });
    await live('eventing', resourcesOf, async (word) => {
      assert.deepEqual(await sids(), ['one', 'two']);
      const asked = new DescribeApiDestinationCommand({ Name: 'types' });
      const { InvocationEndpoint } = await events.send(asked);
      assert.equal(InvocationEndpoint, `https://example.com/${word}`);
    });
  });

  test('names of users own lead to REST and to HTTP APIs, and go before these', async () => {
    const [rest, http] = [new APIGatewayClient(server), new ApiGatewayV2Client(server)];
    const resourcesOf = (word: string) => ({
      Rest: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'types' } },
      RestName: {
        Type: 'AWS::ApiGateway::DomainName',
        Properties: {
          DomainName: 'rest.example.com',
          // One type becomes another under the same name.
          EndpointConfiguration: { Types: [word === 'first' ? 'EDGE' : 'REGIONAL'] },
          Tags: [{ Key: 'word', Value: word }],
        },
      },
      RestMapping: {
        Type: 'AWS::ApiGateway::BasePathMapping',
        Properties: { DomainName: { Ref: 'RestName' }, RestApiId: { Ref: 'Rest' }, BasePath: word },
      },
      Response: {
        Type: 'AWS::ApiGateway::GatewayResponse',
        Properties: {
          RestApiId: { Ref: 'Rest' },
          ResponseType: 'DEFAULT_4XX',
          ResponseParameters: { 'gatewayresponse.header.word': `'${word}'` },
        },
      },
      Http: {
        Type: 'AWS::ApiGatewayV2::Api',
        Properties: { Name: 'types', ProtocolType: 'HTTP' },
      },
      Stage: {
        Type: 'AWS::ApiGatewayV2::Stage',
        Properties: { ApiId: { Ref: 'Http' }, StageName: '$default', AutoDeploy: true },
      },
      HttpName: {
        Type: 'AWS::ApiGatewayV2::DomainName',
        Properties: {
          DomainName: 'http.example.com',
          DomainNameConfigurations: [{ EndpointType: 'REGIONAL' }],
        },
      },
      HttpMapping: {
        Type: 'AWS::ApiGatewayV2::ApiMapping',
        Properties: {
          DomainName: { Ref: 'HttpName' },
          ApiId: { Ref: 'Http' },
          Stage: { Ref: 'Stage' },
          ApiMappingKey: word,
        },
      },
    });
    await live('names', resourcesOf, async (word) => {
      const restName = { domainName: 'rest.example.com' };
      const { items: [mapping] = [] } = await rest.send(new GetBasePathMappingsCommand(restName));
      assert.equal(mapping?.basePath, word);
      const named = await rest.send(new GetDomainNameCommand(restName));
      const type = word === 'first' ? 'EDGE' : 'REGIONAL';
      assert.deepEqual(named.endpointConfiguration?.types, [type]);
      assert.equal(named.regionalDomainName !== undefined, type === 'REGIONAL');
      assert.equal(named.distributionDomainName !== undefined, type === 'EDGE');
      const httpName = { DomainName: 'http.example.com' };
      const { Items: mappings = [] } = await http.send(new GetApiMappingsCommand(httpName));
      assert.deepEqual(
        mappings.map((one) => one.ApiMappingKey),
        [word],
      );
      const asked = { restApiId: mapping.restApiId, responseType: 'DEFAULT_4XX' as const };
      const { responseParameters } = await rest.send(new GetGatewayResponseCommand(asked));
      assert.deepEqual(responseParameters, { 'gatewayresponse.header.word': `'${word}'` });
    });
  });

  test('a global table is a table with replicas, and a stream has consumers', async () => {
    const here = new DynamoDBClient(server);
    const there = new DynamoDBClient({ ...server, region: 'eu-west-1' });
    const resourcesOf = (word: string) => ({
      Table: {
        Type: 'AWS::DynamoDB::GlobalTable',
        Properties: {
          TableName: 'types',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          WriteProvisionedThroughputSettings: {
            WriteCapacityAutoScalingSettings: { MinCapacity: 2, MaxCapacity: 9 },
          },
          StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
          Replicas: [
            {
              Region: server.region,
              DeletionProtectionEnabled: false,
              ReadProvisionedThroughputSettings: { ReadCapacityUnits: 3 },
            },
            ...(word === 'second' ? [{ Region: 'eu-west-1' }] : []),
          ],
        },
      },
      Stream: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 1 } },
      Consumer: {
        Type: 'AWS::Kinesis::StreamConsumer',
        Properties: {
          ConsumerName: 'types',
          StreamARN: arn('Stream'),
          Tags: [{ Key: 'word', Value: word }],
        },
      },
    });
    const TableName = 'types';
    await live('data', resourcesOf, async (word) => {
      const { Table: table } = await here.send(new DescribeTableCommand({ TableName }));
      const { ReadCapacityUnits, WriteCapacityUnits } = table?.ProvisionedThroughput ?? {};
      assert.deepEqual([ReadCapacityUnits, WriteCapacityUnits], [3, 2]);
      const replica = there.send(new DescribeTableCommand({ TableName }));
      if (word === 'second') await replica;
      else await assert.rejects(replica, { name: 'ResourceNotFoundException' });
    });
    const left = there.send(new DescribeTableCommand({ TableName }));
    await assert.rejects(left, { name: 'ResourceNotFoundException' });
  });

  test('policies of one role, dashboards, and what logs are besides groups', async () => {
    const [iam, cloudwatch] = [new IAMClient(server), new CloudWatchClient(server)];
    const body = (word: string) => JSON.stringify({ widgets: [], word });
    const resourcesOf = (word: string) => ({
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'types',
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'lambda.amazonaws.com' },
                Action: 'sts:AssumeRole',
              },
            ],
          },
        },
      },
      Policy: {
        Type: 'AWS::IAM::RolePolicy',
        Properties: {
          RoleName: { Ref: 'Role' },
          PolicyName: 'types',
          PolicyDocument: allow('s3:GetObject', `arn:aws:s3:::${word}`),
        },
      },
      Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [{ Ref: 'Role' }] } },
      Group: { Type: 'AWS::Logs::LogGroup' },
      Stream: { Type: 'AWS::Logs::LogStream', Properties: { LogGroupName: { Ref: 'Group' } } },
      Query: {
        Type: 'AWS::Logs::QueryDefinition',
        Properties: { Name: 'types', QueryString: `fields ${word}` },
      },
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          ComparisonOperator: 'GreaterThanThreshold',
          EvaluationPeriods: 1,
          MetricName: 'Errors',
          Namespace: 'Types',
          Period: 60,
          Statistic: 'Sum',
          Threshold: 1,
        },
      },
      Both: {
        Type: 'AWS::CloudWatch::CompositeAlarm',
        Properties: { AlarmRule: { 'Fn::Sub': 'ALARM("${Alarm}")' }, AlarmDescription: word },
      },
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: { DashboardName: 'types', DashboardBody: body(word) },
      },
    });
    await live('watching', resourcesOf, async (word) => {
      const policy = { RoleName: 'types', PolicyName: 'types' };
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand(policy));
      assert.ok(decodeURIComponent(PolicyDocument).includes(`arn:aws:s3:::${word}`));
      const asked = new GetDashboardCommand({ DashboardName: 'types' });
      const { DashboardBody } = await cloudwatch.send(asked);
      assert.equal(DashboardBody, body(word));
    });
  });

  test('what signs code, what stands for an API, what services take on, where logs go', async () => {
    const iam = new IAMClient(server);
    const lambda = new LambdaClient(server);
    const logs = new CloudWatchLogsClient(server);
    const apigateway = new APIGatewayClient(server);
    const profile = 'arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/0123456789';
    const resourcesOf = (word: string) => ({
      Signing: {
        Type: 'AWS::Lambda::CodeSigningConfig',
        Properties: {
          AllowedPublishers: { SigningProfileVersionArns: [profile] },
          Description: word,
        },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'signed',
          Code: { ZipFile: 'exports.handler = async () => 1;' },
          Handler: 'index.handler',
          Role: 'arn:aws:iam::000000000000:role/types',
          Runtime: 'nodejs24.x',
          ...(word === 'first' ? {} : { CodeSigningConfigArn: { Ref: 'Signing' } }),
        },
      },
      Certificate: {
        Type: 'AWS::ApiGateway::ClientCertificate',
        Properties: { Description: word, Tags: [{ Key: 'word', Value: word }] },
      },
      Linked: {
        Type: 'AWS::IAM::ServiceLinkedRole',
        Properties: { AWSServiceName: 'autoscaling.amazonaws.com', Description: word },
      },
      Stream: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 1 } },
      Destination: {
        Type: 'AWS::Logs::Destination',
        Properties: {
          DestinationName: 'types',
          DestinationPolicy: JSON.stringify(allow('logs:PutSubscriptionFilter', word)),
          RoleArn: 'arn:aws:iam::000000000000:role/types',
          TargetArn: arn('Stream'),
        },
      },
    });
    await live('signing', resourcesOf, async (word) => {
      const signed = await lambda.send(
        new GetFunctionCodeSigningConfigCommand({ FunctionName: 'signed' }),
      );
      assert.equal(Boolean(signed.CodeSigningConfigArn), word === 'second');
      const { items = [] } = await apigateway.send(new GetClientCertificatesCommand({}));
      assert.deepEqual(
        items.map(({ description, tags }) => [description, tags?.['word']]),
        [[word, word]],
      );
      const RoleName = 'AWSServiceRoleForAutoScaling';
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
      assert.equal(Role?.Description, word);
      const { destinations = [] } = await logs.send(new DescribeDestinationsCommand({}));
      assert.ok(destinations[0]?.accessPolicy?.includes(word));
    });
  });
});
