/**
 * Everything that a change must pass, in order: format, lint, dependency rules, types, then the tests from
 * the smallest to the largest. `npm test -- unit conformance` runs only the stages named.
 * Closes on `N passed, N failed, N skipped`; the exit status is 0 when every stage passed.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assertModulesRead } from './check-dependency-rules.ts';
import { runTests, type TestCounts } from './run-tests.ts';

type Stage =
  | { readonly name: string; readonly command: readonly string[] }
  | { readonly name: string; readonly tests: readonly string[] };

const STAGES: readonly Stage[] = [
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  { name: 'dead-code', command: ['knip', '--no-progress'] },
  {
    name: 'dependency-rules',
    command: ['depcruise', '--config', '.dependency-cruiser.cjs', 'src'],
  },
  { name: 'types', command: ['node', 'node_modules/typescript-7/bin/tsc', '-p', '.'] },
  { name: 'tidy', tests: ['test/tidy/*.test.ts'] },
  {
    name: 'unit',
    tests: [
      'src/**/*.test.ts',
      'scripts/**/*.test.ts',
      'test/fuzz/**/*.test.ts',
      'test/parity/**/*.test.ts',
    ],
  },
  { name: 'contract', tests: ['test/contract/**/*.test.ts'] },
  { name: 'simulation', tests: ['test/simulation/**/*.test.ts'] },
  { name: 'conformance', tests: ['test/conformance/**/*.test.ts'] },
  { name: 'end-to-end', tests: ['test/attack/**/*.test.ts', 'test/e2e/**/*.test.ts'] },
];

// The tests' `python3` is the set-up's own, which has boto3.
process.env['PATH'] = `${resolve('.cache/python/bin')}:${process.env['PATH'] ?? ''}`;

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STAGES.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(
    `no stage ${unknown.join(', ')}; there are ${STAGES.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

const failedStages: string[] = [];
const total: TestCounts = { passed: 0, failed: 0, skipped: 0 };
const startedAt = performance.now();

for (const stage of STAGES) {
  if (wanted.length > 0 && !wanted.includes(stage.name)) continue;
  const stageStartedAt = performance.now();
  console.log(`\n== ${stage.name}`);
  if (!(await runStage(stage))) failedStages.push(stage.name);
  console.log(`   ${stage.name}: ${seconds(stageStartedAt)}`);
}

console.log(`\nin ${seconds(startedAt)}`);
if (failedStages.length > 0) console.log(`failed: ${failedStages.join(', ')}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(failedStages.length > 0 ? 1 : 0);

async function runStage(stage: Stage): Promise<boolean> {
  if ('command' in stage) return runCommand(stage);
  const files = stage.tests.flatMap((pattern) => globSync(pattern)).sort();
  if (files.length === 0) {
    console.log(`   no test file matches ${stage.tests.join(' ')}`);
    return false;
  }
  const counts = await runTests(files.map((file) => join(process.cwd(), file)));
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  console.log(`   ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0 && counts.passed > 0;
}

function runCommand(stage: {
  readonly name: string;
  readonly command: readonly string[];
}): boolean {
  const [program = '', ...parameters] = stage.command;
  const { status } = spawnSync(program, parameters, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) return false;
  return stage.name === 'dependency-rules' ? assertModulesRead() : true;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
