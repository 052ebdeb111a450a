/**
 * Signs what goes out in envelopes. The key is made when it is first needed, and kept in the store: what was signed
 * before a restart verifies after it.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import type { Transaction } from '#ports/world/database.ts';
import { selfSignedCertificate } from './certificate.ts';
import { findSigningKey, saveSigningKey, type SigningKey } from './store-signing.ts';

const KEY_BITS = 2048;

export interface Signer {
  /** Base64; version 1 is SHA-1 and version 2 SHA-256. */
  sign(text: string, version: string): string;
  /** Path of the certificate's link, without a leading slash. */
  readonly certificateName: string;
  /** As PEM. */
  readonly certificate: string;
}

/** Opens the key once; later calls answer the same signer. */
export class Signing {
  #signer: Signer | undefined;

  async open(tx: Transaction, nowMs: number): Promise<Signer> {
    if (this.#signer !== undefined) return this.#signer;
    const known = await findSigningKey(tx);
    const made = known ?? makeSigningKey(nowMs);
    const signer = signerOf(made.privateKey, made.certificate);
    if (known === undefined) {
      await saveSigningKey(tx, made);
      // A key that is rolled back must sign nothing.
      tx.afterCommit(() => {
        this.#signer = signer;
      });
    } else this.#signer = signer;
    return signer;
  }
}

/** A new key of RSA, which takes some hundred milliseconds, and its certificate. */
export function makeSigningKey(nowMs: number): SigningKey {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = selfSignedCertificate(privateKey, { commonName: 'sns.amazonaws.com', nowMs });
  return { privateKey, certificate };
}

function signerOf(privateKeyPem: string, certificate: string): Signer {
  const key: KeyObject = createPrivateKey(privateKeyPem);
  const id = createHash('sha256').update(certificate).digest('hex').slice(0, 32);
  return {
    certificate,
    certificateName: `SimpleNotificationService-${id}.pem`,
    sign: (text, version) =>
      sign(version === '2' ? 'sha256' : 'sha1', Buffer.from(text), key).toString('base64'),
  };
}
