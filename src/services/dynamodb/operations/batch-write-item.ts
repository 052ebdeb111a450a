import type {
  ItemCollectionMetrics,
  Operations,
  WriteRequest,
} from '#aws/models/dynamodb.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import { AwsError } from '#aws/errors.ts';
import { keyMismatch, validation } from '../errors.ts';
import { addUnits, consumedCapacity, NO_UNITS } from '../items/capacity.ts';
import { parseItemKey, parseKey } from '../items/item-key.ts';
import { writeItem } from '../items/write-item.ts';
import { BATCH_WRITE_ITEMS_MAX } from '../limits.ts';
import { getItem } from '../store/items.ts';
import type { ItemKey } from '../store/items.ts';
import type { Table } from '../tables/table.ts';
import { parseAttributes } from '../value/parse-value.ts';
import type { Attributes } from '../value/value.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import { parseNewItem } from './put-item.ts';
import { collectionMetrics } from './write-support.ts';

/** One request of a batch: a whole item, or the key of one that goes. */
type BatchWrite =
  | { readonly kind: 'put'; readonly item: Attributes }
  | { readonly kind: 'delete'; readonly key: Attributes };

/**
 * All of the batch in one transaction, so that nothing of it is left unprocessed.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
export function batchWriteItem(dynamodb: Dynamodb): Operations['BatchWriteItem'] {
  return async (context, input) => {
    const tables = Object.entries(input.RequestItems).map(([name, requests]) => ({
      name,
      writes: requests.map(parseWrite),
    }));
    const total = tables.reduce((sum, { writes }) => sum + writes.length, 0);
    if (total > BATCH_WRITE_ITEMS_MAX) {
      throw validation('Too many items requested for the BatchWriteItem call');
    }
    return dynamodb.database.transact(async (tx) => {
      const capacities = [];
      const metrics: [string, readonly ItemCollectionMetrics[]][] = [];
      for (const { name, writes } of tables) {
        const done = await writeTable(dynamodb, tx, context, { name, writes });
        const wanted = input.ReturnConsumedCapacity;
        capacities.push(consumedCapacity(done.table, done.units, { wanted }).ConsumedCapacity);
        const collections = writes.map(
          (write) =>
            collectionMetrics(done.table, attributesOf(write), input.ReturnItemCollectionMetrics)
              .ItemCollectionMetrics,
        );
        metrics.push([name, collections.filter((each) => each !== undefined)]);
      }
      const consumed = capacities.filter((capacity) => capacity !== undefined);
      return {
        UnprocessedItems: {},
        ...(consumed.length > 0 && { ConsumedCapacity: consumed }),
        ...(metrics.some(([, each]) => each.length > 0) && {
          ItemCollectionMetrics: Object.fromEntries(metrics),
        }),
      };
    });
  };
}

function parseWrite({ PutRequest: put, DeleteRequest: deletion }: WriteRequest): BatchWrite {
  if ((put === undefined) === (deletion === undefined)) {
    throw validation(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the ' +
        'supported datatypes',
    );
  }
  if (put) return { kind: 'put', item: parseNewItem(put.Item) };
  return { kind: 'delete', key: parseAttributes(deletion?.Key ?? {}) };
}

function attributesOf(write: BatchWrite): Attributes {
  return write.kind === 'put' ? write.item : write.key;
}

async function writeTable(
  dynamodb: Dynamodb,
  tx: Transaction,
  context: RequestContext,
  { name, writes }: { readonly name: string; readonly writes: readonly BatchWrite[] },
) {
  const table = await requireTable(dynamodb, tx, context, name);
  const keyed = writes.map((write) => ({ write, key: keyOfWrite(table, write) }));
  const places = new Set(keyed.map(({ key }) => placeOf(key)));
  if (places.size < keyed.length) {
    throw validation('Provided list of item keys contains duplicates');
  }
  let units = NO_UNITS;
  for (const { write, key } of keyed) {
    const before = await getItem(tx, table.number, key);
    const written = await writeItem(tx, dynamodb, table, {
      key,
      ...(before && { before }),
      ...(write.kind === 'put' && { after: write.item }),
      atMs: dynamodb.clock.now(),
    });
    units = addUnits(units, written);
  }
  return { table, units };
}

const KEY_FAULT = /Missing the key|Type mismatch for key/;

/** In a batch AWS calls a wrong key of a put what it calls one of a get. */
function keyOfWrite(table: Table, write: BatchWrite): ItemKey {
  if (write.kind === 'delete') return parseKey(table.keys, write.key);
  try {
    return parseItemKey(table, write.item);
  } catch (error) {
    if (error instanceof AwsError && KEY_FAULT.test(error.message)) throw keyMismatch();
    throw error;
  }
}

/** Text that tells keys apart. */
export function placeOf({ hash, range }: ItemKey): string {
  return `${Buffer.from(hash).toString('latin1')}/${hash.length}/${Buffer.from(range).toString('latin1')}`;
}
