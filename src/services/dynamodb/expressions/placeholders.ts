import { parseValue, explained } from '../value/parse-value.ts';
import type { Value } from '../value/value.ts';
import { validation } from '../errors.ts';
import type { AttributeValue } from '#aws/models/dynamodb.types.gen.ts';

const NAME_KEY = /^#[0-9a-zA-Z_]+$/;
const VALUE_KEY = /^:[0-9a-zA-Z_]+$/;

type Names = { readonly [placeholder: string]: string };
type Values = { readonly [placeholder: string]: AttributeValue };

/** The names and values that a request's expressions may refer to. Knows which were used. */
export class Placeholders {
  readonly #names: ReadonlyMap<string, string>;
  readonly #values: ReadonlyMap<string, Value>;
  readonly #unusedNames: Set<string>;
  readonly #unusedValues: Set<string>;

  /** @throws ValidationException for malformed keys and invalid values */
  constructor(names: Names | undefined, values: Values | undefined) {
    this.#names = new Map(parseNames(names));
    this.#values = new Map(parseValues(values));
    this.#unusedNames = new Set(this.#names.keys());
    this.#unusedValues = new Set(this.#values.keys());
  }

  name(placeholder: string): string | undefined {
    this.#unusedNames.delete(placeholder);
    return this.#names.get(placeholder);
  }

  value(placeholder: string): Value | undefined {
    this.#unusedValues.delete(placeholder);
    return this.#values.get(placeholder);
  }

  /** @throws ValidationException where something was given that no expression used */
  assertUsed(): void {
    assertNone('ExpressionAttributeNames', this.#unusedNames);
    assertNone('ExpressionAttributeValues', this.#unusedValues);
  }
}

function parseNames(names: Names | undefined): [string, string][] {
  if (names === undefined) return [];
  return entriesOf('ExpressionAttributeNames', names, NAME_KEY);
}

function parseValues(values: Values | undefined): [string, Value][] {
  if (values === undefined) return [];
  const entries = entriesOf('ExpressionAttributeValues', values, VALUE_KEY);
  const before = 'ExpressionAttributeValues contains invalid value: ';
  return entries.map(([key, value]) => [
    key,
    explained(() => parseValue(value), before, ` for key ${key}`),
  ]);
}

function entriesOf<T>(
  label: string,
  map: { readonly [key: string]: T },
  pattern: RegExp,
): [string, T][] {
  const entries = Object.entries(map);
  if (entries.length === 0) throw validation(`${label} must not be empty`);
  for (const [key] of entries) {
    if (!pattern.test(key)) {
      throw validation(`${label} contains invalid key: Syntax error; key: "${key}"`);
    }
  }
  return entries;
}

function assertNone(label: string, unused: ReadonlySet<string>): void {
  if (unused.size === 0) return;
  const keys = [...unused].join(', ');
  throw validation(`Value provided in ${label} unused in expressions: keys: {${keys}}`);
}
