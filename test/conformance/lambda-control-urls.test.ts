import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';

import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteAliasCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  ListFunctionUrlConfigsCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';

import { AwsV4Signer } from 'aws4fetch';

import { textOf } from '#kernel/bytes.ts';

import {
  ACCOUNT,
  failureOf,
  functionArn,
  functionInput,
  startWorld,
} from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

const FunctionName = 'one';

async function worldWithAlias(): Promise<World> {
  const world = await startWorld();
  await world.client.send(
    new CreateFunctionCommand({ ...(await functionInput(FunctionName)), Publish: true }),
  );
  await world.settle();
  await world.client.send(
    new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }),
  );
  return world;
}

test('function URLs are made, changed and deleted for each alias by itself', async () => {
  // lambda_api: TestLambdaUrl::test_url_config_lifecycle, test_url_config_exceptions, test_url_config_deletion_without_qualifier
  await using world = await worldWithAlias();
  const { client } = world;
  const create = (input: object = {}) =>
    client.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE', ...input }));
  const made = await create();
  assert.match(
    made.FunctionUrl ?? '',
    /^http:\/\/[a-z2-7]{32}\.lambda-url\.us-east-1\.localhost:\d+\/$/,
  );
  assert.equal(made.InvokeMode, undefined);
  assert.equal(
    (await failureOf(create())).message,
    `Failed to create function url config for [functionArn = ${functionArn('one')}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
  );
  assert.equal(
    (await failureOf(create({ FunctionName: 'none' }))).message,
    'Function does not exist',
  );
  assert.equal((await failureOf(create({ Qualifier: 'none' }))).message, 'Function does not exist');
  assert.match(
    (await failureOf(create({ Qualifier: '1' }))).message,
    /^1 validation error detected: Value '1' at 'qualifier'/,
  );
  await create({ Qualifier: 'live', InvokeMode: 'RESPONSE_STREAM' });
  const get = (Qualifier?: string) =>
    client.send(new GetFunctionUrlConfigCommand({ FunctionName, Qualifier }));
  assert.equal((await get()).InvokeMode, 'BUFFERED');
  assert.equal((await get('live')).FunctionArn, `${functionArn('one')}:live`);
  const updated = await client.send(
    new UpdateFunctionUrlConfigCommand({ FunctionName, AuthType: 'AWS_IAM' }),
  );
  assert.deepEqual([updated.AuthType, updated.InvokeMode], ['AWS_IAM', undefined]);
  const listed = await client.send(new ListFunctionUrlConfigsCommand({ FunctionName }));
  assert.equal(listed.FunctionUrlConfigs?.length, 2);
  await client.send(new DeleteFunctionUrlConfigCommand({ FunctionName }));
  assert.equal((await failureOf(get())).message, 'The resource you requested does not exist.');
  assert.equal((await get('live')).InvokeMode, 'RESPONSE_STREAM');
});

function httpOf(context: unknown): Record<string, string> {
  return (context as { http: Record<string, string> }).http;
}

const OPEN = {
  StatementId: 'url',
  Action: 'lambda:InvokeFunctionUrl',
  Principal: '*',
  FunctionUrlAuthType: 'NONE' as const,
};

function fetchUrl(
  world: World,
  url: string,
  init: RequestInit & { path?: string } = {},
): Promise<Response> {
  const { path = '', headers, ...rest } = init;
  const host = new URL(url).host;
  // fetch sets the host by itself; the header is what the gateway routes by.
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: world.port,
        path: `/${path}`,
        method: rest.method ?? 'GET',
        headers: { host, ...(headers as Record<string, string>) },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          const pairs = Object.entries(incoming.headers).flatMap(([name, value]) =>
            [value ?? []].flat().map((one): [string, string] => [name, one]),
          );
          resolve(
            new Response(Buffer.concat(chunks), {
              status: incoming.statusCode ?? 0,
              headers: pairs,
            }),
          );
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(rest.body);
  });
}

test('a function URL invokes with payload format 2.0, and answers what the function says', async () => {
  // lambda: TestLambdaURL::test_lambda_url_invocation, TestRequestIdHandling::test_request_id_invoke_url
  await using world = await worldWithAlias();
  const { client } = world;
  const { FunctionUrl = '' } = await client.send(
    new CreateFunctionUrlConfigCommand({
      FunctionName,
      AuthType: 'NONE',
      Cors: { AllowOrigins: ['https://a.example'], AllowMethods: ['GET'] },
    }),
  );
  const closed = await fetchUrl(world, FunctionUrl);
  assert.equal(closed.status, 403);
  assert.equal(closed.headers.get('x-amzn-errortype'), 'AccessDeniedException');
  assert.match(
    await closed.text(),
    /^\{"Message":"Forbidden\. For troubleshooting Function URL authorization issues/,
  );
  await client.send(new AddPermissionCommand({ FunctionName, ...OPEN }));
  world.script = ({ payload }) => ({
    returns: {
      statusCode: 201,
      headers: { 'X-One': '1' },
      cookies: ['a=1', 'b=2'],
      body: Buffer.from(payload).toString('base64'),
      isBase64Encoded: true,
    },
  });
  const answer = await fetchUrl(world, FunctionUrl, {
    path: 'path/1?q=a&q=b&r=%20x',
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      cookie: 'k=v; l=w',
      origin: 'https://a.example',
    },
    body: '{"foo":"bar"}',
  });
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.get('x-one'), '1');
  assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2']);
  assert.equal(answer.headers.get('access-control-allow-origin'), 'https://a.example');
  assert.equal(answer.headers.get('x-amzn-requestid'), world.invocations[0]?.requestId);
  const event = (await answer.json()) as Record<string, never>;
  const { requestContext, headers, ...rest } = event;
  assert.deepEqual(rest, {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/path/1',
    rawQueryString: 'q=a&q=b&r=%20x',
    cookies: ['k=v', 'l=w'],
    queryStringParameters: { q: 'a,b', r: ' x' },
    body: '{"foo":"bar"}',
    isBase64Encoded: false,
  });
  assert.equal(requestContext?.['accountId'], 'anonymous');
  assert.equal(requestContext?.['domainPrefix'], new URL(FunctionUrl).host.split('.')[0]);
  assert.deepEqual(httpOf(requestContext)['method'], 'POST');
  assert.equal(headers?.['content-type'], 'application/json');
  assert.equal(headers?.['cookie'], undefined);
  assert.match(headers?.['x-amzn-trace-id'] ?? '', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  assert.equal(world.invocations[0]?.traceHeader, headers?.['x-amzn-trace-id']);
  for (const [returns, text] of [
    ['hi', 'hi'],
    [{ hello: 'world' }, '{"hello":"world"}'],
    [3.1, '3.1'],
    [true, 'true'],
  ] as const) {
    world.script = () => ({ returns });
    const plain = await fetchUrl(world, FunctionUrl);
    assert.equal(plain.headers.get('content-type'), 'application/json');
    assert.equal(await plain.text(), text);
  }
  world.script = () => ({ fails: { errorType: 'Error' } });
  assert.equal((await fetchUrl(world, FunctionUrl)).status, 502);
  world.script = () => ({ returns: { statusCode: 'many' } });
  assert.equal((await fetchUrl(world, FunctionUrl)).status, 502);
  const preflight = await fetchUrl(world, FunctionUrl, {
    method: 'OPTIONS',
    headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' },
  });
  assert.equal(preflight.headers.get('access-control-allow-methods'), 'GET');
  assert.equal((await fetchUrl(world, FunctionUrl.replace(/\/\/[^.]+/, '//nobody'))).status, 403);
});

test('a function URL streams, with status and headers from the prelude', async () => {
  // lambda: TestLambdaURL::test_function_url_with_response_streaming, test_lambda_url_persists_after_alias_delete
  await using world = await worldWithAlias();
  const { client } = world;
  const Qualifier = 'live';
  const { FunctionUrl = '' } = await client.send(
    new CreateFunctionUrlConfigCommand({
      FunctionName,
      Qualifier,
      AuthType: 'NONE',
      InvokeMode: 'RESPONSE_STREAM',
    }),
  );
  await client.send(new AddPermissionCommand({ FunctionName, Qualifier, ...OPEN }));
  const contentType = 'application/vnd.awslambda.http-integration-response';
  const end = '\0\0\0\0\0\0\0\0';
  world.script = () => ({
    contentType,
    streams: [
      '{"statusCode":418,"head',
      `ers":{"x-a":"b"}}${end.slice(0, 3)}`,
      `${end.slice(3)}Hello, `,
      'world!',
    ],
  });
  const answer = await fetchUrl(world, FunctionUrl);
  assert.equal(answer.status, 418);
  assert.equal(answer.headers.get('x-a'), 'b');
  assert.equal(await answer.text(), 'Hello, world!');
  world.script = () => ({ contentType: 'text/html', streams: ['<p>'] });
  assert.equal((await fetchUrl(world, FunctionUrl)).headers.get('content-type'), 'text/html');
  world.script = () => ({ contentType, streams: ['no prelude'] });
  assert.equal((await fetchUrl(world, FunctionUrl)).status, 502);
  // https://github.com/middyjs/middy/issues/1189
  world.script = () => ({ contentType, streams: [] });
  const empty = await fetchUrl(world, FunctionUrl);
  assert.equal(empty.status, 200);
  assert.equal(empty.headers.get('content-type'), 'application/octet-stream');
  assert.equal(await empty.text(), '');
  world.script = () => ({ contentType, streams: [], breaks: '{}' });
  assert.equal((await fetchUrl(world, FunctionUrl)).status, 502);
  await client.send(new DeleteAliasCommand({ FunctionName, Name: Qualifier }));
  assert.equal((await fetchUrl(world, FunctionUrl)).status, 403);
});

