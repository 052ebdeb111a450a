import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  CreateApiMappingCommand,
  CreateDomainNameCommand,
  CreateIntegrationCommand,
  CreateVpcLinkCommand,
  DeleteApiCommand,
  DeleteApiMappingCommand,
  DeleteDomainNameCommand,
  DeleteVpcLinkCommand,
  GetApiMappingsCommand,
  GetDomainNameCommand,
  GetTagsCommand,
  GetVpcLinksCommand,
  TagResourceCommand,
  UpdateApiMappingCommand,
  UpdateDomainNameCommand,
  UpdateVpcLinkCommand,
  type CreateIntegrationCommandInput,
} from '@aws-sdk/client-apigatewayv2';

import { textOf } from '#kernel/bytes.ts';
import {
  ACCOUNT,
  addRoute,
  emptyApi,
  quickApi,
  REGION,
  startWorld,
  type World,
} from './apigatewayv2-harness.ts';

const CredentialsArn = `arn:aws:iam::${ACCOUNT}:role/gateway`;

/** What the service was asked for a request to a route of one subtype. */
async function called(
  world: World,
  settings: Pick<CreateIntegrationCommandInput, 'IntegrationSubtype' | 'RequestParameters'>,
  body: string,
) {
  const ApiId = await emptyApi(world);
  const integration = { CredentialsArn, PayloadFormatVersion: '1.0', ...settings };
  await addRoute(world, ApiId, 'POST /x/{id}', integration);
  const headers = { 'content-type': 'application/json' };
  const answer = await world.ask(ApiId, '/x/7', { method: 'POST', headers, body });
  assert.deepEqual([answer.status, answer.text], [200, '<done/>']);
  assert.equal(answer.headers['content-type'], 'text/xml');
  const call = world.calls.at(-1);
  assert.ok(call !== undefined);
  assert.deepEqual([call.roleArn, call.method, call.path], [CredentialsArn, 'POST', '/']);
  return { ...call, text: textOf(call.body) };
}

describe('an integration with a service', () => {
  test('sends messages to SQS, attributes included', async () => {
    await using world = await startWorld();
    const { service, region, text } = await called(
      world,
      {
        IntegrationSubtype: 'SQS-SendMessage',
        RequestParameters: {
          QueueUrl: 'http://localhost/000000000000/q',
          MessageBody: '$request.body.text',
          MessageGroupId: 'for ${request.path.id}',
          MessageAttributes: '{"a":{"DataType":"String","StringValue":"${request.path.id}"}}',
          Region: 'eu-west-1',
        },
      },
      '{"text":"hi & bye"}',
    );
    assert.deepEqual([service, region], ['sqs', 'eu-west-1']);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(text)), {
      Action: 'SendMessage',
      Version: '2012-11-05',
      QueueUrl: 'http://localhost/000000000000/q',
      MessageBody: 'hi & bye',
      MessageGroupId: 'for 7',
      'MessageAttribute.1.Name': 'a',
      'MessageAttribute.1.Value.DataType': 'String',
      'MessageAttribute.1.Value.StringValue': '7',
    });
  });

  test('puts events and records', async () => {
    await using world = await startWorld();
    const event = await called(
      world,
      {
        IntegrationSubtype: 'EventBridge-PutEvents',
        RequestParameters: {
          Detail: '$request.body',
          DetailType: 'thing',
          Source: 'test',
          Resources: '["a"]',
        },
      },
      '{"a":1}',
    );
    assert.equal(event.headers['x-amz-target'], 'AWSEvents.PutEvents');
    const entry = { Detail: '{"a":1}', DetailType: 'thing', Source: 'test', Resources: ['a'] };
    assert.deepEqual(JSON.parse(event.text), { Entries: [entry] });
    assert.deepEqual([event.service, event.region], ['events', REGION]);
    const record = await called(
      world,
      {
        IntegrationSubtype: 'Kinesis-PutRecord',
        RequestParameters: { StreamName: 's', Data: '$request.body', PartitionKey: 'p' },
      },
      'data',
    );
    assert.equal(record.headers['x-amz-target'], 'Kinesis_20131202.PutRecord');
    assert.deepEqual(JSON.parse(record.text), {
      StreamName: 's',
      Data: Buffer.from('data').toString('base64'),
      PartitionKey: 'p',
    });
  });

  test('names its role and what the operation needs, and nothing else', async () => {
    await using world = await startWorld();
    const ApiId = await emptyApi(world);
    const needed = { QueueUrl: 'http://q', MessageBody: 'b' };
    const create = (settings: object) =>
      world.client.send(
        new CreateIntegrationCommand({
          ApiId,
          IntegrationType: 'AWS_PROXY',
          IntegrationSubtype: 'SQS-SendMessage',
          PayloadFormatVersion: '1.0',
          CredentialsArn,
          RequestParameters: needed,
          ...settings,
        }),
      );
    await create({});
    for (const settings of [
      { CredentialsArn: undefined },
      { RequestParameters: { QueueUrl: 'http://q' } },
      { RequestParameters: { ...needed, StreamName: 's' } },
    ]) {
      await assert.rejects(create(settings), { name: 'BadRequestException' });
    }
  });
});

