import type { Operations, ScanInput } from '#aws/models/dynamodb.types.gen.ts';
import { validation } from '../errors.ts';
import { conditionPaths } from '../expressions/condition-paths.ts';
import { parseExpressions } from '../expressions/index.ts';
import { keyOf, parseKey } from '../items/item-key.ts';
import { isInRange } from '../items/key-range.ts';
import type { KeyRange } from '../items/key-range.ts';
import { readPage } from '../items/page.ts';
import { assertOneKind, filterCondition, legacyProjection } from '../legacy/index.ts';
import { keyAttributes, keyNames } from '../tables/table.ts';
import type { Index, Table } from '../tables/table.ts';
import { isOfKeyType, segmentStart } from '../value/key-bytes.ts';
import { explained } from '../value/parse-value.ts';
import { attributeOf, pickAttributes } from '../value/value.ts';
import type { Attributes } from '../value/value.ts';
import { requireTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';
import {
  assertKeysWhole,
  assertSelect,
  pageOutput,
  parseStartKey,
  readIndex,
  readingOf,
  startKeyNames,
} from './read-support.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html */
export function scan(dynamodb: Dynamodb): Operations['Scan'] {
  return async (context, input) => {
    const parsed = parseScan(input);
    const segment = segmentOf(input);
    return dynamodb.database.read(async (queries) => {
      const table = await requireTable(dynamodb, queries, context, input.TableName);
      const index = readIndex(table, input);
      const { startKey } = parsed;
      if (startKey) assertStart(table, index, startKey);
      if (startKey) assertInSegment({ table, index, input, segment }, startKey);
      const reading = readingOf(table, index, input, parsed);
      if (parsed.filter) assertKeysWhole(table, conditionPaths(parsed.filter));
      const page = await readPage(queries, {
        table,
        ...(index && { index }),
        ...segment,
        isBackward: false,
        ...(startKey && { after: startKey }),
        ...(input.Limit !== undefined && { limit: input.Limit }),
      });
      return pageOutput(reading, page, input);
    });
  };
}

function parseScan(input: ScanInput) {
  assertOneKind(input, {
    expressions: ['ProjectionExpression', 'FilterExpression'],
    legacy: ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'],
  });
  const names = legacyProjection(input.AttributesToGet);
  const legacyFilter = filterCondition(input.ScanFilter, input.ConditionalOperator);
  const startKey = parseStartKey(input);
  assertSegment(input);
  const expressions = parseExpressions(input);
  assertSelect(input);
  const paths = expressions.projection ?? names;
  const filter = expressions.filter ?? legacyFilter;
  return {
    ...(startKey && { startKey }),
    ...(paths && { paths }),
    ...(filter && { filter }),
  };
}

/** @throws ValidationException */
function assertSegment({ Segment: segment, TotalSegments: total }: ScanInput): void {
  if (segment !== undefined && total === undefined) {
    throw validation(
      'The TotalSegments parameter is required but was not present in the request when Segment ' +
        'parameter is present',
    );
  }
  if (total === undefined) return;
  if (segment === undefined) {
    throw validation(
      'The Segment parameter is required but was not present in the request when parameter ' +
        'TotalSegments is present',
    );
  }
  if (segment < total) return;
  throw validation(
    'The Segment parameter is zero-based and must be less than parameter TotalSegments: ' +
      `Segment: ${segment} is not less than TotalSegments: ${total}`,
  );
}

/** The hashes of the segment; of everything where there are no segments. */
function segmentOf({ Segment: segment = 0, TotalSegments: total = 1 }: ScanInput): KeyRange {
  const low = segmentStart(segment, total);
  const high = segmentStart(segment + 1, total);
  return {
    ...(low && segment > 0 && { low: { bytes: low, isInclusive: true } }),
    ...(high && { high: { bytes: high, isInclusive: false } }),
  };
}

const BEFORE = 'The provided starting key is invalid';

/** @throws ValidationException where the key is none of the table or index */
function assertStart(table: Table, index: Index | undefined, startKey: Attributes): void {
  if (Object.keys(startKey).length !== startKeyNames(table, index).length) {
    throw validation(
      index ? BEFORE : `${BEFORE}: The provided key element does not match the schema`,
    );
  }
  for (const attribute of index ? keyAttributes(index.keys) : []) {
    const value = attributeOf(startKey, attribute.name);
    if (value === undefined || !isOfKeyType(value, attribute.type)) throw validation(BEFORE);
  }
  const tableKey = pickAttributes(startKey, keyNames(table.keys));
  explained(() => parseKey(table.keys, tableKey), `${BEFORE}: `);
}

interface SegmentCheck {
  readonly table: Table;
  readonly index: Index | undefined;
  readonly input: ScanInput;
  readonly segment: KeyRange;
}

/** @throws ValidationException where the key belongs to another segment */
function assertInSegment(
  { table, index, input, segment }: SegmentCheck,
  startKey: Attributes,
): void {
  const { hash } = keyOf(index?.keys ?? table.keys, startKey);
  if (isInRange({ B: hash }, segment)) return;
  throw validation(
    `${BEFORE}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ` +
      `TotalSegments: ${input.TotalSegments} Segment: ${input.Segment}`,
  );
}
