/** Runs test files through node:test, each in a process of its own, and prints what failed or was skipped. */
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** No single file may take longer, in ms. */
const FILE_TIMEOUT_MS = 15 * 60 * 1000;

/** Runs the files, as many at a time as there are cores. */
export async function runTests(files: readonly string[]): Promise<TestCounts> {
  const counts: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  const output = new Map<string, string[]>();
  const failedFiles = new Set<string>();
  const stream = run({
    files: [...files],
    concurrency: Math.max(1, availableParallelism()),
    timeout: FILE_TIMEOUT_MS,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  for await (const event of stream) {
    if (event.type === 'test:stdout' || event.type === 'test:stderr') {
      const lines = output.get(event.data.file ?? '') ?? [];
      output.set(event.data.file ?? '', [...lines.slice(-400), event.data.message]);
    } else if (event.type === 'test:pass') {
      if (event.data.details.type === 'suite') continue;
      if (event.data.skip === undefined) counts.passed += 1;
      else countSkipped(counts, event.data);
    } else if (event.type === 'test:fail') {
      if (isOnlyParent(event.data.details.error)) continue;
      counts.failed += 1;
      failedFiles.add(event.data.file ?? '');
      printFailure(event.data);
    }
  }
  for (const file of failedFiles) {
    const lines = output.get(file);
    if (lines !== undefined)
      console.log(`   what ${relative('.', file)} printed:\n${lines.join('')}`);
  }
  return counts;
}

function countSkipped(
  counts: TestCounts,
  test: {
    readonly name: string;
    readonly file?: string | undefined;
    readonly skip?: string | boolean | undefined;
  },
): void {
  counts.skipped += 1;
  const reason = typeof test.skip === 'string' ? test.skip : 'no reason given';
  console.log(`   SKIPPED ${relative('.', test.file ?? '')}: ${test.name}: ${reason}`);
}

/** A suite or file that failed only because a test inside it did; that test is counted itself. */
function isOnlyParent(error: unknown): boolean {
  return error instanceof Error && 'failureType' in error && error.failureType === 'subtestsFailed';
}

function printFailure(test: {
  readonly name: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly details: { readonly error: Error };
}): void {
  const place = `${relative('.', test.file ?? '')}:${test.line ?? 0}`;
  const { cause } = test.details.error;
  console.log(`   FAILED ${place}: ${test.name}\n${inspect(cause ?? test.details.error)}\n`);
}
