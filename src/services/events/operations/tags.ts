import type { Operations } from '#aws/models/events.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { EventsDependencies } from '../dependencies.ts';
import { limitExceeded, validation } from '../errors.ts';
import { nextFiringOf } from '../fire-schedules.ts';
import { TAGS_MAX } from '../limits.ts';
import { DEFAULT_BUS, type BusAddress, type RuleAddress, type Tags } from '../model.ts';
import { busKey, saveDocument } from '../store-documents.ts';
import { saveRule } from '../store-rules.ts';
import { tagList, tagsOf } from '../tag-list.ts';
import { requireBus } from './event-buses.ts';
import { requireRule } from './rules.ts';

/** Sets tags of a rule or a bus. */
export function tagResource(dependencies: EventsDependencies): Operations['TagResource'] {
  return async (_context, { ResourceARN, Tags: list }) => {
    await changeTags(dependencies, ResourceARN, (tags) => ({ ...tags, ...tagsOf(list) }));
    return {};
  };
}

/** Takes tags away. */
export function untagResource(dependencies: EventsDependencies): Operations['UntagResource'] {
  return async (_context, { ResourceARN, TagKeys }) => {
    await changeTags(dependencies, ResourceARN, (tags) =>
      Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
    );
    return {};
  };
}

/** Lists the tags of a rule or a bus. */
export function listTagsForResource({
  database,
  clock,
}: EventsDependencies): Operations['ListTagsForResource'] {
  return async (_context, { ResourceARN }) => {
    const address = resourceOf(ResourceARN);
    const tagged = await database.transact<{ readonly tags: Tags }>((tx) =>
      'rule' in address
        ? requireRule(tx, address, clock.now())
        : requireBus(tx, address, address.bus, clock.now()),
    );
    return { Tags: tagList(tagged.tags) };
  };
}

async function changeTags(
  { database, clock }: EventsDependencies,
  resourceArn: string,
  change: (tags: Tags) => Tags,
): Promise<void> {
  const address = resourceOf(resourceArn);
  await database.transact((tx) =>
    'rule' in address
      ? changeRule(tx, address, change, clock.now())
      : changeBus(tx, address, change, clock.now()),
  );
}

async function changeRule(
  tx: Transaction,
  address: RuleAddress,
  change: (tags: Tags) => Tags,
  nowMs: number,
): Promise<void> {
  const rule = await requireRule(tx, address, nowMs);
  const tags = checkCount(change(rule.tags));
  await saveRule(tx, address, { ...rule, tags }, nextFiringOf(rule, nowMs));
}

async function changeBus(
  tx: Transaction,
  address: BusAddress,
  change: (tags: Tags) => Tags,
  nowMs: number,
): Promise<void> {
  const bus = await requireBus(tx, address, address.bus, nowMs);
  await saveDocument(tx, busKey(address, address.bus), {
    ...bus,
    tags: checkCount(change(bus.tags)),
  });
}

function checkCount(tags: Tags): Tags {
  if (Object.keys(tags).length > TAGS_MAX) throw limitExceeded();
  return tags;
}

/** `event-bus/BUS`, `rule/RULE` of the default bus, or `rule/BUS/RULE`. */
function resourceOf(text: string): BusAddress | RuleAddress {
  const arn = parseArn(text);
  const [kind, first = '', second] = arn?.resource.split('/') ?? [];
  if (arn?.service === 'events' && first !== '') {
    const { accountId, region } = arn;
    if (kind === 'event-bus') return { accountId, region, bus: first };
    if (kind === 'rule' && second === undefined) {
      return { accountId, region, bus: DEFAULT_BUS, rule: first };
    }
    if (kind === 'rule') return { accountId, region, bus: first, rule: second ?? '' };
  }
  throw validation(
    'Parameter ResourceARN is not valid. Reason: Provided Arn is not in correct format.',
  );
}
