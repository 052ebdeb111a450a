import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  DeleteAliasCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  ListAliasesCommand,
  PublishVersionCommand,
  RemovePermissionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';

import {
  ACCOUNT,
  failureOf,
  functionArn,
  functionInput,
  startWorld,
} from './lambda-control-harness.ts';
import type { World } from './lambda-control-harness.ts';

async function worldWithTwoVersions(): Promise<World> {
  const world = await startWorld();
  const FunctionName = 'one';
  await world.client.send(
    new CreateFunctionCommand({ ...(await functionInput(FunctionName)), Publish: true }),
  );
  await world.settle();
  await world.client.send(
    new UpdateFunctionConfigurationCommand({ FunctionName, Description: '2' }),
  );
  await world.settle();
  await world.client.send(new PublishVersionCommand({ FunctionName }));
  return world;
}

const S3 = { StatementId: 's3', Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com' };

test('aliases are made, changed, listed and deleted', async () => {
  // lambda_api: TestLambdaRevisions::test_function_revisions_version_and_alias, TestLambdaAlias::test_non_existent_alias_deletion
  await using world = await worldWithTwoVersions();
  const { client } = world;
  const FunctionName = 'one';
  const made = await client.send(
    new CreateAliasCommand({
      FunctionName,
      Name: 'live',
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: { 2: 0.5 } },
    }),
  );
  const { $metadata, ...shown } = made;
  assert.equal($metadata.httpStatusCode, 201);
  assert.deepEqual(shown, {
    AliasArn: `${functionArn('one')}:live`,
    Name: 'live',
    FunctionVersion: '1',
    Description: '',
    RevisionId: made.RevisionId,
    RoutingConfig: { AdditionalVersionWeights: { 2: 0.5 } },
  });
  const update = (input: object) =>
    client.send(new UpdateAliasCommand({ FunctionName, Name: 'live', ...input }));
  assert.equal(
    (await failureOf(update({ RevisionId: 'wrong' }))).name,
    'PreconditionFailedException',
  );
  const changed = await update({
    FunctionVersion: '2',
    RoutingConfig: {},
    RevisionId: made.RevisionId,
  });
  assert.equal(changed.FunctionVersion, '2');
  assert.equal(changed.RoutingConfig, undefined);
  assert.notEqual(changed.RevisionId, made.RevisionId);
  await client.send(
    new CreateAliasCommand({ FunctionName, Name: 'other', FunctionVersion: '$LATEST' }),
  );
  const listed = await client.send(new ListAliasesCommand({ FunctionName, FunctionVersion: '2' }));
  assert.deepEqual(
    listed.Aliases?.map((alias) => alias.Name),
    ['live'],
  );
  await client.send(new DeleteAliasCommand({ FunctionName, Name: 'live' }));
  await client.send(new DeleteAliasCommand({ FunctionName, Name: 'live' }));
  const gone = await failureOf(client.send(new GetAliasCommand({ FunctionName, Name: 'live' })));
  assert.equal(gone.message, `Cannot find alias arn: ${functionArn('one')}:live`);
});

