/**
 * What this machine can enforce, found out by doing it: the launcher is started in a directory of its
 * own, and what it could set up is what counts.
 */
import { accessSync, constants } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LaunchedSandboxes, endpointPortInside } from '#adapters/launcher/index.ts';
import type { LauncherHello } from '#adapters/launcher/index.ts';
import { findController } from './control-groups.ts';
import type { Controller } from './control-groups.ts';

/** One ability of the machine that Hearth uses. */
export interface MachineProbe {
  readonly name: string;
  readonly isEnforced: boolean;
  readonly detail: string;
  /** The command or change that mends it. */
  readonly remedy?: string;
}

const INSTALL = 'apt-get install';

/** @param launcher path of the compiled launcher, where there is one */
export async function probeMachine(launcher: string | undefined): Promise<MachineProbe[]> {
  const isRoot = process.getuid?.() === 0;
  const isTried = launcher !== undefined && isRoot;
  const launched = isTried ? await tryLauncher(launcher) : { diagnostics: [] };
  return [
    {
      name: 'compiler',
      isEnforced: launcher !== undefined,
      detail: launcher ?? 'the native launcher is not compiled',
      remedy: `${INSTALL} gcc libc6-dev && npm run demo`,
    },
    {
      name: 'root',
      isEnforced: isRoot,
      detail: isRoot ? 'the server runs as root' : `the server runs as user ${process.getuid?.()}`,
      remedy: 'sudo hearth up',
    },
    await seccompProbe(),
    // What was not tried is mended by what lets it be tried.
    ...isolationProbes(launched).map((probe) => (isTried ? probe : withoutRemedy(probe))),
    await overlayProbe(),
  ];
}

function withoutRemedy({ name, isEnforced, detail }: MachineProbe): MachineProbe {
  return { name, isEnforced, detail };
}

interface Launched {
  readonly hello?: LauncherHello;
  readonly refusal?: string;
  readonly diagnostics: readonly string[];
}

async function tryLauncher(binary: string): Promise<Launched> {
  const directory = await mkdtemp(path.join(tmpdir(), 'hearth-doctor-'));
  const diagnostics: string[] = [];
  const sandboxes = new LaunchedSandboxes({
    binary,
    mode: 'namespaces',
    directory,
    poolSize: 0,
    wantsInternet: true,
    endpointPort: endpointPortInside(),
    baseMounts: [],
    onDiagnostic: (line) => diagnostics.push(line.replace('hearth-launcher: ', '')),
  });
  try {
    const hello = await sandboxes.hello;
    await using sandbox = await sandboxes.launch(trueProgram());
    const { exitCode, description } = await sandbox.exited;
    return exitCode === 0 ? { hello, diagnostics } : { refusal: description, diagnostics };
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : String(error), diagnostics };
  } finally {
    await sandboxes[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  }
}

function trueProgram() {
  return {
    id: 'doctor',
    runtimeApiAddress: '',
    endpointAddress: '',
    limits: { memoryMiB: 128, temporaryStorageMiB: 512 },
    mounts: [],
    workingDirectory: '/',
    command: ['/bin/true'],
    environment: {},
    onOutput: () => {},
    onConnection: () => {},
  };
}

function isolationProbes({ hello, refusal, diagnostics }: Launched): MachineProbe[] {
  const why = (word: string) => diagnostics.find((line) => line.includes(word));
  const limit = (name: string, controller: Controller, isEnforced = false): MachineProbe => ({
    name,
    isEnforced,
    ...findController(controller, isEnforced, hello),
  });
  return [
    {
      name: 'namespaces',
      isEnforced: hello !== undefined,
      detail: refusal ?? (hello === undefined ? 'not tried' : 'mount, pid, ipc, uts, cgroup, net'),
      remedy: 'run as root, outside of a container or in one with --privileged',
    },
    limit('memory', 'memory', hello?.limitsMemory),
    limit('CPU by memory', 'cpu', hello?.limitsCpu),
    limit('processes', 'pids', hello?.limitsProcesses),
    limit('freezer', 'freezer', hello?.freezes),
    {
      name: 'size of /tmp',
      isEnforced: hello?.limitsTemporaryStorage ?? false,
      detail: why('/tmp') ?? (hello === undefined ? 'not tried' : 'an ext4 image for each sandbox'),
      remedy: `modprobe loop && ${INSTALL} e2fsprogs`,
    },
    {
      name: 'network isolation',
      isEnforced: hello !== undefined,
      detail: hello === undefined ? 'not tried' : 'a network namespace for each sandbox',
      remedy: 'run as root',
    },
    {
      name: 'internet from functions',
      isEnforced: hello?.hasInternet ?? false,
      detail: why('internet') ?? (hello === undefined ? 'not tried' : 'veth, NAT by nftables'),
      remedy: `${INSTALL} nftables && modprobe -a veth nf_tables nft_masq`,
    },
  ];
}

async function seccompProbe(): Promise<MachineProbe> {
  const actions = await readFile('/proc/sys/kernel/seccomp/actions_avail', 'utf8').catch(() => '');
  const isEnforced = actions.includes('errno');
  return {
    name: 'seccomp',
    isEnforced,
    detail: isEnforced ? 'system calls are filtered' : 'the kernel has no filter of system calls',
    remedy: 'a kernel with CONFIG_SECCOMP_FILTER=y',
  };
}

/** Only container images want it: their layers are stacked by overlayfs. */
async function overlayProbe(): Promise<MachineProbe> {
  const types = await readFile('/proc/filesystems', 'utf8').catch(() => '');
  const isEnforced = types.includes('\toverlay\n') || canRead('/sys/module/overlay');
  return {
    name: 'overlay',
    isEnforced,
    detail: isEnforced ? 'overlayfs is there' : 'no overlayfs',
    remedy: 'modprobe overlay',
  };
}

function canRead(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
