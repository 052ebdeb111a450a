import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';

import {
  ACCOUNT,
  failureOf,
  functionArn,
  functionInput,
  handlerZip,
  startWorld,
} from './lambda-control-harness.ts';

test('a function is Pending when it is made, then Active, with another revision', async () => {
  // lambda_api: TestLambdaFunction::test_lambda_code_location_zipfile
  await using world = await startWorld();
  const { client } = world;
  const input = await functionInput('one');
  const made = await client.send(new CreateFunctionCommand(input));
  assert.equal(made.$metadata.httpStatusCode, 201);
  assert.equal(made.State, 'Pending');
  assert.equal(made.StateReason, 'The function is being created.');
  assert.equal(made.StateReasonCode, 'Creating');
  assert.equal(made.LastUpdateStatus, undefined);
  assert.equal(made.Version, '$LATEST');
  assert.equal(made.FunctionArn, functionArn('one'));
  assert.equal(made.CodeSize, input.Code.ZipFile.byteLength);
  const digest = createHash('sha256').update(input.Code.ZipFile).digest('base64');
  assert.equal(made.CodeSha256, digest);
  assert.deepEqual(made.LoggingConfig, { LogFormat: 'Text', LogGroup: '/aws/lambda/one' });
  assert.deepEqual(made.SnapStart, { ApplyOn: 'None', OptimizationStatus: 'Off' });
  assert.match(
    made.RuntimeVersionConfig?.RuntimeVersionArn ?? '',
    /^arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}$/,
  );
  assert.match(made.LastModified ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
  await world.settle();
  const got = await client.send(new GetFunctionCommand({ FunctionName: 'one' }));
  assert.equal(got.Configuration?.State, 'Active');
  assert.equal(got.Configuration?.LastUpdateStatus, 'Successful');
  assert.notEqual(got.Configuration?.RevisionId, made.RevisionId);
  assert.equal(got.Code?.RepositoryType, 'S3');
  const archive = await fetch(got.Code?.Location ?? '');
  assert.deepEqual(
    new Uint8Array(await archive.arrayBuffer()),
    Uint8Array.from(input.Code.ZipFile),
  );
});

test('a link to code is refused when it is forged or too old', async () => {
  await using world = await startWorld();
  await world.client.send(new CreateFunctionCommand(await functionInput('one')));
  const { Code } = await world.client.send(new GetFunctionCommand({ FunctionName: 'one' }));
  const location = Code?.Location ?? '';
  assert.equal((await fetch(location.replace(/Expires=\d/, 'Expires=9'))).status, 403);
  await world.clock.advance(10 * 60_000);
  assert.equal((await fetch(location)).status, 200);
  await world.clock.advance(1);
  assert.equal((await fetch(location)).status, 403);
});

test('a second function of the same name is refused', async () => {
  await using world = await startWorld();
  const input = await functionInput('one');
  await world.client.send(new CreateFunctionCommand(input));
  const failure = await failureOf(world.client.send(new CreateFunctionCommand(input)));
  assert.deepEqual(failure, {
    name: 'ResourceConflictException',
    message: 'Function already exist: one',
    status: 409,
    type: 'User',
  });
});

test('updates are refused while one is in progress, and with an old revision', async () => {
  // lambda_api: TestLambdaFunction::test_lambda_concurrent_config_updates, TestLambdaRevisions::test_function_revisions_basic
  await using world = await startWorld();
  const { client } = world;
  const made = await client.send(new CreateFunctionCommand(await functionInput('one')));
  const update = (RevisionId?: string) =>
    client.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'one', Description: 'd', RevisionId }),
    );
  assert.equal(
    (await failureOf(update())).message,
    'The operation cannot be performed at this time. The function is currently in the following state: Pending',
  );
  await world.settle();
  assert.deepEqual(await failureOf(update(made.RevisionId)), {
    name: 'PreconditionFailedException',
    message:
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    status: 412,
    type: 'User',
  });
  const updated = await update();
  assert.equal(updated.LastUpdateStatus, 'InProgress');
  assert.equal(updated.LastUpdateStatusReason, 'The function is being created.');
  assert.equal(updated.State, 'Active');
  assert.deepEqual(await failureOf(update()), {
    name: 'ResourceConflictException',
    message: `The operation cannot be performed at this time. An update is in progress for resource: ${functionArn('one')}`,
    status: 409,
    type: 'User',
  });
  await world.settle();
  const settled = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'one' }));
  assert.equal(settled.LastUpdateStatus, 'Successful');
  assert.notEqual(settled.RevisionId, updated.RevisionId);
  await update(settled.RevisionId);
});

