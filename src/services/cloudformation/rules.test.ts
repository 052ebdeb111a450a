import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './harness.test.ts';

const PARAMETERS = `
Parameters:
  Stage: { Type: String, Default: dev }
  Users: { Type: CommaDelimitedList, Default: 'a,b' }
`;
const RESOURCES = `
Resources:
  One: { Type: 'AWS::CloudFormation::WaitConditionHandle' }
`;
const refused = (message: string | RegExp) => ({ code: 'ValidationError', message });

/** A template with one rule, as YAML. */
const templateOf = (rule: string) => `${PARAMETERS}${RESOURCES}
Rules:
  Rule: ${rule}
`;
const asserting = (assertion: string) =>
  templateOf(`{ Assertions: [{ Assert: ${assertion}, AssertDescription: It does not hold. }] }`);

async function create(TemplateBody: string) {
  const { call } = await start();
  return await call('CreateStack', { StackName: 'stack', TemplateBody });
}

for (const [assertion, isTrue] of [
  ['!Equals [!Ref Stage, dev]', true],
  ['!Equals [!Ref Stage, production]', false],
  ['!Not [!Equals [!Ref "AWS::Region", us-east-1]]', false],
  ['!And [!Equals [a, a], !Equals [a, b]]', false],
  ['!Or [!Equals [a, b], !Equals [a, a]]', true],
  ['!Contains [[dev, test], !Ref Stage]', true],
  ['!Contains [!Ref Users, c]', false],
  ['!EachMemberEquals [!Ref Users, a]', false],
  ['!EachMemberEquals [[dev, dev], !Ref Stage]', true],
  ['!EachMemberIn [!Ref Users, [a, b, c]]', true],
  ['!EachMemberIn [!Ref Users, [a]]', false],
] as const) {
  test(`an assertion ${isTrue ? 'that holds' : 'that does not hold'} is told: ${assertion}`, async () => {
    const created = create(asserting(assertion));
    if (isTrue) assert.ok((await created).StackId);
    else await assert.rejects(created, refused('It does not hold.'));
  });
}

test('a rule whose condition does not hold asserts nothing', async () => {
  const rule = (wanted: string) =>
    templateOf(
      `{ RuleCondition: !Equals [!Ref Stage, ${wanted}], Assertions: [{ Assert: !Equals [a, b] }] }`,
    );
  assert.ok((await create(rule('production'))).StackId);
  await assert.rejects(create(rule('dev')), refused(/an assertion of rule Rule does not hold/));
});

test('an update and a change set are asked, too, with what parameters are by then', async () => {
  const { call, work } = await start();
  const StackName = 'stack';
  const TemplateBody = asserting('!Equals [!Ref Stage, dev]');
  const { StackId = '' } = await call('CreateStack', { StackName, TemplateBody });
  await work(StackId);
  const Parameters = [{ ParameterKey: 'Stage', ParameterValue: 'production' }];
  const change = { StackName, UsePreviousTemplate: true, Parameters };
  await assert.rejects(call('UpdateStack', change), refused('It does not hold.'));
  const set = call('CreateChangeSet', { ...change, ChangeSetName: 'set' });
  await assert.rejects(set, refused('It does not hold.'));
});

test('rules without the form of rules are refused', async () => {
  const { call } = await start();
  for (const [TemplateBody, message] of [
    [`${RESOURCES}\nRules: []\n`, /Rules is not an object/],
    [templateOf('{}'), /Rule must contain a list of Assertions/],
    [templateOf('{ Assertions: [] }'), /Rule must contain a list of Assertions/],
    [templateOf('{ Assertions: [{}] }'), /rule Rule must contain an Assert/],
    [asserting('!Equals [!Ref One, a]'), /Unresolved dependencies \[One\].*the Rules block/],
  ] as const) {
    await assert.rejects(call('ValidateTemplate', { TemplateBody }), refused(message));
  }
  for (const [assertion, message] of [
    ['a', /is one of Fn::And/],
    ['!Join ["", [a]]', /is one of Fn::And/],
    ['!Equals [!Join ["", [a]], a]', /does not know Fn::Join within the rules/],
    ['!EachMemberIn [!RefAll "AWS::EC2::VPC::Id", [a]]', /does not know Fn::RefAll within/],
  ] as const) {
    await assert.rejects(create(asserting(assertion)), refused(message));
  }
});