test('a function URL with signatures refuses who does not sign, and tells who did', async () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload
  await using world = await worldWithAlias();
  const AuthType = 'AWS_IAM';
  const { FunctionUrl = '' } = await world.client.send(
    new CreateFunctionUrlConfigCommand({ FunctionName, AuthType }),
  );
  const unsigned = await fetchUrl(world, FunctionUrl);
  assert.equal(unsigned.status, 403);
  assert.match(await unsigned.text(), /^\{"Message":"Forbidden/);
  world.script = ({ payload }) => ({ returns: JSON.parse(textOf(payload)) as unknown });
  const signer = new AwsV4Signer({
    url: `${FunctionUrl}a?b=c%2Fd`,
    method: 'GET',
    service: 'lambda',
    region: 'us-east-1',
    accessKeyId: ACCOUNT,
    secretAccessKey: 'secret',
  });
  const signed = await signer.sign();
  const answer = await fetchUrl(world, FunctionUrl, {
    path: 'a?b=c%2Fd',
    headers: Object.fromEntries(signed.headers),
  });
  assert.equal(answer.status, 200);
  const event = (await answer.json()) as Record<string, Record<string, unknown>>;
  assert.equal(event['rawQueryString'], 'b=c%2Fd');
  const { accountId, authentication, authorizer } = event['requestContext'] ?? {};
  assert.deepEqual([accountId, authentication], [ACCOUNT, null]);
  const { iam } = authorizer as { iam: Record<string, unknown> };
  assert.deepEqual(Object.keys(iam), [
    'accessKey',
    'accountId',
    'callerId',
    'cognitoIdentity',
    'principalOrgId',
    'userArn',
    'userId',
  ]);
  assert.deepEqual([iam['accessKey'], iam['accountId']], [ACCOUNT, ACCOUNT]);
});