test('a name of one’s own has mappings, which keep their API, and tags', async () => {
  await using world = await startWorld();
  const { client } = world;
  const ApiId = await quickApi(world);
  const DomainName = 'api.example.com';
  const configuration = { CertificateArn: `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/c` };
  const made = await client.send(
    new CreateDomainNameCommand({ DomainName, DomainNameConfigurations: [configuration] }),
  );
  assert.equal(made.DomainNameConfigurations?.[0]?.DomainNameStatus, 'AVAILABLE');
  await assert.rejects(client.send(new CreateDomainNameCommand({ DomainName })), {
    name: 'ConflictException',
  });
  await assert.rejects(client.send(new CreateDomainNameCommand({ DomainName: 'no name' })), {
    name: 'BadRequestException',
  });
  const mapping = { DomainName, ApiId, Stage: '$default' };
  const { ApiMappingId } = await client.send(new CreateApiMappingCommand(mapping));
  await assert.rejects(client.send(new CreateApiMappingCommand(mapping)), {
    name: 'ConflictException',
  });
  await assert.rejects(client.send(new CreateApiMappingCommand({ ...mapping, Stage: 'none' })), {
    name: 'NotFoundException',
  });
  await client.send(
    new UpdateApiMappingCommand({ DomainName, ApiId, ApiMappingId, ApiMappingKey: 'v1' }),
  );
  const { Items } = await client.send(new GetApiMappingsCommand({ DomainName }));
  assert.deepEqual(Items, [{ ApiId, ApiMappingId, ApiMappingKey: 'v1', Stage: '$default' }]);
  await assert.rejects(client.send(new DeleteApiCommand({ ApiId })), {
    name: 'BadRequestException',
  });
  const ResourceArn = `arn:aws:apigateway:${REGION}::/domainnames/${DomainName}`;
  await client.send(new TagResourceCommand({ ResourceArn, Tags: { a: '1' } }));
  assert.deepEqual((await client.send(new GetTagsCommand({ ResourceArn }))).Tags, { a: '1' });
  const SecurityPolicy = 'TLS_1_2';
  await client.send(
    new UpdateDomainNameCommand({ DomainName, DomainNameConfigurations: [{ SecurityPolicy }] }),
  );
  const known = await client.send(new GetDomainNameCommand({ DomainName }));
  assert.equal(known.DomainNameConfigurations?.[0]?.CertificateArn, configuration.CertificateArn);
  await client.send(new DeleteApiMappingCommand({ DomainName, ApiMappingId }));
  await client.send(new DeleteApiCommand({ ApiId }));
  await client.send(new DeleteDomainNameCommand({ DomainName }));
  await assert.rejects(client.send(new GetDomainNameCommand({ DomainName })), {
    name: 'NotFoundException',
  });
});

test('links to networks are kept', async () => {
  await using world = await startWorld();
  const { client } = world;
  const link = await client.send(new CreateVpcLinkCommand({ Name: 'l', SubnetIds: ['subnet-1'] }));
  assert.equal(link.VpcLinkStatus, 'AVAILABLE');
  const { VpcLinkId } = link;
  await client.send(new UpdateVpcLinkCommand({ VpcLinkId, Name: 'm' }));
  const { Items } = await client.send(new GetVpcLinksCommand({}));
  assert.deepEqual(
    Items?.map(({ Name }) => Name),
    ['m'],
  );
  await client.send(new DeleteVpcLinkCommand({ VpcLinkId }));
  await assert.rejects(client.send(new DeleteVpcLinkCommand({ VpcLinkId })), {
    name: 'NotFoundException',
  });
});
