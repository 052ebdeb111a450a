import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACCOUNT, openHarness } from './harness.test.ts';

const arn = (name: string): string => `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${name}`;
const refused = (name: string, message: string) => ({
  name: 'AwsError',
  code: name,
  message,
  status: 400,
});

describe('Log groups', () => {
  it('are described as TestLogsGroups::test_describe_log_groups_with_prefix recorded', async () => {
    await using harness = await openHarness();
    const { call, clock } = harness;
    for (const logGroupName of ['b', 'a1', 'a2']) await call('CreateLogGroup', { logGroupName });
    const { logGroups, nextToken } = await call('DescribeLogGroups', { logGroupNamePrefix: 'a' });
    assert.deepEqual(
      logGroups?.map(({ logGroupName }) => logGroupName),
      ['a1', 'a2'],
    );
    assert.deepEqual(logGroups?.[0], {
      arn: `${arn('a1')}:*`,
      creationTime: clock.now(),
      deletionProtectionEnabled: false,
      logGroupArn: arn('a1'),
      logGroupClass: 'STANDARD',
      logGroupName: 'a1',
      metricFilterCount: 0,
      storedBytes: 0,
    });
    assert.equal(nextToken, undefined);
  });

  it('are found by a pattern as test_describe_log_groups_with_pattern recorded', async () => {
    await using harness = await openHarness();
    const { call } = harness;
    for (const logGroupName of ['xay', 'b']) await call('CreateLogGroup', { logGroupName });
    const first = await call('DescribeLogGroups', { logGroupNamePattern: 'a' });
    assert.deepEqual(Object.keys(first.logGroups?.[0] ?? {}).sort(), [
      'arn',
      'creationTime',
      'logGroupArn',
      'logGroupClass',
      'logGroupName',
      'metricFilterCount',
    ]);
    const { nextToken = '' } = first;
    assert.deepEqual(await call('DescribeLogGroups', { logGroupNamePattern: 'a', nextToken }), {
      logGroups: [],
    });
    await assert.rejects(
      call('DescribeLogGroups', { logGroupNamePattern: 'a', logGroupNamePrefix: 'b' }),
      refused(
        'InvalidParameterException',
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      ),
    );
  });

  it('come in pages, each once', async () => {
    await using harness = await openHarness();
    const { call } = harness;
    const names = Array.from({ length: 7 }, (_, n) => `g${n}`);
    for (const logGroupName of names) await call('CreateLogGroup', { logGroupName });
    const found: (string | undefined)[] = [];
    let nextToken: string | undefined;
    let pages = 0;
    do {
      const page = await call('DescribeLogGroups', {
        limit: 3,
        ...(nextToken ? { nextToken } : {}),
      });
      found.push(...(page.logGroups ?? []).map(({ logGroupName }) => logGroupName));
      nextToken = page.nextToken;
      pages += 1;
    } while (nextToken !== undefined);
    assert.deepEqual([found, pages], [names, 3]);
    await assert.rejects(
      call('DescribeLogGroups', { nextToken: 'nonsense' }),
      refused('InvalidParameterException', 'The specified nextToken is invalid.'),
    );
  });

  it('are refused twice, and missed once deleted', async () => {
    await using harness = await openHarness();
    const { call } = harness;
    await call('CreateLogGroup', { logGroupName: 'g' });
    await assert.rejects(
      call('CreateLogGroup', { logGroupName: 'g' }),
      refused('ResourceAlreadyExistsException', 'The specified log group already exists'),
    );
    await call('DeleteLogGroup', { logGroupName: 'g' });
    const missing = refused('ResourceNotFoundException', 'The specified log group does not exist.');
    await assert.rejects(call('DeleteLogGroup', { logGroupName: 'g' }), missing);
    await assert.rejects(call('DescribeLogStreams', { logGroupName: 'g' }), missing);
    await assert.rejects(call('DescribeSubscriptionFilters', { logGroupName: 'g' }), missing);
  });

  it('are kept from deletion where they are protected', async () => {
    await using harness = await openHarness();
    const { call } = harness;
    await call('CreateLogGroup', { logGroupName: 'g', deletionProtectionEnabled: true });
    await assert.rejects(call('DeleteLogGroup', { logGroupName: 'g' }), /deletion protection/);
    await call('PutLogGroupDeletionProtection', {
      logGroupIdentifier: arn('g'),
      deletionProtectionEnabled: false,
    });
    await call('DeleteLogGroup', { logGroupName: 'g' });
  });

  it("take only AWS's retention times", async () => {
    await using harness = await openHarness();
    const { call } = harness;
    await call('CreateLogGroup', { logGroupName: 'g' });
    await assert.rejects(
      call('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 2 }),
      /Value '2' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set/,
    );
    const retention = async () =>
      (await call('DescribeLogGroups', {})).logGroups?.[0]?.retentionInDays;
    await call('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 3653 });
    assert.equal(await retention(), 3653);
    await call('DeleteRetentionPolicy', { logGroupName: 'g' });
    assert.equal(await retention(), undefined);
  });

  it('carry tags by both interfaces, as TestLogsGroupsTags::test_tag_resource_api recorded', async () => {
    await using harness = await openHarness();
    const { call } = harness;
    await call('CreateLogGroup', { logGroupName: 'g', tags: { env: 'testing1' } });
    await call('TagResource', { resourceArn: arn('g'), tags: { test1: 'val1', test2: 'val2' } });
    await call('TagLogGroup', { logGroupName: 'g', tags: { test3: 'val3' } });
    const tags = { env: 'testing1', test1: 'val1', test2: 'val2', test3: 'val3' };
    assert.deepEqual(await call('ListTagsLogGroup', { logGroupName: 'g' }), { tags });
    assert.deepEqual(await call('ListTagsForResource', { resourceArn: arn('g') }), { tags });
    await call('UntagLogGroup', { logGroupName: 'g', tags: ['test1'] });
    await call('UntagResource', { resourceArn: `${arn('g')}:*`, tagKeys: ['env', 'test3'] });
    assert.deepEqual(await call('ListTagsForResource', { resourceArn: arn('g') }), {
      tags: { test2: 'val2' },
    });
    await assert.rejects(
      call('ListTagsForResource', { resourceArn: arn('other') }),
      /does not exist/,
    );
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, '']));
    await assert.rejects(call('TagLogGroup', { logGroupName: 'g', tags: many }), /at most 50 tags/);
  });
});

