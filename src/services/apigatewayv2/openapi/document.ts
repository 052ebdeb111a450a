/** An API definition as it was given: OpenAPI 3, in JSON or YAML. Pure. */
import { yaml } from '#aws/yaml.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { badRequest } from '../errors.ts';

export type Node = Readonly<Record<string, unknown>>;

const ALIASES_MAX = 100;
const REFERENCES_MAX = 10;

/** @throws AwsError BadRequestException for what is no OpenAPI 3 */
export function readDocument(text: string): Node {
  const document = parseJson(text) ?? parseYaml(text);
  if (!isObject(document)) throw badRequest('Unable to parse API definition');
  if (textOf(document, 'openapi')?.startsWith('3.') !== true) {
    throw badRequest('Unsupported API definition: HTTP APIs are imported from OpenAPI 3.0');
  }
  return document;
}

function parseYaml(text: string): unknown {
  try {
    return yaml().parse(text, { maxAliasCount: ALIASES_MAX });
  } catch {
    throw badRequest('Unable to parse API definition');
  }
}

/** An object member, or an empty one. */
export function nodeOf(node: Node, name: string): Node {
  const found = Object.hasOwn(node, name) ? node[name] : undefined;
  return isObject(found) ? found : {};
}

/** A text member. */
export function textOf(node: Node, name: string): string | undefined {
  const found = node[name];
  if (typeof found === 'number') return String(found);
  return typeof found === 'string' ? found : undefined;
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

/** What a node stands for, through its references within the document. */
export function followed(document: Node, node: Node): Node {
  let current = node;
  for (let turn = 0; turn < REFERENCES_MAX; turn += 1) {
    const reference = textOf(current, '$ref');
    if (reference?.startsWith('#/') !== true) return current;
    current = document;
    for (const part of reference.slice(2).split('/')) {
      current = nodeOf(current, part.replaceAll('~1', '/').replaceAll('~0', '~'));
    }
  }
  return current;
}
