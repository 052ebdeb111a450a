import type { Principal } from '#ports/peers/credential-issuer.ts';
import { validationError } from './errors.ts';

/**
 * The user that a request is about: whom it names, else the caller.
 * @throws AwsError ValidationError where the caller is no user
 */
export function userNameOf(principal: Principal, named: string | undefined): string {
  if (named !== undefined) return named;
  const own = /^arn:aws:iam::\d{12}:user\/(?:.*\/)?([^/]+)$/.exec(principal.arn)?.[1];
  if (own === undefined) {
    throw validationError('Must specify userName when calling with non-User credentials');
  }
  return own;
}
