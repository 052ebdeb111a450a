import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  GetExportCommand,
  GetResourcesCommand,
  ImportRestApiCommand,
} from '@aws-sdk/client-api-gateway';

import { textOf, utf8 } from '#kernel/bytes.ts';
import { deploy, startWorld } from './apigateway-harness.ts';

describe('a definition', () => {
  const importOf = (definition: object) =>
    new ImportRestApiCommand({
      body: utf8(JSON.stringify({ swagger: '2.0', info: { title: 'a' }, ...definition })),
    });

  test('becomes an API, and a stage one again', async () => {
    await using world = await startWorld();
    const { client } = world;
    const integration = {
      type: 'mock',
      requestTemplates: { 'application/json': '{"statusCode": 200}' },
      responses: { default: { statusCode: '200' } },
    };
    const get = {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      responses: { 200: { description: '200 response' } },
      'x-amazon-apigateway-integration': integration,
    };
    const document = {
      openapi: '3.0.1',
      info: { title: 'pets', version: '1' },
      paths: { '/pets/{id}': { get } },
    };
    const body = utf8(JSON.stringify(document));
    const { id: restApiId = '' } = await client.send(new ImportRestApiCommand({ body }));
    const { items = [] } = await client.send(new GetResourcesCommand({ restApiId }));
    assert.deepEqual(
      items.map(({ path }) => path),
      ['/', '/pets', '/pets/{id}'],
    );
    await deploy(world, { restApiId, rootId: '' });
    const exported = await client.send(
      new GetExportCommand({
        restApiId,
        stageName: 'dev',
        exportType: 'oas30',
        parameters: { extensions: 'integrations' },
      }),
    );
    const told = JSON.parse(textOf(exported.body ?? utf8(''))) as { paths: object };
    assert.deepEqual(Object.keys(told.paths), ['/pets/{id}']);
    assert.equal((await world.ask(restApiId, '/pets/1')).status, 200);
  });

  test('is held to what may be behind a method, and to the number of resources', async () => {
    await using world = await startWorld();
    const behind = (integration: object) => ({
      paths: { '/x': { get: { 'x-amazon-apigateway-integration': integration } } },
    });
    const start =
      "Errors found during import:\n\tUnable to put integration on 'GET' for resource at path '/x': ";
    for (const [integration, why] of [
      [{ type: 'mock', timeoutInMillis: 29_001 }, 'Timeout should be between 50 ms and 29000 ms'],
      [{ type: 'aws', httpMethod: 'POST', uri: 'x' }, 'Invalid ARN specified in the request'],
    ] as const) {
      await assert.rejects(world.client.send(importOf(behind(integration))), {
        name: 'BadRequestException',
        message: start + why,
      });
    }
    await world.client.send(importOf(behind({ type: 'mock', timeoutInMillis: 29_000 })));
    const pathsOf = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`/${index}`, {}]));
    // With the root, 300 are enough.
    await world.client.send(importOf({ paths: pathsOf(299) }));
    await assert.rejects(world.client.send(importOf({ paths: pathsOf(300) })), {
      message: 'Maximum number of resources for this API has been reached.',
    });
  });

  test('may say a gateway response’s headers by what is no text', async () => {
    await using world = await startWorld();
    const responseParameters = { 'gatewayresponse.header.x-n': 7 };
    const { id: restApiId = '' } = await world.client.send(
      importOf({
        'x-amazon-apigateway-gateway-responses': {
          MISSING_AUTHENTICATION_TOKEN: { statusCode: 404, responseParameters },
        },
        paths: { '/x': { get: { 'x-amazon-apigateway-integration': { type: 'mock' } } } },
      }),
    );
    await deploy(world, { restApiId, rootId: '' });
    assert.equal((await world.ask(restApiId, '/none')).status, 404);
  });
});