test('an alias leads to versions that are there, and not to one twice', async () => {
  // lambda_api: TestLambdaAlias::test_notfound_and_invalid_routingconfigs
  await using world = await worldWithTwoVersions();
  const create = (
    FunctionVersion: string,
    weights?: Record<string, number>,
    FunctionName = 'one',
  ) =>
    failureOf(
      world.client.send(
        new CreateAliasCommand({
          FunctionName,
          Name: 'custom',
          FunctionVersion,
          RoutingConfig: weights && { AdditionalVersionWeights: weights },
        }),
      ),
    );
  assert.equal(
    (await create('1', { 1: 0.5, 2: 0.5 })).message,
    'Number of items in AdditionalVersionWeights cannot be greater than 1',
  );
  assert.equal(
    (await create('1', { 1: 0.5 })).message,
    'Invalid function version 1. Function version 1 is already included in routing configuration.',
  );
  assert.equal((await create('10')).message, `Function not found: ${functionArn('one')}:10`);
  assert.equal(
    (await create('1', { 10: 0.5 })).message,
    `Function not found: ${functionArn('one')}:10`,
  );
  const latest = await create('$LATEST', { 1: 0.5 });
  assert.equal(
    latest.message,
    '$LATEST is not supported for an alias pointing to more than 1 version',
  );
  assert.equal(latest.type, undefined);
  assert.equal(
    (await create('1', undefined, 'one-unknown')).message,
    `Function not found: ${functionArn('one-unknown')}:1`,
  );
  assert.match(
    (await create('1', { 2: 2 })).message,
    /^1 validation error detected: Value '\{2=2\.0\}' at 'routingConfig\.additionalVersionWeights'/,
  );
  await world.client.send(
    new CreateAliasCommand({ FunctionName: 'one', Name: 'custom', FunctionVersion: '1' }),
  );
  assert.deepEqual(await create('1'), {
    name: 'ResourceConflictException',
    message: `Alias already exists: ${functionArn('one')}:custom`,
    status: 409,
    type: 'User',
  });
});

test('a statement is written as AWS writes it', async () => {
  // lambda_api: TestLambdaPermissions::test_add_lambda_permission_fields
  await using world = await worldWithTwoVersions();
  const add = async (StatementId: string, input: object) => {
    const { Statement } = await world.client.send(
      new AddPermissionCommand({
        FunctionName: 'one',
        Action: 'lambda:InvokeFunction',
        Principal: '*',
        StatementId,
        ...input,
      }),
    );
    return Statement;
  };
  const Resource = functionArn('one');
  const base = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource };
  assert.equal(
    await add('w', { SourceAccount: ACCOUNT }),
    `{"Sid":"w","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"${Resource}","Condition":{"StringEquals":{"AWS:SourceAccount":"${ACCOUNT}"}}}`,
  );
  const account = JSON.parse((await add('a', { Principal: ACCOUNT })) ?? '');
  assert.deepEqual(account, {
    Sid: 'a',
    ...base,
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  });
  const all = await add('o', {
    Action: 'lambda:InvokeFunctionUrl',
    SourceAccount: ACCOUNT,
    SourceArn: 'arn:aws:s3:::b',
    PrincipalOrgID: 'o-1234567890',
    FunctionUrlAuthType: 'NONE',
  });
  assert.ok(
    all?.endsWith(
      `"Condition":{"StringEquals":{"AWS:SourceAccount":"${ACCOUNT}","lambda:FunctionUrlAuthType":"NONE","aws:PrincipalOrgID":"o-1234567890"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}}`,
    ),
    all,
  );
  const alexa = JSON.parse((await add('x', { EventSourceToken: 'amzn1.ask.skill.x' })) ?? '');
  assert.deepEqual(alexa.Condition, {
    StringEquals: { 'lambda:EventSourceToken': 'amzn1.ask.skill.x' },
  });
});

test('each version and alias has a policy of its own', async () => {
  // lambda_api: TestLambdaPermissions::test_lambda_permission_fn_versioning, test_remove_multi_permissions
  await using world = await worldWithTwoVersions();
  const { client } = world;
  const FunctionName = 'one';
  const sids = async (Qualifier?: string) => {
    const { Policy } = await client.send(new GetPolicyCommand({ FunctionName, Qualifier }));
    const policy = JSON.parse(Policy ?? '');
    assert.equal(policy.Version, '2012-10-17');
    assert.equal(policy.Id, 'default');
    return policy.Statement.map(
      (statement: { Sid: string; Resource: string }) => `${statement.Sid} ${statement.Resource}`,
    );
  };
  const arn = functionArn('one');
  await client.send(new AddPermissionCommand({ FunctionName, ...S3 }));
  await client.send(new AddPermissionCommand({ FunctionName, ...S3, Qualifier: '1' }));
  await client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  await client.send(new AddPermissionCommand({ FunctionName: 'one:live', ...S3 }));
  assert.deepEqual(await sids(), [`s3 ${arn}`]);
  assert.deepEqual(await sids('1'), [`s3 ${arn}:1`]);
  assert.deepEqual(await sids('live'), [`s3 ${arn}:live`]);
  assert.equal((await failureOf(sids('2'))).message, 'The resource you requested does not exist.');
  await client.send(new AddPermissionCommand({ FunctionName, ...S3, StatementId: 'more' }));
  const remove = (StatementId: string) =>
    client.send(new RemovePermissionCommand({ FunctionName, StatementId }));
  assert.equal(
    (await failureOf(remove('non-existent'))).message,
    'Statement non-existent is not found in resource policy.',
  );
  await remove('s3');
  assert.deepEqual(await sids(), [`more ${arn}`]);
  await remove('more');
  assert.equal((await failureOf(sids())).name, 'ResourceNotFoundException');
  assert.equal(
    (await failureOf(remove('more'))).message,
    'No policy is associated with the given resource.',
  );
});

