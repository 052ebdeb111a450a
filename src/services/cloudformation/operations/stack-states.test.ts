import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from '../harness.test.ts';

const StackName = 'stack';
const templateOf = (...ids: readonly string[]) => {
  const handles = ids.map((id) => [id, { Type: 'AWS::CloudFormation::WaitConditionHandle' }]);
  return { StackName, TemplateBody: JSON.stringify({ Resources: Object.fromEntries(handles) }) };
};

test('a stack is not deleted amid its update, nor told what to retain before its deletion failed', async () => {
  const { call, work } = await start();
  const { StackId = '' } = await call('CreateStack', templateOf('One'));
  await work(StackId);
  const code = 'ValidationError';
  await assert.rejects(call('DeleteStack', { StackName, RetainResources: ['One'] }), {
    code,
    message: `Invalid operation on stack [${StackId}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.`,
  });
  await call('UpdateStack', templateOf('One', 'Two'));
  await assert.rejects(call('DeleteStack', { StackName }), {
    code,
    message: `Stack [${StackId}] cannot be deleted while in status UPDATE_IN_PROGRESS`,
  });
});
