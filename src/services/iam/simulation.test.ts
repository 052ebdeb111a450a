import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import type { SimulatePolicyResponse } from '#aws/models/iam.types.gen.ts';
import type { Database } from '#ports/world/database.ts';
import { requestContext } from '../../../test/support/request-context.ts';
import { createIam, type Iam } from './index.ts';

const ACCOUNT = '111111111111';
const ANN = `arn:aws:iam::${ACCOUNT}:user/ann`;

function policyOf(...statements: readonly object[]): string {
  const Statement = statements.map((one) => ({ Effect: 'Allow', Resource: '*', ...one }));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

describe('simulation', () => {
  let database: Database;
  let iam: Iam;
  before(async () => {
    database = await openDatabase({ path: ':memory:' });
    const clock = new SimulatedClock();
    iam = createIam({ database, clock, random: new SeededRandom(1), forgetKey: () => undefined });
    await database.migrate(iam.schema);
    await call('CreateUser', { UserName: 'ann' });
    const PolicyDocument = policyOf({ Action: 'sqs:*' }, { Action: 'sqs:Delete*', Effect: 'Deny' });
    await call('PutUserPolicy', { UserName: 'ann', PolicyName: 'p', PolicyDocument });
  });
  after(() => database[Symbol.asyncDispose]());

  async function call(name: string, input: object): Promise<unknown> {
    const operation = iam.service.operations[name];
    assert.ok(operation !== undefined);
    return operation(requestContext(ACCOUNT), input as never);
  }

  async function decisionsOf(name: string, input: object): Promise<readonly string[]> {
    const { EvaluationResults = [] } = (await call(name, input)) as SimulatePolicyResponse;
    return EvaluationResults.map(
      ({ EvalActionName, EvalResourceName, EvalDecision }) =>
        `${EvalActionName} ${EvalResourceName} ${EvalDecision}`,
    );
  }

  it('decides each action on each resource by what an identity has', async () => {
    const ActionNames = ['sqs:SendMessage', 'sqs:DeleteQueue', 'sns:Publish'];
    const input = { PolicySourceArn: ANN, ActionNames };
    assert.deepEqual(await decisionsOf('SimulatePrincipalPolicy', input), [
      'sqs:SendMessage * allowed',
      'sqs:DeleteQueue * explicitDeny',
      'sns:Publish * implicitDeny',
    ]);
    const more = { PolicyInputList: [policyOf({ Action: 'sns:*' })], ActionNames: ['sns:Publish'] };
    const ResourceArns = [`arn:aws:sns:us-east-1:${ACCOUNT}:t`];
    assert.deepEqual(
      await decisionsOf('SimulatePrincipalPolicy', { ...input, ...more, ResourceArns }),
      [`sns:Publish ${ResourceArns[0]} allowed`],
    );
    const missing = { ...input, PolicySourceArn: `${ANN}a` };
    await assert.rejects(decisionsOf('SimulatePrincipalPolicy', missing), { code: 'NoSuchEntity' });
  });

  it('tells the keys that a condition lacks, and what a boundary leaves', async () => {
    const Condition = { StringEquals: { 'aws:SourceIp': '10.0.0.1' } };
    const input = {
      PolicyInputList: [policyOf({ Action: 's3:*', Condition })],
      ActionNames: ['s3:GetObject'],
    };
    const lacking = (await call('SimulateCustomPolicy', input)) as SimulatePolicyResponse;
    assert.deepEqual(lacking.EvaluationResults?.[0]?.MissingContextValues, ['aws:sourceip']);
    assert.equal(lacking.EvaluationResults?.[0]?.EvalDecision, 'implicitDeny');
    const ContextEntries = [
      { ContextKeyName: 'aws:SourceIp', ContextKeyValues: ['10.0.0.1'], ContextKeyType: 'string' },
    ];
    const given = { ...input, ContextEntries };
    assert.deepEqual(await decisionsOf('SimulateCustomPolicy', given), ['s3:GetObject * allowed']);
    const PermissionsBoundaryPolicyInputList = [policyOf({ Action: 'sqs:*' })];
    const bounded = (await call('SimulateCustomPolicy', {
      ...given,
      PermissionsBoundaryPolicyInputList,
    })) as SimulatePolicyResponse;
    assert.equal(bounded.EvaluationResults?.[0]?.EvalDecision, 'implicitDeny');
    assert.deepEqual(bounded.EvaluationResults?.[0]?.PermissionsBoundaryDecisionDetail, {
      AllowedByPermissionsBoundary: false,
    });
  });

  it('refuses what is no policy', async () => {
    const input = { PolicyInputList: ['{'], ActionNames: ['s3:GetObject'] };
    await assert.rejects(decisionsOf('SimulateCustomPolicy', input), { code: 'InvalidInput' });
  });
});
