/** Reads templates: JSON, or YAML with the short forms of intrinsic functions. */
import type { CollectionTag, ScalarTag } from 'yaml';
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
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
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
    const document = yaml().parseDocument(text, { customTags: [...TAGS], logLevel: 'silent' });
    if (document.errors.length === 0) return toTree(document.contents);
    const [, at] = /position (\d+)/.exec(String(error)) ?? [];
    const before = text.slice(0, at === undefined ? text.length : Number(at)).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    throw validation(
      `Template format error: JSON not well-formed. (line ${before.length}, column ${column})`,
    );
  }
}

function parseYamlText(text: string): unknown {
  const document = yaml().parseDocument(text, {
    customTags: [...TAGS],
    logLevel: 'silent',
    merge: true,
    uniqueKeys: true,
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line = 1, col = 1 } = error.linePos?.[0] ?? {};
    throw validation(`Template format error: YAML not well-formed. (line ${line}, column ${col})`);
  }
  const [warning] = document.warnings;
  if (warning !== undefined && warning.code === 'TAG_RESOLVE_FAILED') {
    const [tag = ''] = /![\w:]*/.exec(warning.message) ?? [];
    throw validation(`Template error: YAML tag ${tag} is not known`);
  }
  return toTree(document.contents);
}

/** A tag for each kind of node that may follow it. */
function tagsOf(tag: string, name: string): (ScalarTag | CollectionTag)[] {
  return [
    { tag, resolve: (text: string) => new Short(name, text) },
    { tag, collection: 'seq', resolve: (node) => new Short(name, toTree(node)) },
    { tag, collection: 'map', resolve: (node) => new Short(name, toTree(node)) },
  ];
}

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

function toTree(node: unknown): Json {
  if (node instanceof Short) return node.toTree();
  if (yaml().isMap(node)) {
    const entries = node.items.flatMap((pair): [string, Json][] => {
      const key = yaml().isScalar(pair.key)
        ? toText(pair.key.source ?? pair.key.value)
        : toText(pair.key);
      if (key !== '<<') return [[key, toTree(pair.value)]];
      const merged = toTree(pair.value);
      return isObject(merged) ? Object.entries(merged as Record<string, Json>) : [];
    });
    return Object.fromEntries(entries);
  }
  if (yaml().isSeq(node)) return node.items.map(toTree);
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

/** An alias or nothing at all. */
function resolveAlias(node: unknown): Json {
  if (node === null || node === undefined) return null;
  throw validation('Template error: YAML aliases are not allowed in CloudFormation templates');
}
