import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMetadata, writeMetadata } from './metadata.ts';

// Recorded: s3.json TestS3::test_user_metadata_rfc2047_encoded, test_put_unicode_metadata_with_sig_s3
test('metadata that is no ASCII comes back as an encoded word', () => {
  const write = (value: string) => writeMetadata({ key: value })['key'];
  assert.equal(
    write('abc !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'),
    'abc !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  );
  assert.equal(
    write('test_—_file%E2%80%94_é_2?.pdf'),
    '=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?=',
  );
  assert.equal(write('ÄMÄZÕÑ S3'), '=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=');
  assert.equal(write('\u0000\u0001\u0002\u0003'), '=?UTF-8?B?AAECAw==?=');
  assert.equal(write('\ufffda\ufffd'), '=?UTF-8?B?77+9Ye+/vQ==?=');
});

test('encoded words and UTF-8 bytes are read as text', () => {
  const read = (value: string) => readMetadata({ Key: value })['key'];
  assert.equal(read('=?UTF-8?B?YWJj?='), 'abc');
  assert.equal(read('=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?='), 'ÄMÄZÕÑ S3');
  assert.equal(read(Buffer.from('é—').toString('latin1')), 'é—');
  assert.equal(read('=?KOI8-R?B?YWJj?='), '=?KOI8-R?B?YWJj?=');
});

test('metadata has at most 2 KB', () => {
  readMetadata({ abc: 'v'.repeat(2045) });
  assert.throws(() => readMetadata({ abc: 'v'.repeat(2046) }), {
    code: 'MetadataTooLarge',
    fields: { Size: 2049, MaxSizeAllowed: 2048 },
  });
});
