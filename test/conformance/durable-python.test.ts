/** AWS's durable execution SDK for Python, unmodified. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { SendDurableExecutionCallbackSuccessCommand } from '@aws-sdk/client-lambda';
import { startServer } from '../../examples/server.ts';
import { createClients } from '../e2e/clients.ts';
import { NEEDS_PYTHON } from '../support/python.ts';
import {
  begin,
  createPublished,
  eventually,
  FLAGS,
  history,
  LIMIT,
  pass,
  result,
} from './durable-harness.ts';

const LIBRARIES = resolve('.cache/python/lib');
const SDK = 'aws_durable_execution_sdk_python';

const SOURCE = `
from ${SDK}.config import CallbackConfig, Duration, StepConfig
from ${SDK}.context import DurableContext, durable_step
from ${SDK}.execution import durable_execution
from ${SDK}.retries import RetryDecision

attempts = 0

def flaky(step_context):
    global attempts
    attempts += 1
    if attempts < 3:
        raise ValueError(f"not yet {attempts}")
    return attempts

def later(error, attempt):
    return RetryDecision.retry(Duration.from_hours(1))

@durable_execution
def handler(event, context: DurableContext):
    first = context.step(lambda _: event["n"] + 1, name="first")
    context.wait(Duration.from_days(1), name="a day")
    third = context.step(flaky, name="flaky", config=StepConfig(retry_strategy=later))
    branches = context.parallel([
        lambda child: child.step(lambda _: "a", name="a"),
        lambda child: child.wait(Duration.from_minutes(5)),
    ], name="both")
    doubled = context.invoke("python-inner:1", {"n": first}, name="inner")
    callback = context.create_callback(name="asked", config=CallbackConfig(timeout=Duration.from_days(1)))
    answer = callback.result()
    return {"first": first, "third": third, "branches": branches.get_results(), "doubled": doubled, "answer": answer}
`;

const INNER = `
from ${SDK}.execution import durable_execution

@durable_execution
def handler(event, context):
    return event["n"] * 2
`;

/** The SDK as pip brings it, as a function's archive has it. */
function sdkFiles(): Record<string, Uint8Array> | undefined {
  const versions = existsSync(LIBRARIES) ? readdirSync(LIBRARIES) : [];
  const root = versions
    .map((version) => join(LIBRARIES, version, 'site-packages'))
    .find((packages) => existsSync(join(packages, SDK)));
  if (root === undefined) return undefined;
  const names = readdirSync(join(root, SDK), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.py')).map((name) => join(SDK, name));
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(root, file))]));
}

test('an execution in Python goes its whole way', { ...LIMIT, ...NEEDS_PYTHON }, async (t) => {
  const files = sdkFiles();
  if (files === undefined) return t.skip(`${SDK} is not installed: bin/set-up test brings it`);
  await tell(t, files);
});

async function tell(t: TestContext, files: Record<string, Uint8Array>): Promise<void> {
  const server = await startServer({ flags: FLAGS });
  t.after(() => server.stop());
  const settings = { Runtime: 'python3.11', Handler: 'app.handler' } as const;
  await createPublished(server, 'python', { 'app.py': SOURCE, ...files }, settings);
  await createPublished(server, 'python-inner', { 'app.py': INNER, ...files }, settings);
  const arn = await begin(server, 'python', { n: 1 });
  await pass(server, 86_400 + 2 * 3600 + 300);
  const { CallbackStartedDetails } = await eventually(server, arn, 'CallbackStarted');
  await createClients(server).lambda.send(
    new SendDurableExecutionCallbackSuccessCommand({
      CallbackId: CallbackStartedDetails?.CallbackId,
      Result: Buffer.from('"yes"'),
    }),
  );
  assert.deepEqual(await result(server, arn), {
    first: 2,
    third: 3,
    branches: ['a', null],
    doubled: 4,
    answer: '"yes"',
  });
  const failures = (await history(server, arn)).flatMap(({ StepFailedDetails: details }) =>
    details === undefined ? [] : [details.Error?.Payload?.ErrorMessage],
  );
  assert.deepEqual(failures, ['not yet 1', 'not yet 2']);
}
