/** Patches by which API Gateway changes what there is: they come of what a template said, and says now. Pure. */
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { toText } from '../text.ts';
import { textOf, textsOf } from './resource-type.ts';

export interface Patch {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: string;
}

/** The patches that make the one of the other. */
export type PatchesOf = (before: JsonObject, after: JsonObject) => readonly Patch[];

/** Values by their paths. */
export type Leaves = ReadonlyMap<string, string>;

/** Properties that are patched under their own names; what the template gives up becomes empty. */
export function namedPatches(...names: readonly string[]): PatchesOf {
  const leavesOf = (properties: JsonObject) =>
    new Map(names.map((name) => [`/${memberOf(name)}`, toText(properties[name])]));
  return (before, after) => leafPatches(leavesOf(before), leavesOf(after));
}

/** The members of a structure, or of a map, whose keys stay as they are; what the template gives up is removed. */
export function structurePatches(property: string, path: string, name = memberOf): PatchesOf {
  const leavesOf = (properties: JsonObject) => structureLeaves(properties[property], path, name);
  return (before, after) => leafPatches(leavesOf(before), leavesOf(after));
}

/** Texts of a list, which are added and removed one by one. */
export function listPatches(
  property: string,
  patchOf: (item: string) => Pick<Patch, 'path' | 'value'>,
): PatchesOf {
  return (before, after) => {
    const [old, now] = [textsOf(before, property), textsOf(after, property)];
    return [
      ...old.filter((one) => !now.includes(one)).map((one) => remove(patchOf(one))),
      ...now.filter((one) => !old.includes(one)).map((one) => add(patchOf(one))),
    ];
  };
}

/** An API, or a name of users' own, has one type of endpoint at a time, which becomes another. */
export function endpointPatches(before: JsonObject, after: JsonObject): readonly Patch[] {
  const path = '/endpointConfiguration';
  const old = endpointOf(before);
  const { type, addresses } = endpointOf(after);
  const isSame = addresses === undefined || addresses === old.addresses;
  return [
    ...(type === old.type ? [] : [replace(`${path}/types/${old.type}`, type)]),
    ...(isSame ? [] : [replace(`${path}/ipAddressType`, addresses)]),
  ];
}

function endpointOf({ EndpointConfiguration: given }: JsonObject) {
  const endpoint = isObject(given) ? given : {};
  const [type = 'EDGE'] = textsOf(endpoint, 'Types');
  return { type, addresses: textOf(endpoint, 'IpAddressType') };
}

/** Several together. */
export function allPatches(...all: readonly PatchesOf[]): PatchesOf {
  return (before, after) => all.flatMap((one) => one(before, after));
}

const remove = (patch: Pick<Patch, 'path' | 'value'>): Patch => ({ op: 'remove', ...patch });
const add = (patch: Pick<Patch, 'path' | 'value'>): Patch => ({ op: 'add', ...patch });
const replace = (path: string, value: string): Patch => ({ op: 'replace', path, value });

/** Takes away what is not there any more, and replaces what is new or other. */
export function leafPatches(before: Leaves, after: Leaves): Patch[] {
  const gone = [...before.keys()].filter((path) => !after.has(path));
  const set = [...after].filter(([path, value]) => before.get(path) !== value);
  return [
    ...gone.map((path) => remove({ path })),
    ...set.map(([path, value]) => replace(path, value)),
  ];
}

/** The members of a structure by their paths. */
export function structureLeaves(value: Json | undefined, path: string, nameOf = memberOf): Leaves {
  const members = isObject(value) ? Object.entries(value) : [];
  return new Map(members.map(([name, item]) => [`${path}/${nameOf(name)}`, toText(item)]));
}

/** As a part of a path. @see https://www.rfc-editor.org/rfc/rfc6901#section-3 */
export function escaped(text: string): string {
  return text.replaceAll('~', '~0').replaceAll('/', '~1');
}

function memberOf(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}
