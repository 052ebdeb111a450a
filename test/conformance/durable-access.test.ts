/** Durable functions where policies are evaluated: what their role needs, and what the callers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  InvokeCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { policyOf, refusalOf, startGuarded } from '../e2e/access-harness.ts';
import { begin, createDurable, ending, eventually, LIMIT, result } from './durable-harness.ts';

const SOURCE = `async (event, context) => {
  const told = (error) => error.message;
  const plain = await context.invoke('called', 'called:1', 1).catch(told);
  const [promise] = await context.createCallback('asked', { timeout: { days: 1 } });
  return [plain, await promise];
}`;

test('roles and callers do with executions what their policies allow', LIMIT, async (t) => {
  const guarded = await startGuarded();
  const { server, of, arn, newUser } = guarded;
  t.after(() => server.stop());
  const { iam } = of();
  const trust = { Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', ...trust }],
  });
  const roleOf = async (RoleName: string, ...actions: readonly string[]): Promise<string> => {
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    if (actions.length > 0) {
      const Resource = arn('lambda', `function:allowed:*`);
      const PolicyDocument = policyOf({ Action: actions, Resource });
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }));
    }
    return `arn:aws:iam::${server.accountId}:role/${RoleName}`;
  };
  const allowed = await roleOf(
    'allowed',
    'lambda:CheckpointDurableExecution',
    'lambda:GetDurableExecutionState',
  );
  await createDurable(server, 'allowed', SOURCE, { Role: allowed });
  await createDurable(server, 'refused', SOURCE, { Role: await roleOf('refused') });
  const { Status, Error: error } = await ending(server, await begin(server, 'refused'));
  assert.equal(Status, 'FAILED');
  assert.match(error?.ErrorMessage ?? '', /not authorized .*lambda:CheckpointDurableExecution/);

  const execution = await begin(server, 'allowed');
  const { CallbackStartedDetails } = await eventually(server, execution, 'CallbackStarted');
  const { CallbackId = '' } = CallbackStartedDetails ?? {};
  const answer = { CallbackId, Result: Buffer.from('yes') };
  const nobody = of(await newUser('nobody'));
  assert.match(
    await refusalOf(nobody.lambda.send(new SendDurableExecutionCallbackSuccessCommand(answer))),
    /403 AccessDeniedException: .*lambda:SendDurableExecutionCallbackSuccess on resource: .*:allowed:1\/durable-execution\//,
  );
  const stop = new StopDurableExecutionCommand({ DurableExecutionArn: execution });
  assert.match(await refusalOf(nobody.lambda.send(stop)), /^403 .*StopDurableExecution/);
  const named = new InvokeCommand({ FunctionName: 'allowed:1', InvocationType: 'Event' });
  assert.match(await refusalOf(nobody.lambda.send(named)), /^403 .*lambda:InvokeFunction/);
  const somebody = of(
    await newUser(
      'somebody',
      policyOf({
        Action: 'lambda:SendDurableExecutionCallback*',
        Resource: arn('lambda', 'function:allowed:*'),
      }),
    ),
  );
  await somebody.lambda.send(new SendDurableExecutionCallbackSuccessCommand(answer));
  const [plain, told] = (await result(server, execution)) as readonly string[];
  assert.equal(told, 'yes');
  assert.match(plain ?? '', /not authorized to perform: lambda:InvokeFunction on .*:called:1/);
});
