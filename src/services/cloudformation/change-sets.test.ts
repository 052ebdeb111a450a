import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestContext } from '../../../test/support/request-context.ts';
import { CONTEXT, start } from './harness.test.ts';

const TemplateBody = JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } });

async function withSets() {
  const service = await start();
  const add = (StackName: string) =>
    service.call('CreateChangeSet', {
      StackName,
      ChangeSetName: 'set',
      ChangeSetType: 'CREATE',
      TemplateBody,
    });
  const [mine, other] = [await add('mine'), await add('other')];
  return { ...service, mine, other };
}

test('a change set is of the stack that is named beside it, or it is not there', async () => {
  const { call, mine, other } = await withSets();
  const missing = { code: 'ChangeSetNotFoundException' };
  for (const StackName of ['mine', mine.StackId ?? '']) {
    const names = { StackName, ChangeSetName: other.Id ?? '' };
    await assert.rejects(call('DescribeChangeSet', names), missing);
    await assert.rejects(call('ExecuteChangeSet', names), missing);
    await assert.rejects(call('GetTemplate', names), missing);
    await call('DeleteChangeSet', names);
    const own = { StackName, ChangeSetName: mine.Id ?? '' };
    assert.equal((await call('DescribeChangeSet', own)).ChangeSetName, 'set');
    assert.equal((await call('GetTemplate', own)).TemplateBody, TemplateBody);
  }
  const { Status } = await call('DescribeChangeSet', { ChangeSetName: other.Id ?? '' });
  assert.equal(Status, 'CREATE_COMPLETE');
});

test('a template is shown to nobody of another account, nor in another Region', async () => {
  const { call, other } = await withSets();
  const names = { ChangeSetName: other.Id ?? '' };
  for (const context of [requestContext('222222222222'), { ...CONTEXT, region: 'eu-west-1' }]) {
    await assert.rejects(call('GetTemplate', names, context), {
      code: 'ChangeSetNotFoundException',
    });
  }
  assert.equal((await call('GetTemplate', names)).TemplateBody, TemplateBody);
});

test('whoever names a change set alone needs to be allowed what is done to its stack', async () => {
  const { permissions, mine } = await withSets();
  const needs = await permissions?.needsOf({
    operation: 'ExecuteChangeSet',
    input: { ChangeSetName: mine.Id },
    context: CONTEXT,
  });
  assert.deepEqual(
    needs?.map(({ action, resource }) => `${action} ${resource}`),
    [`cloudformation:ExecuteChangeSet ${mine.StackId}`],
  );
});
