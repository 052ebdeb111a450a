import type { Credentials as Described } from '#aws/models/sts.types.gen.ts';
import type { Credentials } from '#ports/peers/credential-issuer.ts';

/** Temporary credentials as STS answers them. */
export function describeCredentials(credentials: Required<Credentials>): Described {
  return {
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: credentials.expiresAtMs,
  };
}
