import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openHarness } from './harness.test.ts';

const DashboardBody = '{"widgets":[]}';

test('a dashboard is kept as it was given, in every Region, until it is deleted', async () => {
  await using world = await openHarness();
  const { call, clock } = world;
  for (const DashboardName of ['b-2', 'a_1'])
    await call('PutDashboard', { DashboardName, DashboardBody });
  const found = await call('GetDashboard', { DashboardName: 'a_1' });
  const arn = 'arn:aws:cloudwatch::111111111111:dashboard/';
  assert.deepEqual(found, { DashboardArn: `${arn}a_1`, DashboardBody, DashboardName: 'a_1' });
  const list = async (input: object) => {
    const listed = await call('ListDashboards', input);
    return listed.DashboardEntries;
  };
  assert.deepEqual(await list({ DashboardNamePrefix: 'b' }), [
    { DashboardArn: `${arn}b-2`, DashboardName: 'b-2', LastModified: clock.now(), Size: 14 },
  ]);
  const missing = { code: 'ResourceNotFound', status: 404 };
  await assert.rejects(call('DeleteDashboards', { DashboardNames: ['a_1', 'no'] }), missing);
  assert.equal((await list({}))?.length, 2);
  await call('DeleteDashboards', { DashboardNames: ['a_1', 'b-2'] });
  assert.deepEqual(await list({}), []);
  await assert.rejects(call('GetDashboard', { DashboardName: 'a_1' }), missing);
});

test('a dashboard needs a name of 255 characters at most and a body of JSON', async () => {
  await using world = await openHarness();
  const put = (DashboardName: string, body = DashboardBody) =>
    world.call('PutDashboard', { DashboardName, DashboardBody: body });
  await put('a'.repeat(255));
  await assert.rejects(put('a'.repeat(256)), { code: 'InvalidParameterValue' });
  // Recorded: test_invalid_dashboard_name.
  await assert.rejects(put('test-dashboard:2'), {
    code: 'InvalidParameterValue',
    message:
      'The value for field DashboardName contains invalid characters. ' +
      'It can only contain alphanumerics, dash (-) and underscore (_).\n',
  });
  await assert.rejects(put('a', 'widgets'), { code: 'InvalidParameterInput' });
});
