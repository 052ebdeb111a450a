import type { AttributeValue } from '#aws/models/dynamodb.types.gen.ts';
import { AwsError } from '#aws/errors.ts';
import { invalidParameters, validation } from '../errors.ts';
import { NESTING_LEVELS_MAX } from '../limits.ts';
import { canonicalNumber } from './number.ts';
import type { Attributes, Value } from './value.ts';

type Input = { readonly [name: string]: AttributeValue };

/**
 * Validates attributes and makes their numbers canonical.
 * @throws ValidationException in AWS's words
 */
export function parseAttributes(input: Input): Attributes {
  const parsed: [string, Value][] = [];
  for (const name of Object.keys(input)) parsed.push([name, parseValue(input[name] ?? {})]);
  return Object.fromEntries(parsed);
}

/**
 * Validates one value; lists and maps with all that they hold.
 * @throws ValidationException in AWS's words
 */
export function parseValue(input: AttributeValue): Value {
  return parseNested(input, 1);
}

const TOO_DEEP = 'Nesting Levels have exceeded supported limits';

/** A message of AWS's about a value, in the words that AWS puts around it: `before` and `after`. */
export function explained<T>(parse: () => T, before: string, after = ''): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof AwsError) || error.message.startsWith(TOO_DEEP)) throw error;
    throw validation(`${before}${error.message}${after}`);
  }
}

function parseNested(input: AttributeValue, level: number): Value {
  if (level > NESTING_LEVELS_MAX) throw tooDeep();
  const types = Object.keys(input);
  const [type] = types;
  if (type === undefined) {
    throw validation(
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    );
  }
  const value = parseOne(input, level);
  if (types.length > 1) {
    throw validation(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the ' +
        'supported datatypes',
    );
  }
  return value;
}

function tooDeep(): AwsError {
  return validation(
    `${TOO_DEEP}: Attributes in the item have nested levels beyond supported limit`,
  );
}

function parseOne(input: AttributeValue, level: number): Value {
  if (input.S !== undefined) return { S: input.S };
  if (input.N !== undefined) return { N: canonicalNumber(input.N) };
  if (input.B !== undefined) return { B: input.B };
  if (input.BOOL !== undefined) return { BOOL: input.BOOL };
  if (input.M !== undefined) return { M: parseMap(input.M, level) };
  if (input.L !== undefined) return { L: input.L.map((value) => parseNested(value, level + 1)) };
  if (input.NULL !== undefined) return parseNull(input.NULL);
  return parseSet(input);
}

function parseMap(input: Input, level: number): Attributes {
  const parsed: [string, Value][] = [];
  for (const name of Object.keys(input)) {
    parsed.push([name, parseNested(input[name] ?? {}, level + 1)]);
  }
  return Object.fromEntries(parsed);
}

function parseNull(isNull: boolean): Value {
  if (!isNull) throw invalidParameters('Null attribute value types must have the value of true');
  return { NULL: true };
}

function parseSet({ SS, NS, BS }: AttributeValue): Value {
  if (SS !== undefined) {
    if (SS.length === 0) throw invalidParameters('An string set  may not be empty');
    if (new Set(SS).size < SS.length) throw duplicates(`[${SS.join(', ')}]`, '');
    return { SS };
  }
  if (NS !== undefined) {
    if (NS.length === 0) throw invalidParameters('An number set  may not be empty');
    const numbers = NS.map(canonicalNumber);
    if (new Set(numbers).size < NS.length) throw validation('Input collection contains duplicates');
    return { NS: numbers };
  }
  const binaries = BS ?? [];
  if (binaries.length === 0) throw invalidParameters('Binary sets should not be empty');
  const texts = binaries.map(base64);
  if (new Set(texts).size < texts.length) throw duplicates(`[${texts.join(', ')}]`, 'of type BS');
  return { BS: binaries };
}

function duplicates(collection: string, type: string): AwsError {
  return invalidParameters(`Input collection ${collection}${type} contains duplicates.`);
}

/** Base64 of bytes, with padding. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
