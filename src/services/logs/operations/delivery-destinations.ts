import type {
  DeleteDeliveryDestinationPolicyRequest,
  DeleteDeliveryDestinationRequest,
  Delivery,
  DeliveryDestination,
  DescribeDeliveryDestinationsRequest,
  DescribeDeliveryDestinationsResponse,
  GetDeliveryDestinationPolicyRequest,
  GetDeliveryDestinationPolicyResponse,
  GetDeliveryDestinationRequest,
  GetDeliveryDestinationResponse,
  PutDeliveryDestinationPolicyRequest,
  PutDeliveryDestinationPolicyResponse,
  PutDeliveryDestinationRequest,
  PutDeliveryDestinationResponse,
} from '#aws/models/logs.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { formatArn, parseArn } from '#kernel/arn.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { deliveryConflict, invalidParameter, noneOfDelivery } from '../errors.ts';
import type { Scope } from '../model.ts';
import { pageByName } from '../paging.ts';
import { deleteSetting, findSetting, listSettings, putSetting } from '../store-filters.ts';
import type { StoredSetting } from '../store-filters.ts';

export interface DestinationRecord extends DeliveryDestination {
  readonly policy?: string;
}

const KIND = 'delivery-destination';
const TYPES: Readonly<Record<string, string>> = { firehose: 'FH', logs: 'CWL', s3: 'S3' };

/** The operations on destinations: buckets, groups and streams that take logs, and who may use them. */
export function deliveryDestinationOperations(
  dependencies: LogsDependencies,
): Service['operations'] {
  return {
    DeleteDeliveryDestination: deleteDeliveryDestination(dependencies),
    DeleteDeliveryDestinationPolicy: deletePolicy(dependencies),
    DescribeDeliveryDestinations: describeDeliveryDestinations(dependencies),
    GetDeliveryDestination: getDeliveryDestination(dependencies),
    GetDeliveryDestinationPolicy: getPolicy(dependencies),
    PutDeliveryDestination: putDeliveryDestination(dependencies),
    PutDeliveryDestinationPolicy: putPolicy(dependencies),
  };
}

function putDeliveryDestination({
  database,
  clock,
}: LogsDependencies): Operation<PutDeliveryDestinationRequest, PutDeliveryDestinationResponse> {
  return (context, { tags, ...input }) => {
    const { name, deliveryDestinationConfiguration: target } = input;
    const service = parseArn(target?.destinationResourceArn ?? '')?.service ?? '';
    const type = input.deliveryDestinationType ?? TYPES[service];
    if (type === undefined) throw invalidParameter('The destination resource ARN is not valid.');
    return database.transact(async (tx) => {
      const existing = await findSetting<DestinationRecord>(tx, context, KIND, name);
      const kept = tags ?? existing?.settings.tags;
      const settings: DestinationRecord = {
        ...existing?.settings,
        ...input,
        arn: formatArn('logs', context.region, context.accountId, `delivery-destination:${name}`),
        deliveryDestinationType: type,
        ...(kept !== undefined && { tags: kept }),
      };
      await putSetting(tx, context, KIND, {
        name,
        changedAtMs: Math.floor(clock.now()),
        settings,
      });
      return { deliveryDestination: shown(settings) };
    });
  };
}

function shown({ policy: _policy, ...destination }: DestinationRecord): DeliveryDestination {
  return destination;
}

async function requireDestination(
  queries: Queries,
  scope: Scope,
  name: string,
): Promise<StoredSetting<DestinationRecord>> {
  const found = await findSetting<DestinationRecord>(queries, scope, KIND, name);
  if (found === undefined) throw noneOfDelivery('Delivery Destination');
  return found;
}

function getDeliveryDestination({
  database,
}: LogsDependencies): Operation<GetDeliveryDestinationRequest, GetDeliveryDestinationResponse> {
  return async (context, { name }) => {
    const found = await database.read((queries) => requireDestination(queries, context, name));
    return { deliveryDestination: shown(found.settings) };
  };
}

function describeDeliveryDestinations({
  database,
}: LogsDependencies): Operation<
  DescribeDeliveryDestinationsRequest,
  DescribeDeliveryDestinationsResponse
> {
  return async (context, { names, ...input }) => {
    const all = await database.read((queries) =>
      listSettings<DestinationRecord>(queries, context, KIND),
    );
    const wanted = all.filter(({ name }) => names?.includes(name) ?? true);
    const { page, nextToken } = pageByName(wanted, ({ name }) => name, input);
    return {
      deliveryDestinations: page.map(({ settings }) => shown(settings)),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  };
}

function deleteDeliveryDestination({
  database,
}: LogsDependencies): Operation<DeleteDeliveryDestinationRequest, void> {
  return (context, { name }) =>
    database.transact(async (tx) => {
      const { settings } = await requireDestination(tx, context, name);
      const deliveries = await listSettings<Delivery>(tx, context, 'delivery');
      if (deliveries.some((one) => one.settings.deliveryDestinationArn === settings.arn)) {
        throw deliveryConflict('Delivery Destination is being used by a Delivery.');
      }
      await deleteSetting(tx, context, KIND, name);
    });
}

function getPolicy({
  database,
}: LogsDependencies): Operation<
  GetDeliveryDestinationPolicyRequest,
  GetDeliveryDestinationPolicyResponse
> {
  return async (context, { deliveryDestinationName: name }) => {
    const found = await database.read((queries) => requireDestination(queries, context, name));
    return { policy: policyOf(found.settings.policy) };
  };
}

function policyOf(document: string | undefined) {
  return document === undefined ? {} : { deliveryDestinationPolicy: document };
}

function putPolicy({
  database,
}: LogsDependencies): Operation<
  PutDeliveryDestinationPolicyRequest,
  PutDeliveryDestinationPolicyResponse
> {
  return (context, { deliveryDestinationName: name, deliveryDestinationPolicy: policy }) => {
    if (!isObject(parseJson(policy))) throw invalidParameter('The policy is not valid JSON.');
    return database.transact(async (tx) => {
      await setPolicy(tx, context, name, { policy });
      return { policy: policyOf(policy) };
    });
  };
}

function deletePolicy({
  database,
}: LogsDependencies): Operation<DeleteDeliveryDestinationPolicyRequest, void> {
  return (context, { deliveryDestinationName: name }) =>
    database.transact((tx) => setPolicy(tx, context, name, {}));
}

async function setPolicy(
  tx: Transaction,
  scope: Scope,
  name: string,
  change: Pick<DestinationRecord, 'policy'>,
): Promise<void> {
  const found = await requireDestination(tx, scope, name);
  await putSetting(tx, scope, KIND, {
    ...found,
    settings: { ...shown(found.settings), ...change },
  });
}
