import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { AwsError } from '#aws/errors.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { decodeChunked, type ChunkedOptions } from './aws-chunked.ts';
import { createChunkSignatures } from './chunk-signatures.ts';
import { deriveSigningKey, SigningKey } from './signing-key.ts';
import type { Claim } from './request.ts';

/** The published example: 66,560 letters `a` in chunks of 64 KiB and 1 KiB. */
const claim: Claim = {
  place: 'header',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  scope: { date: '20130524', region: 'us-east-1', service: 's3' },
  signedHeaders: [],
  signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  timestamp: '20130524T000000Z',
  timestampMs: Date.parse('2013-05-24T00:00:00Z'),
};
const key = new SigningKey(
  deriveSigningKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', claim.scope),
);
const EXAMPLE = [
  `10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n${'a'.repeat(65_536)}\r\n`,
  `400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n${'a'.repeat(1024)}\r\n`,
  '0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
].join('');

async function* pieces(text: string, bytes: number): AsyncGenerator<Uint8Array> {
  const all = utf8(text);
  for (let at = 0; at < all.length; at += bytes) yield all.subarray(at, at + bytes);
}

/** The decoded text, or the code of the error. */
async function decode(text: string, options: ChunkedOptions, bytes = 1000): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of decodeChunked(pieces(text, bytes), options)) chunks.push(chunk);
  } catch (error) {
    assert.ok(error instanceof AwsError, String(error));
    return error.code;
  }
  return textOf(Buffer.concat(chunks));
}

const verified = (): ChunkedOptions => ({
  signatures: createChunkSignatures(claim, key),
  decodedBytes: 66_560,
});

describe('a signed chunked body', () => {
  test('is verified and decoded as the published example, however it is cut', async () => {
    for (const bytes of [7, 64, 1000, 65_536, 1_000_000]) {
      assert.equal(await decode(EXAMPLE, verified(), bytes), 'a'.repeat(66_560));
    }
  });

  test('is refused where a byte or a signature of any chunk was changed', async () => {
    const changes = [
      EXAMPLE.replace('aaaa', 'aaba'),
      EXAMPLE.replace('ad80c', 'ad80d'),
      EXAMPLE.replace('00556', '00557'),
      EXAMPLE.replace('b6c6e', 'b6c6f'),
    ];
    for (const text of changes)
      assert.equal(await decode(text, verified()), 'SignatureDoesNotMatch');
  });

  test('is incomplete where it ends early, goes on, or is not as long as it promised', async () => {
    assert.equal(await decode(EXAMPLE.slice(0, -80), verified()), 'IncompleteBody');
    assert.equal(await decode(EXAMPLE.slice(0, 60_000), verified()), 'IncompleteBody');
    assert.equal(await decode(`${EXAMPLE}more`, verified()), 'IncompleteBody');
    assert.equal(await decode(EXAMPLE, { ...verified(), decodedBytes: 66_559 }), 'IncompleteBody');
    assert.equal(await decode(EXAMPLE, { ...verified(), decodedBytes: 66_561 }), 'IncompleteBody');
  });

  test('needs a signature on each chunk', async () => {
    assert.equal(
      await decode('1\r\na\r\n0\r\n\r\n', { ...verified(), decodedBytes: 1 }),
      'IncompleteBody',
    );
  });
});

describe('an unsigned chunked body with trailers', () => {
  const options = (decodedBytes: number): ChunkedOptions & { trailers: Map<string, string> } => ({
    trailers: new Map(),
    decodedBytes,
  });

  test('gives its bytes and its trailers', async () => {
    const given = options(5);
    const body = '3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:hYfYUg==\r\n\r\n';
    assert.equal(await decode(body, given, 1), 'abcde');
    assert.deepEqual([...given.trailers], [['x-amz-checksum-crc32', 'hYfYUg==']]);
  });

  test('may end without an empty line', async () => {
    assert.equal(await decode('1\r\na\r\n0\r\nx:y\r\n', options(1)), 'a');
    assert.equal(await decode('1\r\na\r\n0\r\n', options(1)), 'a');
  });

  test('is refused with trailers that are none or too many', async () => {
    assert.equal(await decode('0\r\nnonsense\r\n\r\n', options(0)), 'MalformedTrailerError');
    const line = `x:${'y'.repeat(1021)}`;
    const trailers = (count: number): string => `0\r\n${`${line}\r\n`.repeat(count)}\r\n`;
    assert.equal(await decode(trailers(16), options(0)), '');
    assert.notEqual(await decode(trailers(17), options(0)), '');
  });

  test('bounds the head of a chunk', async () => {
    assert.equal(await decode(`${'0'.repeat(13)}\r\n\r\n`, options(0)), '');
    assert.equal(await decode(`${'0'.repeat(14)}\r\n\r\n`, options(0)), 'IncompleteBody');
    assert.equal(await decode('0'.repeat(5000), options(0)), 'IncompleteBody');
  });
});

test('any bytes end in data or in an error of AWS', async () => {
  const parts = fc.constantFrom(
    '0',
    '5',
    'a',
    '\r\n',
    '\n',
    ';',
    'chunk-signature=',
    'f'.repeat(64),
    ':',
    ' ',
    'é',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(parts, { maxLength: 40 }), fc.boolean(), async (words, isSigned) => {
      const signatures = isSigned ? { signatures: createChunkSignatures(claim, key) } : {};
      await decode(words.join(''), { ...signatures, trailers: new Map(), decodedBytes: 5 }, 3);
    }),
    { numRuns: 500 },
  );
});

test('what was cut into chunks comes out as it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ minLength: 1 })),
      fc.integer({ min: 1, max: 50 }),
      async (texts, bytes) => {
        const body = texts.map((t) => `${utf8(t).length.toString(16)}\r\n${t}\r\n`).join('');
        const decodedBytes = utf8(texts.join('')).length;
        const result = await decode(`${body}0\r\n\r\n`, { decodedBytes }, bytes);
        assert.equal(result, texts.join(''));
      },
    ),
    { numRuns: 300 },
  );
});
