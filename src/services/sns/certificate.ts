/** A self-signed certificate of X.509, for the key that signs notifications. @see RFC 5280 */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;
const VERSION_TAG = 0xa0;
const NULL_VALUE = Buffer.from([0x05, 0x00]);
/** 1.2.840.113549.1.1.11 */
const SHA256_WITH_RSA = Buffer.from('2a864886f70d01010b', 'hex');
/** 2.5.4.3 */
const COMMON_NAME = Buffer.from('550403', 'hex');

/** @returns the certificate as PEM, valid from a day before `nowMs` for a hundred years */
export function selfSignedCertificate(
  privateKeyPem: string,
  { commonName, nowMs }: { readonly commonName: string; readonly nowMs: number },
): string {
  const key = createPrivateKey(privateKeyPem);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const algorithm = element(SEQUENCE, element(OBJECT_ID, SHA256_WITH_RSA), NULL_VALUE);
  const attribute = element(
    SEQUENCE,
    element(OBJECT_ID, COMMON_NAME),
    element(UTF8_STRING, Buffer.from(commonName)),
  );
  const name = element(SEQUENCE, element(SET, attribute));
  const year = new Date(nowMs).getUTCFullYear();
  const validity = element(SEQUENCE, time(nowMs - 86_400_000), time(Date.UTC(year + 100, 0, 1)));
  const body = element(
    SEQUENCE,
    element(VERSION_TAG, element(INTEGER, Buffer.from([2]))),
    element(INTEGER, Buffer.from([1])),
    algorithm,
    name,
    validity,
    name,
    publicKey,
  );
  const signature = element(BIT_STRING, Buffer.from([0]), sign('sha256', body, key));
  return pem(element(SEQUENCE, body, algorithm, signature));
}

function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.byteLength), content]);
}

function lengthOf(bytes: number): Buffer {
  if (bytes < 128) return Buffer.from([bytes]);
  const digits = Buffer.from(bytes.toString(16).padStart(bytes < 256 ? 2 : 4, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 + digits.byteLength]), digits]);
}

function time(atMs: number): Buffer {
  const text = new Date(atMs).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return element(GENERALIZED_TIME, Buffer.from(text));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
