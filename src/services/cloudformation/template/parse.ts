/** Reads templates: JSON, or YAML with the short forms of intrinsic functions. */
import type { CollectionTag, ScalarTag, YAMLMap } from 'yaml';
import { yaml } from '#aws/yaml.ts';
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { validation } from '../errors.ts';
import { TEMPLATE_DEPTH_MAX } from '../limits.ts';
import { toText } from '../text.ts';

/** Functions that YAML may write as a tag: `!Sub` for `Fn::Sub`. */
const SHORT_FORMS = [
  'And',
  'Base64',
  'Cidr',
  'Contains',
  'EachMemberEquals',
  'EachMemberIn',
  'Equals',
  'FindInMap',
  'GetAZs',
  'GetAtt',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'RefAll',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
  'ValueOf',
  'ValueOfAll',
];

const TAGS: readonly (ScalarTag | CollectionTag)[] = [
  ...SHORT_FORMS.flatMap((name) => tagsOf(`!${name}`, `Fn::${name}`)),
  ...tagsOf('!Ref', 'Ref'),
  ...tagsOf('!Condition', 'Condition'),
];

/**
 * A template as a tree.
 * @throws AwsError ValidationError `Template format error: …`
 */
export function parseTemplate(text: string): JsonObject {
  const tree = text.trimStart().startsWith('{') ? parseJsonText(text) : parseYamlText(text);
  if (!isObject(tree)) throw validation('Template format error: unsupported structure.');
  checkDepth(tree, TEMPLATE_DEPTH_MAX);
  return tree as JsonObject; // Of JSON's values only.
}

/** What comes after it walks through templates level by level. @throws AwsError ValidationError */
function checkDepth(value: unknown, levels: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (levels === 0) {
    throw validation(`Template format error: nested more than ${TEMPLATE_DEPTH_MAX} levels deep.`);
  }
  for (const item of Object.values(value)) checkDepth(item, levels - 1);
}

function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // A flow mapping of YAML begins with a brace as well.
    const { tree, fault } = readYaml(text);
    if (fault === undefined) return tree;
    const [, at] = /position (\d+)/.exec(String(error)) ?? [];
    throw notWellFormed('JSON', text, at === undefined ? text.length : Number(at));
  }
}

function parseYamlText(text: string): unknown {
  const { tree, fault } = readYaml(text);
  if (fault !== undefined) throw notWellFormed('YAML', text, fault);
  return tree;
}

/**
 * What YAML says, or where in the text the first fault is. The library would compare each key with all others, and
 * copy a line for each error: it is kept from both, for what that costs grows with the square of a template.
 * @throws AwsError ValidationError for a tag or an alias
 */
function readYaml(text: string): { readonly tree?: Json; readonly fault?: number } {
  const { contents, errors, warnings } = yaml().parseDocument(text, {
    customTags: [...TAGS],
    logLevel: 'silent',
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const faults = errors.map(({ pos: [at] }) => at);
  if (faults[0] !== undefined) return { fault: faults[0] };
  const [warning] = warnings;
  if (warning?.code === 'TAG_RESOLVE_FAILED') {
    const [tag = ''] = /![\w:]*/.exec(warning.message) ?? [];
    throw validation(`Template error: YAML tag ${tag} is not known`);
  }
  const tree = toTree(contents, (at) => faults.push(at));
  return faults[0] === undefined ? { tree } : { fault: faults[0] };
}

function notWellFormed(form: 'JSON' | 'YAML', text: string, at: number): Error {
  const before = text.slice(0, at).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return validation(
    `Template format error: ${form} not well-formed. (line ${before.length}, column ${column})`,
  );
}

/** A tag for each kind of node that may follow it. */
function tagsOf(tag: string, name: string): (ScalarTag | CollectionTag)[] {
  return [
    { tag, resolve: (text: string) => new Short(name, text) },
    ...(['seq', 'map'] as const).map((collection): CollectionTag => ({
      tag,
      collection,
      resolve: (node, onError) =>
        new Short(
          name,
          toTree(node, () => onError(REPEATED_KEY)),
        ),
    })),
  ];
}

const REPEATED_KEY = 'Map keys must be unique';

/** A function that was written as a tag. */
class Short {
  readonly name: string;
  readonly argument: Json;

  constructor(name: string, argument: Json) {
    this.name = name;
    this.argument = argument;
  }

  toTree(): Json {
    return { [this.name]: this.name === 'Fn::GetAtt' ? attributeOf(this.argument) : this.argument };
  }
}

/** `!GetAtt Resource.Attribute`: the first dot divides. */
function attributeOf(argument: Json): Json {
  if (typeof argument !== 'string') return argument;
  const dot = argument.indexOf('.');
  return dot < 0 ? [argument] : [argument.slice(0, dot), argument.slice(dot + 1)];
}

/** @param onRepeated told where a key stands that its map has already */
function toTree(node: unknown, onRepeated: (at: number) => void): Json {
  if (node instanceof Short) return node.toTree();
  if (yaml().isMap(node)) return mapToTree(node, onRepeated);
  if (yaml().isSeq(node)) return node.items.map((item) => toTree(item, onRepeated));
  if (!yaml().isScalar(node)) return resolveAlias(node);
  const { value, source } = node;
  if (value instanceof Short) return value.toTree();
  if (typeof value === 'number') {
    // What is written otherwise than the number is a text: an account with a leading zero, a version.
    return source === undefined || source === toText(value) ? value : source;
  }
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  return value === null ? null : toText(value);
}

function mapToTree({ items }: YAMLMap, onRepeated: (at: number) => void): Json {
  const keys = new Set<string>();
  const entries = items.flatMap((pair): [string, Json][] => {
    const key = yaml().isScalar(pair.key)
      ? toText(pair.key.source ?? pair.key.value)
      : toText(pair.key);
    const value = toTree(pair.value, onRepeated);
    if (key === '<<') {
      return isObject(value) ? Object.entries(value as Record<string, Json>) : [];
    }
    if (keys.has(key)) onRepeated(yaml().isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0);
    keys.add(key);
    return [[key, value]];
  });
  return Object.fromEntries(entries);
}

/** An alias or nothing at all. */
function resolveAlias(node: unknown): Json {
  if (node === null || node === undefined) return null;
  throw validation('Template error: YAML aliases are not allowed in CloudFormation templates');
}
