import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHarness } from './harness.test.ts';

test('a query finds what its groups have in its range, and is told of', async () => {
  await using world = await openHarness();
  const { call, clock } = world;
  await world.makeStream();
  await world.put([30, 'old'], [20, 'first'], [10, 'second']);
  const nowS = Math.floor(clock.now() / 1000);
  const range = { startTime: nowS - 25, endTime: nowS };
  const queryString = 'fields @message, @logStream';
  const { queryId = '' } = await call('StartQuery', { ...range, logGroupName: 'g', queryString });
  const answer = await call('GetQueryResults', { queryId });
  assert.equal(answer.status, 'Complete');
  assert.equal(answer.statistics?.recordsScanned, 2);
  const rows = answer.results?.map((row) => row.map(({ value }) => value).slice(0, 2));
  assert.deepEqual(rows, [
    ['second', 's'],
    ['first', 's'],
  ]);
  const pointer = answer.results?.[1]?.find(({ field }) => field === '@ptr')?.value ?? '';
  const { logRecord } = await call('GetLogRecord', { logRecordPointer: pointer });
  assert.deepEqual([logRecord?.['@message'], logRecord?.['@log']], ['first', '111111111111:g']);
  // Recorded: test_describe_queries.
  const { queries } = await call('DescribeQueries', { logGroupName: 'g' });
  const { startTime, endTime } = range;
  const source = `SOURCE "g" START=${startTime}000 END=${endTime}999 | ${queryString}`;
  assert.deepEqual(queries, [
    {
      queryLanguage: 'CWLI',
      queryId,
      queryString: source,
      status: 'Complete',
      createTime: Math.floor(clock.now()),
      logGroupName: 'g',
    },
  ]);
  const named = await call('ListLogGroupsForQuery', { queryId });
  assert.deepEqual(named.logGroupIdentifiers, ['g']);
  await assert.rejects(call('StopQuery', { queryId }), { code: 'InvalidParameterException' });
});

test('a query that cannot run is refused when it is started', async () => {
  await using world = await openHarness();
  const { call } = world;
  await world.makeStream();
  const base = { startTime: 0, endTime: 1, queryString: 'limit 1', logGroupName: 'g' };
  await assert.rejects(call('StartQuery', { ...base, queryString: 'nothing' }), {
    code: 'MalformedQueryException',
  });
  await assert.rejects(call('StartQuery', { ...base, logGroupName: 'no' }), {
    code: 'ResourceNotFoundException',
  });
  await assert.rejects(call('StartQuery', { ...base, startTime: 2 }), {
    code: 'InvalidParameterException',
  });
  await assert.rejects(call('StartQuery', { ...base, logGroupNames: ['g'] }), {
    code: 'InvalidParameterException',
  });
  await assert.rejects(call('GetQueryResults', { queryId: 'no' }), {
    code: 'ResourceNotFoundException',
  });
});

test('a query is saved, changed and deleted', async () => {
  await using world = await openHarness();
  const { call } = world;
  const saved = { name: 'n/a', queryString: 'limit 1' };
  const { queryDefinitionId = '' } = await call('PutQueryDefinition', saved);
  await call('PutQueryDefinition', { ...saved, queryDefinitionId, logGroupNames: ['g'] });
  const list = async () =>
    (await call('DescribeQueryDefinitions', { queryDefinitionNamePrefix: 'n/' })).queryDefinitions;
  assert.deepEqual(
    (await list())?.map((one) => [one.queryDefinitionId, one.logGroupNames]),
    [[queryDefinitionId, ['g']]],
  );
  assert.deepEqual(await call('DeleteQueryDefinition', { queryDefinitionId }), { success: true });
  await assert.rejects(call('DeleteQueryDefinition', { queryDefinitionId }), {
    code: 'ResourceNotFoundException',
  });
  assert.deepEqual(await list(), []);
});

test('the fields of a group are those of its last events', async () => {
  await using world = await openHarness();
  await world.makeStream();
  await world.put([1000, '{"old":1}'], [20, '{"level":"info"}'], [10, 'plain']);
  const { logGroupFields } = await world.call('GetLogGroupFields', { logGroupName: 'g' });
  assert.deepEqual(logGroupFields, [
    ...['@ingestionTime', '@log', '@logStream', '@message', '@timestamp'].map((name) => ({
      name,
      percent: 100,
    })),
    { name: 'level', percent: 50 },
  ]);
});
