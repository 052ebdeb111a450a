import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';

import { GetIntegrationsCommand, UpdateIntegrationCommand } from '@aws-sdk/client-apigatewayv2';

import { addRoute, emptyApi, startWorld } from './apigatewayv2-harness.ts';

describe('an integration with a server', () => {
  /** A server that tells what it was asked. */
  async function openServer() {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, headers } = request;
        if (url === '/silent') return;
        response.setHeader('set-cookie', ['a=1', 'b=2']);
        response.setHeader('x-from', 'server');
        response.statusCode = 202;
        const body = Buffer.concat(chunks).toString();
        response.end(JSON.stringify({ method, url, headers, body }));
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    return {
      origin: `http://127.0.0.1:${port}`,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        await new Promise((resolve) => {
          server.close(resolve);
        });
      },
    };
  }

  const PROXY = { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY' } as const;

  test('passes requests and answers on', async () => {
    await using world = await startWorld();
    await using server = await openServer();
    const ApiId = await emptyApi(world);
    const IntegrationUri = `${server.origin}/base/{proxy}?fixed=1`;
    await addRoute(world, ApiId, 'ANY /{proxy+}', { ...PROXY, IntegrationUri });
    const answer = await world.ask(ApiId, '/a%20b/c?x=1', {
      method: 'POST',
      headers: { 'x-mine': 'yes', 'content-type': 'text/plain' },
      body: 'hello',
    });
    assert.equal(answer.status, 202);
    assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2']);
    for (const path of ['/%2e%2e/secret', '/a%2f..%2f..%2fsecret', '/%252e%252e/b']) {
      assert.equal((await world.ask(ApiId, path)).status, 400, path);
    }
    const told = answer.json as { method: string; url: string; body: string; headers: object };
    assert.deepEqual(
      [told.method, told.url, told.body],
      ['POST', '/base/a%20b/c?fixed=1&x=1', 'hello'],
    );
    assert.equal((told.headers as Record<string, string>)['x-mine'], 'yes');
  });

  test('rewrites parameters of requests and answers', async () => {
    await using world = await startWorld();
    await using server = await openServer();
    const ApiId = await emptyApi(world);
    await addRoute(world, ApiId, 'POST /map/{id}', {
      ...PROXY,
      IntegrationUri: server.origin,
      RequestParameters: {
        'overwrite:path': '/things/${request.path.id}',
        'append:querystring.who': '$request.body.user.name',
        'overwrite:header.x-stage': 'at ${context.stage}',
        'remove:header.x-secret': "''",
      },
      ResponseParameters: {
        202: { 'overwrite:statuscode': '200', 'append:header.x-from': '$context.apiId' },
      },
    });
    const answer = await world.ask(ApiId, '/map/7', {
      method: 'POST',
      headers: { 'x-secret': 'x', 'content-type': 'application/json' },
      body: '{"user":{"name":"ann"}}',
    });
    assert.deepEqual([answer.status, answer.headers['x-from']], [200, `server,${ApiId}`]);
    const { url, headers } = answer.json as { url: string; headers: Record<string, string> };
    assert.equal(url, '/things/7?who=ann');
    assert.deepEqual([headers['x-stage'], headers['x-secret']], ['at $default', undefined]);
  });

  test('is 504 without an answer in time, 503 where nobody listens', async () => {
    await using world = await startWorld();
    const ApiId = await emptyApi(world);
    await using server = await openServer();
    const silent = { IntegrationUri: `${server.origin}/silent`, TimeoutInMillis: 50 };
    await addRoute(world, ApiId, 'GET /silent', { ...PROXY, ...silent });
    const late = await world.ask(ApiId, '/silent');
    assert.deepEqual([late.status, late.text], [504, '{"message":"Gateway Timeout"}']);
    await addRoute(world, ApiId, 'GET /gone', { ...PROXY, IntegrationUri: 'http://127.0.0.1:1/' });
    const { Items = [] } = await world.client.send(new GetIntegrationsCommand({ ApiId }));
    assert.equal(Items.length, 2);
    assert.equal((await world.ask(ApiId, '/gone')).status, 503);
    const IntegrationId = Items.find(
      ({ TimeoutInMillis }) => TimeoutInMillis === 50,
    )?.IntegrationId;
    await assert.rejects(
      world.client.send(
        new UpdateIntegrationCommand({ ApiId, IntegrationId, TimeoutInMillis: 49 }),
      ),
      { name: 'BadRequestException' },
    );
  });
});
