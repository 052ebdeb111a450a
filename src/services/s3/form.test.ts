import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectBytes, textOf } from '#kernel/bytes.ts';
import { formBoundary, readForm } from './form.ts';

const BOUNDARY = 'XXXboundaryXXX';

function part(disposition: string, content: string): string {
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
}

/** The text in pieces of the given size. */
async function* pieces(text: string | Buffer, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('the boundary is a parameter of multipart/form-data', () => {
  assert.equal(formBoundary('multipart/form-data; boundary=abc'), 'abc');
  assert.equal(formBoundary('multipart/form-data; charset=x; boundary="a b"'), 'a b');
  assert.equal(formBoundary('application/x-www-form-urlencoded'), undefined);
  assert.equal(formBoundary('multipart/form-data'), undefined);
});

test('a form has fields by lower-case names and then a file', async () => {
  const text =
    part('name="Key"', 'uploads/${filename}') +
    part('name="x-amz-meta-a"', 'ü') +
    part(
      'name="file"; filename="pic \\"1\\".jpg"\r\nContent-Type: image/jpeg',
      'BYTES\r\n--not\r\n',
    ) +
    part('name="submit"', 'ignored') +
    `--${BOUNDARY}--\r\n`;
  for (const size of [1, 7, 1000]) {
    const form = await readForm(pieces(text, size), BOUNDARY);
    assert.deepEqual(Object.fromEntries(form.fields), {
      key: 'uploads/${filename}',
      'x-amz-meta-a': 'ü',
    });
    assert.equal(form.file?.name, 'pic "1".jpg');
    assert.equal(form.file.contentType, 'image/jpeg');
    assert.equal(textOf(await collectBytes(form.file.content, 1000)), 'BYTES\r\n--not\r\n');
  }
});

test('a form without a file has its fields alone', async () => {
  const form = await readForm(pieces(`${part('name="a"', '1')}--${BOUNDARY}--`, 5), BOUNDARY);
  assert.deepEqual([...form.fields], [['a', '1']]);
  assert.equal(form.file, undefined);
});

test('fields are bounded by 20 KB', async () => {
  const of = (bytes: number) =>
    readForm(pieces(`${part('name="a"', 'x'.repeat(bytes))}--${BOUNDARY}--`, 4096), BOUNDARY);
  assert.equal((await of(20 * 1024 - 1)).fields.get('a')?.length, 20 * 1024 - 1);
  await assert.rejects(of(20 * 1024), { code: 'MaxPostPreDataLengthExceeded' });
  await assert.rejects(of(200 * 1024), { code: 'MaxPostPreDataLengthExceeded' });
});

test('a file that ends without a boundary is malformed', async () => {
  const form = await readForm(pieces(part('name="file"', 'abc').slice(0, -2), 9), BOUNDARY);
  assert.ok(form.file);
  await assert.rejects(collectBytes(form.file.content, 1000), { code: 'MalformedPOSTRequest' });
});

test('a file of any bytes comes through in pieces of any size', async () => {
  const property = fc.asyncProperty(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 1, max: 64 }),
    async (file, size) => {
      fc.pre(!Buffer.from(file).includes(`\r\n--${BOUNDARY}`));
      const body = Buffer.concat([
        Buffer.from(part('name="file"', '').slice(0, -2)),
        file,
        Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
      ]);
      const form = await readForm(pieces(body, size), BOUNDARY);
      assert.ok(form.file);
      assert.deepEqual(Buffer.from(await collectBytes(form.file.content, 1000)), Buffer.from(file));
    },
  );
  await fc.assert(property, { numRuns: 200 });
});

test('no bytes make the parser fail but with an error of S3', async () => {
  const piece = fc.constantFrom(
    `--${BOUNDARY}`,
    '\r\n',
    '--',
    'Content-Disposition: form-data; name="a"',
    ':',
    'x',
    ';',
  );
  const property = fc.asyncProperty(
    fc.array(piece, { maxLength: 12 }),
    fc.integer({ min: 1, max: 8 }),
    async (texts, size) => {
      try {
        const form = await readForm(pieces(texts.join(''), size), BOUNDARY);
        if (form.file) await collectBytes(form.file.content, 10_000);
      } catch (error) {
        assert.equal((error as { name?: string }).name, 'AwsError');
      }
    },
  );
  await fc.assert(property, { numRuns: 300 });
});
