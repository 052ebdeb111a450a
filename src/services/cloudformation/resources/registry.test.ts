import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RESOURCE_TYPES } from './registry.ts';
import { start } from '../harness.test.ts';

test('a property that its type does not know is refused, whatever the type', async () => {
  const { call, work } = await start();
  const types = [...RESOURCE_TYPES].filter(([, { properties }]) => properties !== 'any');
  for (const [index, [Type]] of types.entries()) {
    const StackName = `stack-${index}`;
    const TemplateBody = JSON.stringify({ Resources: { One: { Type, Properties: { Wrong: 1 } } } });
    const Capabilities = ['CAPABILITY_NAMED_IAM'];
    const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody, Capabilities });
    await work(StackId);
    const { StackEvents = [] } = await call('DescribeStackEvents', { StackName });
    const failed = StackEvents.find((one) => one.ResourceStatus === 'CREATE_FAILED');
    const reason = failed?.ResourceStatusReason ?? '';
    assert.ok(
      reason.startsWith('Properties validation failed for resource One with message:') &&
        reason.includes('#: extraneous key [Wrong] is not permitted'),
      `${Type}: ${reason}`,
    );
  }
});

test('what makes a new resource, or is required, is a property of its type', () => {
  for (const [name, { properties, required = [], replacing, tags }] of RESOURCE_TYPES) {
    if (properties === 'any') continue;
    const named = [...required, ...replacing, ...(tags === undefined ? [] : ['Tags'])];
    assert.deepEqual(
      named.filter((one) => !properties.includes(one)),
      [],
      name,
    );
  }
});
