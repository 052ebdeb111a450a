/** URLs that the server hands out lead back to it from inside functions, too, whatever its port. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateFunctionCommand,
  InvokeCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
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
const ISOLATIONS = process.getuid?.() === 0 ? ['auto', 'process'] : ['process'];

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

    async function create(name: string, Runtime: 'nodejs24.x' | 'python3.12', code: string) {
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
      await create('node', 'nodejs24.x', NODE);
      const { answer, bodies } = await sendFrom('node');
      assert.deepEqual(bodies, new Set(['from Node']));
      assert.equal(answer, server.endpoint);
    });

    it('lets Python send to it, and to the endpoint in its environment', NEEDS_PYTHON, async () => {
      await create('python', 'python3.12', PYTHON);
      const { answer, bodies } = await sendFrom('python');
      assert.deepEqual(bodies, new Set(['from Python']));
      assert.equal(answer, server.endpoint);
    });
  });
}