describe('Log streams', () => {
  it('are described as TestLogsStreams::test_create_and_delete_log_stream recorded', async () => {
    await using harness = await openHarness();
    const { call, clock } = harness;
    await harness.makeStream();
    assert.deepEqual(await call('DescribeLogStreams', { logGroupName: 'g' }), {
      logStreams: [
        {
          arn: `${arn('g')}:log-stream:s`,
          creationTime: clock.now(),
          logStreamName: 's',
          storedBytes: 0,
        },
      ],
    });
    await assert.rejects(
      call('CreateLogStream', { logGroupName: 'g', logStreamName: 's' }),
      refused('ResourceAlreadyExistsException', 'The specified log stream already exists'),
    );
    await call('DeleteLogStream', { logGroupName: 'g', logStreamName: 's' });
    await assert.rejects(
      call('DeleteLogStream', { logGroupName: 'g', logStreamName: 's' }),
      refused('ResourceNotFoundException', 'The specified log stream does not exist.'),
    );
  });

  it('come by name or by their last event, in pages both ways', async () => {
    await using harness = await openHarness();
    const { call, clock } = harness;
    await call('CreateLogGroup', { logGroupName: 'g' });
    for (const [n, logStreamName] of ['b', 'd', 'a', 'c'].entries()) {
      await call('CreateLogStream', { logGroupName: 'g', logStreamName });
      if (logStreamName === 'c') continue;
      const logEvents = [{ timestamp: clock.now() + n, message: 'x' }];
      await call('PutLogEvents', { logGroupName: 'g', logStreamName, logEvents });
    }
    const list = async (options: {
      orderBy?: string;
      descending?: boolean;
      logStreamNamePrefix?: string;
    }) => {
      const names: (string | undefined)[] = [];
      let nextToken: string | undefined;
      do {
        const token = nextToken === undefined ? {} : { nextToken };
        const page = await call('DescribeLogStreams', {
          logGroupIdentifier: arn('g'),
          limit: 1,
          ...options,
          ...token,
        });
        names.push(...(page.logStreams ?? []).map(({ logStreamName }) => logStreamName));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return names.join('');
    };
    assert.equal(await list({}), 'abcd');
    assert.equal(await list({ descending: true }), 'dcba');
    assert.equal(await list({ orderBy: 'LastEventTime' }), 'cbda');
    assert.equal(await list({ orderBy: 'LastEventTime', descending: true }), 'adbc');
    assert.equal(await list({ logStreamNamePrefix: 'b' }), 'b');
    await assert.rejects(
      list({ orderBy: 'LastEventTime', logStreamNamePrefix: 'b' }),
      /Cannot order by LastEventTime with a logStreamNamePrefix/,
    );
  });
});

describe('Resource policies', () => {
  it('are told as TestResourcePolicies recorded, ten at most', async () => {
    await using harness = await openHarness();
    const { call, clock } = harness;
    const policyDocument = '{"Version":"2008-10-17"}';
    const { resourcePolicy } = await call('PutResourcePolicy', {
      policyName: 'p0',
      policyDocument,
    });
    assert.deepEqual(resourcePolicy, {
      policyName: 'p0',
      policyDocument,
      lastUpdatedTime: clock.now(),
      policyScope: 'ACCOUNT',
    });
    for (let n = 1; n < 10; n += 1)
      await call('PutResourcePolicy', { policyName: `p${n}`, policyDocument });
    await assert.rejects(
      call('PutResourcePolicy', { policyName: 'p10', policyDocument }),
      refused('LimitExceededException', 'Resource limit exceeded.'),
    );
    await call('PutResourcePolicy', { policyName: 'p9', policyDocument });
    await call('DeleteResourcePolicy', { policyName: 'p9' });
    await assert.rejects(
      call('DeleteResourcePolicy', { policyName: 'p9' }),
      refused('ResourceNotFoundException', 'Policy with name [p9] does not exist.'),
    );
    assert.equal((await call('DescribeResourcePolicies', {})).resourcePolicies?.length, 9);
  });
});

describe('Destinations', () => {
  it('are told, changed, tagged and deleted as TestDestinations recorded', async () => {
    await using harness = await openHarness();
    const { call, clock } = harness;
    const input = {
      destinationName: 'd',
      targetArn: 'arn:aws:kinesis:us-east-1:1:stream/s',
      roleArn: 'arn:r',
    };
    const { destination } = await call('PutDestination', input);
    const destinationArn = `arn:aws:logs:us-east-1:${ACCOUNT}:destination:d`;
    assert.deepEqual(destination, { ...input, arn: destinationArn, creationTime: clock.now() });
    await call('PutDestinationPolicy', { destinationName: 'd', accessPolicy: '{}' });
    await call('TagResource', {
      resourceArn: destinationArn,
      tags: { key1: 'val1', key2: 'val2' },
    });
    await call('UntagResource', { resourceArn: destinationArn, tagKeys: ['key2'] });
    assert.deepEqual(await call('ListTagsForResource', { resourceArn: destinationArn }), {
      tags: { key1: 'val1' },
    });
    const { destinations } = await call('DescribeDestinations', {});
    assert.deepEqual(destinations, [{ ...destination, accessPolicy: '{}' }]);
    await call('DeleteDestination', { destinationName: 'd' });
    assert.deepEqual(await call('DescribeDestinations', {}), { destinations: [] });
  });
});
