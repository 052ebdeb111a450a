/** URLs that the server hands out lead back to it from inside functions, too, whatever its port. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { findLauncher } from '#adapters/launcher/index.ts';
import { reservePort } from '#adapters/reserved-port/index.ts';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { NEEDS_PYTHON } from '../support/python.ts';
import { createClients, zipOf, type Clients } from './clients.ts';

const NODE = `
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
const sqs = new SQSClient({});
export const handler = async ({ QueueUrl }) => {
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'from Node' }));
  return process.env.AWS_ENDPOINT_URL;
};`;
/** As every HTTP client does: the machine's Python has no SDK. */
const PYTHON = `
import os, urllib.parse, urllib.request
def handler(event, context):
    for start in (event['QueueUrl'], os.environ['AWS_ENDPOINT_URL'] + '/'):
        query = {'Action': 'SendMessage', 'Version': '2012-11-05', 'MessageBody': 'from Python', 'QueueUrl': event['QueueUrl']}
        urllib.request.urlopen(start, urllib.parse.urlencode(query).encode(), timeout=10).read()
    return os.environ['AWS_ENDPOINT_URL']
`;
const WAIT = { minDelay: 1, maxDelay: 1, maxWaitTime: 60 };
const HEARTH = resolve(import.meta.dirname, '../../bin/hearth');
const ROOT = resolve(import.meta.dirname, '../..');
const hasNamespaces = process.getuid?.() === 0 && findLauncher(ROOT) !== undefined;
const NEEDS_NAMESPACES = hasNamespaces ? false : 'needs root and the launcher';
const ISOLATIONS = process.getuid?.() === 0 ? ['auto', 'process'] : ['process'];

async function create(
  lambda: Clients['lambda'],
  name: string,
  Runtime: 'nodejs24.x' | 'python3.12',
  code: string,
): Promise<void> {
  const file = Runtime === 'nodejs24.x' ? 'index.mjs' : 'index.py';
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime,
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/any',
      Timeout: 30,
      Code: { ZipFile: await zipOf({ [file]: code }) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, ...WAIT }, { FunctionName: name });
}

for (const isolation of ISOLATIONS) {
  describe(`a server's port, isolation ${isolation}`, { timeout: 120_000 }, () => {
    let server: ExampleServer;
    let lambda: Clients['lambda'];
    let sqs: SQSClient;
    before(async () => {
      // Any but 4566: startServer takes a free one. Nothing is signed by Python's function.
      server = await startServer({ flags: ['--isolation', isolation, '--auth', 'none'] });
      ({ lambda } = createClients(server));
      const { endpoint, region, credentials } = server;
      sqs = new SQSClient({ endpoint, region, credentials });
    });
    after(() => server.stop());

    /** Creates a queue as a client outside does, and has a function send to the URL that it got. */
    async function sendFrom(name: string): Promise<{ answer: unknown; bodies: Set<unknown> }> {
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
      assert.ok(QueueUrl.startsWith(`${server.endpoint}/`), QueueUrl);
      const Payload = JSON.stringify({ QueueUrl });
      const ran = await lambda.send(new InvokeCommand({ FunctionName: name, Payload }));
      assert.equal(ran.FunctionError, undefined, ran.Payload?.transformToString());
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
      const { Messages = [] } = await sqs.send(receive);
      const answer: unknown = JSON.parse(ran.Payload?.transformToString() ?? '');
      return { answer, bodies: new Set(Messages.map(({ Body }) => Body)) };
    }

    it("lets Node's SDK send to a queue by the URL that a client outside was given", async () => {
      await create(lambda, 'node', 'nodejs24.x', NODE);
      const { answer, bodies } = await sendFrom('node');
      assert.deepEqual(bodies, new Set(['from Node']));
      assert.equal(answer, server.endpoint);
    });

    it('lets Python send to it, and to the endpoint in its environment', NEEDS_PYTHON, async () => {
      await create(lambda, 'python', 'python3.12', PYTHON);
      const { answer, bodies } = await sendFrom('python');
      assert.deepEqual(bodies, new Set(['from Python']));
      assert.equal(answer, server.endpoint);
    });
  });
}

describe('an endpoint that was set', { timeout: 120_000, skip: NEEDS_NAMESPACES }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-ports-'));
  let server: ChildProcess;
  let endpoint: string;
  before(async () => {
    const reserved = await reservePort('127.0.0.1');
    await reserved[Symbol.asyncDispose]();
    endpoint = `http://127.0.0.1:${reserved.port}`;
    const flags = ['--port', String(reserved.port), '--auth', 'none'];
    const named = ['--endpoint-url', 'http://hearth.test:4599', '--isolation', 'namespaces'];
    // With the data directory that is the default, which is relative.
    server = spawn(HEARTH, ['up', ...flags, ...named], { cwd: folder, stdio: 'ignore' });
    const deadline = Date.now() + 60_000;
    const isReady = async (): Promise<boolean> => {
      const health = await fetch(`${endpoint}/_hearth/health`).catch(() => undefined);
      return health?.status === 200;
    };
    while (Date.now() < deadline && !(await isReady())) await sleep(50);
  });
  after(async () => {
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  it('is reached by its name and port from inside, though nobody outside knows the name', async () => {
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
    const configuration = { endpoint, region: 'us-east-1', credentials };
    const lambda = new LambdaClient(configuration);
    const sqs = new SQSClient({ ...configuration, useQueueUrlAsEndpoint: false });
    await create(lambda, 'node', 'nodejs24.x', NODE);
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'queue' }));
    assert.equal(QueueUrl, 'http://hearth.test:4599/000000000000/queue');
    const Payload = JSON.stringify({ QueueUrl });
    const ran = await lambda.send(new InvokeCommand({ FunctionName: 'node', Payload }));
    assert.equal(ran.FunctionError, undefined, ran.Payload?.transformToString());
    assert.equal(ran.Payload?.transformToString(), '"http://127.0.0.1:4599"');
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    assert.deepEqual(
      Messages.map(({ Body }) => Body),
      ['from Node'],
    );
  });
});
