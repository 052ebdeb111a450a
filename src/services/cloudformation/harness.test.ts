/** CloudFormation over a database in memory; what it has other services do is done by the test. */
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import type { Operations } from '#aws/models/cloudformation.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { OperationCall } from '#ports/peers/operation-caller.ts';
import { requestContext } from '../../../test/support/request-context.ts';
import { HeldNames } from './engine/held-names.ts';
import { runOperation } from './engine/run-operation.ts';
import { createCloudformation } from './index.ts';
import { listResources } from './store-stacks.ts';

type Input<Name extends keyof Operations> = Parameters<Operations[Name]>[1];
type Output<Name extends keyof Operations> = Awaited<ReturnType<Operations[Name]>>;
type Answer = Readonly<Record<string, unknown>>;

export const ACCOUNT = '111111111111';
export const CONTEXT = requestContext(ACCOUNT);

/** The service, with `answer` for all that it asks of others. */
export async function start(
  answer: (call: OperationCall) => Answer | Promise<Answer> = () => ({}),
  more: Partial<Parameters<typeof createCloudformation>[0]> = {},
) {
  const database = await openDatabase({ path: ':memory:' });
  const dependencies = {
    database,
    clock: new SimulatedClock(),
    random: new SeededRandom(1),
    wakeups: new MemoryWakeups(),
    log: { debug() {}, info() {}, warn() {}, error() {} },
    operations: { call: async (call: OperationCall) => answer(call) },
    endpoint: () => 'http://127.0.0.1:4566',
    names: new HeldNames(),
    ...more,
  };
  const cloudformation = createCloudformation(dependencies);
  await database.migrate(cloudformation.schema);
  const call = async <Name extends keyof Operations>(
    name: Name,
    input: Input<Name>,
    context = CONTEXT,
  ): Promise<Output<Name>> => {
    // The table holds every operation under the name whose types these are.
    const operation = cloudformation.service.operations[name] as Operation<typeof input, never>;
    return operation(context, input);
  };
  return {
    ...dependencies,
    call,
    permissions: cloudformation.service.permissions,
    /** Does what is under way on a stack. */
    work: (stackId: string, signal = CONTEXT.signal) => runOperation(dependencies, stackId, signal),
    statusOf: async (StackName: string) =>
      (await call('DescribeStacks', { StackName })).Stacks?.[0]?.StackStatus,
    resourcesOf: (stackId: string) => database.read((queries) => listResources(queries, stackId)),
  };
}