test('settings stay where an update does not name them, and go where it empties them', async () => {
  // lambda_api: TestLambdaFunction::test_vpc_config, TestLoggingConfig
  await using world = await startWorld();
  const { client } = world;
  await client.send(
    new CreateFunctionCommand({
      ...(await functionInput('one')),
      Environment: { Variables: { AA: '1' } },
      KMSKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`,
      DeadLetterConfig: { TargetArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:dead` },
      VpcConfig: { SubnetIds: [], SecurityGroupIds: [], Ipv6AllowedForDualStack: true },
    }),
  );
  await world.settle();
  const change = async (input: object) => {
    const changed = await client.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'one', ...input }),
    );
    await world.settle();
    return changed;
  };
  const first = await change({
    LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'DEBUG' },
  });
  assert.deepEqual(first.LoggingConfig, {
    LogFormat: 'JSON',
    ApplicationLogLevel: 'DEBUG',
    SystemLogLevel: 'INFO',
    LogGroup: '/aws/lambda/one',
  });
  assert.deepEqual(first.Environment, { Variables: { AA: '1' } });
  assert.equal(first.DeadLetterConfig?.TargetArn, `arn:aws:sqs:us-east-1:${ACCOUNT}:dead`);
  assert.equal(first.VpcConfig?.Ipv6AllowedForDualStack, true);
  const second = await change({
    KMSKeyArn: '',
    DeadLetterConfig: { TargetArn: '' },
    VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
    Environment: { Variables: {} },
  });
  assert.equal(second.KMSKeyArn, undefined);
  assert.equal(second.DeadLetterConfig, undefined);
  assert.deepEqual(second.VpcConfig, {
    SubnetIds: [],
    SecurityGroupIds: [],
    VpcId: '',
    Ipv6AllowedForDualStack: false,
  });
  assert.deepEqual(second.Environment, { Variables: {} });
  assert.equal(second.LoggingConfig?.LogFormat, 'JSON');
});

test('subnets and security groups are not there', async () => {
  // lambda_api: test_invalid_vpc_config_subnet, test_invalid_vpc_config_security_group
  await using world = await startWorld();
  const create = async (VpcConfig: object) =>
    failureOf(
      world.client.send(new CreateFunctionCommand({ ...(await functionInput('one')), VpcConfig })),
    );
  const subnet = await create({ SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] });
  assert.equal(subnet.name, 'InvalidParameterValueException');
  assert.equal(
    subnet.message,
    'Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. ' +
      "EC2 Error Message: The subnet ID 'subnet-1' does not exist",
  );
  const group = await create({ SecurityGroupIds: ['sg-1'] });
  assert.equal(
    group.message,
    'Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. ' +
      "EC2 Error Message: The security group 'sg-1' does not exist",
  );
});

