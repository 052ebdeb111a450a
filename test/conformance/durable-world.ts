/** Durable functions on a fake clock, which a test scripts, and what tests ask of their executions. */
import {
  CheckpointDurableExecutionCommand,
  CreateFunctionCommand,
  GetDurableExecutionCommand,
  type InvocationType,
  InvokeCommand,
  type InvokeCommandInput,
  type OperationUpdate,
  PublishVersionCommand,
} from '@aws-sdk/client-lambda';
import { textOf, utf8 } from '#kernel/bytes.ts';
import type { Invocation } from '#ports/peers/invoker.ts';
import { functionInput, startWorld } from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

const EVENT: InvocationType = 'Event';

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
  world.start();
  return world;
}

export function eventOf(invocation: Invocation | undefined): DurableEvent {
  return JSON.parse(textOf(invocation?.payload ?? utf8('{}')));
}

export async function begin(
  world: World,
  input: Partial<InvokeCommandInput> = {},
): Promise<string> {
  const command = { FunctionName: 'one:1', InvocationType: EVENT, ...input };
  const { DurableExecutionArn } = await world.client.send(new InvokeCommand(command));
  await world.quiet();
  return DurableExecutionArn ?? '';
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
