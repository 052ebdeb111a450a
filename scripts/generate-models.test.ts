import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { generateModels, staleFiles } from './generate-models.ts';
import { findSource, SOURCE_VERSION, sourceVersion } from './models/source.ts';

const root = resolve(import.meta.dirname, '..');

test("the committed models are what AWS's descriptions give", (t) => {
  const source = findSource(root, process.env['HEARTH_BOTOCORE_DATA']);
  if (source === undefined) {
    t.skip("NOT COMPARED: botocore's data is absent; the set-up installs it below .cache/");
    return;
  }
  const version = sourceVersion(source);
  assert.equal(version, SOURCE_VERSION, `the models come from botocore ${SOURCE_VERSION}`);
  assert.deepEqual(staleFiles(root, generateModels(source)), []);
});

test('a file that differs from its source is named', () => {
  const files = new Map([
    ['package.json', '{}'],
    ['src/aws/models/absent.gen.ts', ''],
  ]);
  assert.deepEqual(staleFiles(root, files), ['package.json', 'src/aws/models/absent.gen.ts']);
});
