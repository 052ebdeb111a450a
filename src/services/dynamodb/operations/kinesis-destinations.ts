import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import { resourceNotFound, validation } from '../errors.ts';
import { updateTable } from '../store/tables.ts';
import { tableArn } from '../tables/table.ts';
import type { KinesisDestination, Table } from '../tables/table.ts';
import { requireNamedTable } from './dependencies.ts';
import type { Dynamodb } from './dependencies.ts';

const ACTIVE: readonly string[] = ['ACTIVE'];

/**
 * @see
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_EnableKinesisStreamingDestination.html
 */
export function enableKinesisStreamingDestination(
  dynamodb: Dynamodb,
): Operations['EnableKinesisStreamingDestination'] {
  return async (context, { TableName, StreamArn: streamArn, ...input }) => {
    const configuration = input.EnableKinesisStreamingConfiguration;
    const precision = configuration?.ApproximateCreationDateTimePrecision;
    await change(dynamodb, context, TableName, async (table, tx) => {
      await assertStream(dynamodb, tx, table, streamArn);
      const { active, others } = split(table, streamArn);
      if (active) {
        throw validation(
          'Table is not in a valid state to enable Kinesis Streaming Destination:KinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.',
        );
      }
      const status = 'ACTIVE' as const;
      return [...others, { streamArn, status, ...(precision === undefined ? {} : { precision }) }];
    });
    return {
      TableName,
      StreamArn: streamArn,
      DestinationStatus: 'ENABLING',
      ...(configuration && { EnableKinesisStreamingConfiguration: configuration }),
    };
  };
}

/**
 * @see
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DisableKinesisStreamingDestination.html
 */
export function disableKinesisStreamingDestination(
  dynamodb: Dynamodb,
): Operations['DisableKinesisStreamingDestination'] {
  return async (context, { TableName, StreamArn: streamArn }) => {
    await change(dynamodb, context, TableName, async (table) => {
      const { active, others } = split(table, streamArn);
      if (!active) throw notActive('disable', 'DISABLE');
      return [...others, { ...active, status: 'DISABLED' }];
    });
    return { TableName, StreamArn: streamArn, DestinationStatus: 'DISABLING' };
  };
}

/**
 * @see
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateKinesisStreamingDestination.html
 */
export function updateKinesisStreamingDestination(
  dynamodb: Dynamodb,
): Operations['UpdateKinesisStreamingDestination'] {
  return async (context, { TableName, StreamArn: streamArn, ...input }) => {
    const configuration = input.UpdateKinesisStreamingConfiguration;
    const precision = configuration?.ApproximateCreationDateTimePrecision;
    if (precision === undefined) {
      throw validation(
        'Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration cannot be null or contain only null values',
      );
    }
    await change(dynamodb, context, TableName, async (table) => {
      const { active, others } = split(table, streamArn);
      if (!active) throw notActive('update', 'UPDATE');
      if (active.precision === precision) {
        throw validation(
          `Invalid Request: Precision is already set to the desired value of ${precision} for tableId: ` +
            `${table.id}, kdsArn: ${streamArn}`,
        );
      }
      return [...others, { ...active, precision }];
    });
    return {
      TableName,
      StreamArn: streamArn,
      DestinationStatus: 'UPDATING',
      UpdateKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: precision },
    };
  };
}

/**
 * @see
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeKinesisStreamingDestination.html
 */
export function describeKinesisStreamingDestination(
  dynamodb: Dynamodb,
): Operations['DescribeKinesisStreamingDestination'] {
  return async (context, input) =>
    dynamodb.database.read(async (queries) => {
      const table = await requireNamedTable(dynamodb, queries, context, input.TableName);
      return {
        TableName: table.name,
        KinesisDataStreamDestinations: (table.kinesisDestinations ?? []).map(
          ({ streamArn, status, precision }) => ({
            StreamArn: streamArn,
            DestinationStatus: status,
            ...(precision === undefined ? {} : { ApproximateCreationDateTimePrecision: precision }),
          }),
        ),
      };
    });
}

/** @throws ResourceNotFoundException */
async function change(
  dynamodb: Dynamodb,
  context: RequestContext,
  name: string,
  changed: (table: Table, tx: Transaction) => Promise<readonly KinesisDestination[]>,
): Promise<void> {
  await dynamodb.database.transact(async (tx) => {
    const table = await requireNamedTable(dynamodb, tx, context, name);
    await updateTable(tx, { ...table, kinesisDestinations: await changed(table, tx) });
  });
}

function split(
  { kinesisDestinations: all = [] }: Table,
  streamArn: string,
): {
  readonly active: KinesisDestination | undefined;
  readonly others: readonly KinesisDestination[];
} {
  const found = all.find((each) => each.streamArn === streamArn && ACTIVE.includes(each.status));
  return { active: found, others: all.filter((each) => each.streamArn !== streamArn) };
}

function notActive(verb: string, operation: string): Error {
  return validation(
    `Table is not in a valid state to ${verb} Kinesis Streaming Destination:KinesisStreamingDestination must be ACTIVE to perform ${operation} operation.`,
  );
}

/**
 * A table's changes stay in its account and Region.
 * @throws ResourceNotFoundException, ValidationException where there is no such stream
 */
async function assertStream(
  { deliverer }: Dynamodb,
  tx: Transaction,
  table: Table,
  streamArn: string,
): Promise<void> {
  const [, , service, region, accountId, resource = ''] = streamArn.split(':');
  const isNear = region === table.region && accountId === table.accountId;
  if (service !== 'kinesis' || !resource.startsWith('stream/') || !isNear) {
    throw validation(`User does not have a permission to use kinesis stream`);
  }
  const found = await deliverer.check(
    {
      targetArn: streamArn,
      sourceArn: tableArn(table),
      sourceService: 'dynamodb.amazonaws.com',
      sourceAccountId: table.accountId,
    },
    tx,
  );
  if (found === 'deliverable') return;
  throw resourceNotFound(`Stream not found: ${streamArn}`);
}
