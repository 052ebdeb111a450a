/** An OpenAPI document, of version 2 or 3, as it was given: JSON or YAML. */
import { yaml } from '#aws/yaml.ts';
import type { AwsError } from '#aws/errors.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { badRequest } from '../errors.ts';

export type Node = Readonly<Record<string, unknown>>;

/**
 * The document that a text says.
 * @throws AwsError BadRequestException where it says none
 */
export function readDocument(
  text: string,
  refusal = 'Unable to build importer with provided input.',
): Node {
  const document = parseJson(text) ?? parseYaml(text, () => badRequest(refusal));
  if (!isObject(document)) throw badRequest(refusal);
  return document;
}

function parseYaml(text: string, refusal: () => AwsError): unknown {
  try {
    return yaml().parse(text, { maxAliasCount: 100 });
  } catch {
    throw refusal();
  }
}

/** True for version 2, which is also called Swagger. */
export function isSwagger(document: Node): boolean {
  return typeof document['swagger'] === 'string';
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

/** What a node stands for: `{ "$ref": "#/components/parameters/Id" }` is followed once. */
export function followed(document: Node, node: Node): Node {
  const reference = stringOf(node, '$ref');
  if (reference?.startsWith('#/') !== true) return node;
  let found: Node = document;
  for (const part of reference.slice(2).split('/')) {
    found = nodeOf(found, part.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return found;
}

/** A member that is a text, or a number said as one: a version, a status. */
export function plainTextOf(node: Node, name: string): string | undefined {
  const found = node[name];
  return typeof found === 'number' ? String(found) : stringOf(node, name);
}
