/** Invocation, URLs, events and concurrency. */
import assert from 'node:assert/strict';
import { functionArn, refused, textOf, until, type Teller } from './telling.ts';

const MISSING = 'ResourceNotFoundException';
const ABSENT = { FunctionName: 'absent' };
/** What is not found where a version of it is wanted. */
const NO_LATEST = `Function not found: ${functionArn('absent')}:$LATEST`;
const NO_FUNCTION = `Function not found: ${functionArn('absent')}`;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A function is run in every form that the client knows. */
export async function tellInvocations({ caller, lambda, name }: Teller): Promise<void> {
  const FunctionName = name;
  const answer = await lambda.invoke({
    FunctionName,
    Qualifier: 'live',
    Payload: bytes('{"a":1}'),
    LogType: 'Tail',
  });
  assert.equal(textOf(answer.Payload), '{"got":{"a":1}}');
  assert.deepEqual([answer.StatusCode, answer.ExecutedVersion], [200, '1']);
  assert.match(Buffer.from(answer.LogResult ?? '', 'base64').toString(), /^REPORT RequestId: /m);
  await refused(
    lambda.invoke({ FunctionName, Payload: bytes('{') }),
    'InvalidRequestContentException',
    /^Could not parse request body into json: /,
    400,
  );
  const queued = await lambda.invoke({ FunctionName, InvocationType: 'Event' });
  assert.equal(queued.StatusCode, 202);
  const checked = await lambda.invoke({ FunctionName, InvocationType: 'DryRun' });
  assert.equal(checked.StatusCode, 204);
  await refused(lambda.invoke(ABSENT), MISSING, NO_LATEST, 404);

  const old = await lambda.invokeAsync({ FunctionName, InvokeArgs: bytes('{}') });
  assert.equal(old.Status, 202);
  await refused(lambda.invokeAsync({ ...ABSENT, InvokeArgs: bytes('{}') }), MISSING, NO_LATEST);
  if (!caller.operations.includes('InvokeWithResponseStream')) return;
  const { EventStream, StatusCode } = await lambda.invokeWithResponseStream({
    FunctionName,
    Payload: bytes('{"b":2}'),
  });
  let told = '';
  let ends = 0;
  for await (const { PayloadChunk, InvokeComplete } of EventStream ?? []) {
    told += textOf(PayloadChunk?.Payload);
    if (InvokeComplete !== undefined) ends += 1;
  }
  assert.deepEqual([StatusCode, told, ends], [200, '{"got":{"b":2}}', 1]);
  await refused(lambda.invokeWithResponseStream(ABSENT), MISSING, NO_LATEST);
}

/** A function gets an address of its own. */
export async function tellUrls({ lambda, name, arn }: Teller): Promise<void> {
  const FunctionName = name;
  const live = { FunctionName, Qualifier: 'live' };
  const none = 'The resource you requested does not exist.';
  const made = await lambda.createFunctionUrlConfig({ FunctionName, AuthType: 'NONE' });
  assert.match(made.FunctionUrl ?? '', /^http:\/\/[a-z0-9]{32}\.lambda-url\.us-east-1\./);
  assert.deepEqual([made.FunctionArn, made.AuthType], [arn, 'NONE']);
  await refused(
    lambda.createFunctionUrlConfig({ FunctionName, AuthType: 'NONE' }),
    'ResourceConflictException',
    /^Failed to create function url config for /,
    409,
  );
  assert.equal((await lambda.getFunctionUrlConfig({ FunctionName })).FunctionUrl, made.FunctionUrl);
  await refused(lambda.getFunctionUrlConfig(live), MISSING, none);
  const Cors = { AllowOrigins: ['https://example.com'], MaxAge: 5 };
  const changed = await lambda.updateFunctionUrlConfig({ FunctionName, AuthType: 'AWS_IAM', Cors });
  assert.deepEqual([changed.AuthType, changed.Cors], ['AWS_IAM', Cors]);
  await refused(lambda.updateFunctionUrlConfig({ ...live, AuthType: 'NONE' }), MISSING, none);
  const { FunctionUrlConfigs = [] } = await lambda.listFunctionUrlConfigs({ FunctionName });
  assert.deepEqual(
    FunctionUrlConfigs.map(({ FunctionUrl, AuthType }) => [FunctionUrl, AuthType]),
    [[made.FunctionUrl, 'AWS_IAM']],
  );
  await refused(lambda.listFunctionUrlConfigs(ABSENT), MISSING, 'Function does not exist');
  await lambda.deleteFunctionUrlConfig({ FunctionName });
  await refused(lambda.getFunctionUrlConfig({ FunctionName }), MISSING, none);
  await refused(lambda.deleteFunctionUrlConfig({ FunctionName }), MISSING, none);
}

