/** Durable functions on a fake clock, which a test scripts, and what tests ask of their executions. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import {
  CheckpointDurableExecutionCommand,
  CreateFunctionCommand,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  type InvocationType,
  InvokeCommand,
  type InvokeCommandInput,
  type OperationUpdate,
  PublishVersionCommand,
} from '@aws-sdk/client-lambda';
import { textOf, utf8 } from '#kernel/bytes.ts';
import type { Invocation } from '#ports/peers/invoker.ts';
import { ACCOUNT, functionInput, REGION, startWorld } from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

const EVENT: InvocationType = 'Event';
const DEADLINE_MS = 300_000;

export interface DurableEvent {
  readonly DurableExecutionArn: string;
  readonly CheckpointToken: string;
  readonly InitialExecutionState: {
    readonly Operations: readonly { readonly Id: string; readonly Status: string }[];
    readonly NextMarker?: string;
  };
  readonly UpdatedOperationIds?: readonly string[];
}

/** A world with a durable function, published once. */
export async function durableWorld(timeoutSeconds = 900): Promise<World> {
  const world = await idleWorld(timeoutSeconds);
  world.start();
  return world;
}

/** As `durableWorld`, before anything runs. */
export async function idleWorld(timeoutSeconds = 900): Promise<World> {
  const world = await startWorld();
  await world.client.send(
    new CreateFunctionCommand({
      ...(await functionInput('one')),
      DurableConfig: { ExecutionTimeout: timeoutSeconds, RetentionPeriodInDays: 2 },
    }),
  );
  await world.settle();
  await world.client.send(new PublishVersionCommand({ FunctionName: 'one' }));
  await world.settle();
  return world;
}

export function eventOf(invocation: Invocation | undefined): DurableEvent {
  return JSON.parse(textOf(invocation?.payload ?? utf8('{}')));
}

/** Begins an execution that nobody waits for; answers its ARN. */
export async function start(
  world: World,
  input: Partial<InvokeCommandInput> = {},
): Promise<string> {
  const command = { FunctionName: 'one:1', InvocationType: EVENT, ...input };
  const { DurableExecutionArn } = await world.client.send(new InvokeCommand(command));
  return DurableExecutionArn ?? '';
}

/** As `start`, and lets it go as far as it does without time. */
export async function begin(
  world: World,
  input: Partial<InvokeCommandInput> = {},
): Promise<string> {
  const arn = await start(world, input);
  await rest(world);
  return arn;
}

/** Lets happen what is due until nothing is, nor is under way. */
export async function rest({ clock, database, control }: World): Promise<void> {
  await until(async () => {
    await clock.advance(0);
    const nextMs = await database.read(control.agenda);
    return nextMs === undefined || nextMs > clock.now();
  });
}

/** Waits until functions were invoked so often. */
export async function invoked({ clock, invocations }: World, count: number): Promise<void> {
  await until(async () => {
    await clock.advance(0);
    return invocations.length >= count;
  });
}

export async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const signal = AbortSignal.timeout(DEADLINE_MS); !(await isSo());) {
    await sleep(1, undefined, { signal });
  }
}

/** Lets time pass, and happen what falls due then. */
export async function pass(world: World, durationMs: number): Promise<void> {
  await world.clock.advance(durationMs);
  await rest(world);
}

export function look(world: World, DurableExecutionArn: string) {
  return world.client.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
}

export function checkpoint(world: World, event: DurableEvent, ...Updates: OperationUpdate[]) {
  const { DurableExecutionArn, CheckpointToken } = event;
  return world.client.send(
    new CheckpointDurableExecutionCommand({ DurableExecutionArn, CheckpointToken, Updates }),
  );
}

export const step = { Id: 's', Type: 'STEP' } as const;
export const wait = (Id: string, WaitSeconds: number): OperationUpdate => ({
  Id,
  Type: 'WAIT',
  Action: 'START',
  WaitOptions: { WaitSeconds },
});

/** Asks for an operation that the SDK does not know yet; answers the status of HTTP. */
export async function ask(
  world: World,
  arn: string,
  operation: 'pause' | 'resume' | 'delete',
  input: object = {},
): Promise<number> {
  const client = new AwsClient({
    accessKeyId: ACCOUNT,
    secretAccessKey: 'secret',
    service: 'lambda',
    region: REGION,
    retries: 0,
  });
  const path = `/2025-12-01/durable-executions/${encodeURIComponent(arn)}`;
  const answer =
    operation === 'delete'
      ? await client.fetch(`${world.endpoint}${path}`, { method: 'DELETE' })
      : await client.fetch(`${world.endpoint}${path}/${operation}`, {
          method: 'POST',
          body: JSON.stringify(input),
        });
  await answer.text();
  return answer.status;
}

/** The types of all events of an execution. */
export async function typesOf(world: World, DurableExecutionArn: string): Promise<unknown[]> {
  const command = new GetDurableExecutionHistoryCommand({ DurableExecutionArn });
  const { Events = [] } = await world.client.send(command);
  return Events.map(({ EventType }) => EventType);
}
