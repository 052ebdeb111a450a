import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';

import {
  CreateAuthorizerCommand,
  DeleteAuthorizerCommand,
  ResetAuthorizersCacheCommand,
  type CreateAuthorizerCommandInput,
} from '@aws-sdk/client-apigatewayv2';
import { AwsV4Signer } from 'aws4fetch';

import { textOf } from '#kernel/bytes.ts';
import { HOUR_MS } from '#kernel/units.ts';
import {
  ACCOUNT,
  addRoute,
  emptyApi,
  invocationUri,
  lastEvent,
  REGION,
  startWorld,
  type World,
} from './apigatewayv2-harness.ts';

type Settings = Omit<CreateAuthorizerCommandInput, 'ApiId' | 'Name'>;

async function addAuthorizer(world: World, ApiId: string, settings: Settings): Promise<string> {
  const command = new CreateAuthorizerCommand({ ApiId, Name: 'guard', ...settings });
  return (await world.client.send(command)).AuthorizerId ?? '';
}

/** The event's account of who asks. */
function authorizerOf(world: World): unknown {
  const { requestContext } = lastEvent(world) as { requestContext: { authorizer?: unknown } };
  return requestContext.authorizer;
}

/** A server that tells the keys of an issuer, and how often it was asked for them. */
async function openIssuer() {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const told = { keySets: 0, keyId: 'one' };
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer: issuer(), jwks_uri: `${issuer()}/keys` }));
      return;
    }
    told.keySets += 1;
    const key = { ...keys.publicKey.export({ format: 'jwk' }), kid: told.keyId, use: 'sig' };
    response.end(JSON.stringify({ keys: [key] }));
  });
  const issuer = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    told,
    issuer: issuer(),
    privateKey: keys.privateKey,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function tokenOf(claims: object, key: KeyObject, header: object = { alg: 'RS256', kid: 'one' }) {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

describe('a JWT authorizer', () => {
  /** An API whose route asks for tokens of an issuer; `ask` sends one. */
  async function guarded(world: World, issuer: string, scopes: readonly string[] = []) {
    const ApiId = await emptyApi(world);
    const AuthorizerId = await addAuthorizer(world, ApiId, {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: issuer, Audience: ['us'] },
    });
    const AuthorizationScopes = [...scopes];
    const guard = { AuthorizationType: 'JWT', AuthorizerId, AuthorizationScopes } as const;
    await addRoute(world, ApiId, { RouteKey: 'GET /x', ...guard });
    return (token?: string) =>
      world.ask(ApiId, '/x', token === undefined ? {} : { headers: { authorization: token } });
  }

  const claimsFor = (world: World, iss: string) => ({
    iss,
    aud: 'us',
    sub: 'ann',
    exp: Math.floor((world.lambda.clock.now() + HOUR_MS) / 1000),
    scope: 'read write',
    groups: ['a', 'b'],
  });

  test('lets in whom the issuer signed for, and tells the claims', async () => {
    await using world = await startWorld();
    await using issuer = await openIssuer();
    const ask = await guarded(world, issuer.issuer, ['write', 'admin']);
    const claims = claimsFor(world, issuer.issuer);
    const token = tokenOf(claims, issuer.privateKey);
    assert.equal((await ask(`Bearer ${token}`)).status, 200);
    assert.deepEqual(authorizerOf(world), {
      jwt: {
        claims: { ...claims, exp: String(claims.exp), groups: '[a b]' },
        scopes: ['write', 'admin'],
      },
    });
    assert.equal((await ask(token)).status, 200);
    assert.equal(issuer.told.keySets, 1);
  });

  test('refuses what is no token, is not for the API, is late or is signed by somebody else', async () => {
    await using world = await startWorld();
    await using issuer = await openIssuer();
    const ask = await guarded(world, issuer.issuer);
    const claims = claimsFor(world, issuer.issuer);
    const { privateKey } = issuer;
    const missing = await ask();
    assert.deepEqual([missing.status, missing.text], [401, '{"message":"Unauthorized"}']);
    assert.equal(missing.headers['www-authenticate'], 'Bearer');
    const now = Math.floor(world.lambda.clock.now() / 1000);
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const good = tokenOf(claims, privateKey);
    const unsigned = tokenOf(claims, privateKey, { alg: 'none' }).replace(/[^.]+$/, '');
    const bad = {
      'no token': 'nonsense',
      'no signature': unsigned,
      'a wrong algorithm': tokenOf(claims, privateKey, { alg: 'HS256', kid: 'one' }),
      'another key': tokenOf(claims, other),
      'an unknown key': tokenOf(claims, privateKey, { alg: 'RS256', kid: 'two' }),
      'changed claims': good.replace(/\.[^.]+\./, `.${Buffer.from('{}').toString('base64url')}.`),
      'another issuer': tokenOf({ ...claims, iss: 'https://other.example' }, privateKey),
      'another audience': tokenOf({ ...claims, aud: 'them' }, privateKey),
      'the past': tokenOf({ ...claims, exp: now }, privateKey),
      'the future': tokenOf({ ...claims, nbf: now + 60 }, privateKey),
    };
    for (const [why, token] of Object.entries(bad)) {
      const answer = await ask(`Bearer ${token}`);
      assert.deepEqual([answer.status, answer.text], [401, '{"message":"Unauthorized"}'], why);
      assert.match(String(answer.headers['www-authenticate']), /error="invalid_token"/);
    }
    assert.equal(world.lambda.invocations.length, 0);
    const audience = { ...claims, aud: ['them', 'us'], nbf: now, exp: now + 1 };
    assert.equal((await ask(tokenOf(audience, privateKey))).status, 200);
    const { aud: _, ...withoutAudience } = claims;
    const client = { ...withoutAudience, client_id: 'us' };
    assert.equal((await ask(tokenOf(client, privateKey))).status, 200);
  });

  test('forbids what the token’s scopes do not cover', async () => {
    await using world = await startWorld();
    await using issuer = await openIssuer();
    const ask = await guarded(world, issuer.issuer, ['admin']);
    const token = tokenOf(claimsFor(world, issuer.issuer), issuer.privateKey);
    const answer = await ask(token);
    assert.deepEqual([answer.status, answer.text], [403, '{"message":"Forbidden"}']);
    assert.match(String(answer.headers['www-authenticate']), /error="insufficient_scope"/);
  });

  test('asks the issuer again for a key that it does not know, and after two hours', async () => {
    await using world = await startWorld();
    await using issuer = await openIssuer();
    const ask = await guarded(world, issuer.issuer);
    const claims = { ...claimsFor(world, issuer.issuer), exp: 9_999_999_999 };
    const asTwo = tokenOf(claims, issuer.privateKey, { alg: 'RS256', kid: 'two' });
    assert.equal((await ask(asTwo)).status, 401);
    issuer.told.keyId = 'two';
    assert.equal((await ask(asTwo)).status, 401, 'not within ten seconds');
    await world.lambda.clock.advance(10_000);
    assert.equal((await ask(asTwo)).status, 200);
    assert.equal(issuer.told.keySets, 2);
    await world.lambda.clock.advance(2 * HOUR_MS);
    assert.equal((await ask(asTwo)).status, 200);
    await world.lambda.clock.advance(1);
    assert.equal((await ask(asTwo)).status, 200);
    assert.equal(issuer.told.keySets, 3);
  });
});

