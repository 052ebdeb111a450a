/** Functions, code, configuration, versions, aliases, tags and what stands beside a function. */
import assert from 'node:assert/strict';
import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { codeOf, damagedZip, functionArn, refused, ROLE, settled, type Teller } from './telling.ts';

const MISSING = 'ResourceNotFoundException';
const HANDLER = 'export const handler = async (event) => ({ got: event });';

/** A function is made, found, changed and published. */
export async function tellFunctions(teller: Teller): Promise<void> {
  const { lambda, name, arn } = teller;
  const input: CreateFunctionCommandInput = {
    FunctionName: name,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: ROLE,
    Code: { ZipFile: await codeOf(HANDLER) },
    Tags: { a: '1' },
  };
  await refused(
    lambda.createFunction({ ...input, Runtime: 'nodejs8.10' }),
    'InvalidParameterValueException',
    /^The runtime parameter of nodejs8\.10 is no longer supported for creating or updating AWS Lambda functions\./,
    400,
  );
  const made = await lambda.createFunction(input);
  assert.deepEqual([made.FunctionArn, made.State, made.Version], [arn, 'Pending', '$LATEST']);
  await settled(teller);
  const again = `Function already exist: ${name}`;
  await refused(lambda.createFunction(input), 'ResourceConflictException', again, 409);

  const found = await lambda.getFunction({ FunctionName: name });
  assert.deepEqual(found.Tags, { a: '1' });
  assert.equal(found.Configuration?.CodeSha256, made.CodeSha256);
  assert.equal(found.Code?.RepositoryType, 'S3');
  await refused(lambda.getFunction({ FunctionName: 'absent' }), MISSING, absent('absent'), 404);
  const same = await lambda.getFunctionConfiguration({ FunctionName: arn });
  assert.deepEqual([same.MemorySize, same.Timeout, same.State], [128, 3, 'Active']);
  await refused(
    lambda.getFunctionConfiguration({ FunctionName: `${name}!` }),
    'ValidationException',
    /^1 validation error detected: Value '.*!' at 'functionName' failed to satisfy constraint: /,
    400,
  );
  const { Functions = [] } = await lambda.listFunctions({});
  assert.ok(Functions.some(({ FunctionArn }) => FunctionArn === arn));
  await refused(
    lambda.listFunctions({ MaxItems: 0 }),
    'ValidationException',
    "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: " +
      'Member must have value greater than or equal to 1',
  );
  await tellUpdates(teller, made.RevisionId);
}

async function tellUpdates(teller: Teller, oldRevision: string | undefined): Promise<void> {
  const { lambda, name } = teller;
  const FunctionName = name;
  const changed = await lambda.updateFunctionConfiguration({
    FunctionName,
    MemorySize: 256,
    Timeout: 5,
    Environment: { Variables: { MODE: '1' } },
  });
  assert.deepEqual([changed.MemorySize, changed.Timeout], [256, 5]);
  assert.deepEqual(changed.Environment?.Variables, { MODE: '1' });
  assert.notEqual(changed.RevisionId, oldRevision);
  await settled(teller);
  await refused(
    lambda.updateFunctionConfiguration({ FunctionName, MemorySize: 1 }),
    'ValidationException',
    "1 validation error detected: Value '1' at 'memorySize' failed to satisfy constraint: " +
      'Member must have value greater than or equal to 128',
  );
  const ZipFile = await codeOf(HANDLER);
  const updated = await lambda.updateFunctionCode({ FunctionName, ZipFile, DryRun: true });
  assert.equal(updated.CodeSize, ZipFile.byteLength);
  assert.equal((await lambda.updateFunctionCode({ FunctionName, ZipFile })).Version, '$LATEST');
  await settled(teller);
  await refused(
    lambda.updateFunctionCode({ FunctionName, ZipFile: await damagedZip() }),
    'InvalidParameterValueException',
    'Could not unzip uploaded file. Please check your file, then try to upload again.',
  );
  const first = await lambda.publishVersion({ FunctionName, Description: 'first' });
  assert.deepEqual([first.Version, first.Description], ['1', 'first']);
  await settled(teller, '1');
  assert.equal((await lambda.publishVersion({ FunctionName })).Version, '1');
  await refused(
    lambda.publishVersion({ FunctionName, RevisionId: 'old' }),
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. ' +
      'Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    412,
  );
  const { Versions = [] } = await lambda.listVersionsByFunction({ FunctionName });
  assert.deepEqual(
    Versions.map(({ Version }) => Version),
    ['$LATEST', '1'],
  );
  await refused(
    lambda.listVersionsByFunction({ FunctionName: 'absent' }),
    MISSING,
    absent('absent'),
  );
}

