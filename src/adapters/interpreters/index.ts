/** The languages that this machine can run functions in. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SandboxMount } from '#ports/world/sandbox.ts';

/** An interpreter, as a sandbox meets it. */
export interface FoundInterpreter {
  /** As seen inside: `/var/lang/bin/node`. */
  readonly command: string;
  /** What must be mounted for it to run; nothing where every sandbox's root has it. */
  readonly mounts: readonly SandboxMount[];
  readonly version: string;
}

const LANGUAGE_TARGET = '/var/lang/bin';
const PYTHON_NAMES = [
  'python3',
  'python3.14',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
];
const VERSION_TIMEOUT_MS = 5000;

/** The Node that runs this server; mounted, unless it is one of the system's own. */
export function findNode(): FoundInterpreter {
  const version = process.versions.node;
  if (process.execPath.startsWith('/usr/')) {
    return { command: process.execPath, mounts: [], version };
  }
  const mounts = [{ source: dirname(process.execPath), target: LANGUAGE_TARGET }];
  return { command: `${LANGUAGE_TARGET}/node`, mounts, version };
}

/** The system's Pythons, its default one first. */
export function findPythons(): FoundInterpreter[] {
  return PYTHON_NAMES.flatMap((name) => {
    const command = `/usr/bin/${name}`;
    if (!existsSync(command)) return [];
    const asked = spawnSync(
      command,
      ['-I', '-S', '-c', 'import platform; print(platform.python_version())'],
      {
        encoding: 'utf8',
        timeout: VERSION_TIMEOUT_MS,
      },
    );
    return asked.status === 0 ? [{ command, mounts: [], version: asked.stdout.trim() }] : [];
  });
}
