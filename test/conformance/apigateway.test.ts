import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  CreateDomainNameCommand,
  CreateModelCommand,
  CreateResourceCommand,
  CreateRequestValidatorCommand,
  CreateRestApiCommand,
  GetMethodCommand,
  GetRestApiCommand,
  GetTagsCommand,
  ImportRestApiCommand,
  PutGatewayResponseCommand,
  TagResourceCommand,
  UpdateDomainNameCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway';

import { textOf, utf8 } from '#kernel/bytes.ts';
import { RemovePermissionCommand } from '@aws-sdk/client-lambda';
import {
  ACCOUNT,
  addMethod,
  addResource,
  answers,
  deploy,
  emptyApi,
  invocationUri,
  lastEvent,
  MOCK,
  REGION,
  startWorld,
} from './apigateway-harness.ts';
import { askHost } from './execute-api-harness.ts';

const PROXY = { type: 'AWS_PROXY', uri: invocationUri() } as const;

describe('the control plane', () => {
  test('an API is made, patched, tagged and told', async () => {
    await using world = await startWorld();
    const { client } = world;
    const made = await client.send(
      new CreateRestApiCommand({ name: 'pets', binaryMediaTypes: ['image/png'] }),
    );
    assert.deepEqual(made.endpointConfiguration, { types: ['EDGE'], ipAddressType: 'ipv4' });
    const restApiId = made.id ?? '';
    const patchOperations = [
      { op: 'add', path: '/binaryMediaTypes/image~1gif' },
      { op: 'replace', path: '/description', value: 'all of them' },
    ] as const;
    await client.send(
      new UpdateRestApiCommand({ restApiId, patchOperations: [...patchOperations] }),
    );
    const resourceArn = `arn:aws:apigateway:${REGION}::/restapis/${restApiId}`;
    await client.send(new TagResourceCommand({ resourceArn, tags: { team: 'one' } }));
    const { tags } = await client.send(new GetTagsCommand({ resourceArn }));
    assert.deepEqual(tags, { team: 'one' });
    const told = await client.send(new GetRestApiCommand({ restApiId }));
    assert.deepEqual(told.binaryMediaTypes, ['image/png', 'image/gif']);
    assert.equal(told.description, 'all of them');
  });

  test("a name of users' own goes from the edge to a Region, and from there back", async () => {
    await using world = await startWorld();
    const { client } = world;
    const domainName = 'pets.example.com';
    await client.send(new CreateDomainNameCommand({ domainName }));
    const types = '/endpointConfiguration/types';
    const patch = async (op: 'add' | 'remove' | 'replace', path: string, value: string) => {
      const patchOperations = [{ op, path, value }];
      const input = new UpdateDomainNameCommand({ domainName, patchOperations });
      const name = await client.send(input);
      const isRegional = name.regionalDomainName !== undefined;
      const isAtEdge = name.distributionDomainName !== undefined;
      return [name.endpointConfiguration?.types, isRegional, isAtEdge];
    };
    assert.deepEqual(await patch('add', types, 'REGIONAL'), [['EDGE', 'REGIONAL'], true, true]);
    assert.deepEqual(await patch('remove', types, 'EDGE'), [['REGIONAL'], true, false]);
    assert.deepEqual(await patch('replace', `${types}/0`, 'EDGE'), [['EDGE'], false, true]);
    const named = `${types}/EDGE`;
    assert.deepEqual(await patch('replace', named, 'REGIONAL'), [['REGIONAL'], true, false]);
    const name = 'BadRequestException';
    await assert.rejects(patch('replace', `${types}/1`, 'EDGE'), { name });
    await assert.rejects(patch('replace', `${types}/0`, 'PRIVATE'), { name });
    await assert.rejects(patch('remove', types, 'REGIONAL'), { name });
    const ofOneself = new CreateDomainNameCommand({
      domainName: 'private.example.com',
      endpointConfiguration: { types: ['PRIVATE'] },
    });
    const told = await client.send(ofOneself);
    assert.deepEqual(
      [told.distributionDomainName, told.regionalDomainName],
      [undefined, undefined],
    );
    assert.ok(told.certificateUploadDate);
  });

  test('what is not there, and what cannot be, is refused in words of AWS', async () => {
    await using world = await startWorld();
    const { client } = world;
    const api = await emptyApi(world);
    const { restApiId } = api;
    const refusals: readonly (readonly [() => Promise<unknown>, string, string])[] = [
      [
        () => client.send(new GetRestApiCommand({ restApiId: 'nothing' })),
        'NotFoundException',
        `Invalid API identifier specified ${ACCOUNT}:nothing`,
      ],
      [
        () =>
          client.send(
            new GetMethodCommand({ restApiId, resourceId: api.rootId, httpMethod: 'constructor' }),
          ),
        'NotFoundException',
        'Invalid Method identifier specified',
      ],
      [
        () => addResource(world, api, 'a b'),
        'BadRequestException',
        "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
      ],
      [
        () =>
          client.send(
            new UpdateRestApiCommand({
              restApiId,
              patchOperations: [{ op: 'add', path: '/name', value: 'x' }],
            }),
          ),
        'BadRequestException',
        'Invalid patch operation specified. Must be one of: [replace]',
      ],
      [() => deploy(world, api), 'BadRequestException', "The REST API doesn't contain any methods"],
      [
        () => client.send(new ImportRestApiCommand({ body: utf8('{"a": 1}') })),
        'BadRequestException',
        'Invalid OpenAPI input.',
      ],
    ];
    for (const [attempt, name, message] of refusals) {
      await assert.rejects(attempt(), { name, message });
    }
  });
});

