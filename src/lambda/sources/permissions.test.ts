import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { LAMBDA_PERMISSIONS } from '../control/permissions/permissions.ts';
import type { MappingRecord } from './model.ts';
import { mappingPermissions } from './permissions.ts';
import { mappings, SOURCES_SCHEMA } from './store.ts';
import { requestContext } from '../../../test/support/request-context.ts';

const context = requestContext('111111111111');
const { accountId, region } = context;
const arnOf = (name: string): string => `arn:aws:lambda:${region}:${accountId}:function:${name}`;

test('whoever changes a mapping is asked about its function, and about the one that it is to have', async () => {
  await using database = await openDatabase({ path: ':memory:' });
  await database.migrate(SOURCES_SCHEMA);
  const uuid = '0e4a5a3c-6b0f-4b43-9f7e-2f1f0a5d7c11';
  const record: MappingRecord = {
    accountId,
    region,
    uuid,
    eventSourceArn: `arn:aws:sqs:${region}:${accountId}:q`,
    target: { accountId, region, functionName: 'mapped', qualifier: 'live' },
    settings: {} as MappingRecord['settings'], // Nobody reads them here.
    isEnabled: true,
    phase: { kind: 'settled' },
    lastModifiedMs: 0,
    tags: {},
  };
  await database.transact((tx) => mappings.put(tx, context, record));
  const { needsOf } = mappingPermissions(LAMBDA_PERMISSIONS, database);
  const functionsOf = async (operation: string, input: Readonly<Record<string, string>>) => {
    const needs = await needsOf({ operation, context, input });
    return needs.map(({ keys }) => keys?.['lambda:FunctionArn']);
  };
  const mine = { UUID: uuid, FunctionName: 'mine' };
  const both = [arnOf('mapped'), arnOf('mine')];
  assert.deepEqual(await functionsOf('UpdateEventSourceMapping', mine), both);
  for (const operation of ['Get', 'Update', 'Delete']) {
    const asked = await functionsOf(`${operation}EventSourceMapping`, { UUID: uuid });
    assert.deepEqual(asked, [arnOf('mapped')], operation);
  }
  const made = { FunctionName: 'mine' };
  assert.deepEqual(await functionsOf('CreateEventSourceMapping', made), [arnOf('mine')]);
  const nobodys = { UUID: '0e4a5a3c-6b0f-4b43-9f7e-000000000000' };
  assert.deepEqual(await functionsOf('DeleteEventSourceMapping', nobodys), [undefined]);
});
