/** What the repository as a whole promises. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { linesThat, sourceFiles } from './source.ts';

test('every runtime dependency has a decision that names it', () => {
  // package.json is npm's; only the names are read.
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const decisions = sourceFiles('docs/decisions/*.md')
    .map(({ text }) => text)
    .join('\n');
  const undecided = Object.keys(dependencies).filter((name) => !decisions.includes(`\`${name}\``));
  assert.deepEqual(undecided, []);
});

test('every service has an entry and a page', () => {
  const services = readdirSync('src/services');
  assert.ok(services.length > 0);
  for (const service of services) {
    assert.ok(existsSync(`src/services/${service}/index.ts`), `${service} has no index.ts`);
    assert.ok(existsSync(`src/services/${service}/README.md`), `${service} has no README.md`);
  }
});

test('no file names a machine, a home directory or a registry', () => {
  const files = sourceFiles().filter(
    ({ path }) => !/\.(jpg|png|gz)$/.test(path) && !path.startsWith('test/tidy/'),
  );
  const leak =
    /\/root\/(?!\.)[a-z]|\/home\/[a-z]+\/|registry\.npmjs|pypi\.org|repo1\.maven|proxy\.golang/;
  assert.deepEqual(
    linesThat(files, (line) => leak.test(line)),
    [],
  );
});

test('the pages that the house keeps are there', () => {
  for (const page of [
    'README.md',
    'ARCHITECTURE.md',
    'STYLE.md',
    'SPECIFICATION.md',
    'CHANGELOG.md',
    'SECURITY.md',
    'LICENSE',
    'NOTICE',
  ]) {
    assert.ok(existsSync(page), `${page} is missing`);
  }
});

test('docs/reference/parity.md tells what is built', () => {
  const check = spawnSync(process.execPath, ['scripts/generate-docs.ts', '--check'], {
    encoding: 'utf8',
  });
  assert.equal(check.status, 0, check.stderr);
});
