/** AWS's words for a value of the wrong type. They differ by the age of the service's framework. */
import { AwsError } from './errors.ts';
import type { ServiceModel, Shape } from './model.ts';

/** Which words: of JSON tokens, of tokens with an article, or of Java's classes. */
type Dialect = 'token' | 'tokenWithArticle' | 'javaClass' | 'bigNumber';

/** Services whose words are known to be others than their protocol's. */
const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  ['apigateway', 'javaClass'], // recorded: class java.lang.Boolean can not be converted to an String
  ['kinesis', 'bigNumber'],
  ['lambda', 'tokenWithArticle'],
]);

/** The error for a body that is no document of its format at all. */
export function unreadableBody(message = ''): AwsError {
  return new AwsError({ code: 'SerializationException', message, status: 400 });
}

/**
 * The error for `value` standing where `shape` is expected.
 * @param value a JSON value, or one of CBOR's
 */
export function conversionError(model: ServiceModel, value: unknown, shape: Shape): AwsError {
  const dialect = DIALECTS.get(model.name) ?? 'token';
  return unreadableBody(
    dialect === 'token' ? tokenWords(value, shape) : oldWords(dialect, value, shape),
  );
}

function tokenWords(value: unknown, shape: Shape): string {
  if (typeof value === 'object' && !Array.isArray(value)) {
    return 'Start of structure or map found where not expected';
  }
  if (Array.isArray(value)) return `Unrecognized collection type ${javaType(shape)}`;
  switch (shape.kind) {
    case 'list':
    case 'map':
      return 'Unexpected field type';
    case 'structure':
      return 'Unexpected value type in payload';
    case 'blob':
      return typeof value === 'string'
        ? base64Fault(value)
        : 'only base-64-encoded strings are convertible to bytes';
    default:
      return `${tokenName(value)} cannot be converted to ${javaName(shape)}`;
  }
}

function oldWords(dialect: Dialect, value: unknown, shape: Shape): string {
  if (Array.isArray(value)) return 'Start of list found where not expected';
  if (typeof value === 'object') return 'Start of structure or map found where not expected.';
  if (shape.kind === 'list' || shape.kind === 'map') return `Expected ${shape.kind} or null`;
  if (shape.kind === 'structure') return 'Expected null';
  const article = shape.kind === 'blob' ? 'a' : 'an';
  if (typeof value === 'string' && shape.kind === 'blob') {
    return `'${value}' can not be converted to a Blob: ${base64Fault(value)}`;
  }
  if (typeof value === 'string' && shape.kind === 'boolean') {
    return `'${value}' can not be converted to an Boolean`;
  }
  if (dialect !== 'tokenWithArticle') {
    return `class ${javaClass(value, dialect)} can not be converted to ${article} ${javaName(shape)}`;
  }
  const isVowel = /^[AEIOU]/.test(javaName(shape));
  return `${tokenName(value)} can not be converted to ${isVowel ? 'an' : 'a'} ${javaName(shape)}`;
}

function tokenName(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  return 'STRING_VALUE';
}

function javaClass(value: unknown, dialect: Dialect): string {
  if (typeof value === 'string') return 'java.lang.String';
  if (typeof value === 'boolean') return 'java.lang.Boolean';
  if (dialect === 'bigNumber') return 'com.amazon.coral.value.json.numbers.TruncatingBigNumber';
  const number = Number(value);
  if (!Number.isInteger(number)) return 'java.lang.Double';
  if (number >= -(2 ** 15) && number < 2 ** 15) return 'java.lang.Short';
  return number >= -(2 ** 31) && number < 2 ** 31 ? 'java.lang.Integer' : 'java.lang.Long';
}

function javaName(shape: Shape): string {
  const names: Readonly<Record<Shape['kind'], string>> = {
    string: 'String',
    integer: 'Integer',
    long: 'Long',
    float: 'Float',
    double: 'Double',
    boolean: 'Boolean',
    timestamp: 'Timestamp',
    blob: 'Blob',
    list: 'List',
    map: 'Map',
    structure: 'Structure',
  };
  return names[shape.kind];
}

function javaType(shape: Shape): string {
  switch (shape.kind) {
    case 'blob':
      return 'class java.nio.ByteBuffer';
    case 'structure':
      return `class ${shape.name}`;
    case 'map':
      return 'java.util.Map';
    case 'timestamp':
      return 'class java.util.Date';
    default:
      return `class java.lang.${javaName(shape)}`;
  }
}

function base64Fault(value: string): string {
  return value.length % 4 === 0
    ? 'Invalid last non-pad Base64 character dectected'
    : `Base64 encoded length is expected a multiple of 4 bytes but found: ${value.length}`;
}
