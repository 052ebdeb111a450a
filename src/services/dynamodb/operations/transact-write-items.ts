import { createHash } from 'node:crypto';
import type {
  ItemCollectionMetrics,
  Operations,
  TransactWriteItemsInput,
} from '#aws/models/dynamodb.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import {
  CONDITION_FAILED,
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
import { CapacityTally } from './capacity-tally.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import { parseAction } from './transact-actions.ts';
import type { TransactAction } from './transact-actions.ts';
import { TRANSACTION_FACTOR, validationReason } from './transact-get-items.ts';
import { collectionMetrics } from './write-support.ts';

/** An action whose item has been read, and what would become of it. */
interface Planned {
  readonly action: TransactAction;
  readonly table: Table;
  readonly key?: ItemKey;
  readonly change?: ItemChange;
  readonly reason: CancellationReason;
}

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export function transactWriteItems(dynamodb: Dynamodb): Operations['TransactWriteItems'] {
  return async (context, input) => {
    const actions = input.TransactItems.map(parseAction);
    return dynamodb.database.transact(async (tx) => {
      const isRepeated = await isKnown(dynamodb, tx, context, input);
      const planned: Planned[] = [];
      for (const action of actions) planned.push(await plan(dynamodb, tx, context, action));
      assertItemsDiffer(planned);
      const tally = new CapacityTally(input.ReturnConsumedCapacity, isRepeated ? 'read' : 'write');
      if (!isRepeated) {
        if (planned.some(({ reason }) => reason.Code !== 'None')) {
          throw transactionCanceled(planned.map(({ reason }) => reason));
        }
        for (const each of planned) tally.add(each.table, await write(dynamodb, tx, each));
      }
      return { ...tally.output(), ...metricsOf(planned, input.ReturnItemCollectionMetrics) };
    });
  };
}

/**
 * True where the same request has been done already; remembers it otherwise.
 * @throws IdempotentParameterMismatchException
 */
async function isKnown(
  { clock }: Dynamodb,
  tx: Transaction,
  { accountId, region }: RequestContext,
  input: TransactWriteItemsInput,
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
async function plan(
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

async function write(
  { wakeups }: Dynamodb,
  tx: Transaction,
  { table, change }: Planned,
): Promise<Units> {
  const units = change
    ? await writeItem(tx, wakeups, table, change)
    : { ...NO_UNITS, table: writeUnits(0) };
  return timesUnits(units, TRANSACTION_FACTOR);
}

function metricsOf(
  planned: readonly Planned[],
  wanted: string | undefined,
): {
  readonly ItemCollectionMetrics?: { readonly [table: string]: readonly ItemCollectionMetrics[] };
} {
  const byTable = new Map<string, ItemCollectionMetrics[]>();
  for (const { table, action } of planned) {
    const key = action.kind === 'put' ? action.item : action.key;
    const { ItemCollectionMetrics: metrics } = collectionMetrics(table, key, wanted);
    if (metrics) byTable.set(table.name, [...(byTable.get(table.name) ?? []), metrics]);
  }
  return byTable.size === 0 ? {} : { ItemCollectionMetrics: Object.fromEntries(byTable) };
}
