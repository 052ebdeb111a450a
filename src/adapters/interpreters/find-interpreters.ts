/** The languages that this machine can run functions in. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SandboxMount } from '#ports/world/sandbox.ts';

/** An interpreter, as a sandbox meets it. */
export interface FoundInterpreter {
  /** As seen inside: `/var/lang/bin/node`. */
  readonly command: string;
  /** What must be mounted for it to run; nothing where every sandbox's root has it. */
  readonly mounts: readonly SandboxMount[];
  readonly version: string;
  /** What it needs in the environment on this machine. */
  readonly environment?: Readonly<Record<string, string>>;
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
const RUBY_NAMES = ['ruby', 'ruby3.4', 'ruby3.3', 'ruby3.2'];
/** Where Debian and Fedora put Java. */
const JVMS = '/usr/lib/jvm';
/** Long, as a language that does not answer in it is missing until the server begins anew. */
const VERSION_TIMEOUT_MS = 60_000;

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
  return PYTHON_NAMES.flatMap((name) =>
    ask(`/usr/bin/${name}`, '-I', '-S', '-c', 'import platform; print(platform.python_version())'),
  );
}

/** The system's Rubies, its default one first. */
export function findRubies(): FoundInterpreter[] {
  return RUBY_NAMES.flatMap((name) =>
    ask(`/usr/bin/${name}`, '--disable-gems', '-e', 'print RUBY_VERSION'),
  );
}

/**
 * The system's Java virtual machines, where AWS's runtime client for Java was brought, which
 * `runtimesDirectory` then holds.
 */
export function findJavas(runtimesDirectory: string): FoundInterpreter[] {
  return existsSync(join(runtimesDirectory, 'java/lib/stamp')) ? findVirtualMachines() : [];
}

/** Whatever Java is there. Versions are read, as starting one takes half a second. */
export function findVirtualMachines(): FoundInterpreter[] {
  if (!existsSync(JVMS)) return [];
  return readdirSync(JVMS, { withFileTypes: true }).flatMap((entry) => {
    const home = join(JVMS, entry.name);
    // Links are other names of what is there by its own.
    if (!entry.isDirectory() || !existsSync(join(home, 'bin/java'))) return [];
    const release = join(home, 'release');
    if (!existsSync(release)) return [];
    const version = /^JAVA_VERSION="(?:1\.)?([\d._]+)"/m.exec(readFileSync(release, 'utf8'))?.[1];
    if (version === undefined) return [];
    return [{ command: join(home, 'bin/java'), mounts: settingsOf(home), version }];
  });
}

/** Debian keeps the settings of a virtual machine in /etc, without which it does not start. */
function settingsOf(home: string): readonly SandboxMount[] {
  const security = join(home, 'conf/security/java.security');
  if (!existsSync(security)) return [];
  const [top, folder] = realpathSync(security).split('/').slice(1, 3);
  if (top !== 'etc' || folder === undefined) return [];
  return [{ source: `/etc/${folder}`, target: `/etc/${folder}` }];
}

/** An interpreter that says its version, if it is there. */
function ask(command: string, ...parameters: readonly string[]): FoundInterpreter[] {
  if (!existsSync(command)) return [];
  const asked = spawnSync(command, parameters, { encoding: 'utf8', timeout: VERSION_TIMEOUT_MS });
  return asked.status === 0 ? [{ command, mounts: [], version: asked.stdout.trim() }] : [];
}
