import type {
  DeleteDeliverySourceRequest,
  Delivery,
  DeliverySource,
  DescribeDeliverySourcesRequest,
  DescribeDeliverySourcesResponse,
  GetDeliverySourceRequest,
  GetDeliverySourceResponse,
  PutDeliverySourceRequest,
  PutDeliverySourceResponse,
} from '#aws/models/logs.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { formatArn, parseArn } from '#kernel/arn.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { deliveryConflict, invalidParameter, noneOfDelivery } from '../errors.ts';
import { pageByName } from '../paging.ts';
import { deleteSetting, findSetting, listSettings, putSetting } from '../store-filters.ts';

export type SourceRecord = DeliverySource;

/** The operations on sources: resources of other services that have logs. */
export function deliverySourceOperations(dependencies: LogsDependencies): Service['operations'] {
  return {
    DeleteDeliverySource: deleteDeliverySource(dependencies),
    DescribeDeliverySources: describeDeliverySources(dependencies),
    GetDeliverySource: getDeliverySource(dependencies),
    PutDeliverySource: putDeliverySource(dependencies),
  };
}

function putDeliverySource({
  database,
  clock,
}: LogsDependencies): Operation<PutDeliverySourceRequest, PutDeliverySourceResponse> {
  return (context, { resourceArn, tags, ...input }) => {
    const service = parseArn(resourceArn)?.service;
    if (service === undefined) throw invalidParameter('The resource ARN is not valid.');
    const arn = formatArn(
      'logs',
      context.region,
      context.accountId,
      `delivery-source:${input.name}`,
    );
    return database.transact(async (tx) => {
      const existing = await findSetting<SourceRecord>(tx, context, 'delivery-source', input.name);
      const known = existing?.settings.resourceArns?.[0] ?? resourceArn;
      if (known !== resourceArn) {
        throw deliveryConflict('The resource of a Delivery Source cannot be changed.');
      }
      const kept = tags ?? existing?.settings.tags;
      const deliverySource: DeliverySource = {
        ...input,
        arn,
        resourceArns: [resourceArn],
        service,
        ...(kept !== undefined && { tags: kept }),
      };
      await putSetting(tx, context, 'delivery-source', {
        name: input.name,
        changedAtMs: Math.floor(clock.now()),
        settings: deliverySource,
      });
      return { deliverySource };
    });
  };
}

function getDeliverySource({
  database,
}: LogsDependencies): Operation<GetDeliverySourceRequest, GetDeliverySourceResponse> {
  return async (context, { name }) => {
    const found = await database.read((queries) =>
      findSetting<SourceRecord>(queries, context, 'delivery-source', name),
    );
    if (found === undefined) throw noneOfDelivery('Delivery Source');
    return { deliverySource: found.settings };
  };
}

function describeDeliverySources({
  database,
}: LogsDependencies): Operation<DescribeDeliverySourcesRequest, DescribeDeliverySourcesResponse> {
  return async (context, { resourceArns, ...input }) => {
    const all = await database.read((queries) =>
      listSettings<SourceRecord>(queries, context, 'delivery-source'),
    );
    const wanted = all.filter(
      ({ settings }) =>
        resourceArns === undefined ||
        resourceArns.some((arn) => settings.resourceArns?.includes(arn)),
    );
    const { page, nextToken } = pageByName(wanted, ({ name }) => name, input);
    return {
      deliverySources: page.map(({ settings }) => settings),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  };
}

function deleteDeliverySource({
  database,
}: LogsDependencies): Operation<DeleteDeliverySourceRequest, void> {
  return (context, { name }) =>
    database.transact(async (tx) => {
      const deliveries = await listSettings<Delivery>(tx, context, 'delivery');
      if (deliveries.some(({ settings }) => settings.deliverySourceName === name)) {
        throw deliveryConflict('Delivery Source is being used by a Delivery.');
      }
      const isDeleted = await deleteSetting(tx, context, 'delivery-source', name);
      if (!isDeleted) throw noneOfDelivery('Delivery Source');
    });
}
