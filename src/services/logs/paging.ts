import { isObject, parseJson } from '#kernel/json.ts';
import { invalidToken } from './errors.ts';

/** A token that names where the next page begins; opaque to clients. */
export function encodeToken(position: Readonly<Record<string, string | number>>): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * What a token says; its members are still to be read with `textOf` and `numberOf`.
 * @throws AwsError InvalidParameterException
 */
export function decodeToken(token: string): TokenReader {
  const value = parseJson(Buffer.from(token, 'base64url').toString());
  if (!isObject(value)) throw invalidToken();
  return new TokenReader(value);
}

class TokenReader {
  readonly #value: { readonly [key: string]: unknown };

  constructor(value: { readonly [key: string]: unknown }) {
    this.#value = value;
  }

  text(name: string): string {
    const member = this.#value[name];
    if (typeof member !== 'string') throw invalidToken();
    return member;
  }

  number(name: string): number {
    const member = this.#value[name];
    if (typeof member !== 'number') throw invalidToken();
    return member;
  }
}

/**
 * A page of a list that is short enough to be read whole, by its items' unique names.
 * @throws AwsError InvalidParameterException
 */
export function pageByName<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { nextToken, limit = 50 }: { readonly nextToken?: string; readonly limit?: number },
): { readonly page: readonly Item[]; readonly nextToken?: string } {
  const after = nextToken === undefined ? undefined : decodeToken(nextToken).text('name');
  const start = after === undefined ? 0 : items.findIndex((item) => nameOf(item) > after);
  const page = start === -1 ? [] : items.slice(start, start + limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && start + limit < items.length;
  return { page, ...(hasMore ? { nextToken: encodeToken({ name: nameOf(last) }) } : {}) };
}
