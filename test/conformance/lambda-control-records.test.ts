/** Records of events that are too large for where they go. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateFunctionCommand,
  InvokeCommand,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { ACCOUNT, REGION, functionInput, startWorld } from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

const RECORD_BYTES_MAX = 256 * 1024;

/** What a topic is told of an event with `length` letters. */
async function told(world: World, length: number): Promise<string | undefined> {
  world.deliveries.length = 0;
  await world.client.send(
    new InvokeCommand({
      FunctionName: 'one',
      InvocationType: 'Event',
      Payload: utf8(JSON.stringify('x'.repeat(length))),
    }),
  );
  await world.quiet();
  const payload = world.deliveries[0]?.payload;
  return payload === undefined ? undefined : textOf(payload);
}

test("a record over a topic's 256 KB tells of a failure without payloads, of a success not at all", async () => {
  await using world = await startWorld();
  await world.client.send(new CreateFunctionCommand(await functionInput('one')));
  await world.settle();
  const topic = { Destination: `arn:aws:sns:${REGION}:${ACCOUNT}:topic` };
  await world.client.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'one',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnSuccess: topic, OnFailure: topic },
    }),
  );
  world.start();
  world.script = () => ({ fails: { errorMessage: 'no', errorType: 'Error' } });
  const overhead = (await told(world, 0))?.length ?? 0;
  const largest = await told(world, RECORD_BYTES_MAX - overhead);
  assert.equal(largest?.length, RECORD_BYTES_MAX, 'it is whole');
  const record = JSON.parse((await told(world, RECORD_BYTES_MAX - overhead + 1)) ?? '{}');
  assert.equal(record.requestContext.condition, 'RetriesExhausted');
  assert.equal(record.responseContext.functionError, 'Unhandled');
  assert.deepEqual(
    Object.keys(record).filter((name) => name.endsWith('Payload')),
    [],
  );
  world.script = () => ({ returns: null });
  assert.match((await told(world, 0)) ?? '', /"responsePayload":null/);
  world.metrics.length = 0;
  assert.equal(await told(world, RECORD_BYTES_MAX), undefined);
  const failures = world.metrics.filter(({ name }) => name === 'DestinationDeliveryFailures');
  assert.deepEqual(
    failures.map(({ value }) => value),
    [1],
  );
});
