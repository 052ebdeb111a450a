/** Sentences are AWS's; each case names its entry in the recordings, where there is one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '#kernel/assert.ts';
import { AwsError } from './errors.ts';
import type { ServiceModel } from './model.ts';
import { MODELS } from './models/index.ts';
import { validateInput } from './validate.ts';

type Values = Readonly<Record<string, unknown>>;

function errorOf(service: string, operation: string, input: Values): AwsError | undefined {
  const model: ServiceModel = present(
    MODELS.find(({ name }) => name === service),
    service,
  );
  try {
    validateInput(model, present(model.operation(operation), operation), input);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof AwsError, String(error));
    return error;
  }
}

const messageOf = (service: string, operation: string, input: Values): string | undefined =>
  errorOf(service, operation, input)?.message;

const found = (...errors: readonly string[]): string =>
  `${errors.length} validation error${errors.length === 1 ? '' : 's'} detected: ${errors.join('; ')}`;

const NAME = 'This should fail with two errors 123467890123412341234123412341234';

test('names the pattern before the length, and members in their order', () => {
  // TestEvents::test_create_connection_validations
  const error = errorOf('events', 'CreateConnection', {
    Name: NAME,
    AuthorizationType: 'INVALID',
    AuthParameters: { BasicAuthParameters: { Username: 'user', Password: 'pass' } },
  });
  assert.equal(error?.code, 'ValidationException');
  assert.equal(error.status, 400);
  assert.equal(
    error.message,
    found(
      `Value '${NAME}' at 'name' failed to satisfy constraint: ` +
        String.raw`Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+`,
      `Value '${NAME}' at 'name' failed to satisfy constraint: ` +
        'Member must have length less than or equal to 64',
      "Value 'INVALID' at 'authorizationType' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY]',
    ),
  );
});

test('looks at the member last that came to the model last', () => {
  // lambda_api: TestLambdaLayer::test_layer_exceptions
  const message = messageOf('lambda', 'PublishLayerVersion', {
    LayerName: 'tools',
    Content: {},
    CompatibleArchitectures: ['invalidarch'],
    CompatibleRuntimes: ['invalidruntime'],
  });
  assert.match(
    message ?? '',
    /^2 .* at 'compatibleRuntimes' .*; Value '\[invalidarch\]' at 'compatibleArchitectures' /,
  );
});

test('shows the member of a structure last that came to it last', () => {
  // logs_metric_filters: test_put_metric_filter_too_many_transformations
  const transformation = { metricName: 'm', metricNamespace: 'n', metricValue: '1' };
  const message = messageOf('logs', 'PutMetricFilter', {
    logGroupName: 'g',
    filterName: 'f',
    filterPattern: '',
    metricTransformations: [transformation, transformation],
  });
  assert.match(message ?? '', /metricValue=1, defaultValue=null, unit=null, dimensions=null\)/);
});

test('takes retired runtimes for a layer, and lists current ones alone', () => {
  // lambda_api: TestLambdaLayer::test_layer_compatibilities
  const publish = (runtime: string): string | undefined =>
    messageOf('lambda', 'PublishLayerVersion', {
      LayerName: 'tools',
      Content: {},
      CompatibleRuntimes: [runtime],
    });
  assert.equal(publish('go1.x'), undefined);
  assert.equal(publish('python3.14'), undefined);
  const message = publish('cobol');
  assert.match(message ?? '', /enum value set: \[nodejs20\.x, /);
  assert.doesNotMatch(message ?? '', /go1\.x/);
});

test('accepts a length at the limit and refuses one more', () => {
  const input = (length: number): Values => ({
    Name: 'a'.repeat(length),
    AuthorizationType: 'BASIC',
    AuthParameters: {},
  });
  assert.equal(messageOf('events', 'CreateConnection', input(63)), undefined);
  assert.equal(messageOf('events', 'CreateConnection', input(64)), undefined);
  assert.match(messageOf('events', 'CreateConnection', input(65)) ?? '', /equal to 64$/);
});

test('names the values of an enumeration in the order of their hashes', () => {
  const cases = [
    // TestLambdaEventSourceMappings::test_create_event_source_validation
    [
      'lambda',
      'CreateEventSourceMapping',
      { FunctionName: 'f', StartingPosition: 'invalid' },
      "Value 'invalid' at 'startingPosition'",
      'LATEST, AT_TIMESTAMP, TRIM_HORIZON',
    ],
    // TestLambdaLayer::test_layer_exceptions
    [
      'lambda',
      'ListLayers',
      { CompatibleArchitecture: 'archdoesnotexist' },
      "Value 'archdoesnotexist' at 'compatibleArchitecture'",
      'x86_64, arm64',
    ],
    // TestCloudwatch::test_set_alarm_invalid_input
    [
      'cloudwatch',
      'SetAlarmState',
      { AlarmName: 'a', StateValue: 'INVALID', StateReason: 'r' },
      "Value 'INVALID' at 'stateValue'",
      'INSUFFICIENT_DATA, ALARM, OK',
    ],
  ] as const;
  for (const [service, operation, input, value, set] of cases) {
    const expected = found(
      `${value} failed to satisfy constraint: Member must satisfy enum value set: [${set}]`,
    );
    assert.equal(messageOf(service, operation, input), expected);
  }
});

test('names simple items of a list together, by their list', () => {
  // TestLambdaFunction::test_create_lambda_exceptions, uppercase_architecture and multiple_architectures
  const base = { FunctionName: 'f', Role: 'arn:aws:iam::123456789012:role/r', Code: {} };
  assert.equal(
    messageOf('lambda', 'CreateFunction', { ...base, Architectures: ['X86_64'] }),
    found(
      "Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: " +
        '[Member must satisfy enum value set: [x86_64, arm64], Member must not be null]',
    ),
  );
  assert.equal(
    messageOf('lambda', 'CreateFunction', { ...base, Architectures: ['x86_64', 'arm64'] }),
    found(
      "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: " +
        'Member must have length less than or equal to 1',
    ),
  );
  // TestLambdaFunction::test_invalid_vpc_config_subnet
  assert.equal(
    messageOf('lambda', 'CreateFunction', { ...base, VpcConfig: { SubnetIds: ['bad_1'] } }),
    found(
      "Value '[bad_1]' at 'vpcConfig.subnetIds' failed to satisfy constraint: Member must satisfy constraint: " +
        '[Member must have length less than or equal to 1024, Member must have length greater than or equal ' +
        'to 0, Member must satisfy regular expression pattern: subnet-[0-9a-z]*]',
    ),
  );
});

test('names keys and values of a map by the map', () => {
  // TestLambdaAlias::test_notfound_and_invalid_routingconfigs
  const alias = (weights: Values): string | undefined =>
    messageOf('lambda', 'CreateAlias', {
      FunctionName: 'f',
      Name: 'a',
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: weights },
    });
  const at = "at 'routingConfig.additionalVersionWeights' failed to satisfy constraint:";
  const values =
    'Map value must satisfy constraint: [Member must have value less than or equal to 1.0, ' +
    'Member must have value greater than or equal to 0.0, Member must not be null]';
  assert.equal(alias({ 2: 1 }), undefined);
  assert.equal(alias({ 2: 2 }), found(`Value '{2=2.0}' ${at} ${values}`));
  assert.equal(alias({ 2: -1 }), found(`Value '{2=-1.0}' ${at} ${values}`));
  assert.equal(
    alias({ $LATEST: 0.5 }),
    found(
      `Value '{$LATEST=0.5}' ${at} Map keys must satisfy constraint: [Member must have length less than or ` +
        'equal to 1024, Member must have length greater than or equal to 1, ' +
        'Member must satisfy regular expression pattern: [0-9]+]',
    ),
  );
});

test("names API Gateway's members below the operation's input, and the body's first", () => {
  // TestApiGatewayMethodResponse::test_update_method_response_negative_tests
  const message = messageOf('apigateway', 'UpdateMethodResponse', {
    restApiId: 'a',
    resourceId: 'b',
    httpMethod: 'GET',
    statusCode: 'wrong',
    patchOperations: [{ op: 'wrong_op' }],
  });
  assert.equal(
    message,
    found(
      "Value 'wrong_op' at 'updateMethodResponseInput.patchOperations.1.member.op' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [add, remove, move, test, replace, copy]',
      "Value 'wrong' at 'statusCode' failed to satisfy constraint: " +
        String.raw`Member must satisfy regular expression pattern: [1-5]\d\d`,
    ),
  );
});

test('names a list that is too long with its structures as Java prints them', () => {
  // TestMetricFiltersValidation::test_put_metric_filter_too_many_transformations
  const transformation = (number: number): Values => ({
    metricName: `metric${number}`,
    metricNamespace: `namespace${number}`,
    metricValue: '1',
  });
  const error = errorOf('logs', 'PutMetricFilter', {
    logGroupName: 'g',
    filterName: 'f',
    filterPattern: 'p',
    metricTransformations: [transformation(1), transformation(2)],
  });
  assert.equal(error?.code, 'InvalidParameterException');
  assert.match(
    error.message,
    /^1 validation error detected: Value '\[MetricTransformation\(metricName=metric1, /,
  );
  assert.match(error.message, /' at 'metricTransformations' .* less than or equal to 1$/);
});

test('names a required member that is absent, in the words of its service', () => {
  // TestSNSPlatformEndpoint::test_set_platform_endpoint_attributes_invalid_attributes
  const sns = errorOf('sns', 'SetEndpointAttributes', { EndpointArn: 'arn' });
  assert.equal(sns?.code, 'ValidationError');
  assert.equal(
    sns.message,
    found("Value null at 'attributes' failed to satisfy constraint: Member must not be null"),
  );
  const sqs = errorOf('sqs', 'SendMessage', { QueueUrl: 'q' });
  assert.equal(sqs?.code, 'MissingRequiredParameterException');
  assert.equal(sqs.message, 'The request must contain the parameter MessageBody.');
});

test('says no value where IAM answers, nor where the model calls it sensitive', () => {
  // TestIAMServiceSpecificCredentials::test_invalid_update_parameters
  assert.equal(
    messageOf('iam', 'UpdateServiceSpecificCredential', {
      ServiceSpecificCredentialId: 'ACCAABCDEFGHIJKLMNOPQ',
      Status: 'Invalid',
    }),
    found("Value at 'status' failed to satisfy constraint: Member must satisfy enum value set"),
  );
  const message = messageOf('lambda', 'UpdateFunctionConfiguration', {
    FunctionName: 'f',
    Environment: { Variables: { '1': 'secret' } },
  });
  assert.match(message ?? '', /Value at 'environment.variables' failed .*: Map keys must satisfy/);
  assert.doesNotMatch(message ?? '', /secret/);
});

test('says which characters an IAM name may have', () => {
  const input = { RoleName: 'a b', AssumeRolePolicyDocument: '{}' };
  assert.equal(
    messageOf('iam', 'CreateRole', input),
    'The specified value for roleName is invalid. ' +
      'It must contain only alphanumeric characters and/or the following: +=,.@_-',
  );
});

test('names a null inside a list', () => {
  const message = messageOf('dynamodb', 'BatchWriteItem', { RequestItems: { table: [null] } });
  assert.match(message ?? '', /Value null at 'requestItems.table.member.1.member'/);
});

test('names at most ten errors', () => {
  const entries = Array.from({ length: 10 }, () => ({}));
  const message = messageOf('sns', 'PublishBatch', { PublishBatchRequestEntries: entries });
  assert.match(message ?? '', /^10 validation errors detected: /);
});

test('leaves S3 and the values of SQS to their services', () => {
  assert.equal(errorOf('s3', 'PutBucketVersioning', {}), undefined);
  const input = { QueueName: 'q', Attributes: { Unknown: 'x' } };
  assert.equal(errorOf('sqs', 'CreateQueue', input), undefined);
});

// Recorded: events, test_put_events_exceed_limit_ten_entries.
test('shows what only AWS’s own models have', () => {
  const Entries = Array.from({ length: 11 }, () => ({
    Source: 's',
    DetailType: 't',
    Detail: '{}',
  }));
  const entry =
    'PutEventsRequestEntry(time=null, source=s, resources=null, detailType=t, detail={}, ' +
    'eventBusName=null, traceHeader=null, kmsKeyIdentifier=null, internalMetadata=null)';
  const value = `[${Array.from({ length: 11 }, () => entry).join(', ')}]`;
  assert.equal(
    messageOf('events', 'PutEvents', { Entries }),
    found(
      `Value '${value}' at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10`,
    ),
  );
});
