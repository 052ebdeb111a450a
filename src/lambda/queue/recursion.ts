/** Loops of functions: what is counted of them, and where they are stopped. */
import type { Database } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';

import { RECURSION_COUNT_MAX } from '../limits.ts';
import type { FunctionAddress } from '../model/address.ts';
import { functionArn } from '../model/address.ts';
import { passagesOf, withPassage } from '../model/lineage.ts';
import { functions } from '../store.ts';

/**
 * True where a chain of invocations has come to a function more than 16 times, and the function does not
 * allow that.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export async function isLoopToStop(
  database: Database,
  address: FunctionAddress,
  traceHeader: string | undefined,
): Promise<boolean> {
  if (passagesOf(traceHeader, functionArn(address)) <= RECURSION_COUNT_MAX) return false;
  const record = await database.read((queries) =>
    functions.get(queries, address, address.functionName),
  );
  return record !== undefined && record.recursiveLoop !== 'Allow';
}

/** The trace header for one more invocation of a function in a chain; where none came, a new one. */
export function countedHeader(
  traceHeader: string | undefined,
  address: FunctionAddress,
  random: Random,
): string {
  const root = (): string => Buffer.from(random.bytes(12)).toString('hex');
  const header = traceHeader ?? newHeader(root());
  return withPassage(header, functionArn(address));
}

function newHeader(root: string): string {
  return `Root=1-${root.slice(0, 8)}-${root}`;
}
