/** Policies, layers, code signing and event source mappings. */
import assert from 'node:assert/strict';
import { ACCOUNT, damagedZip, layerOf, refused, until, type Teller } from './telling.ts';

const MISSING = 'ResourceNotFoundException';

/** Others are let in, and kept out again. */
export async function tellPolicies({ caller, lambda, name, arn }: Teller): Promise<void> {
  const FunctionName = name;
  const permission = {
    FunctionName,
    StatementId: 's3',
    Action: 'lambda:InvokeFunction',
    Principal: 's3.amazonaws.com',
  };
  const added = await lambda.addPermission(permission);
  const statement: unknown = JSON.parse(added.Statement ?? '');
  assert.deepEqual(statement, {
    Sid: 's3',
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: arn,
  });
  const twice =
    'The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.';
  await refused(lambda.addPermission(permission), 'ResourceConflictException', twice, 409);
  const { Policy = '' } = await lambda.getPolicy({ FunctionName });
  assert.deepEqual(JSON.parse(Policy), {
    Version: '2012-10-17',
    Id: 'default',
    Statement: [statement],
  });
  const none = 'The resource you requested does not exist.';
  await refused(lambda.getPolicy({ FunctionName, Qualifier: 'live' }), MISSING, none, 404);
  await lambda.removePermission({ FunctionName, StatementId: 's3' });
  await refused(
    lambda.removePermission({ FunctionName, StatementId: 's3' }),
    MISSING,
    'No policy is associated with the given resource.',
  );
  if (caller.operations.includes('PutResourcePolicy')) await tellResourcePolicies({ lambda, arn });
}

async function tellResourcePolicies({
  lambda,
  arn,
}: Pick<Teller, 'lambda' | 'arn'>): Promise<void> {
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'one',
        Effect: 'Allow',
        Principal: { AWS: '111122223333' },
        Action: 'lambda:InvokeFunction',
        Resource: arn,
      },
    ],
  });
  const put = await lambda.putResourcePolicy({ ResourceArn: arn, Policy });
  const got = await lambda.getResourcePolicy({ ResourceArn: arn });
  assert.deepEqual([got.Policy, got.RevisionId], [put.Policy, put.RevisionId]);
  assert.match(got.Policy ?? '', /"Sid":"one"/);
  const other = { ResourceArn: `${arn}x` };
  await refused(lambda.putResourcePolicy({ ...other, Policy }), MISSING, /./, 404);
  await refused(lambda.getResourcePolicy(other), MISSING, /./, 404);
  await refused(lambda.deleteResourcePolicy(other), MISSING, /./, 404);
  await lambda.deleteResourcePolicy({ ResourceArn: arn });
  await refused(lambda.getResourcePolicy({ ResourceArn: arn }), MISSING, /./, 404);
}

/** A layer is published, shared and deleted. */
export async function tellLayers({ lambda, name }: Teller): Promise<void> {
  const LayerName = `layer-of-${name}`;
  const layerArn = `arn:aws:lambda:us-east-1:${ACCOUNT}:layer:${LayerName}`;
  const Content = await layerOf('1');
  const made = await lambda.publishLayerVersion({
    LayerName,
    Content,
    CompatibleRuntimes: ['nodejs24.x'],
  });
  assert.deepEqual([made.Version, made.LayerVersionArn], [1, `${layerArn}:1`]);
  await refused(
    lambda.publishLayerVersion({
      LayerName,
      Content: { ZipFile: await damagedZip() },
    }),
    'InvalidParameterValueException',
    'Could not unzip uploaded file. Please check your file, then try to upload again.',
  );
  const first = { LayerName, VersionNumber: 1 };
  const other = { LayerName, VersionNumber: 99 };
  const none = 'The resource you requested does not exist.';
  const found = await lambda.getLayerVersion(first);
  assert.equal(found.Content?.CodeSha256, made.Content?.CodeSha256);
  await refused(lambda.getLayerVersion(other), MISSING, none);
  const byArn = await lambda.getLayerVersionByArn({ Arn: `${layerArn}:1` });
  assert.deepEqual(byArn.CompatibleRuntimes, ['nodejs24.x']);
  await refused(lambda.getLayerVersionByArn({ Arn: `${layerArn}:99` }), MISSING, none);
  const { Layers = [] } = await lambda.listLayers({});
  assert.equal(
    Layers.find((layer) => layer.LayerArn === layerArn)?.LatestMatchingVersion?.Version,
    1,
  );
  await refused(
    lambda.listLayers({ MaxItems: 51 }),
    'ValidationException',
    /less than or equal to 50$/,
  );
  const { LayerVersions = [] } = await lambda.listLayerVersions({ LayerName });
  assert.deepEqual(
    LayerVersions.map(({ Version }) => Version),
    [1],
  );
  await refused(
    lambda.listLayerVersions({ LayerName, MaxItems: 0 }),
    'ValidationException',
    /greater than or equal to 1$/,
  );
  const grant = { ...first, StatementId: 'all', Action: 'lambda:GetLayerVersion', Principal: '*' };
  const granted = await lambda.addLayerVersionPermission(grant);
  assert.match(granted.Statement ?? '', /"Sid":"all"/);
  await refused(
    lambda.addLayerVersionPermission(grant),
    'ResourceConflictException',
    /\(all\)/,
    409,
  );
  const policy = await lambda.getLayerVersionPolicy(first);
  assert.equal(policy.RevisionId, granted.RevisionId);
  await refused(lambda.getLayerVersionPolicy(other), MISSING, /99/);
  await lambda.removeLayerVersionPermission({ ...first, StatementId: 'all' });
  await refused(
    lambda.removeLayerVersionPermission({ ...first, StatementId: 'all' }),
    MISSING,
    /./,
    404,
  );
  await lambda.deleteLayerVersion(first);
  await refused(lambda.getLayerVersion(first), MISSING, none);
  await refused(
    lambda.deleteLayerVersion({ LayerName: 'l!', VersionNumber: 1 }),
    'ValidationException',
    /at 'layerName' failed to satisfy constraint/,
  );
}

