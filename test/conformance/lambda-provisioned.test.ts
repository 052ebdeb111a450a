/** Provisioned concurrency, through AWS's SDK, on the started server. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateFunctionCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  PublishVersionCommand,
  PutProvisionedConcurrencyConfigCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { startServer } from '../../examples/server.ts';
import type { ExampleServer } from '../../examples/server.ts';
import { createClients, zipOf } from '../e2e/clients.ts';
import type { Clients } from '../e2e/clients.ts';

const HANDLER = `
await new Promise((done) => setTimeout(done, 300));
export const handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE;
`;
const BROKEN = `throw new Error('broken');`;
/** For what ends well on the slowest machine, too. */
const WAIT_MS = 300_000;

describe('provisioned concurrency', () => {
  let server: ExampleServer;
  let lambda: Clients['lambda'];
  before(async () => {
    server = await startServer();
    ({ lambda } = createClients(server));
  });
  after(async () => server.stop());

  async function publish(FunctionName: string, code: string): Promise<void> {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role: 'arn:aws:iam::000000000000:role/r',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Timeout: WAIT_MS / 1000,
        Code: { ZipFile: await zipOf({ 'index.mjs': code }) },
      }),
    );
    const maxWaitTime = WAIT_MS / 1000;
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime }, { FunctionName });
    await lambda.send(new PublishVersionCommand({ FunctionName }));
  }

  async function provision(FunctionName: string, ProvisionedConcurrentExecutions: number) {
    const name = { FunctionName, Qualifier: '1' };
    const put = await lambda.send(
      new PutProvisionedConcurrencyConfigCommand({ ...name, ProvisionedConcurrentExecutions }),
    );
    assert.equal(put.Status, 'IN_PROGRESS');
    const endMs = Date.now() + WAIT_MS;
    for (;;) {
      const config = await lambda.send(new GetProvisionedConcurrencyConfigCommand(name));
      if (config.Status !== 'IN_PROGRESS' || Date.now() > endMs) return config;
      await sleep(50);
    }
  }

  async function invoke(FunctionName: string, Qualifier?: string) {
    const { Payload, LogResult = '' } = await lambda.send(
      new InvokeCommand({
        FunctionName,
        LogType: 'Tail',
        ...(Qualifier === undefined ? {} : { Qualifier }),
      }),
    );
    return {
      payload: Payload?.transformToString(),
      log: Buffer.from(LogResult, 'base64').toString(),
    };
  }

  // As recorded in TestLambdaConcurrency::test_provisioned_concurrency.
  it('is ready after the init, and its first invocation has none', async () => {
    await publish('kept', HANDLER);
    const config = await provision('kept', 2);
    assert.equal(config.Status, 'READY');
    assert.equal(config.RequestedProvisionedConcurrentExecutions, 2);
    assert.equal(config.AllocatedProvisionedConcurrentExecutions, 2);
    assert.equal(config.AvailableProvisionedConcurrentExecutions, 2);
    const first = await invoke('kept', '1');
    assert.equal(first.payload, '"provisioned-concurrency"');
    assert.match(first.log, /REPORT RequestId/);
    assert.doesNotMatch(first.log, /Init Duration/);
    const latest = await invoke('kept');
    assert.equal(latest.payload, '"on-demand"');
    assert.match(latest.log, /Init Duration: [3-9]\d\d\.\d\d ms|Init Duration: \d{4,}/);
  });

  it('runs on demand again once it is deleted', async () => {
    const name = { FunctionName: 'kept', Qualifier: '1' };
    await lambda.send(new DeleteProvisionedConcurrencyConfigCommand(name));
    assert.equal((await invoke('kept', '1')).payload, '"on-demand"');
    await assert.rejects(lambda.send(new GetProvisionedConcurrencyConfigCommand(name)), {
      name: 'ProvisionedConcurrencyConfigNotFoundException',
    });
  });

  it('fails in the words of AWS where the init does', async () => {
    await publish('broken', BROKEN);
    const config = await provision('broken', 1);
    assert.equal(config.Status, 'FAILED');
    assert.equal(config.StatusReason, 'FUNCTION_ERROR_INIT_FAILURE');
    assert.equal(config.AllocatedProvisionedConcurrentExecutions, 0);
  });
});
