import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openDatabase } from '#adapters/sqlite/index.ts';
import type { Operation } from '#aws/models/lambda.types.gen.ts';
import type { Queries, SqlValue } from '#ports/world/database.ts';

import { LAMBDA_SCHEMA } from '../store-schema.ts';
import type { Execution } from './model.ts';
import { statePage } from './state.ts';
import { saveOperation } from './store-operations.ts';

/** A state asks for nothing of its execution but its id. */
const EXECUTION = { id: 'x' } as Execution;

const step = (Id: string, ParentId?: string): Operation => ({
  Id,
  Type: 'STEP',
  Status: 'SUCCEEDED',
  StartTimestamp: 0,
  ...(ParentId === undefined ? {} : { ParentId }),
});

const context = (Id: string, more: Partial<Operation>): Operation => ({
  ...step(Id),
  Type: 'CONTEXT',
  Status: 'STARTED',
  ...more,
});

/** All operations that are told, page by page, and how many rows each page brought into memory. */
async function pagesOf(operations: readonly Operation[], itemsMax: number) {
  await using database = await openDatabase({ path: ':memory:' });
  await database.migrate(LAMBDA_SCHEMA);
  await database.transact(async (tx) => {
    for (const [order, operation] of operations.entries()) {
      const stored = { order, changed: order, isClaimed: false, operation, more: {} };
      await saveOperation(tx, EXECUTION.id, stored);
    }
  });
  const ids: string[] = [];
  const rows: number[] = [];
  for (let marker: string | undefined = ''; marker !== undefined;) {
    const after: string = marker;
    const page = await database.read((queries) => {
      rows.push(0);
      const count = (more: number): void => void rows.push((rows.pop() ?? 0) + more);
      return statePage(counted(queries, count), EXECUTION, after, itemsMax);
    });
    ids.push(...page.Operations.map(({ Id }) => Id));
    marker = page.NextMarker;
  }
  return { ids, rows };
}

function counted(queries: Queries, count: (rows: number) => void): Queries {
  return {
    async all<Row>(sql: string, ...parameters: readonly SqlValue[]) {
      const rows = await queries.all<Row>(sql, ...parameters);
      count(rows.length);
      return rows;
    },
    async get<Row>(sql: string, ...parameters: readonly SqlValue[]) {
      count(1);
      return queries.get<Row>(sql, ...parameters);
    },
  };
}

test('a page of a state reads as much at its end as at its beginning', async () => {
  const steps = Array.from({ length: 200 }, (_, at) => step(`${at}`));
  const { ids, rows } = await pagesOf(steps, 1);
  assert.deepEqual(
    ids,
    steps.map(({ Id }) => Id),
  );
  assert.equal(Math.max(...rows), rows[0]);
});

test('what is within a context that is over is left out on whatever page', async () => {
  const over = { Status: 'FAILED' } as const;
  const operations = [
    context('closed', over),
    step('within', 'closed'),
    context('deep', { ParentId: 'closed' }),
    step('below', 'deep'),
    context('replayed', { ...over, ContextDetails: { ReplayChildren: true } }),
    step('again', 'replayed'),
    context('open', {}),
    context('shut', { ...over, ParentId: 'open' }),
    step('behind', 'shut'),
    step('before', 'open'),
    step('late', 'deep'),
    step('last'),
  ];
  const told = ['closed', 'replayed', 'again', 'open', 'shut', 'before', 'last'];
  for (const itemsMax of [1, 2, 3, 100]) {
    assert.deepEqual((await pagesOf(operations, itemsMax)).ids, told);
  }
});