test('a change of the policy is a revision of its function', async () => {
  // lambda_api: TestLambdaPermissions::test_lambda_permission_revisions
  await using world = await worldWithTwoVersions();
  const { client } = world;
  const FunctionName = 'one';
  const revision = async (Qualifier?: string) =>
    (await client.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier })))
      .RevisionId;
  const policyRevision = async (Qualifier?: string) =>
    (await client.send(new GetPolicyCommand({ FunctionName, Qualifier }))).RevisionId;
  const before = await revision();
  const wrong = await failureOf(
    client.send(new AddPermissionCommand({ FunctionName, ...S3, RevisionId: 'wrong' })),
  );
  assert.equal(
    wrong.message,
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
  );
  await client.send(new AddPermissionCommand({ FunctionName, ...S3, RevisionId: before }));
  assert.notEqual(await revision(), before);
  assert.equal(await policyRevision(), await revision());
  await client.send(new AddPermissionCommand({ FunctionName, ...S3, Qualifier: '1' }));
  assert.equal(await policyRevision('1'), await revision('1'));
  const remove = { FunctionName, StatementId: 's3', RevisionId: 'wrong' };
  assert.equal(
    (await failureOf(client.send(new RemovePermissionCommand(remove)))).name,
    'PreconditionFailedException',
  );
  await client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  const alias = await failureOf(
    client.send(
      new AddPermissionCommand({ FunctionName, ...S3, Qualifier: 'live', RevisionId: 'wrong' }),
    ),
  );
  assert.match(alias.message, /Call the GetPolicy API to retrieve the latest Revision Id$/);
});

test('permissions are refused in the words of AWS', async () => {
  // lambda_api: TestLambdaPermissions::test_permission_exceptions
  await using world = await worldWithTwoVersions();
  const { client } = world;
  const add = (input: object) =>
    failureOf(client.send(new AddPermissionCommand({ FunctionName: 'one', ...S3, ...input })));
  const arn = functionArn('one');
  assert.match(
    (await add({ StatementId: 'example.com' })).message,
    /^1 validation error detected: Value 'example\.com' at 'statementId'/,
  );
  assert.equal(
    (await add({ FunctionName: 'one:alias-not-42', Qualifier: '42' })).message,
    'The derived qualifier from the function name does not match the specified qualifier.',
  );
  assert.equal(
    (await add({ Qualifier: '$LATEST' })).message,
    'We currently do not support adding policies for $LATEST.',
  );
  assert.equal(
    (await add({ Principal: 'invalid.nonaws.com' })).message,
    'The provided principal was invalid. Please check the principal and try again.',
  );
  assert.equal(
    (await add({ FunctionName: 'doesnotexist' })).message,
    `Function not found: ${functionArn('doesnotexist')}`,
  );
  assert.equal(
    (await add({ Qualifier: 'alias-doesnotexist' })).message,
    `Cannot find alias arn: ${arn}:alias-doesnotexist`,
  );
  assert.equal((await add({ Qualifier: '42' })).message, `Function not found: ${arn}:42`);
  assert.equal(
    (await add({ Qualifier: 'valid-with-$-but-doesnotexist' })).message,
    `Function not found: ${arn}:valid-with-$-but-doesnotexist`,
  );
  await client.send(new AddPermissionCommand({ FunctionName: 'one', ...S3 }));
  assert.equal(
    (await add({})).message,
    'The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.',
  );
  const remove = (input: object) =>
    failureOf(
      client.send(
        new RemovePermissionCommand({ FunctionName: 'one', StatementId: 's3', ...input }),
      ),
    );
  assert.equal(
    (await remove({ FunctionName: 'doesnotexist' })).message,
    `No policy found for: ${functionArn('doesnotexist')}`,
  );
  assert.equal(
    (await remove({ Qualifier: 'alias-doesnotexist' })).message,
    `Cannot find alias arn: ${arn}:alias-doesnotexist`,
  );
});

