/** Event source mappings through AWS's SDK, held to what was recorded from AWS. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

import { systemClock } from '#adapters/system-clock/index.ts';
import { systemRandom } from '#adapters/system-random/index.ts';
import { createGateway } from '#aws/gateway/index.ts';

import { ACCOUNT, REGION, startSources } from '../support/event-sources.ts';
import { failureOf, functionArn } from './lambda-control-harness.ts';

async function start() {
  const world = await startSources();
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'secret' };
  const principal = { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, userId: ACCOUNT };
  const silent = (): void => undefined;
  const gateway = createGateway({
    services: world.services,
    credentials: { find: async () => ({ credentials, principal }) },
    auth: { kind: 'signature' },
    clock: systemClock,
    random: systemRandom,
    log: { debug: silent, info: silent, warn: silent, error: console.error },
    region: REGION,
  });
  const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  gateway.ready();
  const endpoint = `http://127.0.0.1:${port}`;
  const configuration = { endpoint, region: REGION, credentials, maxAttempts: 1 };
  const lambda = new LambdaClient(configuration);
  const sqs = new SQSClient(configuration);
  const dynamodb = new DynamoDBClient(configuration);
  const queue = async (QueueName: string, Attributes: Record<string, string> = {}) => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    return { QueueUrl, arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${QueueName}` };
  };
  const table = async (): Promise<string> => {
    const created = await dynamodb.send(
      new CreateTableCommand({
        TableName: 'things',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      }),
    );
    return created.TableDescription?.LatestStreamArn ?? '';
  };
  return {
    world,
    lambda,
    sqs,
    queue,
    table,
    create: (input: Partial<CreateEventSourceMappingCommandInput>) =>
      lambda.send(new CreateEventSourceMappingCommand({ FunctionName: 'f', ...input })),
    async [Symbol.asyncDispose]() {
      for (const client of [lambda, sqs, dynamodb]) client.destroy();
      await gateway[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

function invalid(message: string) {
  return { name: 'InvalidParameterValueException', message, status: 400, type: 'User' };
}

test('a mapping of a queue is shown as AWS shows it', async () => {
  await using server = await start();
  const { arn } = await server.queue('q');
  const made = await server.create({ EventSourceArn: arn });
  const { $metadata, LastModified, UUID = '', ...shown } = made;
  assert.equal($metadata.httpStatusCode, 202);
  assert.ok(LastModified instanceof Date);
  assert.match(UUID, /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/);
  // Recorded in lambda_integration_sqs: test_event_source_mapping_default_batch_size.
  assert.deepEqual(shown, {
    BatchSize: 10,
    EventSourceArn: arn,
    EventSourceMappingArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:event-source-mapping:${UUID}`,
    FunctionArn: functionArn('f'),
    FunctionResponseTypes: [],
    MaximumBatchingWindowInSeconds: 0,
    State: 'Creating',
    StateTransitionReason: 'USER_INITIATED',
  });
});

test('a mapping of a stream is shown as AWS shows it', async () => {
  await using server = await start();
  const arn = await server.table();
  const made = await server.create({ EventSourceArn: arn, StartingPosition: 'LATEST' });
  const { $metadata: _, LastModified: __, UUID, ...shown } = made;
  // Recorded in lambda_api: test_create_event_filter_criteria_validation.
  assert.deepEqual(shown, {
    BatchSize: 100,
    BisectBatchOnFunctionError: false,
    DestinationConfig: { OnFailure: {} },
    EventSourceArn: arn,
    EventSourceMappingArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:event-source-mapping:${UUID}`,
    FunctionArn: functionArn('f'),
    FunctionResponseTypes: [],
    LastProcessingResult: 'No records processed',
    MaximumBatchingWindowInSeconds: 0,
    MaximumRecordAgeInSeconds: -1,
    MaximumRetryAttempts: -1,
    ParallelizationFactor: 1,
    StartingPosition: 'LATEST',
    State: 'Creating',
    StateTransitionReason: 'User action',
    TumblingWindowInSeconds: 0,
  });
});

test('states pass as on AWS', async () => {
  await using server = await start();
  const { lambda, world } = server;
  const { arn } = await server.queue('q');
  world.start();
  const made = await server.create({ EventSourceArn: arn, Enabled: false });
  assert.equal(made.State, 'Disabled');
  const { UUID } = made;
  const state = async () => (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;
  const update = async (input: { readonly Enabled?: boolean; readonly BatchSize?: number }) =>
    (await lambda.send(new UpdateEventSourceMappingCommand({ UUID, ...input }))).State;
  // Recorded in lambda_integration_sqs: test_fifo_message_group_parallelism.
  assert.equal(await update({ Enabled: true }), 'Enabling');
  assert.equal(await state(), 'Enabling');
  await world.pass(100);
  assert.equal(await state(), 'Enabled');
  assert.equal(await update({ BatchSize: 5 }), 'Updating');
  await world.pass(100);
  assert.equal(await update({ Enabled: false }), 'Disabling');
  await world.pass(100);
  assert.equal(await state(), 'Disabled');
  const deleted = await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
  assert.equal(deleted.State, 'Deleting');
  assert.equal(deleted.$metadata.httpStatusCode, 202);
  await world.pass(100);
  const { name } = await failureOf(lambda.send(new GetEventSourceMappingCommand({ UUID })));
  assert.equal(name, 'ResourceNotFoundException');
});

type Refusal = [Partial<CreateEventSourceMappingCommandInput>, string];

test('what AWS refuses is refused in its words', async () => {
  await using server = await start();
  const { create } = server;
  const { arn } = await server.queue('q');
  const { arn: fifo } = await server.queue('q.fifo', { FifoQueue: 'true' });
  const streamArn = await server.table();
  // What a queue or stream would do nothing with.
  const ofOthers = {
    Queues: ['broker'],
    Topics: ['topic'],
    SourceAccessConfigurations: [{ Type: 'BASIC_AUTH', URI: arn }],
    SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['host:9092'] } },
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'group' },
    DocumentDBEventSourceConfig: { DatabaseName: 'base' },
  };
  const refusals: Refusal[] = [
    [{}, 'Unrecognized event source.'],
    [{ EventSourceArn: arn, FunctionName: 'unknown' }, 'Function does not exist'],
    [
      { EventSourceArn: arn, DestinationConfig: { OnSuccess: { Destination: arn } } },
      'Unsupported DestinationConfig parameter for given event source mapping type.',
    ],
    [
      { EventSourceArn: `${arn}-missing` },
      'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. ' +
        'SQS Error Message: The specified queue does not exist.',
    ],
    [
      { EventSourceArn: arn, BatchSize: 11 },
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    ],
    [
      { EventSourceArn: fifo, MaximumBatchingWindowInSeconds: 1 },
      'Batching window is not supported for FIFO queues',
    ],
    [
      { EventSourceArn: arn, StartingPosition: 'LATEST' },
      'StartingPosition is not valid for SQS event sources.',
    ],
    [
      { EventSourceArn: arn, FilterCriteria: { Filters: [{ Pattern: '["not": "an object"]' }] } },
      'Invalid filter pattern definition.',
    ],
    [
      { EventSourceArn: streamArn },
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    ],
    [
      { EventSourceArn: streamArn, StartingPosition: 'AT_TIMESTAMP' },
      `Unsupported starting position for arn type: ${streamArn}`,
    ],
    [
      { EventSourceArn: `${streamArn}0`, StartingPosition: 'LATEST' },
      `Stream not found: ${streamArn}0`,
    ],
    ...[0, 59].map((MaximumRecordAgeInSeconds): Refusal => [
      { EventSourceArn: streamArn, StartingPosition: 'LATEST', MaximumRecordAgeInSeconds },
      'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
    ]),
    [
      {
        EventSourceArn: streamArn,
        StartingPosition: 'LATEST',
        TumblingWindowInSeconds: 1,
        ParallelizationFactor: 2,
      },
      'ParallelizationFactor must be 1 if TumblingWindowInSeconds is set.',
    ],
    [
      {
        EventSourceArn: `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/s`,
        StartingPosition: 'AT_TIMESTAMP',
        StartingPositionTimestamp: new Date('9999-01-01'),
      },
      'StartingPositionTimestamp cannot be in the future.',
    ],
    [
      { EventSourceArn: arn, Tags: { 'aws:owner': 'x' } },
      'aws: prefixed tag key names are not allowed for external use.',
    ],
    ...Object.entries(ofOthers).map(([name, value]): Refusal => [
      { EventSourceArn: arn, [name]: value },
      `Unsupported ${name} parameter for given event source mapping type.`,
    ]),
  ];
  for (const [input, message] of refusals) {
    assert.deepEqual(await failureOf(create(input)), invalid(message));
  }
  await server.world.addFunction('slow', 31);
  assert.deepEqual(
    await failureOf(create({ EventSourceArn: arn, FunctionName: 'slow' })),
    invalid('Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds'),
  );
});

test('a durable function is mapped by a qualified name, for 15 minutes at most', async () => {
  await using server = await start();
  const { create, world } = server;
  const { arn: EventSourceArn } = await server.queue('q');
  await world.addFunction('short', 3, { ExecutionTimeout: 900 });
  await world.addFunction('long', 3, { ExecutionTimeout: 901 });
  for (const [FunctionName, message] of [
    ['short', 'You cannot invoke a durable function using an unqualified ARN.'],
    [
      'long:$LATEST',
      'You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.',
    ],
  ] as const) {
    const refused = await failureOf(create({ EventSourceArn, FunctionName }));
    assert.deepEqual(refused, invalid(message));
  }
  await create({ EventSourceArn, FunctionName: 'short:$LATEST' });
});

test('a batch of ten needs no window, eleven do, and ten thousand is the most', async () => {
  await using server = await start();
  const { create } = server;
  const window = { MaximumBatchingWindowInSeconds: 1 };
  for (const [index, size] of [10, 11, 10_000].entries()) {
    const { arn } = await server.queue(`q${index}`);
    await create({ EventSourceArn: arn, BatchSize: size, ...(size > 10 ? window : {}) });
  }
  const { arn } = await server.queue('last');
  const over = await failureOf(create({ EventSourceArn: arn, BatchSize: 10_001, ...window }));
  assert.equal(over.status, 400);
});

test('a record may be as old as a minute before it is given up, or a week', async () => {
  await using server = await start();
  const EventSourceArn = await server.table();
  for (const [index, MaximumRecordAgeInSeconds] of [-1, 60, 604_800].entries()) {
    await server.world.addFunction(`f${index}`);
    await server.create({
      EventSourceArn,
      FunctionName: `f${index}`,
      StartingPosition: 'LATEST',
      MaximumRecordAgeInSeconds,
    });
  }
});

test('an unknown mapping is not found, by Get, Update and Delete', async () => {
  await using server = await start();
  const UUID = '0ab5f2a1-1111-4222-8333-444455556666';
  const commands = [
    () => server.lambda.send(new GetEventSourceMappingCommand({ UUID })),
    () => server.lambda.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize: 1 })),
    () => server.lambda.send(new DeleteEventSourceMappingCommand({ UUID })),
  ];
  for (const send of commands) {
    // Recorded in lambda_api: test_event_source_mapping_exceptions.
    const failure = await failureOf(send());
    assert.equal(failure.name, 'ResourceNotFoundException');
    assert.equal(failure.message, 'The resource you requested does not exist.');
    assert.equal(failure.status, 404);
  }
});

test('the same source and function cannot be mapped twice', async () => {
  await using server = await start();
  const { arn } = await server.queue('q');
  const { UUID } = await server.create({ EventSourceArn: arn });
  const twice = await failureOf(server.create({ EventSourceArn: arn }));
  // Recorded in lambda_integration_sqs: test_duplicate_event_source_mappings.
  assert.deepEqual(twice, {
    name: 'ResourceConflictException',
    message: `An event source mapping with SQS arn (" ${arn} ") and function (" f ") already exists. Please update or delete the existing mapping with UUID ${UUID}`,
    status: 409,
    type: 'User',
  });
  const streamArn = await server.table();
  const stream = { EventSourceArn: streamArn, StartingPosition: 'LATEST' } as const;
  const first = await server.create(stream);
  const { message } = await failureOf(server.create(stream));
  // Recorded in lambda_integration_kinesis: test_duplicate_event_source_mappings.
  assert.equal(
    message,
    `The event source arn (" ${streamArn} ") and function (" f ") provided mapping already exists. Please update or delete the existing mapping with UUID ${first.UUID}`,
  );
});

test('lists by function and by source, in pages', async () => {
  await using server = await start();
  await server.world.addFunction('g');
  const arns: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    const { arn } = await server.queue(name);
    arns.push(arn);
    await server.create({ EventSourceArn: arn });
  }
  await server.create({ EventSourceArn: arns[0], FunctionName: 'g' });
  const list = (input: object) => server.lambda.send(new ListEventSourceMappingsCommand(input));
  const sourcesOf = async (input: object) =>
    ((await list(input)).EventSourceMappings ?? []).map((mapping) => mapping.EventSourceArn);
  assert.deepEqual(new Set(await sourcesOf({ FunctionName: 'f' })), new Set(arns));
  assert.deepEqual(await sourcesOf({ FunctionName: functionArn('g') }), [arns[0]]);
  assert.equal((await sourcesOf({ EventSourceArn: arns[0] })).length, 2);
  const first = await list({ MaxItems: 3 });
  const second = await list({ MaxItems: 3, Marker: first.NextMarker });
  assert.equal(first.EventSourceMappings?.length, 3);
  assert.equal(second.EventSourceMappings?.length, 1);
  assert.equal(second.NextMarker, undefined);
});

test('a mapping bears tags', async () => {
  await using server = await start();
  const { arn } = await server.queue('q');
  const made = await server.create({ EventSourceArn: arn, Tags: { A: '1' } });
  const Resource = made.EventSourceMappingArn;
  const tags = async () => (await server.lambda.send(new ListTagsCommand({ Resource }))).Tags;
  assert.deepEqual(await tags(), { A: '1' });
  await server.lambda.send(new TagResourceCommand({ Resource, Tags: { B: '2' } }));
  assert.deepEqual(await tags(), { A: '1', B: '2' });
  await server.lambda.send(new UntagResourceCommand({ Resource, TagKeys: ['A'] }));
  assert.deepEqual(await tags(), { B: '2' });
});

test('a sent message is an event as AWS makes it', async () => {
  await using server = await start();
  const { arn, QueueUrl } = await server.queue('q');
  server.world.start();
  await server.create({ EventSourceArn: arn });
  await server.sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: '{"a":1}',
      MessageAttributes: { Title: { DataType: 'String', StringValue: 'The Whistler' } },
    }),
  );
  await server.world.quiet();
  const [record] = server.world.events[0]?.Records ?? [];
  // Recorded in lambda_integration_sqs: test_message_body_and_attributes_passed_correctly.
  assert.deepEqual(
    new Set(Object.keys(record ?? {})),
    new Set([
      'attributes',
      'awsRegion',
      'body',
      'eventSource',
      'eventSourceARN',
      'md5OfBody',
      'md5OfMessageAttributes',
      'messageAttributes',
      'messageId',
      'receiptHandle',
    ]),
  );
  assert.equal(record?.['body'], '{"a":1}');
  assert.deepEqual(record['messageAttributes'], {
    Title: {
      stringValue: 'The Whistler',
      stringListValues: [],
      binaryListValues: [],
      dataType: 'String',
    },
  });
});
