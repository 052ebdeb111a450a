/**
 * Deliveries of other services' logs: sources, destinations and what joins them are kept and shown; no service
 * here delivers by them. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
 */
import type {
  CreateDeliveryRequest,
  CreateDeliveryResponse,
  DeleteDeliveryRequest,
  Delivery,
  DescribeDeliveriesRequest,
  DescribeDeliveriesResponse,
  GetDeliveryRequest,
  GetDeliveryResponse,
  UpdateDeliveryConfigurationRequest,
} from '#aws/models/logs.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { formatArn, parseArn } from '#kernel/arn.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { deliveryConflict, noneOfDelivery } from '../errors.ts';
import { pageByName } from '../paging.ts';
import { deleteSetting, findSetting, listSettings, putSetting } from '../store-filters.ts';
import { deliveryDestinationOperations } from './delivery-destinations.ts';
import type { DestinationRecord } from './delivery-destinations.ts';
import { deliverySourceOperations } from './delivery-sources.ts';
import type { SourceRecord } from './delivery-sources.ts';

/** The operations on them. */
export function deliveryOperations(dependencies: LogsDependencies): Service['operations'] {
  return {
    ...deliveryDestinationOperations(dependencies),
    ...deliverySourceOperations(dependencies),
    CreateDelivery: createDelivery(dependencies),
    DeleteDelivery: deleteDelivery(dependencies),
    DescribeDeliveries: describeDeliveries(dependencies),
    GetDelivery: getDelivery(dependencies),
    UpdateDeliveryConfiguration: updateDeliveryConfiguration(dependencies),
  };
}

const ID_CHARACTERS = 16;

function createDelivery({
  database,
  clock,
  random,
}: LogsDependencies): Operation<CreateDeliveryRequest, CreateDeliveryResponse> {
  return (context, input) =>
    database.transact(async (tx) => {
      const { deliverySourceName, deliveryDestinationArn, tags, ...configuration } = input;
      const source = await findSetting<SourceRecord>(
        tx,
        context,
        'delivery-source',
        deliverySourceName,
      );
      if (source === undefined) throw noneOfDelivery('Delivery Source');
      const name = (parseArn(deliveryDestinationArn)?.resource ?? '').replace(/^.*:/, '');
      const destination = await findSetting<DestinationRecord>(
        tx,
        context,
        'delivery-destination',
        name,
      );
      if (destination === undefined) throw noneOfDelivery('Delivery Destination');
      const others = await listSettings<Delivery>(tx, context, 'delivery');
      const isThere = others.some(
        ({ settings }) =>
          settings.deliverySourceName === deliverySourceName &&
          settings.deliveryDestinationArn === deliveryDestinationArn,
      );
      if (isThere) throw deliveryConflict('Delivery already exists.');
      const id = random.uuid().replaceAll('-', '').slice(0, ID_CHARACTERS);
      const type = destination.settings.deliveryDestinationType;
      const delivery: Delivery = {
        id,
        arn: formatArn('logs', context.region, context.accountId, `delivery:${id}`),
        deliverySourceName,
        deliveryDestinationArn,
        ...(type !== undefined && { deliveryDestinationType: type }),
        ...defaultsOf(source.settings, type),
        ...configuration,
        ...(tags !== undefined && { tags }),
      };
      const changedAtMs = Math.floor(clock.now());
      await putSetting(tx, context, 'delivery', { name: id, changedAtMs, settings: delivery });
      return { delivery };
    });
}

/** What a delivery has where nothing is said; `test_get_delivery` recorded CloudFront's. */
function defaultsOf({ service }: SourceRecord, type: string | undefined): Partial<Delivery> {
  const isCloudFront = service === 'cloudfront';
  const path = isCloudFront ? 'AWSLogs/{account-id}/CloudFront/' : 'AWSLogs/{account-id}/{region}/';
  return {
    ...(isCloudFront && { recordFields: CLOUDFRONT_FIELDS }),
    ...(type === 'S3' && {
      s3DeliveryConfiguration: { suffixPath: path, enableHiveCompatiblePath: false },
    }),
  };
}

const CLOUDFRONT_FIELDS: readonly string[] = [
  'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer)',
  'cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header',
  'cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher',
  'x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port',
  'time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start',
  'sc-range-end',
].flatMap((line) => line.split(' '));

function getDelivery({
  database,
}: LogsDependencies): Operation<GetDeliveryRequest, GetDeliveryResponse> {
  return async (context, { id }) => {
    const found = await database.read((queries) =>
      findSetting<Delivery>(queries, context, 'delivery', id),
    );
    if (found === undefined) throw noneOfDelivery('Delivery');
    return { delivery: found.settings };
  };
}

function describeDeliveries({
  database,
}: LogsDependencies): Operation<DescribeDeliveriesRequest, DescribeDeliveriesResponse> {
  return async (context, { deliverySourceNames: sources, ...input }) => {
    const all = await database.read((queries) =>
      listSettings<Delivery>(queries, context, 'delivery'),
    );
    const wanted = all.filter(
      ({ settings }) => sources?.includes(settings.deliverySourceName ?? '') ?? true,
    );
    const { page, nextToken } = pageByName(wanted, ({ name }) => name, input);
    return {
      deliveries: page.map(({ settings }) => settings),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  };
}

function deleteDelivery({ database }: LogsDependencies): Operation<DeleteDeliveryRequest, void> {
  return (context, { id }) =>
    database.transact(async (tx) => {
      if (!(await deleteSetting(tx, context, 'delivery', id))) throw noneOfDelivery('Delivery');
    });
}

function updateDeliveryConfiguration({
  database,
}: LogsDependencies): Operation<UpdateDeliveryConfigurationRequest, Record<string, never>> {
  return (context, { id, ...configuration }) =>
    database.transact(async (tx) => {
      const found = await findSetting<Delivery>(tx, context, 'delivery', id);
      if (found === undefined) throw noneOfDelivery('Delivery');
      const settings = { ...found.settings, ...configuration };
      await putSetting(tx, context, 'delivery', { ...found, settings });
      return {};
    });
}
