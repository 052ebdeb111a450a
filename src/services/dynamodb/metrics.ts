/**
 * What tables tell CloudWatch of the requests that they answered or refused.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
import { AwsError } from '#aws/errors.ts';
import type { Capacity, ConsumedCapacity } from '#aws/models/dynamodb.types.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
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
  readonly Count?: number;
  readonly Items?: readonly unknown[];
  readonly ConsumedCapacity?: ConsumedCapacity | readonly ConsumedCapacity[];
}

type Place = Pick<RequestContext, 'accountId' | 'region'>;

interface Metering {
  readonly meter: Meter;
  readonly clock: Clock;
}

/** Of a write whose condition was not met, by its table. */
export const CONDITION_FAILED: readonly Measure[] = [['ConditionalCheckFailedRequests', 1]];

/** The operations, of which those on items say what they did. */
export function measuredOperations<Operations extends Readonly<Record<string, unknown>>>(
  operations: Operations,
  metering: Metering,
): Operations {
  return mapped(operations, (name, operation) =>
    READS.has(name) || WRITES.has(name) || STATEMENTS.has(name)
      ? // All of these have the members of DataInput and DataOutput, as far as they have any of these names.
        measure(name, operation as Operation<DataInput, DataOutput>, metering)
      : operation,
  );
}

/** The operations, each of which says that it refused its user; a condition that failed is told by its table. */
export function withUserErrors<Operations extends Readonly<Record<string, unknown>>>(
  operations: Operations,
  meter: Meter,
): Operations {
  return mapped(operations, (_, given) => {
    const operation = given as Operation<unknown, unknown>;
    return async (context: RequestContext, input: unknown) => {
      try {
        return await operation(context, input);
      } catch (error) {
        if (isUserError(error)) meter(context, {}, [['UserErrors', 1]]);
        throw error;
      }
    };
  });
}

/** The same names, with operations of the same inputs and outputs. */
function mapped<Operations extends Readonly<Record<string, unknown>>>(
  operations: Operations,
  map: (name: string, operation: unknown) => unknown,
): Operations {
  const entries = Object.entries(operations);
  return Object.fromEntries(entries.map(([name, one]) => [name, map(name, one)])) as Operations;
}

function isUserError(error: unknown): boolean {
  if (!(error instanceof AwsError) || error.status !== 400) return false;
  return error.code !== 'ConditionalCheckFailedException';
}

/** Asks for all that is consumed, tells it, and answers as much of it as was asked for. */
function measure(
  name: string,
  operation: Operation<DataInput, DataOutput>,
  { meter, clock }: Metering,
): Operation<DataInput, DataOutput> {
  return async (context, input) => {
    const startMs = clock.monotonicMs();
    const output = await operation(context, { ...input, ReturnConsumedCapacity: 'INDEXES' });
    const latencyMs = clock.monotonicMs() - startMs;
    tellAnswer(name, { context, input, output, latencyMs }, meter);
    return asWanted(output, input.ReturnConsumedCapacity);
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
  meter: Meter,
): void {
  const isRead = READS.has(name) || (STATEMENTS.has(name) && isSelect(input));
  const consumed = isRead ? 'ConsumedReadCapacityUnits' : 'ConsumedWriteCapacityUnits';
  const asked = tablesOf(context, input);
  const placeOf = (table: string): Place => asked.find(({ name: one }) => one === table) ?? context;
  const capacities = capacitiesOf(output);
  for (const capacity of capacities) {
    const { TableName = '', Table, LocalSecondaryIndexes: local = {} } = capacity;
    const place = placeOf(TableName);
    const units = unitsOf(Table) + sum(Object.values(local).map(unitsOf));
    meter(place, { TableName }, [[consumed, units]]);
    const { GlobalSecondaryIndexes: global = {} } = capacity;
    for (const [GlobalSecondaryIndexName, index] of Object.entries(global)) {
      meter(place, { TableName, GlobalSecondaryIndexName }, [[consumed, unitsOf(index)]]);
    }
  }
  const measures: Measure[] = [['SuccessfulRequestLatency', latencyMs, 'Milliseconds']];
  const isPage = name === 'Query' || name === 'Scan' || name === 'ExecuteStatement';
  const { Items: items = [], Count: count = items.length } = output;
  if (isPage && isRead) measures.push(['ReturnedItemCount', count]);
  // Once each request: statements of a batch say singly what they consumed.
  for (const TableName of new Set(capacities.map(({ TableName: table = '' }) => table))) {
    meter(placeOf(TableName), { TableName, Operation: name }, measures);
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
