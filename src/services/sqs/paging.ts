import { invalidParameter, invalidValue } from './errors.ts';
import { LIST_RESULTS_MAX } from './limits.ts';

/** The page that a list's request asks for: after which name, and how many. */
export function pageOf(request: { readonly NextToken?: string; readonly MaxResults?: number }): {
  readonly after: string;
  readonly limit: number;
} {
  const { NextToken: token, MaxResults: limit = LIST_RESULTS_MAX } = request;
  if (limit < 1 || limit > LIST_RESULTS_MAX) {
    throw invalidValue(
      limit,
      'MaxResults',
      `Must be between 1 and ${LIST_RESULTS_MAX}, if provided.`,
    );
  }
  return { after: token === undefined ? '' : nameOf(token), limit };
}

/** The token of the page behind a queue. */
export function tokenAfter(name: string): string {
  return Buffer.from(name).toString('base64');
}

function nameOf(token: string): string {
  const name = Buffer.from(token, 'base64').toString('utf8');
  if (name !== '' && tokenAfter(name) === token) return name;
  throw invalidParameter('Invalid or expired next token.');
}
