import type {
  CreateTableInput,
  GlobalSecondaryIndex,
  LocalSecondaryIndex,
} from '#aws/models/dynamodb.types.gen.ts';
import { invalidParameters, validation } from '../errors.ts';
import { GLOBAL_INDEXES_MAX, LOCAL_INDEXES_MAX, PROJECTED_ATTRIBUTES_MAX } from '../limits.ts';
import {
  keptThroughput,
  parseBilling,
  parseIndexUnits,
  parseStreamView,
  NO_THROUGHPUT,
} from './parse-billing.ts';
import {
  assertAllUsed,
  assertProjection,
  assertTableKeysDefined,
  parseAttributeDefinitions,
  parseKeys,
} from './parse-schema.ts';
import { keyNames } from './table.ts';
import type { Index, KeyAttribute, Keys, StreamViewType, Table } from './table.ts';

/** What CreateTable says of a table, before it has its numbers and its name in an account. */
export type TablePlan = Pick<
  Table,
  | 'attributes'
  | 'keys'
  | 'billingMode'
  | 'throughput'
  | 'isBillingModeShown'
  | 'onDemandThroughput'
  | 'warmThroughput'
  | 'isDeletionProtected'
  | 'tableClass'
  | 'encryption'
  | 'tags'
> & {
  readonly indexes: readonly Omit<Index, 'number'>[];
  readonly streamView?: StreamViewType;
};

/**
 * Reads CreateTable's input.
 * @throws ValidationException in AWS's words
 */
export function parseTable(input: CreateTableInput): TablePlan {
  const schema = required(input.KeySchema, 'keySchema');
  const attributes = parseAttributeDefinitions(
    required(input.AttributeDefinitions, 'attributeDefinitions'),
  );
  const billing = parseBilling(input);
  assertTableKeysDefined(schema, attributes);
  const keys = parseKeys(schema, attributes, 'keySchema');
  const hasIndexes = (input.LocalSecondaryIndexes ?? input.GlobalSecondaryIndexes) !== undefined;
  if (!hasIndexes) assertAllUsed(attributes, new Set(keyNames(keys)), false);
  const locals = parseLocalIndexes(input.LocalSecondaryIndexes, keys, attributes);
  const globals = parseGlobalIndexes(input, billing.billingMode, attributes);
  const indexes = [...locals, ...globals];
  assertNamesDiffer(indexes.map((index) => index.name));
  assertProjectedCount(indexes);
  const used = new Set([keys, ...indexes.map((index) => index.keys)].flatMap(keyNames));
  assertAllUsed(attributes, used, hasIndexes);
  const streamView = input.StreamSpecification && parseStreamView(input.StreamSpecification);
  return {
    attributes,
    keys,
    indexes,
    ...billing,
    isBillingModeShown: billing.billingMode === 'PAY_PER_REQUEST',
    ...keptThroughput(input),
    ...(streamView && { streamView }),
    isDeletionProtected: input.DeletionProtectionEnabled ?? false,
    ...(input.TableClass !== undefined && { tableClass: input.TableClass }),
    ...(input.SSESpecification?.Enabled === true && { encryption: input.SSESpecification }),
    tags: input.Tags ?? [],
  };
}

function required<T>(value: T | undefined, member: string): T {
  if (value !== undefined) return value;
  throw validation(
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: ` +
      'Member must not be null',
  );
}

function parseLocalIndexes(
  inputs: readonly LocalSecondaryIndex[] | undefined,
  tableKeys: Keys,
  attributes: readonly KeyAttribute[],
): readonly Omit<Index, 'number'>[] {
  if (inputs === undefined) return [];
  if (inputs.length === 0) throw invalidParameters('List of LocalSecondaryIndexes is empty');
  if (tableKeys.range === undefined) {
    throw invalidParameters(
      'Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex',
    );
  }
  const indexes = inputs.map((input, position) => {
    const member = `localSecondaryIndexes.${position + 1}.member.keySchema`;
    const keys = parseKeys(input.KeySchema, attributes, member);
    if (keys.range === undefined) {
      throw invalidParameters(
        `Index KeySchema does not have a range key for index: ${input.IndexName}`,
      );
    }
    if (keys.hash.name !== tableKeys.hash.name) {
      throw invalidParameters(
        'Index KeySchema does not have the same leading hash key as table KeySchema for index: ' +
          `${input.IndexName}. index hash key: ${keys.hash.name}, table hash key: ${tableKeys.hash.name}`,
      );
    }
    assertProjection(input.Projection);
    return { ...indexPlan('local', input, keys), throughput: NO_THROUGHPUT };
  });
  if (indexes.length > LOCAL_INDEXES_MAX) throw tooManyIndexes('Local', LOCAL_INDEXES_MAX);
  return indexes;
}

function parseGlobalIndexes(
  { GlobalSecondaryIndexes: inputs }: CreateTableInput,
  mode: Table['billingMode'],
  attributes: readonly KeyAttribute[],
): readonly Omit<Index, 'number'>[] {
  if (inputs === undefined) return [];
  if (inputs.length === 0) throw invalidParameters('List of GlobalSecondaryIndexes is empty');
  const indexes = inputs.map((input, position) =>
    parseGlobalIndex(
      input,
      mode,
      attributes,
      `globalSecondaryIndexes.${position + 1}.member.keySchema`,
    ),
  );
  if (indexes.length > GLOBAL_INDEXES_MAX) throw tooManyIndexes('Global', GLOBAL_INDEXES_MAX);
  return indexes;
}

/** @throws ValidationException */
export function parseGlobalIndex(
  input: GlobalSecondaryIndex,
  mode: Table['billingMode'],
  attributes: readonly KeyAttribute[],
  member: string,
): Omit<Index, 'number'> {
  const keys = parseKeys(input.KeySchema, attributes, member);
  assertProjection(input.Projection);
  return {
    ...indexPlan('global', input, keys),
    throughput: parseIndexUnits(mode, input.IndexName, input.ProvisionedThroughput),
    ...keptThroughput(input),
  };
}

function indexPlan(kind: Index['kind'], input: LocalSecondaryIndex, keys: Keys) {
  return {
    kind,
    name: input.IndexName,
    keys,
    projection: input.Projection,
    status: 'ACTIVE',
  } as const;
}

/** The refusal of more indexes than a table may have. */
export function tooManyIndexes(kind: 'Local' | 'Global', max: number): Error {
  return invalidParameters(`${kind}SecondaryIndex count exceeds the per-table limit of ${max}`);
}

/** @throws ValidationException */
export function assertNamesDiffer(names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) throw invalidParameters(`Duplicate index name: ${repeated}`);
}

/** @throws ValidationException where the INCLUDE projections together name too many attributes */
export function assertProjectedCount(indexes: readonly Pick<Index, 'projection'>[]): void {
  const projected = indexes.reduce(
    (sum, { projection }) => sum + (projection.NonKeyAttributes?.length ?? 0),
    0,
  );
  if (projected <= PROJECTED_ATTRIBUTES_MAX) return;
  throw invalidParameters(
    'Number of projected attributes across all indexes exceeds the limit of ' +
      `${PROJECTED_ATTRIBUTES_MAX}: ${projected}`,
  );
}
