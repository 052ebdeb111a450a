import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import { storeResponse } from './store-links.ts';
import { start } from './harness.test.ts';

const TOKEN = 'arn:aws:lambda:us-east-1:111111111111:function:maker';
const TemplateBody = JSON.stringify({
  Resources: { One: { Type: 'Custom::Thing', Properties: { ServiceToken: TOKEN } } },
});

test('a creation that failed and says what it has made is asked to delete that', async () => {
  const asked: (readonly unknown[])[] = [];
  const service = await start(async ({ input }) => {
    // The payload is of the resource type's own making.
    const request = parseJson(textOf(input['Payload'] as Uint8Array)) as Record<string, string>;
    const { RequestType: type, ResponseURL: url = '', PhysicalResourceId: id } = request;
    asked.push([type, id]);
    const body =
      type === 'Create'
        ? { Status: 'FAILED', Reason: 'Half.', PhysicalResourceId: 'half-made' }
        : { Status: 'SUCCESS', PhysicalResourceId: id };
    const token = url.slice(url.lastIndexOf('/') + 1);
    await service.database.transact((tx) => storeResponse(tx, token, JSON.stringify(body)));
    return {};
  });
  const { StackId = '' } = await service.call('CreateStack', { StackName: 'stack', TemplateBody });
  await service.work(StackId);
  assert.equal(await service.statusOf('stack'), 'ROLLBACK_COMPLETE');
  const { StackEvents = [] } = await service.call('DescribeStackEvents', { StackName: 'stack' });
  const failed = StackEvents.find((one) => one.ResourceStatus === 'CREATE_FAILED');
  assert.equal(
    failed?.ResourceStatusReason,
    'Received response status [FAILED] from custom resource. Message returned: Half.',
  );
  assert.deepEqual(asked, [
    ['Create', undefined],
    ['Delete', 'half-made'],
  ]);
});

test('a request that was sent before the server ended is not sent again, and its response counts', async () => {
  const server = new AbortController();
  const urls: string[] = [];
  const { call, work, statusOf, database, resourcesOf } = await start(({ input }) => {
    // The payload is of the resource type's own making.
    const request = parseJson(textOf(input['Payload'] as Uint8Array)) as Record<string, string>;
    urls.push(request['ResponseURL'] ?? '');
    server.abort(new Error('ended'));
    return {};
  });
  const { StackId = '' } = await call('CreateStack', { StackName: 'stack', TemplateBody });
  await assert.rejects(work(StackId, server.signal));
  const [url = ''] = urls;
  const body = JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'made' });
  const token = url.slice(url.lastIndexOf('/') + 1);
  assert.ok(await database.transact((tx) => storeResponse(tx, token, body)));
  await work(StackId);
  assert.equal(await statusOf('stack'), 'CREATE_COMPLETE');
  assert.equal(urls.length, 1);
  const [made] = await resourcesOf(StackId);
  assert.equal(made?.current?.physicalId, 'made');
});

test('a function that failed to become ready fails its resource', async () => {
  const { call, work, statusOf } = await start(({ operation }) =>
    operation === 'GetFunction'
      ? { Configuration: { State: 'Failed', StateReason: 'Its code is no archive.' } }
      : { FunctionArn: TOKEN },
  );
  const Properties = {
    Code: { S3Bucket: 'b', S3Key: 'k' },
    Role: 'arn:aws:iam::111111111111:role/r',
  };
  const template = { Resources: { F: { Type: 'AWS::Lambda::Function', Properties } } };
  const input = { StackName: 'stack', TemplateBody: JSON.stringify(template) };
  const { StackId = '' } = await call('CreateStack', input);
  await work(StackId);
  assert.equal(await statusOf('stack'), 'ROLLBACK_COMPLETE');
  const { StackEvents = [] } = await call('DescribeStackEvents', { StackName: 'stack' });
  const failed = StackEvents.find((one) => one.ResourceStatus === 'CREATE_FAILED');
  assert.match(failed?.ResourceStatusReason ?? '', /no archive.*NotStabilized/);
});

test('a resource may tell the version of a custom one, as Serverless writes them', async () => {
  const { call } = await start();
  const resource = { Type: 'Custom::Thing', Version: 1, Properties: { ServiceToken: 'arn' } };
  const TemplateBody = JSON.stringify({ Resources: { Thing: resource } });
  assert.deepEqual((await call('ValidateTemplate', { TemplateBody })).Parameters, []);
  const other = TemplateBody.replace('Version', 'Versions');
  await assert.rejects(call('ValidateTemplate', { TemplateBody: other }), {
    message: "Invalid template resource property 'Versions'",
  });
});
