/** The clock of a started server: it can be moved where that was asked for, and nowhere else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { moveClock, readClock } from '../../examples/cron/clock.ts';
import { startServer } from '../../examples/server.ts';

const DAY_MS = 86_400_000;
const LIMIT = { timeout: 60_000 };

test(
  'clients and temporary credentials of the true time are let in after the clock was moved',
  LIMIT,
  async (t) => {
    const server = await startServer({ flags: ['--clock', 'movable'] });
    t.after(() => server.stop());
    const { endpoint, region, accountId, credentials } = server;
    const sts = new STSClient({ endpoint, region, credentials, maxAttempts: 1 });
    const { Credentials } = await sts.send(new GetSessionTokenCommand({}));
    await moveClock(server, (await readClock(server)) + 30 * DAY_MS);
    assert.ok((await readClock(server)) >= Date.now() + 30 * DAY_MS - 1000);
    await sts.send(new GetCallerIdentityCommand({}));
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    const session = new STSClient({
      endpoint,
      region,
      maxAttempts: 1,
      credentials: {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
      },
    });
    const { Arn } = await session.send(new GetCallerIdentityCommand({}));
    assert.match(Arn ?? '', new RegExp(`${accountId}:root$`));
  },
);

test(
  'what waits for a time comes when the clock is moved there: a delayed message',
  LIMIT,
  async (t) => {
    const server = await startServer({ flags: ['--clock', 'movable'] });
    t.after(() => server.stop());
    const { endpoint, region, credentials } = server;
    const sqs = new SQSClient({ endpoint, region, credentials, maxAttempts: 1 });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'later' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm', DelaySeconds: 900 }));
    const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    await moveClock(server, (await readClock(server)) + 901_000);
    assert.equal((await waiting).Messages?.[0]?.Body, 'm');
  },
);

test('a server that was not started for it has no clock to move', LIMIT, async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  await assert.rejects(readClock(server), /404/);
  await assert.rejects(moveClock(server, Date.now() + DAY_MS), /404/);
});
