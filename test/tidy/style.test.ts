/** The parts of STYLE.md that the linter cannot hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesThat, sourceFiles } from './source.ts';

/** Places where a rule of the linter is set aside, each with its reason; the number may only fall. */
const EXEMPTIONS_MAX = 0;

const code = sourceFiles('src/**/*.ts').filter(({ path }) => !path.endsWith('.test.ts'));
const tests = sourceFiles('src/**/*.test.ts', 'test/**/*.ts');

test('there is code to look at', () => {
  assert.ok(code.length > 100, `only ${code.length} files were read`);
  assert.ok(tests.length > 30, `only ${tests.length} tests were read`);
});

test('time, chance and the environment come in from outside, but for config, adapters and the command line', () => {
  const inner = code.filter(
    ({ path }) => !/^src\/(config|adapters|cli)\/|^src\/main\.ts/.test(path),
  );
  const banned = /\b(process\.env|Date\.now\(|Math\.random\(|new Date\(\)|performance\.now\()/;
  assert.deepEqual(
    linesThat(inner, (line) => banned.test(line) && !/^\s*(\*|\/\/)/.test(line)),
    [],
  );
});

test('every exported function says what it does', () => {
  const isUndocumented = (line: string, previous: string): boolean =>
    /^export (async )?function\*? /.test(line) &&
    !/\*\/\s*$/.test(previous) &&
    !/^export (async )?function/.test(previous) &&
    !previous.trim().endsWith(';');
  assert.deepEqual(linesThat(code, isUndocumented), []);
});

test('no rule of the linter is set aside beyond the number that is known', () => {
  const exemptions = linesThat(
    [...code, ...tests],
    (line) =>
      /(oxlint|eslint)-disable|@ts-(ignore|expect-error)/.test(line) &&
      !line.includes('EXEMPTIONS'),
  );
  const own = exemptions.filter((line) => !line.startsWith('test/tidy/'));
  assert.ok(own.length <= EXEMPTIONS_MAX, own.join('\n'));
});

test('no test is left out in silence', () => {
  const silent = linesThat(tests, (line) =>
    /\b(test|it|describe)\.(only|todo)\(|\bskip: true\b|\.skip\(\)/.test(line),
  );
  assert.deepEqual(
    silent.filter((line) => !line.startsWith('test/tidy/')),
    [],
  );
});

test('words that say nothing are not used for files', () => {
  const vague = /(^|[-/])(utils?|helpers?|managers?|misc|common)([-.]|\/)/;
  const paths = [...code, ...tests].map(({ path }) => path);
  assert.deepEqual(
    paths.filter((path) => vague.test(path)),
    [],
  );
});
