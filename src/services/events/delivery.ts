/** An event bus as the target of other services, and of rules of other buses. */
import { parseArn } from '#kernel/arn.ts';
import { textOf } from '#kernel/bytes.ts';
import { isObject, parseJson, type Json } from '#kernel/json.ts';
import type { Deliverer, Delivery } from '#ports/peers/deliverer.ts';
import { serviceKeys } from '#ports/peers/requester.ts';
import type { Queries } from '#ports/world/database.ts';
import { letsIn, type EventSender } from './bus-policy.ts';
import type { EventsDependencies } from './dependencies.ts';
import {
  busAddressOf,
  DEFAULT_BUS,
  eventTime,
  type BusAddress,
  type EventEnvelope,
} from './model.ts';
import type { PatternCache } from '#kernel/event-pattern/index.ts';
import { routeEvent } from './route-event.ts';
import { findBus } from './store-documents.ts';

/** Takes an event that its source has made whole: at least `source`, `detail-type` and `detail`. */
export function createEventsDeliverer(
  dependencies: EventsDependencies & { readonly patterns: PatternCache },
): Deliverer {
  return {
    deliver: async (delivery, tx) => {
      const bus = await busOf(tx, delivery.targetArn);
      if (bus === undefined) return 'missing';
      if (!(await isLetIn(tx, bus, senderOf(delivery)))) return 'forbidden';
      const given = eventOf(dependencies, delivery, bus);
      if (given === undefined) return 'unsupported';
      const isForwarded = delivery.sourceService === 'events.amazonaws.com';
      const isFromAway = parseArn(delivery.sourceArn)?.region !== bus.region;
      // On its way to another Region an event gets another id: `…_cross_account_region[custom-region]`.
      const event =
        isForwarded && isFromAway ? { ...given, id: dependencies.random.uuid() } : given;
      const { traceHeader } = delivery.options ?? {};
      await routeEvent(dependencies, tx, bus, {
        event,
        isForwarded,
        ...(traceHeader === undefined ? {} : { traceHeader }),
      });
      return 'deliverable';
    },
    check: async (delivery, tx) => {
      const bus = await busOf(tx, delivery.targetArn);
      if (bus === undefined) return 'missing';
      return (await isLetIn(tx, bus, senderOf(delivery))) ? 'deliverable' : 'forbidden';
    },
  };
}

/** An account's own buses take its events; another's need a policy that says so. */
export async function isLetIn(
  queries: Queries,
  bus: BusAddress,
  sender: EventSender,
): Promise<boolean> {
  if (bus.accountId === sender.accountId) return true;
  return letsIn((await findBus(queries, bus, bus.bus))?.policy, bus, sender);
}

/** A bus of another account sends for that account. */
function senderOf(delivery: Pick<Delivery, 'sourceAccountId' | 'sourceArn' | 'sourceService'>) {
  const { sourceAccountId: accountId, sourceService: service } = delivery;
  return {
    accountId,
    requester: { accountId, names: [] },
    keys: serviceKeys({ ...delivery, service }),
  };
}

async function busOf(queries: Queries, text: string): Promise<BusAddress | undefined> {
  const arn = parseArn(text);
  if (arn?.service !== 'events' || !arn.resource.startsWith('event-bus/')) return undefined;
  const address = busAddressOf(arn, text);
  if (address.bus === DEFAULT_BUS) return address;
  return (await findBus(queries, address, address.bus)) === undefined ? undefined : address;
}

function eventOf(
  { clock, random }: Pick<EventsDependencies, 'clock' | 'random'>,
  delivery: Delivery,
  bus: BusAddress,
): EventEnvelope | undefined {
  const given = parseJson(textOf(delivery.payload));
  if (!isObject(given)) return undefined;
  const { source, 'detail-type': detailType, detail } = given;
  if (typeof source !== 'string' || typeof detailType !== 'string' || !isObject(detail)) {
    return undefined;
  }
  const textOr = (name: string, other: string): string => {
    const value = given[name];
    return typeof value === 'string' ? value : other;
  };
  const { resources, 'replay-name': replayName } = given;
  return {
    version: '0',
    id: textOr('id', random.uuid()),
    'detail-type': detailType,
    source,
    account: textOr('account', delivery.sourceAccountId),
    time: textOr('time', eventTime(clock.now())),
    region: textOr('region', bus.region),
    ...(typeof replayName === 'string' ? { 'replay-name': replayName } : {}),
    resources: Array.isArray(resources) ? resources.filter((name) => typeof name === 'string') : [],
    // It was parsed from JSON.
    detail: detail as Json,
  };
}
