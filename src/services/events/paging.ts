import { validation } from './errors.ts';
import { LIST_RESULTS_MAX } from './limits.ts';

/** One page of a list whose items have names that grow; the token names the last one given. */
export function pageOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  {
    token,
    limit = LIST_RESULTS_MAX,
  }: { readonly token?: string | undefined; readonly limit?: number | undefined },
): { readonly page: readonly Item[]; readonly next: { readonly NextToken?: string } } {
  const after = token === undefined ? undefined : readToken(token);
  const rest = after === undefined ? items : items.filter((item) => nameOf(item) > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  if (rest.length <= limit || last === undefined) return { page, next: {} };
  return { page, next: { NextToken: Buffer.from(nameOf(last)).toString('base64') } };
}

function readToken(token: string): string {
  const name = Buffer.from(token, 'base64').toString();
  if (Buffer.from(name).toString('base64') === token) return name;
  throw validation('Parameter nextToken is not valid.');
}
