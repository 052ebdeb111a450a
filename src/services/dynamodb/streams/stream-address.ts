import { parseArn } from '#kernel/arn.ts';
import type { Queries } from '#ports/world/database.ts';
import { resourceNotFound, validation } from '../errors.ts';
import { findStream } from '../store/streams.ts';
import type { Stream } from '../store/streams.ts';
import type { TableAddress } from '../store/tables.ts';

export interface StreamAddress {
  readonly table: TableAddress;
  readonly label: string;
}

/**
 * The table and the label of `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL`, or
 * `undefined`.
 */
export function parseStreamArn(text: string): StreamAddress | undefined {
  const arn = parseArn(text);
  const match = arn && /^table\/([^/]+)\/stream\/(.+)$/.exec(arn.resource);
  const [, name, label] = match ?? [];
  if (arn?.service !== 'dynamodb' || name === undefined || label === undefined) return undefined;
  return { table: { accountId: arn.accountId, region: arn.region, name }, label };
}

/**
 * The stream of an ARN in the caller's account and Region.
 * @throws ValidationException, ResourceNotFoundException
 */
export async function requireStream(
  queries: Queries,
  caller: { readonly accountId: string; readonly region: string },
  arn: string,
): Promise<Stream> {
  const address = parseStreamArn(arn);
  if (address === undefined) throw validation(`Invalid StreamArn: ${arn}`);
  const { table, label } = address;
  const isOurs = table.accountId === caller.accountId && table.region === caller.region;
  const stream = isOurs ? await findStream(queries, table, label) : undefined;
  if (stream) return stream;
  throw resourceNotFound(`Requested resource not found: Stream: ${arn} not found`);
}
