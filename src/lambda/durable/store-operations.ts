/** Rows of executions' operations, and of their histories. */
import type { Event, Operation } from '#aws/models/lambda.types.gen.ts';
import type { Queries, SqlValue, Transaction } from '#ports/world/database.ts';

import type { StoredOperation } from './model.ts';

interface OperationRow {
  readonly place: number;
  readonly changed: number;
  readonly due_at_ms: number | null;
  readonly claimed: number;
  readonly document: string;
}

const OPERATION_COLUMNS = 'place, changed, due_at_ms, claimed, document';

/** One operation of an execution. */
export async function findOperation(
  queries: Queries,
  executionId: string,
  id: string,
): Promise<StoredOperation | undefined> {
  const row = await queries.get<OperationRow>(
    `SELECT ${OPERATION_COLUMNS} FROM durable_operations WHERE execution_id = $1 AND id = $2`,
    executionId,
    id,
  );
  return row === undefined ? undefined : operationOf(row);
}

/** Operations that are in memory at once while all of them are looked at: each may have a MiB. */
const CHUNK = 8;

/** All operations of an execution that began after a place, in the order in which they began. */
export function operationsOf(
  queries: Queries,
  executionId: string,
  after = -1,
): AsyncGenerator<StoredOperation> {
  return inChunks(
    after,
    (place) => {
      const where = 'execution_id = $1 AND place > $2 ORDER BY place LIMIT $3';
      return selectOperations(queries, where, executionId, place, CHUNK);
    },
    ({ order }) => order,
  );
}

/** Those that changed after a change, in the order in which they did. */
export function operationsChanged(
  queries: Queries,
  executionId: string,
  after: number,
): AsyncGenerator<StoredOperation> {
  return inChunks(
    after,
    (changed) => {
      const where = 'execution_id = $1 AND changed > $2 ORDER BY changed LIMIT $3';
      return selectOperations(queries, where, executionId, changed, CHUNK);
    },
    ({ changed }) => changed,
  );
}

async function* inChunks(
  after: number,
  select: (after: number) => Promise<readonly StoredOperation[]>,
  keyOf: (stored: StoredOperation) => number,
): AsyncGenerator<StoredOperation> {
  for (let key = after; ;) {
    const chunk = await select(key);
    yield* chunk;
    const last = chunk.at(-1);
    if (last === undefined || chunk.length < CHUNK) return;
    key = keyOf(last);
  }
}

/** The ids of those that changed after a change, without what functions stored in them. */
export async function idsChanged(
  queries: Queries,
  executionId: string,
  after: number,
): Promise<string[]> {
  const rows = await queries.all<{ readonly id: string }>(
    `SELECT id FROM durable_operations WHERE execution_id = $1 AND changed > $2 ORDER BY place`,
    executionId,
    after,
  );
  return rows.map(({ id }) => id);
}

/** Those that are due, the longest first. */
export function operationsDue(
  queries: Queries,
  executionId: string,
  nowMs: number,
  limit: number,
): Promise<StoredOperation[]> {
  const where = 'execution_id = $1 AND due_at_ms <= $2 ORDER BY due_at_ms, place LIMIT $3';
  return selectOperations(queries, where, executionId, nowMs, limit);
}

async function selectOperations(
  queries: Queries,
  where: string,
  ...values: readonly SqlValue[]
): Promise<StoredOperation[]> {
  const rows = await queries.all<OperationRow>(
    `SELECT ${OPERATION_COLUMNS} FROM durable_operations WHERE ${where}`,
    ...values,
  );
  return rows.map(operationOf);
}

function operationOf(row: OperationRow): StoredOperation {
  // What `saveOperation` wrote.
  const { operation, more } = JSON.parse(row.document) as StoredOperation;
  return {
    order: row.place,
    changed: row.changed,
    ...(row.due_at_ms === null ? {} : { dueAtMs: row.due_at_ms }),
    isClaimed: row.claimed === 1,
    operation,
    more,
  };
}

/** Writes an operation, new or not. */
export async function saveOperation(
  tx: Transaction,
  executionId: string,
  stored: StoredOperation,
): Promise<void> {
  const { operation, more } = stored;
  await tx.run(
    `INSERT INTO durable_operations (execution_id, id, ${OPERATION_COLUMNS}, standing)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (execution_id, id) DO UPDATE SET changed = excluded.changed,
       due_at_ms = excluded.due_at_ms, claimed = excluded.claimed, document = excluded.document,
       standing = excluded.standing`,
    executionId,
    operation.Id,
    stored.order,
    stored.changed,
    stored.dueAtMs ?? null,
    stored.isClaimed ? 1 : 0,
    JSON.stringify({ operation, more }),
    standingOf(operation),
  );
}

