/** Keys, indexes and projections of CreateTable and UpdateTable, refused in AWS's words. */
import type {
  AttributeDefinition,
  KeySchemaElement,
  Projection,
} from '#aws/models/dynamodb.types.gen.ts';
import { invalidParameters, validation } from '../errors.ts';
import type { KeyType } from '../value/value.ts';
import type { KeyAttribute, Keys } from './table.ts';

const SCHEMA_ELEMENTS_MAX = 2;

/** Attribute definitions, which the model has checked by themselves. */
export function parseAttributeDefinitions(
  definitions: readonly AttributeDefinition[],
): readonly KeyAttribute[] {
  return definitions.map(({ AttributeName: name, AttributeType: type }) => ({
    name,
    type: type as KeyType, // One of the model's enumeration, which are the same three.
  }));
}

/**
 * The keys that a schema names.
 * @throws ValidationException
 */
export function parseKeys(
  schema: readonly KeySchemaElement[],
  attributes: readonly KeyAttribute[],
  member: string,
): Keys {
  assertSchemaLength(schema, member);
  const names = schema.map((element) => element.AttributeName);
  assertDefined(names, attributes);
  const [first, second] = schema;
  if (first && second && first.AttributeName === second.AttributeName) {
    throw validation(
      'Both the Hash Key and the Range Key element in the KeySchema have the same name',
    );
  }
  if (first?.KeyType !== 'HASH') {
    throw validation('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  }
  if (second && second.KeyType !== 'RANGE') {
    throw validation('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
  }
  const range = second && attributeNamed(second.AttributeName, attributes);
  return { hash: attributeNamed(first.AttributeName, attributes), ...(range && { range }) };
}

/**
 * The model has no bound, since global indexes may have keys of several attributes, which are not
 * built here.
 */
function assertSchemaLength(schema: readonly KeySchemaElement[], member: string): void {
  if (schema.length <= SCHEMA_ELEMENTS_MAX) return;
  const elements = schema.map(
    ({ AttributeName: name, KeyType: type }) =>
      `KeySchemaElement(attributeName=${name}, keyType=${type})`,
  );
  throw validation(
    `1 validation error detected: Value '[${elements.join(', ')}]' at '${member}' failed to ` +
      `satisfy constraint: Member must have length less than or equal to ${SCHEMA_ELEMENTS_MAX}`,
  );
}

/** @throws ValidationException where an attribute of a table's own schema has no definition */
export function assertTableKeysDefined(
  schema: readonly KeySchemaElement[],
  attributes: readonly KeyAttribute[],
): void {
  const [hash, range] = schema.map((element) => element.AttributeName);
  if (range === undefined) return;
  const isDefined = (name: string | undefined): boolean =>
    attributes.some((attribute) => attribute.name === name);
  if (isDefined(hash) && isDefined(range) && !(hash === range && attributes.length === 1)) return;
  throw validation('Invalid KeySchema: Some index key attribute have no definition');
}

function assertDefined(names: readonly string[], attributes: readonly KeyAttribute[]): void {
  const defined = attributes.map((attribute) => attribute.name);
  if (names.every((name) => defined.includes(name))) return;
  throw invalidParameters(
    'Some index key attributes are not defined in AttributeDefinitions. ' +
      `Keys: [${names.join(', ')}], AttributeDefinitions: [${defined.join(', ')}]`,
  );
}

function attributeNamed(name: string, attributes: readonly KeyAttribute[]): KeyAttribute {
  const attribute = attributes.find((each) => each.name === name);
  if (attribute === undefined) throw validation(`Attribute ${name} is not defined`);
  return attribute;
}

/** @throws ValidationException where type and attributes do not go together */
export function assertProjection({
  ProjectionType: type,
  NonKeyAttributes: names,
}: Projection): void {
  if (type === undefined) throw invalidParameters('Unknown ProjectionType: null');
  if (type !== 'INCLUDE' && names !== undefined) {
    throw invalidParameters(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  }
  if (type === 'INCLUDE' && names === undefined) {
    throw invalidParameters(`ProjectionType is ${type}, but NonKeyAttributes is not specified`);
  }
}

/** @throws ValidationException where a definition serves no key */
export function assertAllUsed(
  attributes: readonly KeyAttribute[],
  used: ReadonlySet<string>,
  hasIndexes: boolean,
): void {
  const defined = attributes.map((attribute) => attribute.name);
  if (defined.every((name) => used.has(name)) && new Set(defined).size === defined.length) return;
  if (!hasIndexes) {
    throw invalidParameters(
      'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
    );
  }
  throw invalidParameters(
    `Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(', ')}], ` +
      `keys used: [${[...used].join(', ')}]`,
  );
}