describe('a request', () => {
  test('reaches a function as payload 1.0, and its answer is the response', async () => {
    await using world = await startWorld();
    const api = await emptyApi(world);
    const proxy = await addResource(world, api, '{proxy+}');
    await addMethod(world, api, proxy, { method: { httpMethod: 'ANY' }, integration: PROXY });
    await deploy(world, api, { variables: { color: 'red' } });
    answers(world, { statusCode: 201, headers: { 'X-One': true }, body: 'made' });
    const response = await world.ask(api.restApiId, '/a//b?x=1&x=2', {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', 'x-own': 'yes' },
    });
    assert.deepEqual([response.status, await response.text()], [201, 'made']);
    assert.equal(response.headers.get('x-one'), 'true');
    assert.match(response.headers.get('x-amz-apigw-id') ?? '', /=$/);
    const event = lastEvent(world);
    assert.deepEqual(event['pathParameters'], { proxy: 'a//b' });
    assert.deepEqual(event['multiValueQueryStringParameters'], { x: ['1', '2'] });
    assert.deepEqual(event['queryStringParameters'], { x: '2' });
    assert.deepEqual(event['stageVariables'], { color: 'red' });
    assert.deepEqual([event['body'], event['isBase64Encoded']], ['{"a":1}', false]);
    const context = event['requestContext'] as Record<string, unknown>;
    assert.deepEqual(
      [context['stage'], context['resourcePath'], context['path'], context['httpMethod']],
      ['dev', '/{proxy+}', '/dev/a//b', 'POST'],
    );
    const older = await fetch(`${world.endpoint}/restapis/${api.restApiId}/dev/_user_request_/x`);
    assert.equal(older.status, 201);
  });

  test('is answered 502 where the function returns no response, and 500 where it may not be called', async () => {
    await using world = await startWorld();
    const api = await emptyApi(world);
    await addMethod(world, api, api.rootId, { integration: PROXY });
    await deploy(world, api);
    for (const value of [{}, 'text', { wrong: 1 }, { statusCode: 'x' }, { body: { a: 1 } }]) {
      answers(world, value);
      const response = await world.ask(api.restApiId, '/');
      const told = [response.status, await response.text()];
      assert.deepEqual(told, [502, '{"message":"Internal server error"}'], JSON.stringify(value));
    }
    await world.lambda.client.send(
      new RemovePermissionCommand({ FunctionName: 'one', StatementId: 'apis' }),
    );
    assert.equal((await world.ask(api.restApiId, '/')).status, 500);
  });

  test('reaches a function with its headers as they were spelled', async () => {
    await using world = await startWorld();
    const api = await emptyApi(world);
    const method = { httpMethod: 'ANY' };
    await addMethod(world, api, api.rootId, { method, integration: PROXY });
    await deploy(world, api);
    answers(world, { statusCode: 200 });
    const path = `/_aws/execute-api/${api.restApiId}/dev/`;
    const headers = { 'X-Own-Name': 'a', accept: 'b', 'CONTENT-type': 'text/plain' };
    for (const more of [{}, { 'Transfer-Encoding': 'chunked' }]) {
      const asking = { method: 'POST', headers: { ...headers, ...more }, body: 'body' };
      const address = { host: 'any.example', path };
      assert.equal((await askHost(world.port, address, asking)).status, 200);
      const told = lastEvent(world)['headers'] as Record<string, string>;
      const given = Object.entries(headers).map(([name]) => [name, told[name]]);
      assert.deepEqual(Object.fromEntries(given), headers);
      const lowerCase = Object.keys(told).map((name) => name.toLowerCase());
      assert.equal(new Set(lowerCase).size, lowerCase.length);
    }
  });

  test('without a method, a stage or an API is refused', async () => {
    await using world = await startWorld();
    const api = await emptyApi(world);
    await addMethod(world, api, api.rootId, { integration: MOCK, responses: { 200: {} } });
    await deploy(world, api);
    const missing = await world.ask(api.restApiId, '/nothing');
    assert.deepEqual(
      [missing.status, await missing.text()],
      [403, '{"message":"Missing Authentication Token"}'],
    );
    const stage = await fetch(`${world.endpoint}/_aws/execute-api/${api.restApiId}/other/`);
    assert.deepEqual([stage.status, await stage.text()], [403, '{"message":"Forbidden"}']);
    const malformed = await fetch(`${world.endpoint}/_aws/execute-api/${api.restApiId}/%zz/%zz`);
    assert.equal(malformed.status, 403);
    assert.equal((await world.ask(api.restApiId, '/%zz')).status, 403);
  });

  test('passes mapping templates on both ways, and patterns choose the response', async () => {
    await using world = await startWorld();
    const api = await emptyApi(world);
    const pet = await addResource(world, api, '{id}');
    await addMethod(world, api, pet, {
      method: { httpMethod: 'POST', requestParameters: { 'method.request.path.id': true } },
      integration: {
        type: 'AWS',
        uri: invocationUri(),
        requestTemplates: {
          'application/json':
            '{"id": "$input.params(\'id\')", "names": [#foreach($n in $input.path(\'$.names\'))"$n"#if($foreach.hasNext),#end#end]}',
        },
      },
      responses: {
        200: { responseTemplates: { 'application/json': '{"got": $input.json(\'$.a\')}' } },
        400: { selectionPattern: '.*four hundred.*' },
      },
    });
    await deploy(world, api);
    answers(world, { a: [1] });
    const init = { method: 'POST', body: '{"names":["x","y"]}' };
    const headers = { 'content-type': 'application/json' };
    const response = await world.ask(api.restApiId, '/7', { ...init, headers });
    assert.deepEqual([response.status, await response.text()], [200, '{"got": [1]}']);
    assert.deepEqual(lastEvent(world), { id: '7', names: ['x', 'y'] });
    world.lambda.script = () => ({ fails: { errorMessage: 'a four hundred', errorType: 'E' } });
    assert.equal((await world.ask(api.restApiId, '/7', { ...init, headers })).status, 400);
  });

  test('to a service is signed by the role of the integration', async () => {
    await using world = await startWorld();
    const api = await emptyApi(world);
    const credentials = `arn:aws:iam::${ACCOUNT}:role/apis`;
    await addMethod(world, api, api.rootId, {
      method: { httpMethod: 'POST' },
      integration: {
        type: 'AWS',
        uri: `arn:aws:apigateway:${REGION}:dynamodb:action/PutItem`,
        credentials,
      },
      responses: { 200: {} },
    });
    await deploy(world, api);
    world.answers.push({ kind: 'answered', status: 200, headers: {}, body: utf8('{}') });
    const response = await world.ask(api.restApiId, '/', { method: 'POST', body: '{"a":1}' });
    assert.deepEqual([response.status, await response.text()], [200, '{}']);
    const [asked] = world.asked;
    assert.equal(asked?.headers['x-amz-target'], 'DynamoDB_20120810.PutItem');
    assert.deepEqual([asked.service, asked.roleArn], ['dynamodb', credentials]);
    assert.equal(textOf(asked.body), '{"a":1}');
  });

  test('does not leave the path of its integration', async () => {
    await using world = await startWorld();
    const api = await emptyApi(world);
    const { restApiId } = api;
    const pathPart = '{key+}';
    const resource = { restApiId, parentId: api.rootId, pathPart };
    const { id = '' } = await world.client.send(new CreateResourceCommand(resource));
    await addMethod(world, api, id, {
      method: { httpMethod: 'GET', requestParameters: { 'method.request.path.key': true } },
      integration: {
        type: 'AWS',
        uri: `arn:aws:apigateway:${REGION}:s3:path/mine/{key}`,
        credentials: `arn:aws:iam::${ACCOUNT}:role/apis`,
        requestParameters: { 'integration.request.path.key': 'method.request.path.key' },
      },
      responses: { 200: {} },
    });
    await deploy(world, api);
    for (const path of ['/%2e%2e%2fother%2fsecret', '/a/%252e%252e/b', '/a%5c..%5cb']) {
      assert.equal((await world.ask(restApiId, path, {})).status, 400, path);
    }
    assert.equal(world.asked.length, 0);
    world.answers.push({ kind: 'answered', status: 200, headers: {}, body: utf8('{}') });
    assert.equal((await world.ask(restApiId, '/a..b/c', {})).status, 200);
    assert.equal(world.asked[0]?.path, '/mine/a..b/c');
  });

  test('is validated where the method asks for it, in words that can be set', async () => {
    await using world = await startWorld();
    const { client } = world;
    const api = await emptyApi(world);
    const { restApiId } = api;
    const schema = JSON.stringify({ type: 'object', required: ['a'] });
    const contentType = 'application/json';
    await client.send(new CreateModelCommand({ restApiId, name: 'A', contentType, schema }));
    const { id: requestValidatorId } = await client.send(
      new CreateRequestValidatorCommand({
        restApiId,
        validateRequestBody: true,
        validateRequestParameters: true,
      }),
    );
    await addMethod(world, api, api.rootId, {
      method: {
        httpMethod: 'POST',
        requestValidatorId,
        requestModels: { [contentType]: 'A' },
        requestParameters: { 'method.request.querystring.q': true },
      },
      integration: MOCK,
      responses: { 200: {} },
    });
    await client.send(
      new PutGatewayResponseCommand({
        restApiId,
        responseType: 'BAD_REQUEST_BODY',
        statusCode: '422',
        responseTemplates: { [contentType]: '{"why":$context.error.messageString}' },
      }),
    );
    await deploy(world, api);
    const post = (path: string, body: string) =>
      world.ask(restApiId, path, {
        method: 'POST',
        body,
        headers: { 'content-type': contentType },
      });
    const missing = await post('/', '{"a":1}');
    assert.deepEqual(
      [missing.status, await missing.text()],
      [400, '{"message":"Missing required request parameters: [q]"}'],
    );
    const wrong = await post('/?q=1', '{"b":1}');
    assert.deepEqual([wrong.status, await wrong.text()], [422, '{"why":"Invalid request body"}']);
    assert.equal((await post('/?q=1', '{"a":1}')).status, 200);
  });
});
