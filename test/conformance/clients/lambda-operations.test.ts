/** Every operation of Lambda's model through AWS's SDK, boto3 and the AWS CLI, with right input and with wrong. */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { lambda as model } from '#aws/models/lambda.gen.ts';
import { UNSUPPORTED_OPERATIONS } from '#lambda/control/index.ts';
import { startServer, type ExampleServer } from '../../../examples/server.ts';
import { pythonCaller, sdkCaller, type Caller } from './lambda-callers.ts';
import { tellExecutions } from './lambda-stories/executions.ts';
import * as functions from './lambda-stories/functions.ts';
import * as grants from './lambda-stories/grants.ts';
import * as invocations from './lambda-stories/invocations.ts';
import { ACCOUNT, functionArn, type Teller } from './lambda-stories/telling.ts';
import { tellUnsupported } from './lambda-stories/unsupported.ts';
import { skipsWithout } from './python-client.ts';

const TIMEOUT_MS = 300_000;
/** What the AWS CLI has no command for: a stream of events, and what is newer than it. */
const NOT_OF_THE_CLI = [
  'DeleteDurableExecution',
  'DeleteResourcePolicy',
  'GetResourcePolicy',
  'InvokeWithResponseStream',
  'PauseDurableExecution',
  'PutResourcePolicy',
  'ResumeDurableExecution',
];
/** Takes nothing that could be wrong. */
const INFALLIBLE = ['GetAccountSettings'];
let server: ExampleServer;
/** The operations that the server answered so far, of all clients. */
const called = new Set<string>();

describe('the operations of Lambda', { timeout: 3 * TIMEOUT_MS }, () => {
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  it('the SDK for JavaScript calls every one that it knows', async () => {
    await using caller = sdkCaller(server);
    await tell(caller, 'sdk');
  });

  it('boto3 calls every one', async (t: TestContext) => {
    if (skipsWithout('python', t)) return;
    await using caller = await pythonCaller(server, 'boto3');
    assert.deepEqual(unknownTo(caller), []);
    await tell(caller, 'boto3');
  });

  it('the AWS CLI calls every one that it has', async (t: TestContext) => {
    if (skipsWithout('aws', t)) return;
    await using caller = await pythonCaller(server, 'cli');
    assert.deepEqual(unknownTo(caller), NOT_OF_THE_CLI);
    await tell(caller, 'cli');
  });

  it('none is left that no client called', (t) => {
    if (skipsWithout('python', t)) return;
    assert.deepEqual(
      model.operationNames().filter((name) => !called.has(name)),
      [],
    );
  });
});

/** Tells the whole story through one client, then looks at what the client's ledger has of it. */
async function tell(caller: Caller, name: string): Promise<void> {
  const teller: Teller = { caller, lambda: caller.lambda, name, arn: functionArn(name) };
  await functions.tellFunctions(teller);
  await functions.tellAliases(teller);
  await invocations.tellInvocations(teller);
  await grants.tellPolicies(teller);
  await grants.tellLayers(teller);
  await invocations.tellUrls(teller);
  await invocations.tellEventSettings(teller);
  await invocations.tellConcurrency(teller);
  await grants.tellCodeSigning(teller);
  await functions.tellSettings(teller);
  await grants.tellMappings(teller, await makeQueue(name));
  await tellExecutions(teller);
  await tellUnsupported(teller);
  await functions.tellTheEnd(teller);
  checkLedger(caller);
}

/** Each operation that is built was answered as wished and refused, each other refused. */
function checkLedger({ operations, ledger }: Caller): void {
  const known = model.operationNames().filter((name) => operations.includes(name));
  const built = known.filter((name) => !(name in UNSUPPORTED_OPERATIONS));
  assert.deepEqual([...ledger.right].toSorted(), built.toSorted());
  const fallible = known.filter((name) => !INFALLIBLE.includes(name));
  assert.deepEqual([...ledger.wrong.keys()].toSorted(), fallible.toSorted());
  for (const name of known) called.add(name);
}

function unknownTo({ operations }: Caller): string[] {
  return model.operationNames().filter((name) => !operations.includes(name));
}

async function makeQueue(name: string): Promise<string> {
  const { endpoint, region, credentials } = server;
  const sqs = new SQSClient({ endpoint, region, credentials });
  await sqs.send(new CreateQueueCommand({ QueueName: `of-${name}` }));
  sqs.destroy();
  return `arn:aws:sqs:${region}:${ACCOUNT}:of-${name}`;
}
