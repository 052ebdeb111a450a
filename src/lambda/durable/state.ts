/** What a function is told of its execution: in its event, and page by page. */
import type { Operation } from '#aws/models/lambda.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';

import { invalidParameter } from '../errors.ts';
import { PAGE_BYTES_MAX, STATE_EVENT_BYTES_MAX } from './limits.ts';
import type { Execution, StoredOperation } from './model.ts';
import { isOver } from './model.ts';
import { operationsOf } from './store-operations.ts';

export interface StatePage {
  readonly Operations: readonly Operation[];
  readonly NextMarker?: string;
}

/** The first page, as much as an event can carry. */
export async function firstState(queries: Queries, execution: Execution): Promise<StatePage> {
  return pageOf(await replayed(queries, execution), Infinity, STATE_EVENT_BYTES_MAX);
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
  const operations = await replayed(queries, execution);
  const rest = operations.filter(({ order }) => order > after);
  return pageOf(rest, itemsMax, PAGE_BYTES_MAX);
}

/** At least one operation, so that each page leads further. */
function pageOf(
  operations: readonly StoredOperation[],
  itemsMax: number,
  bytesMax: number,
): StatePage {
  let bytes = 0;
  let count = 0;
  for (const { operation } of operations) {
    bytes += Buffer.byteLength(JSON.stringify(operation));
    if (count > 0 && (bytes > bytesMax || count >= itemsMax)) break;
    count += 1;
  }
  const shown = operations.slice(0, count);
  const last = shown.at(-1);
  return {
    Operations: shown.map(({ operation }) => operation),
    ...(count < operations.length && last !== undefined ? { NextMarker: String(last.order) } : {}),
  };
}

/** All operations but those within a context that is over, unless it wants them again. */
async function replayed(queries: Queries, { id }: Execution): Promise<StoredOperation[]> {
  const closed = new Set<string>();
  const operations = await operationsOf(queries, id);
  return operations.filter(({ operation }) => {
    const { Id, ParentId, Type, Status, ContextDetails } = operation;
    const isWithin = ParentId !== undefined && closed.has(ParentId);
    const isClosed =
      Type === 'CONTEXT' && isOver(Status) && ContextDetails?.ReplayChildren !== true;
    if (isWithin || isClosed) closed.add(Id);
    return !isWithin;
  });
}
