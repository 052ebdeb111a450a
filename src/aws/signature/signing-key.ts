import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Scope } from './request.ts';

/** Derived keys kept at most: one a credential, day, region and service. */
const KEYS_MAX = 1000;

/** Derives SigV4's signing keys, and remembers the latest. */
export interface SigningKeys {
  /**
   * The key of a secret for a scope: 32 bytes, as an object of node:crypto, with which a signature takes
   * a sixth of the time that it takes with the bare bytes.
   */
  derive(secretAccessKey: string, scope: Scope): KeyObject;
}

/**
 * A bounded memory of derived keys. It holds what a secret yields, so it is as secret as they are;
 * a credential that was taken back leaves it when others crowd it out, which grants nothing, since
 * each request looks its credential up anew.
 */
export function createSigningKeys(keysMax = KEYS_MAX): SigningKeys {
  const keys = new Map<string, KeyObject>();
  return {
    derive(secretAccessKey, scope) {
      const name = `${scope.date}/${scope.region}/${scope.service}/${secretAccessKey}`;
      const known = keys.get(name);
      if (known !== undefined) return known;
      const key = deriveSigningKey(secretAccessKey, scope);
      if (keys.size >= keysMax) keys.delete(keys.keys().next().value ?? '');
      keys.set(name, key);
      return key;
    },
  };
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function deriveSigningKey(secretAccessKey: string, scope: Scope): KeyObject {
  const date = hmac(`AWS4${secretAccessKey}`, scope.date);
  const service = hmac(hmac(date, scope.region), scope.service);
  return createSecretKey(hmac(service, 'aws4_request'));
}

/** HMAC-SHA-256 of a text, in hexadecimal. */
export function sign(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

function hmac(key: string | Uint8Array, text: string): Uint8Array {
  return createHmac('sha256', key).update(text).digest();
}
