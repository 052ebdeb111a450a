import { createHmac, hash } from 'node:crypto';
import { BoundedMap } from '#kernel/bounded-map.ts';
import type { Scope } from './request.ts';

/** Secrets whose keys are kept at most. */
const SECRETS_MAX = 1000;

/** Derives SigV4's signing keys, and remembers the latest. */
export interface SigningKeys {
  /** The key of a secret for a scope. */
  derive(secretAccessKey: string, scope: Scope): SigningKey;
}

/**
 * A bounded memory of derived keys. It holds what a secret yields, so it is as secret as they are;
 * a credential that was taken back leaves it when others crowd it out, which grants nothing, since
 * each request looks its credential up anew.
 */
export function createSigningKeys(): SigningKeys {
  /** By the scope's object, which the claims that a client repeats have in common. */
  const secrets = new BoundedMap<WeakMap<Scope, SigningKey>>(SECRETS_MAX);
  return {
    derive(secretAccessKey, scope) {
      const known = secrets.get(secretAccessKey);
      const keys = known ?? new WeakMap<Scope, SigningKey>();
      if (known === undefined) secrets.set(secretAccessKey, keys);
      const key = keys.get(scope) ?? new SigningKey(deriveSigningKey(secretAccessKey, scope));
      keys.set(scope, key);
      return key;
    },
  };
}

/**
 * SigV4's signing key: 32 bytes.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function deriveSigningKey(secretAccessKey: string, scope: Scope): Uint8Array {
  const date = hmac(`AWS4${secretAccessKey}`, scope.date);
  const service = hmac(hmac(date, scope.region), scope.service);
  return hmac(service, 'aws4_request');
}

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const SHORT_TEXT_BYTES = 512;

/**
 * A key of HMAC-SHA-256 that signs often: two plain hashes of short bytes, which the verification of a
 * request takes anyhow, cost half of node:crypto's own object for each signature.
 * @see https://www.rfc-editor.org/rfc/rfc2104
 */
export class SigningKey {
  /** The padded key, and room for a short text behind it, as the string to sign is one. */
  readonly #inner = Buffer.alloc(BLOCK_BYTES + SHORT_TEXT_BYTES);
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

  /** @param key at most 64 bytes */
  constructor(key: Uint8Array) {
    for (let at = 0; at < BLOCK_BYTES; at += 1) {
      const byte = key[at] ?? 0;
      this.#inner[at] = byte ^ 0x36;
      this.#outer[at] = byte ^ 0x5c;
    }
  }

  /** The signature of a text, in hexadecimal. */
  sign(text: string): string {
    // A UTF-16 unit becomes three bytes at most.
    const bytesMax = BLOCK_BYTES + text.length * 3;
    const inner =
      bytesMax <= this.#inner.length
        ? this.#inner
        : Buffer.concat([this.#inner.subarray(0, BLOCK_BYTES)], bytesMax);
    const end = BLOCK_BYTES + inner.write(text, BLOCK_BYTES);
    // Latin-1 of a digest, which types know as binary, is its bytes; a buffer for them would cost more than the hash.
    this.#outer.write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha256', this.#outer);
  }
}

function hmac(key: string | Uint8Array, text: string): Uint8Array {
  return createHmac('sha256', key).update(text).digest();
}
