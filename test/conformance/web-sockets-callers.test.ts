import {
  CreateAuthorizerCommand,
  type CreateAuthorizerCommandInput,
} from '@aws-sdk/client-apigatewayv2';
import { AwsV4Signer } from 'aws4fetch';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { textOf } from '#kernel/bytes.ts';
import { ACCOUNT, functionArn, REGION, startWorld, type World } from './apigatewayv2-harness.ts';
import {
  addSocketRoute,
  connectTo,
  eventsOf,
  refusalOf,
  socketApi,
  type SocketEvent,
} from './web-sockets-harness.ts';

/** An API whose `$connect` asks an authorizer for a token in the query. */
async function guardedApi(
  world: World,
  settings: Partial<CreateAuthorizerCommandInput> = {},
): Promise<string> {
  const ApiId = await socketApi(world);
  const { AuthorizerId = '' } = await world.client.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: 'guard',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: functionArn('one'),
      IdentitySource: ['route.request.querystring.token'],
      ...settings,
    }),
  );
  const route = { RouteKey: '$connect', AuthorizationType: 'CUSTOM', AuthorizerId } as const;
  await addSocketRoute(world, ApiId, route);
  await addSocketRoute(world, ApiId, { RouteKey: '$default' });
  return ApiId;
}

interface Asked extends SocketEvent {
  readonly type?: string;
  readonly methodArn: string;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
}

/** Answers as an authorizer whose token is `good`, and as a back end. Counts what the authorizer is asked. */
function guard(world: World): { asked: Asked[] } {
  const told = { asked: [] as Asked[] };
  world.lambda.script = ({ payload }) => {
    const event = JSON.parse(textOf(payload)) as Asked;
    if (event.type !== 'REQUEST') return { returns: { statusCode: 200 } };
    told.asked.push(event);
    const Effect = event.queryStringParameters?.['token'] === 'good' ? 'Allow' : 'Deny';
    const Statement = [{ Effect, Action: 'execute-api:Invoke', Resource: event.methodArn }];
    const policyDocument = { Version: '2012-10-17', Statement };
    return { returns: { principalId: 'me', policyDocument, context: { team: 'red' } } };
  };
  return told;
}

describe('an authorizer', () => {
  test('lets in whom it allows, and what it tells of him is in every event', async () => {
    await using world = await startWorld();
    const ApiId = await guardedApi(world);
    const told = guard(world);
    using chat = await connectTo(world, ApiId, { query: '?token=good' });
    const [asked] = told.asked;
    const arn = `arn:aws:execute-api:${REGION}:${ACCOUNT}:${ApiId}/prod/$connect`;
    assert.equal(asked?.methodArn, arn);
    assert.equal(asked.requestContext['eventType'], 'CONNECT');
    const caller = { team: 'red', principalId: 'me' };
    const connects = eventsOf(world, 'CONNECT').filter(({ type }) => type !== 'REQUEST');
    assert.deepEqual(connects[0]?.requestContext['authorizer'], caller);
    chat.send('x');
    while (eventsOf(world, 'MESSAGE').length === 0) {
      await new Promise((resolve) => void setImmediate(resolve));
    }
    const [message] = eventsOf(world, 'MESSAGE');
    assert.deepEqual(message?.requestContext['authorizer'], caller);
  });

  test('refuses with 403; without its identity source it is 401 and not asked', async () => {
    await using world = await startWorld();
    const ApiId = await guardedApi(world);
    const told = guard(world);
    const bad = await refusalOf(world, ApiId, { query: '?token=bad' });
    assert.equal(bad.status, 403);
    assert.equal((JSON.parse(bad.body) as { message: string }).message, 'Forbidden');
    assert.equal(told.asked.length, 1);
    const none = await refusalOf(world, ApiId);
    assert.equal(none.status, 401);
    assert.equal(told.asked.length, 1);
  });

  test('that says nonsense has callers be refused with 500', async () => {
    await using world = await startWorld();
    const ApiId = await guardedApi(world);
    world.lambda.script = () => ({ returns: 'yes' });
    assert.equal((await refusalOf(world, ApiId, { query: '?token=good' })).status, 500);
  });

  test('is asked once while its answer is remembered', async () => {
    await using world = await startWorld();
    const ApiId = await guardedApi(world, { AuthorizerResultTtlInSeconds: 60 });
    const told = guard(world);
    for (let turn = 0; turn < 2; turn += 1) {
      using _chat = await connectTo(world, ApiId, { query: '?token=good' });
    }
    assert.equal(told.asked.length, 1);
    await world.lambda.clock.advance(60_001);
    using _chat = await connectTo(world, ApiId, { query: '?token=good' });
    assert.equal(told.asked.length, 2);
  });
});

test('signatures open a route that wants them, of the own account alone', async () => {
  await using world = await startWorld();
  const ApiId = await socketApi(world);
  const route = { RouteKey: '$connect', AuthorizationType: 'AWS_IAM' } as const;
  await addSocketRoute(world, ApiId, route);
  world.lambda.script = () => ({ returns: { statusCode: 200 } });
  const signedQuery = async (accessKeyId: string): Promise<string> => {
    const signer = new AwsV4Signer({
      url: `http://127.0.0.1:${world.port}/_aws/execute-api/${ApiId}/prod?X-Amz-Expires=60`,
      accessKeyId,
      secretAccessKey: 'secret',
      service: 'execute-api',
      region: REGION,
      signQuery: true,
    });
    return (await signer.sign()).url.search;
  };
  using _chat = await connectTo(world, ApiId, { query: await signedQuery(ACCOUNT) });
  const [connect] = eventsOf(world, 'CONNECT');
  const { identity } = connect?.requestContext ?? {};
  assert.equal((identity as { userArn?: string }).userArn, `arn:aws:iam::${ACCOUNT}:root`);
  assert.equal((await refusalOf(world, ApiId)).status, 403);
  const query = await signedQuery('999999999999');
  assert.equal((await refusalOf(world, ApiId, { query })).status, 403);
});

test('a key opens a route that wants one, and the event tells which', async () => {
  await using world = await startWorld();
  const ApiId = await socketApi(world);
  await addSocketRoute(world, ApiId, { RouteKey: '$connect', ApiKeyRequired: true });
  world.lambda.script = () => ({ returns: { statusCode: 200 } });
  assert.equal((await refusalOf(world, ApiId)).status, 403);
  const often = await refusalOf(world, ApiId, { headers: { 'x-api-key': 'often' } });
  assert.equal(often.status, 429);
  assert.equal((JSON.parse(often.body) as { message: string }).message, 'Limit Exceeded');
  using _chat = await connectTo(world, ApiId, { headers: { 'x-api-key': 'good' } });
  const { identity } = eventsOf(world, 'CONNECT')[0]?.requestContext ?? {};
  assert.equal((identity as { apiKeyId?: string }).apiKeyId, 'key1');
});
