/** What the story makes through AWS's own SDK: two functions, a rule and a schedule. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ZipFile } from 'yazl';
import type { ExampleServer } from '../server.ts';

export const MINUTELY = 'minutely';
export const MORNING = 'morning';

const HANDLER =
  'export const handler = async ({ time, id }) => console.log(`fired ${time} ${id}`);';

export type Clients = ReturnType<typeof createClients>;

/** AWS's clients, with nothing but endpoint and credentials set. */
export function createClients({ endpoint, region, credentials }: ExampleServer) {
  const configuration = { endpoint, region, credentials };
  return {
    events: new EventBridgeClient(configuration),
    lambda: new LambdaClient(configuration),
    logs: new CloudWatchLogsClient(configuration),
    scheduler: new SchedulerClient(configuration),
  };
}

/** Creates both functions, and waits until they can be run. */
export async function putFunctions(
  { lambda }: Clients,
  { accountId }: ExampleServer,
): Promise<void> {
  const ZipFile = await zipHandler();
  for (const FunctionName of [MINUTELY, MORNING]) {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: `arn:aws:iam::${accountId}:role/cron`,
        Code: { ZipFile },
      }),
    );
    await waitUntilFunctionActiveV2(
      { client: lambda, maxWaitTime: 20, minDelay: 1 },
      { FunctionName },
    );
  }
}

async function zipHandler(): Promise<Uint8Array> {
  const zip = new ZipFile();
  const options = { mtime: new Date('2000-01-01T00:00:00Z'), mode: 0o100_644 };
  zip.addBuffer(Buffer.from(HANDLER), 'index.mjs', options);
  zip.end();
  const chunks: Uint8Array[] = [];
  // yazl types its output as NodeJS.ReadableStream; its chunks are Buffers.
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A rule of EventBridge that runs a function every minute. */
export async function putRule({ events, lambda }: Clients, server: ExampleServer): Promise<void> {
  const Name = 'every-minute';
  const rule = { Name, ScheduleExpression: 'rate(1 minute)' };
  const { RuleArn } = await events.send(new PutRuleCommand(rule));
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: MINUTELY,
      StatementId: 'events',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: RuleArn,
    }),
  );
  const Targets = [{ Id: MINUTELY, Arn: functionArn(server, MINUTELY) }];
  await events.send(new PutTargetsCommand({ Rule: Name, Targets }));
}

/** A schedule of EventBridge Scheduler that runs a function at nine in the morning in Seoul. */
export async function putSchedule({ scheduler }: Clients, server: ExampleServer): Promise<void> {
  await scheduler.send(
    new CreateScheduleCommand({
      Name: 'nine-in-seoul',
      ScheduleExpression: 'cron(0 9 * * ? *)',
      ScheduleExpressionTimezone: 'Asia/Seoul',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: functionArn(server, MORNING),
        RoleArn: `arn:aws:iam::${server.accountId}:role/cron`,
        Input: JSON.stringify({
          time: '<aws.scheduler.scheduled-time>',
          id: '<aws.scheduler.execution-id>',
        }),
      },
    }),
  );
}

function functionArn({ region, accountId }: ExampleServer, name: string): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}