describe('an authorizer that is a function', () => {
  const SIMPLE = {
    AuthorizerType: 'REQUEST',
    AuthorizerUri: invocationUri(),
    AuthorizerPayloadFormatVersion: '2.0',
    EnableSimpleResponses: true,
    IdentitySource: ['$request.header.x-token'],
  } as const satisfies Settings;

  /** An API whose routes ask the function; `answers` are what that says when it is asked as authorizer. */
  async function guarded(world: World, settings: Settings, answers: (event: object) => unknown) {
    const ApiId = await emptyApi(world);
    const AuthorizerId = await addAuthorizer(world, ApiId, settings);
    const guard = { AuthorizationType: 'CUSTOM', AuthorizerId } as const;
    await addRoute(world, ApiId, { RouteKey: 'GET /x/{id}', ...guard });
    await addRoute(world, ApiId, { RouteKey: 'GET /y', ...guard });
    await addRoute(world, ApiId, { RouteKey: '$default', ...guard });
    const asked: Record<string, unknown>[] = [];
    world.lambda.script = ({ payload }) => {
      const event = JSON.parse(textOf(payload)) as Record<string, unknown>;
      if (event['type'] !== 'REQUEST') return { returns: 'in' };
      asked.push(event);
      return { returns: answers(event) };
    };
    const ask = (path: string, token?: string) =>
      world.ask(ApiId, path, token === undefined ? {} : { headers: { 'x-token': token } });
    return { ApiId, AuthorizerId, asked, ask };
  }

  test('says yes or no, and hands its context on', async () => {
    await using world = await startWorld();
    const { ApiId, asked, ask } = await guarded(world, SIMPLE, (event) => ({
      isAuthorized: (event as { identitySource: string[] }).identitySource[0] === 'yes',
      context: { name: 'ann', age: 7 },
    }));
    assert.equal((await ask('/x/1', 'yes')).status, 200);
    assert.deepEqual(authorizerOf(world), { lambda: { name: 'ann', age: 7 } });
    const [event] = asked;
    assert.equal(event?.['version'], '2.0');
    assert.equal(event?.['routeKey'], 'GET /x/{id}');
    assert.deepEqual(event?.['pathParameters'], { id: '1' });
    const arn = `arn:aws:execute-api:${REGION}:${ACCOUNT}:${ApiId}/$default/GET/x/1`;
    assert.equal(event?.['routeArn'], arn);
    const no = await ask('/x/1', 'no');
    assert.deepEqual([no.status, no.text], [403, '{"message":"Forbidden"}']);
    const missing = await ask('/x/1');
    assert.deepEqual([missing.status, missing.text], [401, '{"message":"Unauthorized"}']);
    assert.equal(asked.length, 2);
  });

  test('is remembered by who asks for as long as it says, until it is to be forgotten', async () => {
    await using world = await startWorld();
    const settings = { ...SIMPLE, AuthorizerResultTtlInSeconds: 60 };
    const { ApiId, asked, ask } = await guarded(world, settings, () => ({ isAuthorized: true }));
    await ask('/x/1', 'ann');
    await ask('/y', 'ann');
    assert.equal(asked.length, 1);
    await ask('/y', 'bob');
    assert.equal(asked.length, 2);
    await world.lambda.clock.advance(59_999);
    await ask('/y', 'ann');
    assert.equal(asked.length, 2);
    await world.lambda.clock.advance(1);
    await ask('/y', 'ann');
    assert.equal(asked.length, 3);
    await world.client.send(new ResetAuthorizersCacheCommand({ ApiId, StageName: '$default' }));
    await ask('/y', 'ann');
    assert.equal(asked.length, 4);
  });

  test('says by a policy which routes are open, also where that is remembered', async () => {
    await using world = await startWorld();
    const settings = { ...SIMPLE, AuthorizerPayloadFormatVersion: '1.0' };
    const { EnableSimpleResponses: _, ...policies } = settings;
    const { ApiId, asked, ask } = await guarded(world, policies, () => ({
      principalId: 'ann',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Action: 'execute-api:Invoke',
            Effect: 'Allow',
            Resource: `arn:aws:execute-api:${REGION}:${ACCOUNT}:*/$default/GET/x/*`,
          },
        ],
      },
      context: { team: 'a' },
    }));
    assert.equal((await ask('/x/1', 'ann')).status, 200);
    assert.equal((await ask('/x/2', 'ann')).status, 200);
    assert.equal((await ask('/y', 'ann')).status, 403);
    // A path that begins as if it named the stage names none.
    assert.equal((await ask('/$default/x/1', 'ann')).status, 403);
    assert.equal(asked.length, 1);
    assert.equal(asked[0]?.['version'], '1.0');
    const arn = `arn:aws:execute-api:${REGION}:${ACCOUNT}:${ApiId}/$default/GET/x/1`;
    assert.equal(asked[0]?.['methodArn'], arn);
    assert.equal(asked[0]?.['identitySource'], 'ann');
  });

  test('that says nothing of use is 500, and a route that asks it keeps it', async () => {
    await using world = await startWorld();
    const said: unknown[] = [{ isAuthorized: 'true' }, 'yes', null, {}];
    const settings = { ...SIMPLE, AuthorizerResultTtlInSeconds: 0 };
    const { ApiId, AuthorizerId, ask } = await guarded(world, settings, () => said.shift());
    for (let turn = said.length; turn > 0; turn -= 1) {
      const answer = await ask('/y', 'ann');
      assert.deepEqual([answer.status, answer.text], [500, '{"message":"Internal Server Error"}']);
    }
    await assert.rejects(world.client.send(new DeleteAuthorizerCommand({ ApiId, AuthorizerId })), {
      name: 'ConflictException',
    });
  });
});

