import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AwsError } from '#aws/errors.ts';
import { utf8 } from '#kernel/bytes.ts';
import { createHasher, type ChecksumAlgorithm } from './algorithms.ts';
import {
  checkBody,
  createChecksumCheck,
  createMd5Check,
  declaredChecksum,
  type ComputedChecksum,
} from './body-checks.ts';

/**
 * Over `123456789`: the check values of the catalogue of CRCs, of RFC 1321 and 6234, and of `xxhsum` 0.8.
 * @see https://reveng.sourceforge.io/crc-catalogue/all.htm
 */
const CHECK_VALUES = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  MD5: '25f9e794323b453885f5181f1b624d0b',
  SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
  SHA512:
    'd9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274a' +
    'd27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85',
  XXHASH128: '33119477ede5dcd5e9716427681d5860',
  XXHASH3: '72dcb18b67a17dff',
  XXHASH64: '8cb841db40e6ae83',
} as const satisfies Readonly<Record<ChecksumAlgorithm, string>>;

describe('a hasher', () => {
  for (const [name, expected] of Object.entries(CHECK_VALUES)) {
    test(`has the check value of ${name}, in one piece and in many`, async () => {
      const whole = await createHasher(name as ChecksumAlgorithm);
      whole.update(utf8('123456789'));
      const cut = await createHasher(name as ChecksumAlgorithm);
      for (const digit of '123456789') cut.update(utf8(digit));
      for (const hasher of [whole, cut]) {
        assert.equal(Buffer.from(hasher.digest()).toString('hex'), expected);
      }
    });
  }
});

async function check(
  headers: Record<string, string>,
  body: string,
  trailers: Record<string, string> = {},
): Promise<string> {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield utf8(body);
  }
  try {
    const declared = declaredChecksum(headers);
    if (declared === undefined) return 'none';
    const computed: ComputedChecksum = { algorithm: declared.algorithm, value: undefined };
    const checks = [
      await createChecksumCheck(declared, new Map(Object.entries(trailers)), computed),
    ];
    for await (const _chunk of checkBody(source(), checks)) assert.equal(computed.value, undefined);
    return computed.value ?? 'no value';
  } catch (error) {
    assert.ok(error instanceof AwsError, String(error));
    return `${error.code}: ${error.message}`;
  }
}

describe('a declared checksum', () => {
  test('of the body gives its value', async () => {
    assert.equal(await check({ 'x-amz-checksum-crc32': 'y/Q5Jg==' }, '123456789'), 'y/Q5Jg==');
    const trailer = { 'x-amz-checksum-crc32c': '4waSgw==' };
    assert.equal(
      await check({ 'x-amz-trailer': 'x-amz-checksum-crc32c' }, '123456789', trailer),
      '4waSgw==',
    );
  });

  test('of another body is a bad digest', async () => {
    assert.equal(
      await check({ 'x-amz-checksum-crc32': 'y/Q5Jg==' }, '12345678'),
      'BadDigest: The CRC32 you specified did not match the calculated checksum.',
    );
  });

  test('that is no Base64 of its length is invalid', async () => {
    for (const value of ['test', '', 'y/Q5Jg', 'y/Q5JgA=']) {
      assert.equal(
        await check({ 'x-amz-checksum-crc32': value }, ''),
        'InvalidRequest: Value for x-amz-checksum-crc32 header is invalid.',
      );
    }
  });

  test('is one, not several', async () => {
    assert.equal(
      await check({ 'x-amz-checksum-crc32': 'y/Q5Jg==', 'x-amz-checksum-crc32c': '4waSgw==' }, ''),
      'InvalidRequest: Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  });

  test('that was promised as a trailer must come', async () => {
    assert.match(
      await check({ 'x-amz-trailer': 'x-amz-checksum-sha1' }, ''),
      /^MalformedTrailerError/,
    );
  });
});

describe('Content-MD5', () => {
  test('is compared with what came', () => {
    const finish = (text: string): void => {
      const one = createMd5Check('ICy5YqxZB1uWSwcVLSNLcA==');
      one.update(utf8(text));
      one.finish();
    };
    finish('123');
    assert.throws(() => finish('124'), { code: 'BadDigest' });
  });

  test('must be Base64 of 16 bytes', () => {
    assert.throws(() => createMd5Check('ICy5YqxZB1uWSwcVLSNL'), { code: 'InvalidDigest' });
  });
});
