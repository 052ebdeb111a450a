import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveParameters } from './parameters.ts';
import { readTemplate } from './template.ts';

test('a pattern decides of a value in no more time than that takes, or is refused', async () => {
  const resolve = (AllowedPattern: string, ParameterValue: string) => {
    const Parameters = { Name: { Type: 'String', AllowedPattern } };
    const template = readTemplate({ Parameters, Resources: { A: { Type: 'AWS::SQS::Queue' } } });
    const sent = [{ ParameterKey: 'Name', ParameterValue }];
    return resolveParameters(template, sent, [], async () => undefined);
  };
  const code = 'ValidationError';
  const message = "Parameter 'Name' must match pattern (a+)+";
  await assert.rejects(resolve('(a+)+', `${'a'.repeat(4000)}b`), { code, message });
  await assert.rejects(resolve('[', 'a'), { code, message: /Invalid AllowedPattern \[/ });
  const [parameter] = await resolve('[a-zA-Z][a-zA-Z0-9]*', 'name1');
  assert.equal(parameter?.value, 'name1');
});
