import type {
  AttributeValue,
  ConsumedCapacity,
  KeysAndAttributes,
  Operations,
} from '#aws/models/dynamodb.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import { validation } from '../errors.ts';
import { parseExpressions, project } from '../expressions/index.ts';
import type { Path } from '../expressions/index.ts';
import { consumedCapacity, readUnits } from '../items/capacity.ts';
import { parseKey } from '../items/item-key.ts';
import { assertOneKind, legacyProjection } from '../legacy/index.ts';
import { BATCH_GET_BYTES_MAX, BATCH_GET_ITEMS_MAX } from '../limits.ts';
import { getItem } from '../store/items.ts';
import type { Table } from '../tables/table.ts';
import { encodeItem } from '../value/item-text.ts';
import { parseAttributes } from '../value/parse-value.ts';
import type { Attributes } from '../value/value.ts';
import { placeOf } from './batch-write-item.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';

interface TableKeys {
  readonly name: string;
  readonly input: KeysAndAttributes;
  readonly keys: readonly Attributes[];
  readonly paths: readonly Path[] | undefined;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
export function batchGetItem(dynamodb: Dynamodb): Operations['BatchGetItem'] {
  return async (context, input) => {
    const tables = Object.entries(input.RequestItems).map(parseTableKeys);
    const total = tables.reduce((sum, { keys }) => sum + keys.length, 0);
    if (total > BATCH_GET_ITEMS_MAX) {
      throw validation('Too many items requested for the BatchGetItem call');
    }
    return dynamodb.database.read(async (queries) => {
      const responses: [string, readonly Attributes[]][] = [];
      const unprocessed: [string, KeysAndAttributes][] = [];
      const capacities: ConsumedCapacity[] = [];
      let bytesLeft = BATCH_GET_BYTES_MAX;
      for (const asked of tables) {
        const table = await requireTable(dynamodb, queries, context, asked.name);
        const found = await readTable(queries, table, asked, bytesLeft);
        bytesLeft -= found.bytes;
        responses.push([asked.name, found.items]);
        const left = asked.input.Keys.slice(found.processed);
        if (left.length > 0) unprocessed.push([asked.name, { ...asked.input, Keys: left }]);
        const { ConsumedCapacity: capacity } = consumedCapacity(
          table,
          { table: found.units, indexes: new Map() },
          { wanted: input.ReturnConsumedCapacity },
        );
        if (capacity) capacities.push(capacity);
      }
      return {
        Responses: Object.fromEntries(responses),
        UnprocessedKeys: Object.fromEntries(unprocessed),
        ...(capacities.length > 0 && { ConsumedCapacity: capacities }),
      };
    });
  };
}

function parseTableKeys([name, input]: [string, KeysAndAttributes]): TableKeys {
  assertOneKind(input, { expressions: ['ProjectionExpression'], legacy: ['AttributesToGet'] });
  const keys = input.Keys.map((key: { readonly [name: string]: AttributeValue }) =>
    parseAttributes(key),
  );
  if (new Set(keys.map(keyText)).size < keys.length) {
    throw validation('Provided list of item keys contains duplicates');
  }
  const names = legacyProjection(input.AttributesToGet);
  return { name, input, keys, paths: parseExpressions(input).projection ?? names };
}

function keyText(key: Attributes): string {
  const names = Object.keys(key).toSorted();
  return encodeItem(Object.fromEntries(names.map((name) => [name, key[name] ?? { NULL: true }])));
}

/** Reads until the answer is full; what is not processed the client asks for again. */
async function readTable(
  queries: Queries,
  table: Table,
  { input, keys, paths }: TableKeys,
  bytesMax: number,
) {
  const places = keys.map((key) => parseKey(table.keys, key));
  if (new Set(places.map(placeOf)).size < places.length) {
    throw validation('Provided list of item keys contains duplicates');
  }
  const items: Attributes[] = [];
  let bytes = 0;
  let units = 0;
  let processed = 0;
  for (const key of places) {
    if (bytes >= bytesMax) break;
    const found = await getItem(queries, table.number, key);
    if (found && bytes + found.bytes > bytesMax) break;
    processed += 1;
    bytes += found?.bytes ?? 0;
    units += readUnits(found?.bytes ?? 0, input.ConsistentRead ?? false);
    if (found) items.push(paths ? project(paths, found.item) : found.item);
  }
  return { items, bytes, units, processed };
}
