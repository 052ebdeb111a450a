/** Global indexes of a table that stands: made, changed, taken away. */
import type {
  AttributeDefinition,
  GlobalSecondaryIndexUpdate,
} from '#aws/models/dynamodb.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';
import { invalidParameters, limitExceeded, resourceNotFound, validation } from '../errors.ts';
import { GLOBAL_INDEXES_MAX } from '../limits.ts';
import { addChore } from '../store/chores.ts';
import { takeNumber } from '../store/tables.ts';
import { keptThroughput, parseIndexUnits } from '../tables/parse-billing.ts';
import { parseAttributeDefinitions } from '../tables/parse-schema.ts';
import { assertProjectedCount, parseGlobalIndex, tooManyIndexes } from '../tables/parse-table.ts';
import { findIndex, keyNames } from '../tables/table.ts';
import type { Index, KeyAttribute, Table } from '../tables/table.ts';
import { clearIndex } from './remove-table.ts';

/** @throws ValidationException where an update says nothing, or an index is updated twice */
export function assertIndexUpdates(updates: readonly GlobalSecondaryIndexUpdate[]): void {
  const names = updates.map((update) => {
    const change = update.Create ?? update.Update ?? update.Delete;
    if (change) return change.IndexName;
    throw invalidParameters(
      'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, ' +
        'GlobalSecondaryIndexUpdate.Delete must not be null',
    );
  });
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) {
    throw invalidParameters(
      'Only one global secondary index update per index is allowed simultaneously. ' +
        `Index: ${repeated}`,
    );
  }
  const online = updates.filter((update) => update.Create ?? update.Delete);
  if (online.length > 1) throw onlyOneOnline();
}

function onlyOneOnline(): Error {
  return limitExceeded(
    'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
  );
}

/**
 * The table with its indexes changed; a new one is filled in the background.
 * @throws ValidationException, ResourceNotFoundException, LimitExceededException
 */
export async function updateIndexes(
  tx: Transaction,
  table: Table,
  updates: readonly GlobalSecondaryIndexUpdate[],
  definitions: readonly AttributeDefinition[] | undefined,
): Promise<Table> {
  const attributes = mergeAttributes(table.attributes, definitions ?? []);
  let indexes = table.indexes;
  for (const { Create: creation, Update: change, Delete: deletion } of updates) {
    if (creation) {
      if (table.indexes.some((index) => index.status === 'CREATING')) throw onlyOneOnline();
      if (findIndex(table, creation.IndexName)) {
        throw validation('Attempting to create an index which already exists');
      }
      const member = 'globalSecondaryIndexUpdates.1.member.create.keySchema';
      const plan = parseGlobalIndex(creation, table.billingMode, attributes, member);
      indexes = [...indexes, await startIndex(tx, table, plan)];
    } else if (change) {
      const changed = changedIndex(table, change);
      indexes = indexes.map((index) => (index.name === changed.name ? changed : index));
    } else if (deletion) {
      const deleted = requireGlobalIndex(table, deletion.IndexName);
      indexes = indexes.filter((index) => index.name !== deleted.name);
      await clearIndex(tx, table, deleted);
    }
  }
  const globals = indexes.filter((index) => index.kind === 'global');
  if (globals.length > GLOBAL_INDEXES_MAX) throw tooManyIndexes('Global', GLOBAL_INDEXES_MAX);
  assertProjectedCount(indexes);
  const used = new Set([table.keys, ...indexes.map((index) => index.keys)].flatMap(keyNames));
  return { ...table, indexes, attributes: attributes.filter(({ name }) => used.has(name)) };
}

/** A definition given again must say the same. */
function mergeAttributes(
  known: readonly KeyAttribute[],
  definitions: readonly AttributeDefinition[],
): readonly KeyAttribute[] {
  const given = parseAttributeDefinitions(definitions);
  const clash = given.find(({ name, type }) =>
    known.some((attribute) => attribute.name === name && attribute.type !== type),
  );
  if (clash) {
    throw invalidParameters(
      `Cannot redefine the type of the attribute ${clash.name}: it is part of a key`,
    );
  }
  return [...known, ...given.filter(({ name }) => !known.some((each) => each.name === name))];
}

async function startIndex(
  tx: Transaction,
  table: Table,
  plan: Omit<Index, 'number'>,
): Promise<Index> {
  const number = await takeNumber(tx);
  await addChore(tx, { number, kind: 'fill', table });
  return { ...plan, number, status: 'CREATING' };
}

function requireGlobalIndex(table: Table, name: string): Index {
  const index = findIndex(table, name);
  if (index?.kind === 'global') return index;
  throw resourceNotFound('Requested resource not found');
}

function changedIndex(
  table: Table,
  change: NonNullable<GlobalSecondaryIndexUpdate['Update']>,
): Index {
  const index = requireGlobalIndex(table, change.IndexName);
  const units = change.ProvisionedThroughput;
  return {
    ...index,
    ...keptThroughput(change),
    ...(units && { throughput: parseIndexUnits(table.billingMode, index.name, units) }),
  };
}
