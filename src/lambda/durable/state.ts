/** What a function is told of its execution: in its event, and page by page. */
import type { Operation } from '#aws/models/lambda.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';

import { invalidParameter } from '../errors.ts';
import { PAGE_BYTES_MAX, STATE_EVENT_BYTES_MAX } from './limits.ts';
import type { Execution, StoredOperation } from './model.ts';
import { isOver } from './model.ts';
import { findOperation, operationsOf } from './store-operations.ts';

export interface StatePage {
  readonly Operations: readonly Operation[];
  readonly NextMarker?: string;
}

/** The first page, as much as an event can carry. */
export async function firstState(queries: Queries, execution: Execution): Promise<StatePage> {
  return pageOf(replayed(queries, execution, -1), Infinity, STATE_EVENT_BYTES_MAX);
}

/**
 * A page of what is told.
 * @throws AwsError InvalidParameterValueException for a marker that none was
 */
export async function statePage(
  queries: Queries,
  execution: Execution,
  marker: string | undefined,
  itemsMax: number,
): Promise<StatePage> {
  const after = marker === undefined || marker === '' ? -1 : Number(marker);
  if (!Number.isSafeInteger(after)) throw invalidParameter('Invalid Marker');
  return pageOf(replayed(queries, execution, after), itemsMax, PAGE_BYTES_MAX);
}

/** At least one operation, so that each page leads further. */
async function pageOf(
  operations: AsyncIterable<StoredOperation>,
  itemsMax: number,
  bytesMax: number,
): Promise<StatePage> {
  const shown: StoredOperation[] = [];
  let bytes = 0;
  for await (const stored of operations) {
    bytes += Buffer.byteLength(JSON.stringify(stored.operation));
    const last = shown.at(-1);
    if (last !== undefined && (bytes > bytesMax || shown.length >= itemsMax)) {
      return { Operations: told(shown), NextMarker: String(last.order) };
    }
    shown.push(stored);
  }
  return { Operations: told(shown) };
}

function told(shown: readonly StoredOperation[]): readonly Operation[] {
  return shown.map(({ operation }) => operation);
}

/**
 * All operations after a place but those within a context that is over, unless it wants them again. A page reads no
 * more than it shows and leaves out: contexts that began before it are asked for by their ids.
 */
async function* replayed(
  queries: Queries,
  { id }: Execution,
  after: number,
): AsyncGenerator<StoredOperation> {
  // Whether what is within a context is left out.
  const hiding = new Map<string, boolean>();
  const isHidden = async ({ ParentId }: Operation): Promise<boolean> => {
    if (ParentId === undefined) return false;
    const known = hiding.get(ParentId);
    if (known !== undefined) return known;
    const parent = await findOperation(queries, id, ParentId);
    const isHiding =
      parent !== undefined && (isClosed(parent.operation) || (await isHidden(parent.operation)));
    hiding.set(ParentId, isHiding);
    return isHiding;
  };
  for await (const stored of operationsOf(queries, id, after)) {
    const { operation } = stored;
    const isWithin = await isHidden(operation);
    hiding.set(operation.Id, isWithin || isClosed(operation));
    if (!isWithin) yield stored;
  }
}

function isClosed({ Type, Status, ContextDetails }: Operation): boolean {
  return Type === 'CONTEXT' && isOver(Status) && ContextDetails?.ReplayChildren !== true;
}
