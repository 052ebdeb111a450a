import { invalidParameter } from './errors.ts';
import { LIST_RESULTS_MAX } from './limits.ts';

/** One page of a list whose items have keys that grow; the token names the last one given. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  token: string | undefined,
): { readonly page: readonly Item[]; readonly next: { readonly NextToken?: string } } {
  const after = token === undefined ? undefined : readToken(token);
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, LIST_RESULTS_MAX);
  const last = page.at(-1);
  if (rest.length <= LIST_RESULTS_MAX || last === undefined) return { page, next: {} };
  return { page, next: { NextToken: Buffer.from(keyOf(last)).toString('base64') } };
}

function readToken(token: string): string {
  const key = Buffer.from(token, 'base64').toString();
  if (Buffer.from(key).toString('base64') === token) return key;
  throw invalidParameter('NextToken');
}
