/**
 * What requests are said to consume.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
import type { Capacity, ConsumedCapacity } from '#aws/models/dynamodb.types.gen.ts';
import { KIB } from '#kernel/units.ts';
import type { Table } from '../tables/table.ts';

const READ_BYTES = 4 * KIB;
const WRITE_BYTES = KIB;

/** Units of a table and of its indexes, by name. */
export interface Units {
  readonly table: number;
  readonly indexes: ReadonlyMap<string, number>;
}

export const NO_UNITS: Units = { table: 0, indexes: new Map() };

/** Units of one write: one for each KB begun, and one at least. */
export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / WRITE_BYTES));
}

/** Units of one read: one for each 4 KB begun and one at least, or half of that. */
export function readUnits(bytes: number, isConsistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / READ_BYTES)) * (isConsistent ? 1 : 0.5);
}

/** The sum of both, index by index. */
export function addUnits(one: Units, two: Units): Units {
  const indexes = new Map(one.indexes);
  for (const [name, units] of two.indexes) indexes.set(name, (indexes.get(name) ?? 0) + units);
  return { table: one.table + two.table, indexes };
}

/** The units, each times the factor. */
export function timesUnits({ table, indexes }: Units, factor: number): Units {
  return {
    table: table * factor,
    indexes: new Map([...indexes].map(([name, units]) => [name, units * factor])),
  };
}

/** `TOTAL` or `INDEXES` asks for it; a transaction also tells reads from writes. */
export function consumedCapacity(
  table: Table,
  units: Units,
  options: { readonly wanted: string | undefined; readonly transaction?: 'read' | 'write' },
): { readonly ConsumedCapacity?: ConsumedCapacity } {
  const { wanted, transaction } = options;
  if (wanted !== 'TOTAL' && wanted !== 'INDEXES') return {};
  const total = units.table + [...units.indexes.values()].reduce((sum, each) => sum + each, 0);
  return {
    ConsumedCapacity: {
      TableName: table.name,
      ...capacity(total, transaction),
      ...(wanted === 'INDEXES' && breakdown(table, units, transaction)),
    },
  };
}

function breakdown(
  table: Table,
  units: Units,
  transaction: 'read' | 'write' | undefined,
): Partial<ConsumedCapacity> {
  const of = (kind: 'global' | 'local'): { readonly [name: string]: Capacity } | undefined => {
    const names = table.indexes
      .filter((index) => index.kind === kind && units.indexes.has(index.name))
      .map(({ name }): [string, Capacity] => [
        name,
        capacity(units.indexes.get(name) ?? 0, transaction),
      ]);
    return names.length === 0 ? undefined : Object.fromEntries(names);
  };
  const global = of('global');
  const local = of('local');
  return {
    Table: capacity(units.table, transaction),
    ...(global && { GlobalSecondaryIndexes: global }),
    ...(local && { LocalSecondaryIndexes: local }),
  };
}

function capacity(units: number, transaction: 'read' | 'write' | undefined): Capacity {
  if (transaction === 'read') return { CapacityUnits: units, ReadCapacityUnits: units };
  if (transaction === 'write') return { CapacityUnits: units, WriteCapacityUnits: units };
  return { CapacityUnits: units };
}
