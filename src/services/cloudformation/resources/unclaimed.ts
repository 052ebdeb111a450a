/**
 * Finds what a server that was killed has made and could not store, where its name is not ours.
 * I1 What any stack has is not taken, nor what is older than its resource's row, or much younger.
 * I2 Nobody looks while another one of the type, or of the name, is made and is not stored yet.
 */
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import { toText } from '../text.ts';
import type { ResourceType, Values, Work } from './resource-type.ts';
import { answered, member, orAbsent, structuresOf } from './shared.ts';

/** How a service lists what there is. */
export interface Listing {
  readonly service: string;
  /** `GetRestApis`. */
  readonly operation: string;
  /** Of the answer. */
  readonly items: string;
  /** Of an item. */
  readonly id: string;
  /** Of the answer, and of the input: where the next page begins. */
  readonly next: readonly [string, string];
  /** What narrows the list. */
  inputOf?(work: Work): Values;
  /** True for an item that is as the resource was to be. */
  is(item: Values, work: Work): boolean;
}

/** How long after its row something may be made that is the row's. */
const CREATION_MS_MAX = 1 * MINUTE_MS;

type Unclaimed = NonNullable<ResourceType['unclaimed']>;

/**
 * A type whose service says when something was made: that, of all that is as the resource was to be.
 * @param madeAt of an item: when it was made, or changed last
 */
export function foundByAge(listing: Listing, madeAt: string, type: ResourceType): ResourceType {
  return {
    ...type,
    async unclaimed(work, sinceMs) {
      await work.hold(ANY); // (I2)
      return await firstFree(work, listing, (item) => isOfAge(item[madeAt], sinceMs));
    },
    async create(work) {
      await work.hold(ANY);
      return await type.create(work);
    },
  };
}

/** How a service tells of one by its name. */
export interface Look {
  readonly service: string;
  /** `GetRole`. */
  readonly operation: string;
  /** Of the input: its name, which is its physical id. */
  readonly name: string;
  /** Of the answer. */
  readonly member: string;
  /** Of that: when it was made, or changed last. */
  readonly madeAt: string;
}

/** A type whose name its template may give: what has that is as good as one of ours where it is of the row's age. */
export function foundByName(
  type: ResourceType,
  nameOf: (work: Work) => string,
  { service, operation, name: asked, member: told, madeAt }: Look,
): ResourceType {
  return {
    ...type,
    async unclaimed(work, sinceMs) {
      const own = await type.unclaimed?.(work, sinceMs);
      if (own !== undefined) return own;
      const name = nameOf(work);
      await work.hold(name); // (I2)
      const answer = await orAbsent(work.call(service, operation, { [asked]: name }));
      const isFree = isOfAge(member(answer ?? {}, told)[madeAt], sinceMs);
      return isFree && (await work.ownerOf(name)) === undefined ? name : undefined;
    },
    async create(work) {
      await work.hold(nameOf(work));
      return await type.create(work);
    },
  };
}

/** No name: all of a type that are made hold it. */
const ANY = '';

/** Some services tell whole seconds. */
function isOfAge(madeAt: unknown, sinceMs: number): boolean {
  const madeAtMs = typeof madeAt === 'string' ? Date.parse(madeAt) : Number(madeAt);
  const firstMs = Math.floor(sinceMs / SECOND_MS) * SECOND_MS;
  return madeAtMs >= firstMs && madeAtMs <= sinceMs + CREATION_MS_MAX;
}

/**
 * What is part of something else: where that is a resource of the stack, so is what stands in it under the part's name.
 * @param owner the property that names the other
 * @param find the part, as it is deleted; or how it is listed
 */
export function foundWithin(owner: string, find: Listing | ((work: Work) => string)): Unclaimed {
  return async (work) => {
    const { [owner]: id } = work.properties;
    if ((await work.ownerOf(toText(id))) !== work.stack.id) return undefined;
    return typeof find === 'function' ? find(work) : await firstFree(work, find, () => true);
  };
}

/** The id of the first that is the resource's to be, and no stack's (I1). */
export async function firstFree(
  work: Work,
  listing: Listing,
  isPossible: (item: Values) => boolean,
): Promise<string | undefined> {
  const { service, operation, items, next, inputOf = () => ({}) } = listing;
  const [told, asked] = next;
  let page: Values = {};
  do {
    const input = { ...inputOf(work), [asked]: page[told] };
    page = (await orAbsent(work.call(service, operation, input))) ?? {};
    for (const item of structuresOf(page[items])) {
      if (!isPossible(item) || !listing.is(item, work)) continue;
      const id = answered(item, listing.id);
      if ((await work.ownerOf(id)) === undefined) return id;
    }
  } while (page[told] !== undefined);
  return undefined;
}
