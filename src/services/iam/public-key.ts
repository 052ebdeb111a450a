/** Public keys as OpenSSH writes them. @see https://www.rfc-editor.org/rfc/rfc4253#section-6.6 */
import { createHash, createPublicKey } from 'node:crypto';

export interface ReadKey {
  /** `ssh-rsa AAAA...`, without a comment. */
  readonly ssh: string;
  readonly pem: string;
  /** MD5 of the key: `aa:bb:...`. */
  readonly fingerprint: string;
}

/** An RSA key in OpenSSH's form or in PEM; `undefined` for anything else. */
export function readPublicKey(text: string): ReadKey | undefined {
  try {
    const blob = /^ssh-rsa ([A-Za-z0-9+/]+={0,2})/.exec(text)?.[1];
    const key = createPublicKey(
      blob === undefined ? text : { key: toJwk(Buffer.from(blob, 'base64')), format: 'jwk' },
    );
    const { n = '', e = '' } = key.export({ format: 'jwk' });
    const written = Buffer.concat([
      field(Buffer.from('ssh-rsa')),
      field(unsigned(Buffer.from(e, 'base64url'))),
      field(unsigned(Buffer.from(n, 'base64url'))),
    ]);
    const digest = createHash('md5').update(written).digest('hex');
    return {
      ssh: `ssh-rsa ${written.toString('base64')}`,
      pem: key.export({ type: 'spki', format: 'pem' }).toString(),
      fingerprint: digest.replaceAll(/(..)(?=.)/g, '$1:'),
    };
  } catch {
    // Whatever the parser found wrong: it is no such key.
    return undefined;
  }
}

function toJwk(blob: Buffer): { readonly kty: 'RSA'; readonly e: string; readonly n: string } {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    const length = blob.readUInt32BE(at);
    fields.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const [, e = Buffer.alloc(0), n = Buffer.alloc(0)] = fields;
  return { kty: 'RSA', e: e.toString('base64url'), n: n.toString('base64url') };
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A number whose first bit would say that it is negative gets a zero before it. */
function unsigned(bytes: Buffer): Buffer {
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}
