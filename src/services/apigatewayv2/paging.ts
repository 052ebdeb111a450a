import { badRequest } from './errors.ts';

/** One page of a list; the token tells how many came before. */
export function pageOf<Item>(
  items: readonly Item[],
  { NextToken, MaxResults }: { readonly NextToken?: string; readonly MaxResults?: string },
): { readonly Items: readonly Item[]; readonly NextToken?: string } {
  const limit = MaxResults === undefined ? items.length : wholeNumber(MaxResults, 'maxResults');
  const start = NextToken === undefined ? 0 : wholeNumber(fromBase64(NextToken), 'nextToken');
  const end = start + limit;
  const Items = items.slice(start, end);
  if (end >= items.length || limit === 0) return { Items };
  return { Items, NextToken: Buffer.from(String(end)).toString('base64') };
}

function fromBase64(token: string): string {
  return Buffer.from(token, 'base64').toString();
}

function wholeNumber(text: string, name: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw badRequest(`Invalid value for ${name}`);
}
