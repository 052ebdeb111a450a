/**
 * Runs scenarios against Hearth and compares what they observe with what AWS answered.
 *   npm run parity [-- FILE [ENTRY-SUBSTRING]] [--recordings DIR] [--jobs N]
 * Closes on a table: per recording file the entries recorded, those with a scenario, and those that are equal.
 * The exit status is 0 when every scenario that ran is equal to its recording.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compare, type Json } from './compare.ts';
import { tableOf, type Score } from './score.ts';
import { listScenarios, startWorker, type Outcome, type Worker } from './worker.ts';

interface Recording {
  readonly 'recorded-date': string;
  readonly 'recorded-content': { readonly [key: string]: Json };
}

interface Task {
  readonly file: string;
  readonly entry: string;
}

const DIFFERENCES_SHOWN = 12;
const TEXT_SHOWN = 400;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    recordings: { type: 'string', default: '../shared/recordings' },
    jobs: { type: 'string', default: '2' },
  },
});
const [wantedFile, wantedEntry = ''] = positionals;
const recordings = readRecordings(resolve(options.recordings));
if (recordings.size === 0) {
  const which = wantedFile === undefined ? '' : ` for ${wantedFile}`;
  console.error(`no recordings${which} in ${options.recordings}: say where with --recordings DIR`);
  process.exit(2);
}
const written = await listScenarios([...recordings.keys()].filter(hasScenarios));
const tasks = [...recordings].flatMap(([file, entries]) =>
  (written[file] ?? [])
    .filter((entry) => entries[entry] !== undefined && entry.includes(wantedEntry))
    .map((entry): Task => ({ file, entry })),
);
const equal = new Set<Task>();
const queue = tasks.values();
const jobs = Math.min(Number(options.jobs), tasks.length);
await Promise.all(Array.from({ length: jobs }, work));

const scores = [...recordings].map(([file, entries]): Score => {
  const mine = tasks.filter((task) => task.file === file);
  const equalCount = mine.filter((task) => equal.has(task)).length;
  return { file, recorded: Object.keys(entries).length, written: mine.length, equal: equalCount };
});
console.log(`\n${tableOf(scores)}`);
const broken = Object.keys(written).filter((file) => written[file] === null);
for (const file of broken) console.error(`the scenarios of ${file} cannot be read`);
process.exitCode = equal.size === tasks.length && broken.length === 0 ? 0 : 1;

/** Takes scenarios until none is left. */
async function work(): Promise<void> {
  const worker: Worker = await startWorker();
  try {
    for (const task of queue) {
      const recorded = recordings.get(task.file)?.[task.entry]?.['recorded-content'] ?? {};
      if (report(task, recorded, await worker.run(task.file, task.entry))) equal.add(task);
    }
  } finally {
    await worker.stop();
  }
}

/** Prints what differs, if something does; answers whether nothing did. */
function report(task: Task, recorded: Recording['recorded-content'], outcome: Outcome): boolean {
  const found = compare(recorded, outcome);
  if (found.length === 0 && outcome.failure === null) return true;
  console.log(`\n${task.file} ${task.entry}`);
  if (outcome.failure !== null) console.log(`  failed: ${outcome.failure.trimEnd()}`);
  for (const { path, expected, got } of found.slice(0, DIFFERENCES_SHOWN)) {
    console.log(`  ${path}\n    expected ${short(expected)}\n    got      ${short(got)}`);
  }
  const more = found.length - DIFFERENCES_SHOWN;
  if (more > 0) console.log(`  and ${more} more`);
  return false;
}

function short(text: string): string {
  return text.length <= TEXT_SHOWN ? text : `${text.slice(0, TEXT_SHOWN)} …`;
}

function readRecordings(directory: string): Map<string, Readonly<Record<string, Recording>>> {
  const paths = globSync(join(directory, '*/*.json')).toSorted();
  const named = paths.map((path) => [basename(path, '.json'), path] as const);
  const wanted = named.filter(([file]) => wantedFile === undefined || file === wantedFile);
  // The recordings' own format: see their README.
  return new Map(wanted.map(([file, path]) => [file, JSON.parse(readFileSync(path, 'utf8'))]));
}

function hasScenarios(file: string): boolean {
  const path = join(import.meta.dirname, 'scenarios', file);
  return existsSync(`${path}.py`) || existsSync(path);
}