/** Code that must be signed. */
export async function tellCodeSigning({ lambda, name, arn }: Teller): Promise<void> {
  const FunctionName = name;
  const profile = `arn:aws:signer:us-east-1:${ACCOUNT}:/signing-profiles/p/abcdefghij`;
  const AllowedPublishers = { SigningProfileVersionArns: [profile] };
  const { CodeSigningConfig } = await lambda.createCodeSigningConfig({ AllowedPublishers });
  const { CodeSigningConfigArn = '' } = CodeSigningConfig ?? {};
  assert.deepEqual(CodeSigningConfig?.CodeSigningPolicies, {
    UntrustedArtifactOnDeployment: 'Warn',
  });
  const config = { CodeSigningConfigArn };
  const other = { CodeSigningConfigArn: CodeSigningConfigArn.slice(0, -17) + '0'.repeat(17) };
  await refused(
    lambda.createCodeSigningConfig({ AllowedPublishers: { SigningProfileVersionArns: [] } }),
    'ValidationException',
    /^1 validation error detected: Value '\[\]' at 'allowedPublishers.signingProfileVersionArns' /,
  );
  const found = await lambda.getCodeSigningConfig(config);
  assert.deepEqual(found.CodeSigningConfig?.AllowedPublishers, AllowedPublishers);
  const none = `The Lambda code signing configuration ${other.CodeSigningConfigArn} can not be found.`;
  await refused(lambda.getCodeSigningConfig(other), MISSING, none);
  const changed = await lambda.updateCodeSigningConfig({ ...config, Description: 'x' });
  assert.equal(changed.CodeSigningConfig?.Description, 'x');
  await refused(lambda.updateCodeSigningConfig(other), MISSING, none);
  const { CodeSigningConfigs = [] } = await lambda.listCodeSigningConfigs({});
  assert.ok(CodeSigningConfigs.some((one) => one.CodeSigningConfigArn === CodeSigningConfigArn));
  await refused(lambda.listCodeSigningConfigs({ MaxItems: 0 }), 'ValidationException', /maxItems/);

  const put = await lambda.putFunctionCodeSigningConfig({ FunctionName, ...config });
  assert.deepEqual([put.FunctionName, put.CodeSigningConfigArn], [name, CodeSigningConfigArn]);
  await refused(
    lambda.putFunctionCodeSigningConfig({ FunctionName, ...other }),
    'CodeSigningConfigNotFoundException',
    /^The code signing configuration cannot be found\./,
    404,
  );
  const kept = await lambda.getFunctionCodeSigningConfig({ FunctionName });
  assert.equal(kept.CodeSigningConfigArn, CodeSigningConfigArn);
  await refused(
    lambda.getFunctionCodeSigningConfig({ FunctionName: 'absent' }),
    MISSING,
    /absent$/,
  );
  const listed = await lambda.listFunctionsByCodeSigningConfig(config);
  assert.deepEqual(listed.FunctionArns, [arn]);
  await refused(lambda.listFunctionsByCodeSigningConfig(other), MISSING, none);
  await refused(lambda.deleteCodeSigningConfig(config), 'ResourceConflictException', /./, 409);
  await lambda.deleteFunctionCodeSigningConfig({ FunctionName });
  await refused(
    lambda.deleteFunctionCodeSigningConfig({ FunctionName: 'absent' }),
    MISSING,
    /absent$/,
  );
  await lambda.deleteCodeSigningConfig(config);
  await refused(lambda.deleteCodeSigningConfig(config), MISSING, /can not be found\.$/);
}

/** A queue is mapped to the function, and the mapping is changed and deleted. */
export async function tellMappings({ lambda, name, arn }: Teller, queueArn: string): Promise<void> {
  const input = { FunctionName: name, EventSourceArn: queueArn };
  const { UUID = '', ...made } = await lambda.createEventSourceMapping(input);
  assert.deepEqual([made.FunctionArn, made.BatchSize, made.State], [arn, 10, 'Creating']);
  await refused(
    lambda.createEventSourceMapping(input),
    'ResourceConflictException',
    /^An event source mapping with SQS arn \(" .* "\) and function \(" .* "\) already exists\./,
    409,
  );
  const other = UUID.split('').toReversed().join('');
  const none = 'The resource you requested does not exist.';
  await refused(lambda.getEventSourceMapping({ UUID: other }), MISSING, none);
  const enabled = async (): Promise<void> => {
    await until(
      () => lambda.getEventSourceMapping({ UUID }),
      ({ State }) => State === 'Enabled',
    );
  };
  await enabled();
  const listed = await lambda.listEventSourceMappings({ EventSourceArn: queueArn });
  assert.deepEqual(
    listed.EventSourceMappings?.map((mapping) => mapping.UUID),
    [UUID],
  );
  await refused(lambda.listEventSourceMappings({ MaxItems: 0 }), 'ValidationException', /maxItems/);
  assert.equal((await lambda.updateEventSourceMapping({ UUID, BatchSize: 5 })).BatchSize, 5);
  await refused(lambda.updateEventSourceMapping({ UUID: other, BatchSize: 5 }), MISSING, none);
  await enabled();
  assert.equal((await lambda.deleteEventSourceMapping({ UUID })).State, 'Deleting');
  await refused(lambda.deleteEventSourceMapping({ UUID: other }), MISSING, none);
}
