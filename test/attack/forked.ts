/** Sandboxes whose first process is the fork of a zygote, and does what their command would. */
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createNamespacesDriver } from '#adapters/namespaces/index.ts';
import type { NamespacesOptions } from '#adapters/namespaces/index.ts';
import type { SandboxDriver, SandboxSpec, SandboxZygote } from '#ports/world/sandbox.ts';

const PROGRAMS = path.join(import.meta.dirname, 'programs');
const PROGRAMS_TARGET = '/var/forked';
const COMMAND_TARGET = '/var/command';
const ZYGOTE: SandboxZygote = {
  command: ['/usr/bin/python3', '-I', '-S', `${PROGRAMS_TARGET}/forked.py`],
  environment: { PATH: '/usr/bin:/bin', LC_CTYPE: 'C.UTF-8' },
};

/** A driver all of whose launches are forks. */
export async function openForkingDriver(options: NamespacesOptions): Promise<SandboxDriver> {
  const base = { source: PROGRAMS, target: PROGRAMS_TARGET };
  const baseMounts = [...(options.baseMounts ?? []), base];
  const driver = await createNamespacesDriver({ poolSize: 1, ...options, baseMounts });
  await driver.prepareZygote?.(ZYGOTE, []);
  return {
    ...driver,
    launch: async (spec) => {
      const source = await writeCommand(options.directory, spec);
      const mounts = [...spec.mounts, { source, target: COMMAND_TARGET }];
      if (driver.hasZygote?.(ZYGOTE) !== true) throw new Error('the zygote is gone');
      return driver.launch({ ...spec, mounts, zygote: ZYGOTE });
    },
  };
}

async function writeCommand(directory: string, spec: SandboxSpec): Promise<string> {
  const parent = path.join(directory, 'commands');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(path.join(parent, 'command-'));
  // Read by another user than the test's.
  await writeFile(path.join(folder, 'command.json'), describe(spec), { mode: 0o644 });
  await chmod(folder, 0o755);
  return folder;
}

function describe({ command, environment }: SandboxSpec): string {
  const inside = { ...environment, AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' };
  return JSON.stringify({ command, environment: inside });
}