/** An alias is made, changed and found. */
export async function tellAliases({ lambda, name, arn }: Teller): Promise<void> {
  const FunctionName = name;
  const live = { FunctionName, Name: 'live' };
  const made = await lambda.createAlias({ ...live, FunctionVersion: '1', Description: 'a' });
  assert.deepEqual([made.AliasArn, made.FunctionVersion], [`${arn}:live`, '1']);
  await refused(
    lambda.createAlias({ FunctionName, Name: 'next', FunctionVersion: '9' }),
    MISSING,
    `Function not found: ${arn}:9`,
  );
  await refused(
    lambda.createAlias({ ...live, FunctionVersion: '1' }),
    'ResourceConflictException',
    `Alias already exists: ${arn}:live`,
    409,
  );
  assert.equal((await lambda.getAlias(live)).RevisionId, made.RevisionId);
  const dead = `Cannot find alias arn: ${arn}:dead`;
  await refused(lambda.getAlias({ ...live, Name: 'dead' }), MISSING, dead);
  const changed = await lambda.updateAlias({ ...live, Description: 'x' });
  assert.deepEqual([changed.Description, changed.FunctionVersion], ['x', '1']);
  await refused(lambda.updateAlias({ ...live, Name: 'dead' }), MISSING, dead);
  const { Aliases = [] } = await lambda.listAliases({ FunctionName, FunctionVersion: '1' });
  assert.deepEqual(
    Aliases.map(({ Name }) => Name),
    ['live'],
  );
  await refused(lambda.listAliases({ FunctionName: 'absent' }), MISSING, absent('absent'));
}

/** Tags, recursion and the runtime's updates. */
export async function tellSettings({ lambda, name, arn }: Teller): Promise<void> {
  const FunctionName = name;
  const other = `${arn}x`;
  await lambda.tagResource({ Resource: arn, Tags: { b: '2' } });
  assert.deepEqual((await lambda.listTags({ Resource: arn })).Tags, { a: '1', b: '2' });
  await lambda.untagResource({ Resource: arn, TagKeys: ['a'] });
  assert.deepEqual((await lambda.listTags({ Resource: arn })).Tags, { b: '2' });
  const missing = `Function not found: ${other}`;
  await refused(lambda.tagResource({ Resource: other, Tags: { b: '2' } }), MISSING, missing);
  await refused(lambda.listTags({ Resource: other }), MISSING, missing);
  await refused(lambda.untagResource({ Resource: other, TagKeys: ['b'] }), MISSING, missing);

  const allowed = await lambda.putFunctionRecursionConfig({ FunctionName, RecursiveLoop: 'Allow' });
  assert.equal(allowed.RecursiveLoop, 'Allow');
  assert.equal((await lambda.getFunctionRecursionConfig({ FunctionName })).RecursiveLoop, 'Allow');
  const gone = { FunctionName: 'absent' };
  await refused(lambda.getFunctionRecursionConfig(gone), MISSING, absent('absent'));
  await refused(
    lambda.putFunctionRecursionConfig({ ...gone, RecursiveLoop: 'Allow' }),
    MISSING,
    absent('absent'),
  );
  const UpdateRuntimeOn = 'FunctionUpdate';
  const managed = await lambda.putRuntimeManagementConfig({ FunctionName, UpdateRuntimeOn });
  assert.deepEqual([managed.UpdateRuntimeOn, managed.FunctionArn], [UpdateRuntimeOn, arn]);
  const kept = await lambda.getRuntimeManagementConfig({ FunctionName });
  assert.deepEqual([kept.UpdateRuntimeOn, kept.FunctionArn], [UpdateRuntimeOn, arn]);
  await refused(lambda.getRuntimeManagementConfig(gone), MISSING, absent('absent'));
  await refused(
    lambda.putRuntimeManagementConfig({ ...gone, UpdateRuntimeOn }),
    MISSING,
    absent('absent'),
  );
  const { AccountLimit, AccountUsage } = await lambda.getAccountSettings({});
  assert.equal(AccountLimit?.CodeSizeUnzipped, 262_144_000);
  assert.equal(AccountLimit.TotalCodeSize, 80_530_636_800);
  assert.ok((AccountUsage?.FunctionCount ?? 0) >= 1);
}

/** The end of a story. */
export async function tellTheEnd({ lambda, name, arn }: Teller): Promise<void> {
  const live = { FunctionName: name, Name: 'live' };
  await lambda.deleteAlias(live);
  await refused(lambda.getAlias(live), MISSING, `Cannot find alias arn: ${arn}:live`);
  await refused(
    lambda.deleteAlias({ FunctionName: 'absent', Name: 'live' }),
    MISSING,
    absent('absent'),
  );
  await lambda.deleteFunction({ FunctionName: name });
  await refused(lambda.getFunction({ FunctionName: name }), MISSING, absent(name));
  await refused(lambda.deleteFunction({ FunctionName: name }), MISSING, absent(name));
}

function absent(name: string): string {
  return `Function not found: ${functionArn(name)}`;
}
