/**
 * DynamoDB and DynamoDB Streams: tables, items, expressions, indexes, transactions, time to live,
 * streams.
 */
import { dynamodb as dynamodbModel } from '#aws/models/dynamodb.gen.ts';
import { dynamodbstreams as streamsModel } from '#aws/models/dynamodbstreams.gen.ts';
import type { Service } from '#aws/operation.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import { createMeter } from '#ports/peers/meter.ts';
import type { StreamReader } from '#ports/peers/stream-reader.ts';
import type { Schema } from '#ports/world/database.ts';
import { runBackground } from './background.ts';
import { measuredOperations, withUserErrors } from './metrics.ts';
import { dynamodbOperations } from './operations/index.ts';
import type { DynamodbDependencies } from './operations/dependencies.ts';
import { dynamodbPermissions, STREAMS_PERMISSIONS, tablePolicies } from './permissions.ts';
import { schema } from './store/schema.ts';
import { TableDefinitions } from './store/tables.ts';
import { streamsOperations } from './streams/operations.ts';
import { createStreamReader } from './streams/stream-reader.ts';

export type { DynamodbDependencies } from './operations/dependencies.ts';

export interface Dynamodb {
  readonly service: Service;
  /** DynamoDB Streams is a service of its own on the wire. */
  readonly streamsService: Service;
  /** For event source mappings. */
  readonly streamReader: StreamReader;
  readonly schema: Schema;
  /** Policies of tables and streams, where policies are evaluated. */
  readonly resourcePolicies: ResourcePolicies;
  /** Background work, until the signal aborts; rejects on a bug of ours. */
  run(signal: AbortSignal): Promise<void>;
}

/** Needs the schema migrated before the first request. */
export function createDynamodb(dependencies: DynamodbDependencies): Dynamodb {
  const meter = createMeter('AWS/DynamoDB', dependencies);
  const dynamodb = { ...dependencies, tables: new TableDefinitions(), meter };
  const operations = dynamodbOperations(dynamodb);
  const isHeard = dependencies.metrics !== undefined;
  const measured = isHeard ? measuredOperations(operations, dynamodb) : operations;
  return {
    service: {
      model: dynamodbModel,
      operations: withUserErrors(measured, meter),
      permissions: dynamodbPermissions(dynamodb),
    },
    streamsService: {
      model: streamsModel,
      operations: withUserErrors({ ...streamsOperations(dependencies) }, meter),
      permissions: STREAMS_PERMISSIONS,
    },
    resourcePolicies: tablePolicies(dynamodb),
    streamReader: createStreamReader(dependencies),
    schema,
    run: (signal) => runBackground(dynamodb, signal),
  };
}
