/** What TransactWriteItems and the statements of PartiQL share: each action is planned, then all are written. */
import { createHash } from 'node:crypto';
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import {
  CONDITION_FAILED,
  DUPLICATE_ITEM,
  idempotentParameterMismatch,
  transactionCanceled,
  validation,
} from '../errors.ts';
import type { CancellationReason } from '../errors.ts';
import { isMet } from '../expressions/index.ts';
import { assertUpdatable, updatedItem } from '../items/apply-item-update.ts';
import { NO_UNITS, timesUnits, writeUnits } from '../items/capacity.ts';
import type { Units } from '../items/capacity.ts';
import { parseItemKey, parseKey } from '../items/item-key.ts';
import { writeItem } from '../items/write-item.ts';
import type { ItemChange } from '../items/write-item.ts';
import { TRANSACTION_TOKEN_MS } from '../limits.ts';
import { getItem } from '../store/items.ts';
import type { ItemKey, StoredItem } from '../store/items.ts';
import { findToken, putToken } from '../store/tokens.ts';
import type { Table } from '../tables/table.ts';
import { toJson } from '../value/item-text.ts';
import { placeOf } from './batch-write-item.ts';
import type { CapacityTally } from './capacity-tally.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import type { TransactAction } from './transact-actions.ts';
import { TRANSACTION_FACTOR, validationReason } from './transact-get-items.ts';

/** An action whose item has been read, and what would become of it. */
export interface Planned {
  readonly action: TransactAction;
  readonly table: Table;
  readonly key?: ItemKey;
  readonly change?: ItemChange;
  readonly reason: CancellationReason;
}

/**
 * Reads the items of all actions and decides on each.
 * @throws ValidationException where two are on one item
 */
export async function planAll(
  dynamodb: Dynamodb,
  tx: Transaction,
  context: RequestContext,
  actions: readonly TransactAction[],
): Promise<readonly Planned[]> {
  const planned: Planned[] = [];
  for (const action of actions) planned.push(await plan(dynamodb, tx, context, action));
  assertItemsDiffer(planned);
  return planned;
}

/** Writes all, or throws TransactionCanceledException with the reason of each. */
export async function writeAll(
  dynamodb: Dynamodb,
  tx: Transaction,
  planned: readonly Planned[],
  tally: CapacityTally,
): Promise<void> {
  if (planned.some(({ reason }) => reason.Code !== 'None')) {
    throw transactionCanceled(planned.map(({ reason }) => reason));
  }
  for (const each of planned) {
    tally.add(each.table, timesUnits(await write(dynamodb, tx, each), TRANSACTION_FACTOR));
  }
}

/**
 * True where the same request has been done already; remembers it otherwise.
 * @throws IdempotentParameterMismatchException
 */
export async function isKnownRequest(
  { clock }: Dynamodb,
  tx: Transaction,
  { accountId, region }: RequestContext,
  input: { readonly ClientRequestToken?: string },
): Promise<boolean> {
  const { ClientRequestToken: token, ...request } = input;
  if (token === undefined) return false;
  const digest = createHash('sha256').update(JSON.stringify(request)).digest('base64');
  const entry = { accountId, region, token, request: digest };
  const nowMs = clock.now();
  const known = await findToken(tx, entry, nowMs - TRANSACTION_TOKEN_MS);
  if (known !== undefined && known !== digest) throw idempotentParameterMismatch();
  if (known !== undefined) return true;
  await putToken(tx, entry, nowMs);
  return false;
}

/** Reads an action's item and decides on it; a refusal becomes its reason. */
export async function plan(
  dynamodb: Dynamodb,
  tx: Transaction,
  context: RequestContext,
  action: TransactAction,
): Promise<Planned> {
  const table = await requireTable(dynamodb, tx, context, action.tableName);
  try {
    const key =
      action.kind === 'put' ? parseItemKey(table, action.item) : parseKey(table.keys, action.key);
    if (action.kind === 'update') assertUpdatable(table, action.actions);
    const before = await getItem(tx, table.number, key);
    if (action.condition && !isMet(action.condition, before?.item ?? {})) {
      return { action, table, key, reason: failedReason(action, before) };
    }
    const change = changeOf(table, action, { key, before, atMs: dynamodb.clock.now() });
    return { action, table, key, ...(change && { change }), reason: { Code: 'None' } };
  } catch (error) {
    return { action, table, reason: validationReason(error) };
  }
}

function failedReason(action: TransactAction, before: StoredItem | undefined): CancellationReason {
  if (action.isInsert === true) return { Code: 'DuplicateItem', Message: DUPLICATE_ITEM };
  return {
    Code: 'ConditionalCheckFailed',
    Message: CONDITION_FAILED,
    ...(action.returnValues === 'ALL_OLD' && before && { Item: toJson(before.item) }),
  };
}

function changeOf(
  table: Table,
  action: TransactAction,
  found: { readonly key: ItemKey; readonly before: StoredItem | undefined; readonly atMs: number },
): ItemChange | undefined {
  const { key, before, atMs } = found;
  const common = { key, atMs, ...(before && { before }) };
  switch (action.kind) {
    case 'put':
      return { ...common, after: action.item };
    case 'delete':
      return common;
    case 'update': {
      const after = updatedItem(table, action.actions, action.key, before?.item);
      return after && { ...common, after };
    }
    default:
      return undefined;
  }
}

/** @throws ValidationException */
function assertItemsDiffer(planned: readonly Planned[]): void {
  const places = planned.flatMap(({ table, key }) =>
    key ? [`${table.number}/${placeOf(key)}`] : [],
  );
  if (new Set(places).size === places.length) return;
  throw validation('Transaction request cannot include multiple operations on one item');
}

/** Writes what was planned; what it consumes by itself, outside a transaction. */
export async function write(
  dynamodb: Dynamodb,
  tx: Transaction,
  { table, change }: Planned,
): Promise<Units> {
  if (!change) return { ...NO_UNITS, table: writeUnits(0) };
  return writeItem(tx, dynamodb, table, change);
}
