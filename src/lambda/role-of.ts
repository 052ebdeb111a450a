import type { Queries } from '#ports/world/database.ts';

import { addressOfArn, LATEST, qualifierKind } from './model/address.ts';
import { aliases, versionNumber, versions } from './store.ts';

/** The execution role of the version that an ARN leads to; `undefined` where there is none. */
export async function roleOf(queries: Queries, functionArn: string): Promise<string | undefined> {
  const address = addressOfArn(functionArn);
  if (address === undefined) return undefined;
  const { functionName, qualifier = LATEST } = address;
  const isAlias = qualifierKind(qualifier) === 'alias';
  const alias = isAlias ? await aliases.get(queries, address, functionName, qualifier) : undefined;
  const number = versionNumber(alias?.functionVersion ?? qualifier);
  if (Number.isNaN(number)) return undefined;
  return (await versions.get(queries, address, functionName, number))?.settings.Role;
}