describe('a route that asks for signatures', () => {
  test('lets in the account’s own callers, and tells who they are', async () => {
    await using world = await startWorld();
    const ApiId = await emptyApi(world);
    await addRoute(world, ApiId, { RouteKey: 'POST /x', AuthorizationType: 'AWS_IAM' });
    const host = `${ApiId}.execute-api.${REGION}.localhost:${world.port}`;
    const signed = async (accessKeyId: string, secretAccessKey = 'secret') => {
      const signer = new AwsV4Signer({
        method: 'POST',
        url: `http://${host}/x`,
        accessKeyId,
        secretAccessKey,
        service: 'execute-api',
        region: REGION,
        body: 'hello',
      });
      const { headers } = await signer.sign();
      return world.askHost(host, '/x', {
        method: 'POST',
        headers: Object.fromEntries(headers),
        body: 'hello',
      });
    };
    assert.equal((await signed(ACCOUNT)).status, 200);
    assert.equal(lastEvent(world)['body'], Buffer.from('hello').toString('base64'));
    const { iam } = authorizerOf(world) as { iam: Record<string, unknown> };
    assert.deepEqual(
      [iam['accountId'], iam['userArn'], iam['accessKey']],
      [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`, ACCOUNT],
    );
    const refused = [403, '{"message":"Forbidden"}'];
    const told = async (answer: ReturnType<typeof signed>) => {
      const { status, text } = await answer;
      return [status, text];
    };
    assert.deepEqual(await told(signed('111111111111')), refused);
    assert.deepEqual(await told(signed(ACCOUNT, 'wrong')), refused);
    assert.deepEqual(await told(world.ask(ApiId, '/x', { method: 'POST' })), refused);
    assert.equal(world.lambda.invocations.length, 1);
  });
});
