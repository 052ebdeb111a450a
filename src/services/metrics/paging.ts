import { invalidToken } from './errors.ts';

/**
 * One page of what is sorted by a unique name; the token is the last name before it.
 * @throws AwsError InvalidNextToken
 */
export function pageByName<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { nextToken, limit }: { readonly nextToken: string | undefined; readonly limit: number },
): { readonly page: readonly Item[]; readonly rest: { readonly NextToken?: string } } {
  const after = nextToken === undefined ? undefined : readToken(nextToken);
  const following = after === undefined ? items : items.filter((item) => nameOf(item) > after);
  const page = following.slice(0, limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && following.length > page.length;
  return {
    page,
    rest: hasMore ? { NextToken: Buffer.from(nameOf(last)).toString('base64url') } : {},
  };
}

function readToken(token: string): string {
  if (!/^[\w-]+$/.test(token)) throw invalidToken();
  return Buffer.from(token, 'base64url').toString();
}
