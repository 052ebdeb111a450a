import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksumOf, isChecksumValue, joinChecksums, uploadChecksumType } from './checksum.ts';

// Recorded: s3.json TestS3PutObjectChecksum, TestS3::test_multipart_copy_object_etag, test_s3_copy_object_with_default_checksum
test('checksums are those that S3 returned', async () => {
  assert.equal(await checksumOf('CRC32', Buffer.from('data')), 'rfPzYw==');
  assert.equal(await checksumOf('CRC32', Buffer.from('test data..')), 'cZWHwQ==');
  assert.equal(await checksumOf('CRC64NVME', Buffer.from('test data..')), 'qUVrWYOrIAM=');
  assert.equal(
    await checksumOf('SHA256', Buffer.from('test data..')),
    '2l26x0trnT0r2AvakoFk2MB7eKVKzYESLMxSAKAzoik=',
  );
  assert.equal(await checksumOf('CRC32C', Buffer.from('{"key": "value"}')), '078Ilw==');
  assert.equal(
    await checksumOf('SHA1', Buffer.from('{"key": "value"}')),
    '5zXdjmjYk4EJ8Cw4PMnQVslCpRQ=',
  );
  assert.equal(await checksumOf('CRC64NVME', new Uint8Array(0)), 'AAAAAAAAAAA=');
});

// Recorded: s3.json TestS3MultipartUploadChecksum::test_complete_multipart_parts_checksum_composite
test('a composite checksum is that of the checksums', async () => {
  const parts = ['NRU+Sw==', 'NRU+Sw==', 'TBHN8A=='].map((checksum) => ({ checksum, size: 0 }));
  assert.equal(await joinChecksums('CRC32', 'COMPOSITE', parts), '5FRUiw==-3');
});

// Recorded: s3.json TestS3MultipartUploadChecksum::test_complete_multipart_parts_checksum_full_object
test('a full checksum is combined from the parts', async () => {
  const sizes = [5_242_881, 5_242_881, 10];
  const parts = (checksums: readonly string[]) =>
    checksums.map((checksum, index) => ({ checksum, size: sizes[index] ?? 0 }));
  const crc32 = parts(['NRU+Sw==', 'NRU+Sw==', 'TBHN8A==']);
  assert.equal(await joinChecksums('CRC32', 'FULL_OBJECT', crc32), 'qSEQSA==');
  const crc32c = parts(['2/Ckiw==', '2/Ckiw==', '5yZkMA==']);
  assert.equal(await joinChecksums('CRC32C', 'FULL_OBJECT', crc32c), 'eTdAQA==');
});

test('combined checksums equal the checksum of the joined bytes', async () => {
  const algorithm = fc.constantFrom('CRC32', 'CRC32C', 'CRC64NVME');
  const property = fc.asyncProperty(algorithm, fc.array(fc.uint8Array()), async (name, pieces) => {
    const parts = [];
    for (const piece of pieces) {
      parts.push({ checksum: await checksumOf(name, piece), size: piece.length });
    }
    const whole = await checksumOf(name, Buffer.concat(pieces));
    assert.equal(await joinChecksums(name, 'FULL_OBJECT', parts), whole);
  });
  await fc.assert(property, { numRuns: 50 });
});

// Recorded: s3.json TestS3PutObjectChecksum::test_put_object_checksum
test('a checksum is Base64 of its own length', () => {
  assert.equal(isChecksumValue('CRC32', 'rfPzYw=='), true);
  assert.equal(isChecksumValue('CRC32', 'rfPzYw'), false);
  assert.equal(isChecksumValue('CRC32', 'test'), false);
  assert.equal(isChecksumValue('CRC64NVME', 'rfPzYw=='), false);
});

// Recorded: s3.json TestS3MultipartUploadChecksum::test_multipart_checksum_type_compatibility
test("the type of an upload's checksum fits its algorithm", () => {
  assert.equal(uploadChecksumType(undefined, undefined), undefined);
  assert.equal(uploadChecksumType('SHA1', undefined), 'COMPOSITE');
  assert.equal(uploadChecksumType('CRC64NVME', undefined), 'FULL_OBJECT');
  assert.equal(uploadChecksumType('CRC32C', 'FULL_OBJECT'), 'FULL_OBJECT');
  assert.throws(() => uploadChecksumType('SHA256', 'FULL_OBJECT'), {
    message: 'The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm.',
  });
  assert.throws(() => uploadChecksumType('CRC64NVME', 'COMPOSITE'), { code: 'InvalidRequest' });
  assert.throws(() => uploadChecksumType(undefined, 'COMPOSITE'), { code: 'InvalidRequest' });
});