test('runtimes are refused in the words for unknown and for retired ones', async () => {
  // lambda_api: test_create_lambda_exceptions, TestRuntimeValidation
  await using world = await startWorld();
  const create = async (Runtime: string) =>
    failureOf(
      world.client.send(
        new CreateFunctionCommand({
          ...(await functionInput('one')),
          Runtime: Runtime as 'nodejs24.x',
        }),
      ),
    );
  const unknown = await create('PYTHON3.9');
  assert.equal(unknown.name, 'InvalidParameterValueException');
  assert.match(
    unknown.message,
    /^Value PYTHON3\.9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: \[nodejs20\.x, .*java8\.al2\] or be a valid ARN$/,
  );
  for (const runtime of ['java8', 'go1.x', 'provided', 'ruby2.7', 'nodejs12.x']) {
    const retired = await create(runtime);
    assert.equal(
      retired.message,
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  }
});

test('code that is no zip, or unpacks to too much, is refused', async () => {
  // lambda_api: test_create_lambda_exceptions, TestLambdaSizeLimits::test_oversized_lambda
  await using world = await startWorld();
  const input = await functionInput('one');
  const create = (ZipFile: Uint8Array) =>
    world.client.send(new CreateFunctionCommand({ ...input, Code: { ZipFile } }));
  assert.deepEqual(await failureOf(create(Buffer.from('this is no zip'))), {
    name: 'InvalidParameterValueException',
    message: 'Could not unzip uploaded file. Please check your file, then try to upload again.',
    status: 400,
    type: 'User',
  });
  const large = await failureOf(create(await handlerZip('x'.repeat(262_144_000))));
  assert.equal(large.message, 'Unzipped size must be smaller than 262144000 bytes');
});

test('code comes from S3, and what is missing there is named', async () => {
  // lambda_api: TestLambdaFunction::test_lambda_code_location_s3_errors
  await using world = await startWorld();
  const archive = await handlerZip();
  world.objects.set('bucket/code.zip', archive);
  const input = await functionInput('one');
  const create = (S3Bucket: string, S3Key: string) =>
    world.client.send(new CreateFunctionCommand({ ...input, Code: { S3Bucket, S3Key } }));
  assert.equal(
    (await failureOf(create('other', 'code.zip'))).message,
    'Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist',
  );
  assert.equal(
    (await failureOf(create('bucket', 'gone.zip'))).message,
    'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
  );
  assert.equal((await create('bucket', 'code.zip')).CodeSize, archive.byteLength);
});

test('environment variables take 4 KB, and the names of Lambda are not given away', async () => {
  // lambda_api: TestLambdaSizeLimits::test_large_environment_variables_fails
  await using world = await startWorld();
  const create = async (FunctionName: string, Variables: Record<string, string>) =>
    world.client.send(
      new CreateFunctionCommand({
        ...(await functionInput(FunctionName)),
        Environment: { Variables },
      }),
    );
  const frame = JSON.stringify({ AA: '' }).length;
  await create('within', { AA: 'x'.repeat(4096 - frame) });
  const failure = await failureOf(create('beyond', { AA: 'x'.repeat(4096 - frame + 1) }));
  assert.ok(
    failure.message.startsWith(
      'Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: {"AA":"xxx',
    ),
  );
  const reserved = await failureOf(create('reserved', { AWS_REGION: 'x' }));
  assert.match(reserved.message, /Reserved keys used in this request: AWS_REGION$/);
});

test('functions are found by every form of name, in their own Region only', async () => {
  // lambda_api: test_get_function_wrong_region, test_ops_with_arn_qualifier_mismatch, test_ops_on_nonexisting_fn
  await using world = await startWorld();
  const { client } = world;
  await client.send(new CreateFunctionCommand({ ...(await functionInput('one')), Publish: true }));
  const get = (FunctionName: string, Qualifier?: string) =>
    client.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier }));
  for (const name of ['one', `${ACCOUNT}:function:one`, `function:one`, functionArn('one')]) {
    assert.equal((await get(name)).FunctionArn, functionArn('one'));
    assert.equal((await get(`${name}:1`)).FunctionArn, `${functionArn('one')}:1`);
    assert.equal((await get(name, '$LATEST')).FunctionArn, `${functionArn('one')}:$LATEST`);
  }
  assert.equal(
    (await failureOf(get('one:1', '2'))).message,
    'The derived qualifier from the function name does not match the specified qualifier.',
  );
  assert.equal((await failureOf(get('two'))).message, `Function not found: ${functionArn('two')}`);
  assert.equal(
    (await failureOf(get('one', '1221'))).message,
    `Function not found: ${functionArn('one')}:1221`,
  );
  const foreign = await failureOf(get(functionArn('one').replace('us-east-1', 'us-west-2')));
  assert.deepEqual(foreign, {
    name: 'ResourceNotFoundException',
    message: "Functions from 'us-west-2' are not reachable in this region ('us-east-1')",
    status: 404,
    type: 'User',
  });
});

test('another account sees nothing', async () => {
  await using world = await startWorld();
  await world.client.send(new CreateFunctionCommand(await functionInput('one')));
  const stranger = world.clientOf('111111111111');
  const byName = await failureOf(stranger.send(new GetFunctionCommand({ FunctionName: 'one' })));
  assert.equal(byName.name, 'ResourceNotFoundException');
  const commands = [
    new GetFunctionCommand({ FunctionName: functionArn('one') }),
    new DeleteFunctionCommand({ FunctionName: functionArn('one') }),
    new PublishVersionCommand({ FunctionName: functionArn('one') }),
  ];
  for (const command of commands) {
    const failure = await failureOf(stranger.send(command));
    assert.equal(failure.name, 'AccessDeniedException');
    assert.equal(failure.status, 403);
  }
  const { Functions } = await stranger.send(new ListFunctionsCommand({}));
  assert.deepEqual(Functions, []);
});