test('a policy takes 20 KB', async () => {
  await using world = await worldWithTwoVersions();
  const add = (StatementId: string) =>
    world.client.send(
      new AddPermissionCommand({
        FunctionName: 'one',
        ...S3,
        StatementId,
        SourceArn: `arn:aws:s3:::${'b'.repeat(300)}`,
      }),
    );
  let failure;
  let count = 0;
  while (failure === undefined) {
    count += 1;
    failure = await add(`s${count}`).then(
      () => undefined,
      (error: Error) => error,
    );
  }
  assert.equal(failure.name, 'PolicyLengthExceededException');
  const { Policy } = await world.client.send(new GetPolicyCommand({ FunctionName: 'one' }));
  const bytes = Buffer.byteLength(Policy ?? '');
  assert.ok(bytes <= 20_480 && bytes > 20_480 - 600, String(bytes));
  assert.match(
    failure.message,
    /^The final policy size \(\d+\) is bigger than the limit \(20480\)\.$/,
  );
});

test('a whole policy can be put, and denies what it denies', async () => {
  await using world = await worldWithTwoVersions();
  const { client } = world;
  const ResourceArn = functionArn('one');
  await client.send(new AddPermissionCommand({ FunctionName: 'one', ...S3 }));
  const policy = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: statement });
  const base = {
    Effect: 'Allow',
    Principal: { Service: ['s3.amazonaws.com', 'sns.amazonaws.com'] },
    Action: ['lambda:InvokeFunction'],
    Resource: ResourceArn,
  };
  const put = (Policy: string, RevisionId?: string) =>
    client.send(new PutResourcePolicyCommand({ ResourceArn, Policy, RevisionId }));
  const first = await put(policy(base));
  const got = await client.send(new GetResourcePolicyCommand({ ResourceArn }));
  assert.deepEqual(JSON.parse(got.Policy ?? '').Statement, [base]);
  assert.equal(got.RevisionId, first.RevisionId);
  const { deliverer } = world.control;
  const check = (sourceService: string) =>
    world.database.transact((tx) =>
      deliverer.check(
        {
          targetArn: ResourceArn,
          sourceArn: 'arn:aws:sns:us-east-1:1:t',
          sourceService,
          sourceAccountId: ACCOUNT,
        },
        tx,
      ),
    );
  assert.equal(await check('sns.amazonaws.com'), 'deliverable');
  await put(
    policy([base, { ...base, Effect: 'Deny', Principal: { Service: 'sns.amazonaws.com' } }]),
    first.RevisionId,
  );
  assert.equal(await check('sns.amazonaws.com'), 'forbidden');
  assert.equal(await check('s3.amazonaws.com'), 'deliverable');
  assert.equal(
    (await failureOf(put(policy(base), first.RevisionId))).name,
    'PreconditionFailedException',
  );
  for (const text of ['{}', 'no json', policy([]), policy({ ...base, Effect: 'Maybe' })]) {
    assert.equal((await failureOf(put(text))).name, 'InvalidParameterValueException', text);
  }
  await client.send(new DeleteResourcePolicyCommand({ ResourceArn }));
  assert.equal(
    (await failureOf(client.send(new GetResourcePolicyCommand({ ResourceArn })))).name,
    'ResourceNotFoundException',
  );
});
