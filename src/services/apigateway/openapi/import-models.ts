import type { Model } from '#aws/models/apigateway.types.gen.ts';
import { nodeOf, stringOf, type Node } from '#aws/openapi.ts';
import { isObject } from '#kernel/json.ts';
import type { Random } from '#ports/world/random.ts';
import { newId } from '../ids.ts';
import { compact, type ById } from '../model.ts';
import { isSwagger } from './document.ts';

const MODEL_REFERENCE = /^#\/(?:definitions|components\/schemas)\//;

/** Where one model's schema names another. */
export function modelUrl(restApiId: string, name: string): string {
  return `https://apigateway.amazonaws.com/restapis/${restApiId}/models/${name}`;
}

/** A document's schemas as models, by name. */
export function importModels(document: Node, restApiId: string, random: Random): ById<Model> {
  const schemas = isSwagger(document)
    ? nodeOf(document, 'definitions')
    : nodeOf(nodeOf(document, 'components'), 'schemas');
  const models = Object.keys(schemas).map((name): readonly [string, Model] => {
    const schema = nodeOf(schemas, name);
    const model = compact({
      id: newId(random),
      name,
      description: stringOf(schema, 'description'),
      schema: JSON.stringify(withModelUrls(schema, restApiId), undefined, 2),
      contentType: 'application/json',
    });
    return [name, model];
  });
  return Object.fromEntries(models);
}

/** The schema with its references to others turned into their URLs. */
function withModelUrls(value: unknown, restApiId: string): unknown {
  if (Array.isArray(value)) return value.map((one) => withModelUrls(one, restApiId));
  if (!isObject(value)) return value;
  const members = Object.entries(value)
    .filter(([name]) => name !== 'example' && !name.startsWith('x-'))
    .map(([name, member]): [string, unknown] =>
      name === '$ref' && typeof member === 'string' && MODEL_REFERENCE.test(member)
        ? [name, modelUrl(restApiId, member.replace(MODEL_REFERENCE, ''))]
        : [name, withModelUrls(member, restApiId)],
    );
  return Object.fromEntries(members);
}

/** The model that a schema names, or `undefined`. */
export function modelNameOf(schema: Node): string | undefined {
  const reference = stringOf(schema, '$ref');
  return reference !== undefined && MODEL_REFERENCE.test(reference)
    ? reference.replace(MODEL_REFERENCE, '')
    : undefined;
}