test('a name over 64 characters is refused, and one of 64 is not', async () => {
  // lambda_api: test_function_name_and_qualifier_validation[function_name_too_long-create_function]
  await using world = await startWorld();
  const create = async (name: string) =>
    world.client.send(new CreateFunctionCommand(await functionInput(name)));
  await create('a'.repeat(64));
  const failure = await failureOf(create('a'.repeat(65)));
  assert.equal(failure.name, 'InvalidParameterValueException');
  assert.equal(
    failure.message,
    `1 validation error detected: Value '${'a'.repeat(65)}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
  );
});

test('functions are listed in pages, with all versions where that is asked', async () => {
  await using world = await startWorld();
  const { client } = world;
  for (const name of ['a', 'b', 'c']) {
    await client.send(new CreateFunctionCommand({ ...(await functionInput(name)), Publish: true }));
  }
  const first = await client.send(new ListFunctionsCommand({ MaxItems: 2 }));
  assert.deepEqual(
    first.Functions?.map((item) => item.FunctionArn),
    [functionArn('a'), functionArn('b')],
  );
  assert.equal(first.Functions?.[0]?.State, undefined);
  const second = await client.send(
    new ListFunctionsCommand({ MaxItems: 2, Marker: first.NextMarker }),
  );
  assert.deepEqual(
    second.Functions?.map((item) => item.FunctionName),
    ['c'],
  );
  assert.equal(second.NextMarker, undefined);
  const names: (string | undefined)[] = [];
  let Marker: string | undefined;
  do {
    const page = await client.send(
      new ListFunctionsCommand({ FunctionVersion: 'ALL', MaxItems: 4, Marker }),
    );
    names.push(...(page.Functions ?? []).map((item) => item.FunctionArn));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  assert.deepEqual(
    names,
    ['a', 'b', 'c'].flatMap((name) => [`${functionArn(name)}:$LATEST`, `${functionArn(name)}:1`]),
  );
  const bad = await failureOf(client.send(new ListFunctionsCommand({ Marker: 'nonsense' })));
  assert.equal(bad.name, 'InvalidParameterValueException');
});

test('versions are numbered copies, and nothing new makes no new one', async () => {
  // lambda_api: TestLambdaVersions::test_version_lifecycle, test_publish_version_on_create, test_publish_with_update
  await using world = await startWorld();
  const { client } = world;
  const FunctionName = 'one';
  const made = await client.send(
    new CreateFunctionCommand({ ...(await functionInput(FunctionName)), Publish: true }),
  );
  assert.equal(made.Version, '1');
  assert.equal(made.FunctionArn, functionArn('one'));
  await world.settle();
  const again = await client.send(new PublishVersionCommand({ FunctionName }));
  assert.equal(again.Version, '1');
  const latest = await client.send(new GetFunctionCommand({ FunctionName }));
  const revisions = [made, again, latest.Configuration ?? {}].map(({ RevisionId }) => RevisionId);
  assert.equal(new Set(revisions).size, 3);
  await client.send(
    new UpdateFunctionConfigurationCommand({ FunctionName, Description: 'second' }),
  );
  await world.settle();
  const second = await client.send(
    new PublishVersionCommand({ FunctionName, Description: 'its own' }),
  );
  assert.equal(second.Version, '2');
  assert.equal(second.Description, 'its own');
  assert.equal(second.State, 'Active');
  assert.equal(second.FunctionArn, `${functionArn('one')}:2`);
  const code = await client.send(
    new UpdateFunctionCodeCommand({
      FunctionName,
      ZipFile: await handlerZip('other'),
      Publish: true,
    }),
  );
  assert.equal(code.Version, '3');
  assert.equal(code.State, 'Pending');
  const { Versions } = await client.send(new ListVersionsByFunctionCommand({ FunctionName }));
  assert.deepEqual(
    Versions?.map((version) => version.Version),
    ['$LATEST', '1', '2', '3'],
  );
  await client.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '2' }));
  await client.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '2' }));
  await world.settle();
  const rest = await client.send(new ListVersionsByFunctionCommand({ FunctionName }));
  assert.deepEqual(
    rest.Versions?.map((version) => version.Version),
    ['$LATEST', '1', '3'],
  );
});

test('publishing checks revision and digest', async () => {
  // lambda_api: TestLambdaVersions::test_publish_with_wrong_revisionid, test_publish_with_wrong_sha256
  await using world = await startWorld();
  const made = await world.client.send(new CreateFunctionCommand(await functionInput('one')));
  await world.settle();
  const publish = (input: object) =>
    world.client.send(new PublishVersionCommand({ FunctionName: 'one', ...input }));
  assert.equal(
    (await failureOf(publish({ RevisionId: 'wrong' }))).name,
    'PreconditionFailedException',
  );
  const wrong = await failureOf(publish({ CodeSha256: 'somenonexistentsha256' }));
  assert.equal(
    wrong.message,
    `CodeSHA256 (somenonexistentsha256) is different from current CodeSHA256 in $LATEST (${made.CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
  );
  assert.equal((await publish({ CodeSha256: made.CodeSha256 })).Version, '1');
});

test('a function is deleted whole, never its $LATEST or an alias alone', async () => {
  // lambda_api: test_ops_with_arn_qualifier_mismatch[delete_function], test_delete_on_nonexisting_version
  await using world = await startWorld();
  const { client } = world;
  await client.send(new CreateFunctionCommand({ ...(await functionInput('one')), Publish: true }));
  await client.send(
    new CreateAliasCommand({ FunctionName: 'one', Name: 'live', FunctionVersion: '1' }),
  );
  const remove = (FunctionName: string, Qualifier?: string) =>
    client.send(new DeleteFunctionCommand({ FunctionName, Qualifier }));
  assert.equal(
    (await failureOf(remove('one', '$LATEST'))).message,
    '$LATEST version cannot be deleted without deleting the function.',
  );
  assert.equal(
    (await failureOf(remove('one:live'))).message,
    'Deletion of aliases is not currently supported.',
  );
  assert.equal((await failureOf(remove('one', '1'))).name, 'ResourceConflictException');
  const done = await remove('one');
  assert.equal(done.$metadata.httpStatusCode, 204);
  assert.equal(
    (await failureOf(remove('one', '7'))).message,
    `Function not found: ${functionArn('one')}`,
  );
  assert.equal(
    (await failureOf(remove('one'))).message,
    `Function not found: ${functionArn('one')}`,
  );
});

test('a timeout, a memory size and a /tmp above the quotas are refused, at them taken', async () => {
  await using world = await startWorld();
  const { client } = world;
  const input = await functionInput('limits');
  const above = { ...input, Timeout: 901 };
  const refused = await failureOf(client.send(new CreateFunctionCommand(above)));
  assert.equal(refused.name, 'ValidationException');
  assert.equal(
    refused.message,
    "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: " +
      'Member must have value less than or equal to 900',
  );
  const EphemeralStorage = { Size: 10_240 };
  const at = { ...input, Timeout: 900, MemorySize: 10_240, EphemeralStorage };
  await client.send(new CreateFunctionCommand(at));
  await world.settle();
  const change = async (settings: object): Promise<string> => {
    const command = new UpdateFunctionConfigurationCommand({ FunctionName: 'limits', ...settings });
    return (await failureOf(client.send(command))).message;
  };
  const memory = await change({ MemorySize: 10_241 });
  assert.match(memory, /'memorySize' .* less than or equal to 10240$/);
  const tmp = await change({ EphemeralStorage: { Size: 10_241 } });
  assert.match(tmp, /'ephemeralStorage.size' .* less than or equal to 10240$/);
});

test('what a function could not have is refused with its settings', async () => {
  await using world = await startWorld();
  const { client } = world;
  const input = await functionInput('one');
  const Arn = `arn:aws:elasticfilesystem:us-east-1:${ACCOUNT}:access-point/fsap-12345678901234567`;
  const refusals = [
    [
      { FileSystemConfigs: [{ Arn, LocalMountPath: '/mnt/a' }] },
      `Function must be configured to execute in a VPC to reference access point ${Arn}. ` +
        'Please update the function configuration to include VPC subnets and security groups.',
    ],
    [
      { DeadLetterConfig: { TargetArn: 'arn:aws:s3:::bucket' } },
      'Invalid dead letter ARN: arn:aws:s3:::bucket is neither an Amazon SQS queue nor an Amazon SNS topic.',
    ],
    [
      { PackageType: 'Image' },
      "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.",
    ],
  ] as const;
  for (const [settings, message] of refusals) {
    const command = new CreateFunctionCommand({ ...input, ...(settings as object) });
    const failure = await failureOf(client.send(command));
    assert.deepEqual([failure.name, failure.message], ['InvalidParameterValueException', message]);
  }
});
