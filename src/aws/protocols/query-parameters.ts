/** The query protocol's parameters: `Entries.member.1.Id=a` as a tree, and the tree along a model's shapes. */
import type { ListShape, MapShape, Member, Shape, StructureShape } from '../model.ts';
import { setOwn, type Mutable } from './records.ts';
import { parseText } from './texts.ts';

/** A name's part: what stands at it, and what goes on below it. */
export interface ParameterNode {
  value: string | undefined;
  readonly children: Map<string, ParameterNode>;
}

const PARAMETERS_MAX = 10_000;
/** Dots in a name. */
const DEPTH_MAX = 50;

/** Parameters that pass the bounds, or are of the wrong type. */
export class MalformedQuery extends Error {
  override readonly name = 'MalformedQuery';
}

/**
 * The tree of all parameters' names.
 * @throws MalformedQuery past 10,000 parameters or 50 levels
 */
export function parameterTree(parameters: URLSearchParams): ParameterNode {
  if (parameters.size > PARAMETERS_MAX) throw new MalformedQuery('too many parameters');
  const root: ParameterNode = { value: undefined, children: new Map() };
  for (const [name, value] of parameters) {
    const parts = name.split('.', DEPTH_MAX + 1);
    if (parts.length > DEPTH_MAX) throw new MalformedQuery('a parameter is nested too deeply');
    let node = root;
    for (const part of parts) {
      let child = node.children.get(part);
      if (!child) {
        child = { value: undefined, children: new Map() };
        node.children.set(part, child);
      }
      node = child;
    }
    node.value = value;
  }
  return root;
}

/**
 * The structure that a node's parameters say.
 * @throws MalformedQuery where a text is not of its member's type
 */
export function readParameters(shape: StructureShape, node: ParameterNode): Mutable {
  const result: Mutable = {};
  for (const member of shape.members) {
    const value = readMember(member, node);
    if (value !== undefined) result[member.name] = value;
  }
  return result;
}

function readMember(member: Member, parent: ParameterNode): unknown {
  const { shape } = member;
  if (shape.kind === 'list' || shape.kind === 'map') {
    const isFlattened = shape.isFlattened || member.isFlattened;
    const flatName = isFlattened ? flattenedName(member, shape) : member.wireName;
    const node = parent.children.get(flatName);
    return node && readCollection(shape, node, isFlattened);
  }
  const node = parent.children.get(member.wireName);
  return node && readNode(shape, node, member.wireName);
}

function flattenedName(member: Member, shape: ListShape | MapShape): string {
  if (shape.queryName !== undefined) return shape.queryName;
  return shape.kind === 'list' && shape.member.hasWireName
    ? shape.member.wireName
    : member.wireName;
}

function readCollection(
  shape: ListShape | MapShape,
  node: ParameterNode,
  isFlattened: boolean,
): unknown {
  const between = shape.kind === 'list' ? shape.member.wireName : 'entry';
  const items = isFlattened ? node : node.children.get(between);
  // `AttributeNames=` alone is the empty list.
  if (!items) return node.value === '' ? emptyOf(shape) : undefined;
  const numbered = [...items.children]
    .filter(([index]) => /^\d{1,9}$/.test(index))
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
  if (shape.kind === 'list') {
    return numbered.map((child) => readNode(shape.member.shape, child, shape.name));
  }
  const result: Mutable = {};
  for (const child of numbered) {
    const key = child.children.get(shape.key.wireName)?.value ?? '';
    const value = child.children.get(shape.value.wireName);
    if (value) setOwn(result, key, readNode(shape.value.shape, value, key));
  }
  return result;
}

const emptyOf = (shape: ListShape | MapShape): unknown => (shape.kind === 'list' ? [] : {});

function readNode(shape: Shape, node: ParameterNode, name: string): unknown {
  if (shape.kind === 'structure') return readParameters(shape, node);
  if (shape.kind === 'list' || shape.kind === 'map') {
    return readCollection(shape, node, shape.isFlattened) ?? emptyOf(shape);
  }
  const value = parseText(shape, node.value ?? '');
  if (value === undefined) throw new MalformedQuery(name);
  return value;
}
