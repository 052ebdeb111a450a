/** What the tests of IAM's lesser operations stand on: the service over a database in memory and a fake clock. */
import assert from 'node:assert/strict';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import type { Operations } from '#aws/models/iam.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { createIam } from './index.ts';
import { requestContext } from '../../../test/support/request-context.ts';

export const ACCOUNT = '111111111111';

type Input<Name extends keyof Operations> = Parameters<Operations[Name]>[1];
type Output<Name extends keyof Operations> = Awaited<ReturnType<Operations[Name]>>;

export async function openHarness() {
  const database = await openDatabase({ path: ':memory:' });
  const clock = new SimulatedClock();
  const random = new SeededRandom(1);
  const forgotten: string[] = [];
  const forgetKey = (id: string): unknown => forgotten.push(id);
  const iam = createIam({ database, clock, random, forgetKey });
  await database.migrate(iam.schema);
  return {
    clock,
    permissions: iam.service.permissions,
    /** Access keys of which others were told. */
    forgotten,
    call: async <Name extends keyof Operations>(
      name: Name,
      input: Input<Name>,
    ): Promise<Output<Name>> => {
      // The table holds every operation under the name whose types these are.
      const operation = iam.service.operations[name] as
        | Operation<typeof input, Output<Name>>
        | undefined;
      assert.ok(operation, `${name} is built`);
      return operation(requestContext(ACCOUNT), input);
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

/** What an error has to be. */
export function missing(message: string) {
  return { code: 'NoSuchEntity', status: 404, message };
}
