/**
 * What tables tell CloudWatch of the requests that they answered or refused.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
import { AwsError } from '#aws/errors.ts';
import type { Capacity, ConsumedCapacity } from '#aws/models/dynamodb.types.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
import { BoundedMap } from '#kernel/bounded-map.ts';
import type { Measure, Meter } from '#ports/peers/meter.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { TableAddress } from './store/tables.ts';
import { tableAddress } from './tables/table-address.ts';

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']);
const WRITES = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'TransactWriteItems',
]);
const STATEMENTS = new Set(['ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction']);

/** Objects of dimensions that are kept: the sink finds what it saw before sooner. */
const DIMENSIONS_MAX = 1000;

type DataInput = {
  readonly TableName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly ReturnConsumedCapacity?: string;
} & StatementsInput;

interface StatementsInput {
  readonly Statement?: string;
  readonly Statements?: readonly { readonly Statement: string }[];
  readonly TransactStatements?: readonly { readonly Statement: string }[];
}

interface DataOutput {
  readonly Items?: readonly unknown[];
  readonly ConsumedCapacity?: ConsumedCapacity | readonly ConsumedCapacity[];
}

interface Metering {
  readonly meter: Meter;
  readonly clock: Clock;
}

/** The operations, of which those on items say what they did. */
export function measuredOperations<Operations extends Readonly<Record<string, unknown>>>(
  operations: Operations,
  metering: Metering,
): Operations {
  const dimensionsOf = createDimensions();
  const measured = Object.entries(operations).map(([name, operation]) => {
    if (!READS.has(name) && !WRITES.has(name) && !STATEMENTS.has(name)) return [name, operation];
    // All of these have the members of DataInput and DataOutput, as far as they have any of these names.
    const known = operation as Operation<DataInput, DataOutput>;
    return [name, measure(name, known, { ...metering, dimensionsOf })];
  });
  // The same names, with operations of the same inputs and outputs.
  return Object.fromEntries(measured) as Operations;
}

type DimensionsOf = (
  table: string,
  by?: readonly ['Operation' | 'GlobalSecondaryIndexName', string],
) => Readonly<Record<string, string>>;

function createDimensions(): DimensionsOf {
  const known = new BoundedMap<Readonly<Record<string, string>>>(DIMENSIONS_MAX);
  return (TableName, by) => {
    const key = by === undefined ? TableName : `${TableName} ${by[0]} ${by[1]}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const dimensions = by === undefined ? { TableName } : { TableName, [by[0]]: by[1] };
    known.set(key, dimensions);
    return dimensions;
  };
}

/** Asks for all that is consumed, tells it, and answers as much of it as was asked for. */
function measure(
  name: string,
  operation: Operation<DataInput, DataOutput>,
  metering: Metering & { readonly dimensionsOf: DimensionsOf },
): Operation<DataInput, DataOutput> {
  const { meter, clock } = metering;
  return async (context, input) => {
    const startMs = clock.monotonicMs();
    try {
      const output = await operation(context, { ...input, ReturnConsumedCapacity: 'INDEXES' });
      const latencyMs = clock.monotonicMs() - startMs;
      tellAnswer(name, { context, input, output, latencyMs }, metering);
      return asWanted(output, input.ReturnConsumedCapacity);
    } catch (error) {
      if (!(error instanceof AwsError) || error.status !== 400) throw error;
      if (error.code === 'ConditionalCheckFailedException') {
        for (const table of tablesOf(context, input)) {
          meter(table, metering.dimensionsOf(table.name), [['ConditionalCheckFailedRequests', 1]]);
        }
      } else meter(context, {}, [['UserErrors', 1]]);
      throw error;
    }
  };
}

interface Answer {
  readonly context: RequestContext;
  readonly input: DataInput;
  readonly output: DataOutput;
  readonly latencyMs: number;
}

function tellAnswer(
  name: string,
  { context, input, output, latencyMs }: Answer,
  { meter, dimensionsOf }: Metering & { readonly dimensionsOf: DimensionsOf },
): void {
  const isRead = READS.has(name) || (STATEMENTS.has(name) && isSelect(input));
  const consumed = isRead ? 'ConsumedReadCapacityUnits' : 'ConsumedWriteCapacityUnits';
  const asked = tablesOf(context, input);
  for (const capacity of capacitiesOf(output)) {
    const table = capacity.TableName ?? '';
    const place = asked.find((one) => one.name === table) ?? context;
    const { GlobalSecondaryIndexes: global = {}, LocalSecondaryIndexes: local = {} } = capacity;
    const units = unitsOf(capacity.Table) + sum(Object.values(local).map(unitsOf));
    meter(place, dimensionsOf(table), [[consumed, units]]);
    for (const [index, ofIndex] of Object.entries(global)) {
      const dimensions = dimensionsOf(table, ['GlobalSecondaryIndexName', index]);
      meter(place, dimensions, [[consumed, unitsOf(ofIndex)]]);
    }
    const measures: Measure[] = [['SuccessfulRequestLatency', latencyMs, 'Milliseconds']];
    const isPage = name === 'Query' || name === 'Scan' || name === 'ExecuteStatement';
    if (isPage && isRead) measures.push(['ReturnedItemCount', output.Items?.length ?? 0]);
    meter(place, dimensionsOf(table, ['Operation', name]), measures);
  }
}

/** The tables that a request names, which may be elsewhere; not those in statements and transactions. */
function tablesOf(
  context: RequestContext,
  { TableName: name, RequestItems: items = {} }: DataInput,
): readonly TableAddress[] {
  const names = name === undefined ? Object.keys(items) : [name];
  return names.map((one) => tableAddress(context, one));
}

/** Statements of one request are all reads, or all writes. */
function isSelect({ Statement, Statements, TransactStatements }: StatementsInput): boolean {
  const text = Statement ?? Statements?.[0]?.Statement ?? TransactStatements?.[0]?.Statement ?? '';
  return /^\s*select\b/i.test(text);
}

function capacitiesOf({ ConsumedCapacity: consumed }: DataOutput): readonly ConsumedCapacity[] {
  return consumed === undefined ? [] : [consumed].flat();
}

function unitsOf(capacity: Capacity | undefined): number {
  return capacity?.CapacityUnits ?? 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function asWanted(output: DataOutput, wanted: string | undefined): DataOutput {
  if (wanted === 'INDEXES') return output;
  const { ConsumedCapacity: consumed, ...rest } = output;
  if (wanted !== 'TOTAL' || consumed === undefined) return rest;
  const ConsumedCapacity = Array.isArray(consumed)
    ? consumed.map(totalOf)
    : totalOf(consumed as ConsumedCapacity);
  return { ...rest, ConsumedCapacity };
}

function totalOf({
  Table: _table,
  GlobalSecondaryIndexes: _global,
  LocalSecondaryIndexes: _local,
  ...total
}: ConsumedCapacity): ConsumedCapacity {
  return total;
}
