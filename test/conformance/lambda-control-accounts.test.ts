/** Functions of one account in the hands of another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  TagResourceCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';

import { failureOf, functionArn, functionInput, startWorld } from './lambda-control-harness.ts';

test("a function's policy opens single operations to another account", async () => {
  // lambda: TestLambdaMultiAccounts
  await using world = await startWorld();
  const FunctionName = functionArn('one');
  await world.client.send(new CreateFunctionCommand(await functionInput('one')));
  await world.settle();
  const stranger = world.clientOf('111111111111');
  for (const name of ['ListVersionsByFunction', 'TagResource', 'DeleteFunction']) {
    await world.client.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId: name,
        Action: `lambda:${name}`,
        Principal: '111111111111',
      }),
    );
  }
  const { Versions } = await stranger.send(new ListVersionsByFunctionCommand({ FunctionName }));
  assert.equal(Versions?.[0]?.FunctionArn, `${FunctionName}:$LATEST`);
  await stranger.send(new TagResourceCommand({ Resource: FunctionName, Tags: { a: 'b' } }));
  const { Tags } = await world.client.send(new ListTagsCommand({ Resource: FunctionName }));
  assert.deepEqual(Tags, { a: 'b' });
  const refusals = [
    stranger.send(new ListTagsCommand({ Resource: FunctionName })),
    stranger.send(new PublishVersionCommand({ FunctionName })),
    stranger.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 1 })),
  ].map((call) => failureOf(call));
  for (const { name } of await Promise.all(refusals)) assert.equal(name, 'AccessDeniedException');
  await stranger.send(new DeleteFunctionCommand({ FunctionName }));
  const gone = await failureOf(world.client.send(new GetFunctionCommand({ FunctionName })));
  assert.equal(gone.name, 'ResourceNotFoundException');
});
