/** A server that is killed amid a deployment goes on with it once it is started again. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  APIGatewayClient,
  GetApiKeysCommand,
  GetClientCertificatesCommand,
  GetRestApisCommand,
} from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import { LambdaClient, ListCodeSigningConfigsCommand } from '@aws-sdk/client-lambda';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startServer } from '../../examples/server.ts';
import { atRest, cloudformationOf, createStack, eventsOf } from './cloudformation-harness.ts';

const QUEUES = 60;
const LOOK_MS = 5;
const DEADLINE_MS = 120_000;

/** One queue after the other, so that there is a middle in which to be killed. */
const TEMPLATE = {
  Resources: Object.fromEntries(
    Array.from({ length: QUEUES }, (_, index) => [
      `Queue${index}`,
      { Type: 'AWS::SQS::Queue', ...(index === 0 ? {} : { DependsOn: `Queue${index - 1}` }) },
    ]),
  ),
};

/** Waits until so many events are told, of which a hundred are at the most. */
async function reach(client: CloudFormationClient, count: number): Promise<void> {
  for (const deadlineMs = Date.now() + DEADLINE_MS; ; await sleep(LOOK_MS)) {
    if ((await eventsOf(client, 'long')).length >= count) return;
    assert.ok(Date.now() < deadlineMs, 'the deployment does not go on');
  }
}

test('a deployment goes on after kill -9, and makes everything once', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hearth-stacks-'));
  const flags = ['--isolation', 'process'];
  try {
    const first = await startServer({ dataDir, flags });
    const before = cloudformationOf(first);
    await createStack(before, 'long', TEMPLATE);
    await reach(before, 5);
    await first.kill();
    const second = await startServer({ dataDir, flags });
    try {
      const stack = await atRest(cloudformationOf(second), 'long');
      assert.equal(stack.StackStatus, 'CREATE_COMPLETE', stack.StackStatusReason);
      const { QueueUrls = [] } = await new SQSClient(second).send(new ListQueuesCommand({}));
      // One whose creation was done and not yet stored was made anew: the README tells of it.
      assert.ok([QUEUES, QUEUES + 1].includes(QueueUrls.length), String(QueueUrls.length));
    } finally {
      await second.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

const ROUNDS = 12;
const PROFILE = 'arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/abcdefghij';
const DEFINITION = { openapi: '3.0.1', info: { title: 'same' }, paths: {} };

/** One after the other: what has its id from its service, many alike, and parts of it. */
function templateOfIds(): object {
  const chain = Array.from({ length: ROUNDS }, (_, index) => [
    [`Api${index}`, 'AWS::ApiGateway::RestApi', { Name: 'same' }],
    [
      `Path${index}`,
      'AWS::ApiGateway::Resource',
      {
        RestApiId: { Ref: `Api${index}` },
        ParentId: { 'Fn::GetAtt': [`Api${index}`, 'RootResourceId'] },
        PathPart: 'same',
      },
    ],
    [`Key${index}`, 'AWS::ApiGateway::ApiKey', { Name: 'same' }],
    [`Certificate${index}`, 'AWS::ApiGateway::ClientCertificate', {}],
    [`Http${index}`, 'AWS::ApiGatewayV2::Api', { Body: DEFINITION }],
    [
      `Route${index}`,
      'AWS::ApiGatewayV2::Route',
      { ApiId: { Ref: `Http${index}` }, RouteKey: 'GET /' },
    ],
    [
      `Signing${index}`,
      'AWS::Lambda::CodeSigningConfig',
      { AllowedPublishers: { SigningProfileVersionArns: [PROFILE] } },
    ],
  ]).flat();
  const resources = chain.map(([id, Type, Properties], index) => {
    const before = chain[index - 1]?.[0];
    return [id, { Type, Properties, ...(before === undefined ? {} : { DependsOn: before }) }];
  });
  return { Resources: Object.fromEntries(resources) };
}

test('what has its id from its service is there once, however often the server was killed', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hearth-stacks-'));
  const flags = ['--isolation', 'process'];
  let server = await startServer({ dataDir, flags });
  try {
    await createStack(cloudformationOf(server), 'long', templateOfIds());
    for (const events of [5, 30, 55, 80]) {
      await reach(cloudformationOf(server), events);
      await server.kill();
      server = await startServer({ dataDir, flags });
    }
    const stack = await atRest(cloudformationOf(server), 'long');
    assert.equal(stack.StackStatus, 'CREATE_COMPLETE', stack.StackStatusReason);
    const rest = new APIGatewayClient(server);
    const { items: apis } = await rest.send(new GetRestApisCommand({ limit: 500 }));
    const { items: keys } = await rest.send(new GetApiKeysCommand({ limit: 500 }));
    const asked = new GetClientCertificatesCommand({ limit: 500 });
    const { items: certificates } = await rest.send(asked);
    const { Items: https } = await new ApiGatewayV2Client(server).send(new GetApisCommand({}));
    const lambda = new LambdaClient(server);
    const configs = await lambda.send(new ListCodeSigningConfigsCommand({}));
    const made = [apis, keys, certificates, https, configs.CodeSigningConfigs];
    assert.deepEqual(
      made.map((list) => list?.length),
      made.map(() => ROUNDS),
    );
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
