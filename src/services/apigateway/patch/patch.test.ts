import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  applyPatch,
  flag,
  list,
  map,
  number,
  refuseByPath,
  refuseByTable,
  text,
  type PatchTable,
} from './index.ts';

const TABLE: PatchTable = {
  refuse: refuseByPath,
  fields: [
    text('/name'),
    flag('/isOn'),
    number('/quota/limit'),
    list('/types'),
    map('/models', { missing: 'no such model' }),
  ],
};

describe('patch operations', () => {
  it('are done in their order', () => {
    const operations = [
      { op: 'replace', path: '/name', value: 'a' },
      { op: 'replace', path: '/name', value: 'b' },
      { op: 'replace', path: '/isOn', value: 'TRUE' },
      { op: 'replace', path: '/quota/limit', value: '5' },
    ];
    const patched = applyPatch(TABLE, { name: 'x' }, operations);
    assert.deepEqual(patched, { name: 'b', isOn: true, quota: { limit: 5 } });
  });

  it('name slashes by ~1 and tildes by ~0', () => {
    const operations = [{ op: 'add', path: '/models/application~1json~0', value: 'Pet' }];
    assert.deepEqual(applyPatch(TABLE, {}, operations), { models: { 'application/json~': 'Pet' } });
  });

  it('treat lists as maps: a replacement goes to the end', () => {
    const operations = [{ op: 'replace', path: '/types/a', value: 'c' }];
    assert.deepEqual(applyPatch(TABLE, { types: ['a', 'b'] }, operations), { types: ['b', 'c'] });
  });

  it('take a map with its last key', () => {
    const document = { models: { 'application/json': 'Pet' } };
    const operations = [{ op: 'remove', path: '/models/application~1json' }];
    assert.deepEqual(applyPatch(TABLE, document, operations), {});
  });

  it('are refused where the path, the operation or the key is not there', () => {
    const cases: readonly (readonly [string, string | undefined, string])[] = [
      ['replace', '/other', 'Invalid patch path /other'],
      ['replace', undefined, 'Invalid patch path null'],
      ['add', '/name', 'Invalid patch operation specified. Must be one of: [replace]'],
      ['remove', '/models/text~1plain', 'no such model'],
      ['add', '/types', 'Invalid patch path /types'],
    ];
    for (const [op, path, message] of cases) {
      const operation = path === undefined ? { op } : { op, path };
      assert.throws(() => applyPatch(TABLE, {}, [operation]), { message }, message);
    }
  });

  it('are refused with the paths that there are, by tables that say so', () => {
    const table: PatchTable = { refuse: refuseByTable(['/a', '/b']), fields: [text('/a')] };
    const start = "Invalid patch path  '/c' specified for op";
    assert.throws(() => applyPatch(table, {}, [{ op: 'replace', path: '/c' }]), {
      message: `${start} 'replace'. Must be one of: [/a, /b]`,
    });
    assert.throws(() => applyPatch(table, {}, [{ op: 'add', path: '/c' }]), {
      message: `${start} 'add'. Please choose supported operations`,
    });
  });
});
