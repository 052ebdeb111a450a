import { invalidNextToken } from './errors.ts';
import type { Parameter } from './model.ts';

/** One page of parameters by name; the token names the last one given. */
export function pageOf(
  parameters: readonly Parameter[],
  limit: number,
  token: string | undefined,
): { readonly page: readonly Parameter[]; readonly next: { readonly NextToken?: string } } {
  const after = token === undefined ? undefined : readToken(token);
  const rest = after === undefined ? parameters : parameters.filter(({ name }) => name > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  if (rest.length <= limit || last === undefined) return { page, next: {} };
  return { page, next: { NextToken: Buffer.from(last.name).toString('base64') } };
}

function readToken(token: string): string {
  const name = Buffer.from(token, 'base64').toString();
  if (name === '' || Buffer.from(name).toString('base64') !== token) throw invalidNextToken();
  return name;
}
