/*
 * What tells a server that its predecessor, killed, left processes behind: a file for each that was forked.
 *
 * I1 Nobody else's process is signalled: a number that was given anew belongs to a process that began later.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

const ENDING = '.process';

export class ProcessRecords {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Ends what a predecessor left in the directory, processes and files. */
  static async open(directory: string): Promise<ProcessRecords> {
    await mkdir(directory, { recursive: true });
    for (const name of await readdir(directory)) {
      const file = path.join(directory, name);
      if (name.endsWith(ENDING)) endRecorded(readFileSync(file, 'utf8'));
      await rm(file, { recursive: true, force: true });
    }
    return new ProcessRecords(directory);
  }

  /** Notes a process that leads a session of its own. */
  add(id: string, pid: number): void {
    writeFileSync(this.#fileOf(id), `${pid} ${startOf(pid) ?? ''}`);
  }

  delete(id: string): void {
    rmSync(this.#fileOf(id), { force: true });
  }

  #fileOf(id: string): string {
    return path.join(this.#directory, `${id}${ENDING}`);
  }
}

function endRecorded(record: string): void {
  const [pid = '', start] = record.split(' ');
  if (!/^[1-9]\d*$/.test(pid) || startOf(Number(pid)) !== start) return;
  try {
    process.kill(-Number(pid), 'SIGKILL');
  } catch {
    // ESRCH: it ended in this moment.
  }
}

/** When a process began, in ticks since the machine did; `undefined` where there is none. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything; the 22nd field is the 20th behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
