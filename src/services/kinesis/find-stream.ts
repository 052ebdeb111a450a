/** Which stream a request means: by name, ARN or id. */
import type { Queries } from '#ports/world/database.ts';
import { invalidArgument, streamNotActive, streamNotFound } from './errors.ts';
import { parseStreamArn, statusAt } from './model.ts';
import type { Stream, StreamAddress } from './model.ts';
import { findStream, findStreamById } from './store-streams.ts';

/** Members that name a stream; one of them is enough. */
export interface StreamReference {
  readonly StreamName?: string;
  readonly StreamARN?: string;
  readonly StreamId?: string;
}

interface Scope {
  readonly accountId: string;
  readonly region: string;
}

/**
 * The stream that a request names.
 * @throws AwsError ResourceNotFoundException; InvalidArgumentException where nothing names a stream,
 * or two members name different ones
 */
export async function requireStream(
  queries: Queries,
  scope: Scope,
  reference: StreamReference,
): Promise<Stream> {
  const { StreamName, StreamARN, StreamId } = reference;
  if (StreamName === undefined && StreamARN === undefined && StreamId !== undefined) {
    const stream = await findStreamById(queries, StreamId);
    if (stream !== undefined && isIn(stream, scope)) return stream;
    throw streamNotFound({ ...scope, name: StreamId });
  }
  const address = addressOf(scope, reference);
  const stream = await findStream(queries, address);
  if (stream === undefined) throw streamNotFound(address);
  return stream;
}

/**
 * The stream that a request names and wants to change.
 * @throws AwsError also ResourceInUseException while another change goes on
 */
export async function requireActiveStream(
  queries: Queries,
  scope: Scope,
  reference: StreamReference,
  nowMs: number,
): Promise<Stream> {
  const stream = await requireStream(queries, scope, reference);
  const status = statusAt(stream, nowMs);
  if (status !== 'ACTIVE') throw streamNotActive(stream, status);
  return stream;
}

function addressOf(scope: Scope, { StreamName, StreamARN }: StreamReference): StreamAddress {
  const { accountId, region } = scope;
  if (StreamARN === undefined) {
    if (StreamName === undefined) {
      throw invalidArgument('Either StreamName or StreamARN must be provided.');
    }
    return { accountId, region, name: StreamName };
  }
  const address = parseStreamArn(StreamARN);
  if (address === undefined) throw invalidArgument(`Invalid StreamARN: ${StreamARN}`);
  if (StreamName !== undefined && StreamName !== address.name) {
    throw invalidArgument(`StreamARN ${StreamARN} does not match StreamName ${StreamName}.`);
  }
  return address;
}

function isIn(stream: Stream, { accountId, region }: Scope): boolean {
  return stream.accountId === accountId && stream.region === region;
}