/** What becomes of events that fail. */
export async function tellEventSettings({ lambda, name, arn }: Teller): Promise<void> {
  const FunctionName = name;
  const live = { FunctionName, Qualifier: 'live' };
  const put = await lambda.putFunctionEventInvokeConfig({ FunctionName, MaximumRetryAttempts: 1 });
  assert.deepEqual([put.FunctionArn, put.MaximumRetryAttempts], [`${arn}:$LATEST`, 1]);
  assert.equal(put.MaximumEventAgeInSeconds, undefined);
  await refused(
    lambda.putFunctionEventInvokeConfig({ FunctionName, MaximumRetryAttempts: 3 }),
    'ValidationException',
    "1 validation error detected: Value '3' at 'maximumRetryAttempts' failed to satisfy " +
      'constraint: Member must have value less than or equal to 2',
  );
  const age = { MaximumEventAgeInSeconds: 60 };
  const changed = await lambda.updateFunctionEventInvokeConfig({ FunctionName, ...age });
  assert.deepEqual([changed.MaximumRetryAttempts, changed.MaximumEventAgeInSeconds], [1, 60]);
  const none = (of: string): string => `The function ${of} doesn't have an EventInvokeConfig`;
  await refused(
    lambda.updateFunctionEventInvokeConfig({ ...live, ...age }),
    MISSING,
    none(`${arn}:live`),
  );
  const found = await lambda.getFunctionEventInvokeConfig({ FunctionName });
  assert.deepEqual([found.MaximumRetryAttempts, found.MaximumEventAgeInSeconds], [1, 60]);
  await refused(lambda.getFunctionEventInvokeConfig(live), MISSING, none(`${arn}:live`));
  const listed = await lambda.listFunctionEventInvokeConfigs({ FunctionName });
  assert.deepEqual(
    listed.FunctionEventInvokeConfigs?.map(({ FunctionArn }) => FunctionArn),
    [`${arn}:$LATEST`],
  );
  await refused(
    lambda.listFunctionEventInvokeConfigs(ABSENT),
    MISSING,
    "The function doesn't exist.",
  );
  await lambda.deleteFunctionEventInvokeConfig({ FunctionName });
  await refused(
    lambda.getFunctionEventInvokeConfig({ FunctionName }),
    MISSING,
    none(`${arn}:$LATEST`),
  );
  await refused(
    lambda.deleteFunctionEventInvokeConfig({ FunctionName }),
    MISSING,
    none(`${arn}:$LATEST`),
  );
}

/** Reserved and provisioned concurrency. */
export async function tellConcurrency({ lambda, name, arn }: Teller): Promise<void> {
  const FunctionName = name;
  const reserved = await lambda.putFunctionConcurrency({
    FunctionName,
    ReservedConcurrentExecutions: 5,
  });
  assert.equal(reserved.ReservedConcurrentExecutions, 5);
  const found = await lambda.getFunctionConcurrency({ FunctionName });
  assert.equal(found.ReservedConcurrentExecutions, 5);
  await refused(
    lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 901 }),
    'InvalidParameterValueException',
    "Specified ReservedConcurrentExecutions for function decreases account's " +
      'UnreservedConcurrentExecution below its minimum value of [100].',
  );
  await refused(lambda.getFunctionConcurrency(ABSENT), MISSING, NO_FUNCTION);
  await lambda.deleteFunctionConcurrency({ FunctionName });
  const freed = await lambda.getFunctionConcurrency({ FunctionName });
  assert.equal(freed.ReservedConcurrentExecutions, undefined);
  await refused(lambda.deleteFunctionConcurrency(ABSENT), MISSING, NO_FUNCTION);

  const live = { FunctionName, Qualifier: 'live' };
  const latest = { FunctionName, Qualifier: '$LATEST' };
  const kept = await lambda.putProvisionedConcurrencyConfig({
    ...live,
    ProvisionedConcurrentExecutions: 1,
  });
  assert.deepEqual(
    [kept.RequestedProvisionedConcurrentExecutions, kept.Status],
    [1, 'IN_PROGRESS'],
  );
  const ready = await until(
    () => lambda.getProvisionedConcurrencyConfig(live),
    ({ Status }) => Status !== 'IN_PROGRESS',
  );
  assert.deepEqual([ready.Status, ready.AvailableProvisionedConcurrentExecutions], ['READY', 1]);
  const INVALID = 'InvalidParameterValueException';
  await refused(
    lambda.putProvisionedConcurrencyConfig({ ...latest, ProvisionedConcurrentExecutions: 1 }),
    INVALID,
    'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
  );
  await refused(
    lambda.getProvisionedConcurrencyConfig({ FunctionName, Qualifier: '1' }),
    'ProvisionedConcurrencyConfigNotFoundException',
    'No Provisioned Concurrency Config found for this function',
    404,
  );
  const listed = await lambda.listProvisionedConcurrencyConfigs({ FunctionName });
  assert.deepEqual(
    listed.ProvisionedConcurrencyConfigs?.map(({ FunctionArn }) => FunctionArn),
    [`${arn}:live`],
  );
  await refused(lambda.listProvisionedConcurrencyConfigs(ABSENT), MISSING, NO_FUNCTION);
  await lambda.deleteProvisionedConcurrencyConfig(live);
  await refused(
    lambda.deleteProvisionedConcurrencyConfig(latest),
    INVALID,
    'The function resource provided must be an alias or a published version.',
  );
}