/** Whether an operation waits for the function, or the function for it: something happens to it without the function. */
function standingOf({ Type, Status }: Operation): 'ready' | 'waiting' | '' {
  if (Status === 'READY') return 'ready';
  if (Type === 'STEP') return Status === 'PENDING' ? 'waiting' : '';
  const isWaiting = Status === 'STARTED' && WAITED_FOR.has(Type);
  return isWaiting ? 'waiting' : '';
}

const WAITED_FOR: ReadonlySet<string> = new Set(['WAIT', 'CALLBACK', 'CHAINED_INVOKE']);

/** Whether any operation waits for the function, and any the function; without what functions stored in them. */
export async function standingsOf(
  queries: Queries,
  executionId: string,
): Promise<{ readonly isReady: boolean; readonly isWaiting: boolean }> {
  const rows = await queries.all<{ readonly standing: string }>(
    `SELECT DISTINCT standing FROM durable_operations WHERE execution_id = $1 AND standing <> ''`,
    executionId,
  );
  const found = new Set(rows.map(({ standing }) => standing));
  return { isReady: found.has('ready'), isWaiting: found.has('waiting') };
}

/** When the first operation of an execution is due. */
export async function operationDueAt(
  queries: Queries,
  executionId: string,
): Promise<number | undefined> {
  const row = await queries.get<{ readonly at: number | null }>(
    'SELECT MIN(due_at_ms) AS at FROM durable_operations WHERE execution_id = $1 AND due_at_ms IS NOT NULL',
    executionId,
  );
  return row?.at ?? undefined;
}

/** Nothing falls due any more for the operations of an execution that is over. */
export async function settleOperations(tx: Transaction, executionId: string): Promise<void> {
  // Two statements, each with an index of its own: rows with what functions stored are not written anew.
  await tx.run(
    `UPDATE durable_operations SET due_at_ms = NULL
     WHERE execution_id = $1 AND due_at_ms IS NOT NULL`,
    executionId,
  );
  await tx.run(
    'UPDATE durable_operations SET claimed = 0 WHERE execution_id = $1 AND claimed = 1',
    executionId,
  );
}

/** Adds to the history of an execution. */
export async function addEvent(
  tx: Transaction,
  executionId: string,
  event: Event & { readonly EventId: number },
): Promise<void> {
  await tx.run(
    'INSERT INTO durable_events (execution_id, number, document) VALUES ($1, $2, $3)',
    executionId,
    event.EventId,
    JSON.stringify(event),
  );
}

export interface HistoryPage {
  /** The number of the event after which the page begins. */
  readonly after?: number;
  readonly isNewestFirst: boolean;
  readonly limit: number;
  /** What is kept of an event, and measured. */
  readonly keep: (event: Event) => Event;
  /** What a page has room for; what is read is more than that where there is more. */
  readonly bytesMax: number;
}

/** Events that are in memory before it is looked how large they are. */
const EVENTS_CHUNK = 8;

/** A part of the history of an execution. */
export async function eventsOf(
  queries: Queries,
  executionId: string,
  { after, isNewestFirst, limit, keep, bytesMax }: HistoryPage,
): Promise<Event[]> {
  const [passes, direction] = isNewestFirst ? ['<', ' DESC'] : ['>', ''];
  const events: Event[] = [];
  let last = after ?? (isNewestFirst ? Number.MAX_SAFE_INTEGER : 0);
  for (let bytes = 0; bytes <= bytesMax && events.length < limit;) {
    const count = Math.min(EVENTS_CHUNK, limit - events.length);
    const rows = await queries.all<{ readonly number: number; readonly document: string }>(
      `SELECT number, document FROM durable_events WHERE execution_id = $1 AND number ${passes} $2
       ORDER BY number${direction} LIMIT $3`,
      executionId,
      last,
      count,
    );
    for (const { number, document } of rows) {
      // What `addEvent` wrote.
      const event = keep(JSON.parse(document) as Event);
      events.push(event);
      bytes += Buffer.byteLength(JSON.stringify(event));
      last = number;
    }
    if (rows.length < count) break;
  }
  return events;
}
