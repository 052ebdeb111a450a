/** API definitions as they are given: OpenAPI documents in JSON or YAML, and what stands in them. Pure. */
import { utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { MIB } from '#kernel/units.ts';
import { yaml } from './yaml.ts';

export type Node = Readonly<Record<string, unknown>>;

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_ImportRestApi.html */
const DEFINITION_BYTES_MAX = 6 * MIB;
/** Of a definition in YAML, which takes seconds a megabyte to be read: ours. */
const YAML_BYTES_MAX = 1 * MIB;
/** Of a document in YAML; each is looked for among all that it could mean: ours. */
const ALIASES_MAX = 500;
/** What aliases of aliases may come to. */
const ALIASES_WITHIN_MAX = 100;
const REFERENCES_MAX = 10;

/** The document that a text says; `undefined` where it says none, or too much. */
export function parseDocument(text: string): Node | undefined {
  const bytes = text.length > DEFINITION_BYTES_MAX ? Infinity : utf8(text).byteLength;
  if (bytes > DEFINITION_BYTES_MAX) return undefined;
  const document = parseJson(text) ?? (bytes > YAML_BYTES_MAX ? undefined : parseYaml(text));
  return isObject(document) ? document : undefined;
}

/**
 * Keys are not compared with one another, nor is each error told with its line: both would cost the square of what is
 * given. A key that stands twice is its last, as in JSON.
 */
function parseYaml(text: string): unknown {
  try {
    const document = yaml().parseDocument(text, {
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
    if (document.errors.length > 0) return undefined;
    let aliases = 0;
    yaml().visit(document, { Alias: () => void (aliases += 1) });
    return aliases > ALIASES_MAX ? undefined : document.toJS({ maxAliasCount: ALIASES_WITHIN_MAX });
  } catch {
    return undefined;
  }
}

/** An object member, or an empty one. */
export function nodeOf(node: Node, name: string): Node {
  const found = Object.hasOwn(node, name) ? node[name] : undefined;
  return isObject(found) ? found : {};
}

/** The objects of a list member. */
export function nodesOf(node: Node, name: string): readonly Node[] {
  const found = node[name];
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** A text member, or `undefined`. */
export function stringOf(node: Node, name: string): string | undefined {
  const found = node[name];
  return typeof found === 'string' ? found : undefined;
}

/** A member that is a text, or a number said as one: a version, a status. */
export function plainTextOf(node: Node, name: string): string | undefined {
  const found = node[name];
  return typeof found === 'number' ? String(found) : stringOf(node, name);
}

/** The texts of a list member. */
export function textsOf(node: Node, name: string): readonly string[] | undefined {
  const found = node[name];
  return Array.isArray(found) ? found.map(String) : undefined;
}

/** The texts of a map member. */
export function textMapOf(node: Node, name: string): Readonly<Record<string, string>> | undefined {
  const found = node[name];
  if (!isObject(found)) return undefined;
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, String(value)]));
}

/** What a node stands for, through its references within the document: `{ "$ref": "#/components/parameters/Id" }`. */
export function followed(document: Node, node: Node): Node {
  let current = node;
  for (let turn = 0; turn < REFERENCES_MAX; turn += 1) {
    const reference = stringOf(current, '$ref');
    if (reference?.startsWith('#/') !== true) return current;
    current = document;
    for (const part of reference.slice(2).split('/')) {
      current = nodeOf(current, part.replaceAll('~1', '/').replaceAll('~0', '~'));
    }
  }
  return current;
}

const ROLE_MEMBERS = ['credentials', 'authorizerCredentials'];

/** All roles that a document gives to integrations and authorizers, wherever these stand in it. */
export function rolesOf(document: Node): ReadonlySet<string> {
  const roles = new Set<string>();
  const seen = new Set<unknown>();
  const open: unknown[] = [document];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== 'object' || node === null || seen.has(node)) continue;
    seen.add(node);
    // Not as arguments of one call: there may be more than a call can have.
    for (const value of Object.values(node)) open.push(value);
    if (!isObject(node)) continue;
    for (const name of ROLE_MEMBERS) {
      const role = plainTextOf(node, name);
      if (role !== undefined && role !== '') roles.add(role);
    }
  }
  return roles;
}
