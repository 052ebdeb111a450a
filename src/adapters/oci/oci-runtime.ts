/*
 * The program of an OCI runtime: what it is asked, and what it is not believed.
 *
 * I1 Each call of it ends: one that hangs is killed.
 * I2 What it prints is read up to a limit; of what it lists only names are taken that Hearth could have given.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { removeTree } from '#adapters/files/index.ts';
import type { LauncherExit } from '#adapters/launcher/index.ts';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';

/** Who puts a container into the control groups that the launcher made for it. */
type Joining =
  /** The runtime, as its bundle says. */
  | 'by-bundle'
  /** It is in them itself, and so is all that it starts: crun cannot leave them where they are afterwards. */
  | 'by-descent';

const TERMINATE_ATTEMPTS_MAX = 10;
const TERMINATE_PAUSE_MS = 20;

interface Kind {
  readonly joining: Joining;
  readonly hasOwnKernel: boolean;
  /** Before the verb of each call. */
  readonly options: readonly string[];
}

const KINDS: Readonly<Record<string, Kind>> = {
  crun: {
    joining: 'by-descent',
    hasOwnKernel: false,
    options: ['--cgroup-manager=disabled'],
  },
  runsc: {
    joining: 'by-bundle',
    hasOwnKernel: true,
    // gVisor's own network could not see the two sockets that listen for this server; and its kernel
    // filters no calls unless it is told to. @see https://gvisor.dev/docs/user_guide/
    options: ['--network=host', '--oci-seccomp'],
  },
};
const OTHER_KIND: Kind = { joining: 'by-bundle', hasOwnKernel: false, options: [] };

/** Where a runtime's name is looked for, by every command alike. */
export const RUNTIME_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
} as const;

const OUTPUT_BYTES_MAX = 1024 * 1024;
const VERSION_LENGTH_MAX = 100;
const ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
const SIGKILL = 9;
const KILLED_STATUS = 128 + SIGKILL;

/** The mixture of control groups that some machines mount: version 1, and an empty version 2 beside it. */
const UNIFIED = '/sys/fs/cgroup/unified';
/** crun takes version 1 or 2, and refuses the mixture: nothing of version 2 is there where it looks. */
const HIDE = `{ [ ! -e ${UNIFIED}/cgroup.controllers ] || umount -l ${UNIFIED}; }`;
/** Becomes what follows the group in every control group of that path; ends with 126 where there is none. */
const ENTER = `
entered=
for list in "/sys/fs/cgroup$1/cgroup.procs" /sys/fs/cgroup/*"$1/cgroup.procs"; do
  [ -e "$list" ] || continue
  echo 0 > "$list" || exit 126
  entered=yes
done
[ -n "$entered" ] || exit 126
shift
exec "$@"
`;

const run = promisify(execFile);

export interface OciContainer {
  readonly id: string;
  /** The directory of its bundle. */
  readonly bundle: string;
  /** Its control group, from where the hierarchies are mounted on. */
  readonly cgroupPath: string;
}

export class OciRuntime {
  readonly hasOwnKernel: boolean;
  readonly joining: Joining;
  readonly #name: string;
  readonly #state: string;
  readonly #options: readonly string[];
  readonly #hides: boolean;
  readonly #patienceMs: number;
  #keeps = false;

  /** `directory` is for what the runtime remembers of its containers; a call of it may take `patienceMs`. */
  constructor(name: string, directory: string, patienceMs: number) {
    const base = path.basename(name);
    const { joining, hasOwnKernel, options } = KINDS[base] ?? OTHER_KIND;
    this.#name = name;
    this.joining = joining;
    this.hasOwnKernel = hasOwnKernel;
    // What another runtime remembers is not to be understood.
    this.#state = path.join(directory, base);
    this.#options = options;
    this.#patienceMs = patienceMs;
    this.#hides = base === 'crun' && isMixed();
  }

  /**
   * Asks who it is, and what it can do.
   * @throws SandboxUnavailable where it does not run
   */
  async open(): Promise<string> {
    try {
      const { stdout } = await this.#call('--version');
      const help = await this.#call('run', '--help').catch(() => ({ stdout: '' }));
      this.#keeps = /^\s*--keep\s/m.test(help.stdout);
      await mkdir(this.#state, { recursive: true, mode: 0o700 });
      return firstLine(stdout) || this.#name;
    } catch (error) {
      throw new SandboxUnavailable(`${this.#name} does not run here: ${String(error)}`);
    }
  }

  /** The command that is a container while it runs. */
  runCommand({ id, bundle, cgroupPath }: OciContainer): readonly string[] {
    const keep = this.#keeps ? ['--keep'] : [];
    // Through env, which finds the runtime on the path.
    const command = ['/usr/bin/env', ...this.#commandOf('run', ...keep, '--bundle', bundle, id)];
    if (this.joining === 'by-bundle') return command;
    const script = this.#hides ? `${HIDE} || exit 126${ENTER}` : ENTER;
    return ['/bin/sh', '-c', script, 'sh', cgroupPath, ...command];
  }

  /**
   * Asks its first process to end; nothing happens where it has. The runtime writes down that a container runs after it
   * does: who has just begun is asked again.
   */
  async terminate(id: string): Promise<void> {
    for (let attempt = 0; attempt < TERMINATE_ATTEMPTS_MAX; attempt += 1) {
      if (attempt > 0) await sleep(TERMINATE_PAUSE_MS);
      const killing = this.#call(...this.#globalOptions(), 'kill', id, 'TERM');
      const isSent = await killing.then(
        () => true,
        () => false,
      );
      if (isSent) return;
    }
  }

  /** Takes away what is left of a container, where anything is. */
  async remove(id: string): Promise<void> {
    await this.#call(...this.#globalOptions(), 'delete', '--force', id).catch(() => {});
  }

  /** Takes away every container that it remembers. */
  async sweep(): Promise<void> {
    const { stdout } = await this.#call(...this.#globalOptions(), 'list', '--quiet').catch(() => ({
      stdout: '',
    }));
    for (const id of stdout.split('\n').filter((line) => ID.test(line))) await this.remove(id);
    await removeTree(this.#state);
    await mkdir(this.#state, { recursive: true, mode: 0o700 });
  }

  /**
   * A container's end in the words of a process's: the runtime ends as a shell does, with 128 and the
   * signal. Who kills inside is the kernel for want of memory, as its group counts; where the runtime takes
   * the group away before it can be read, nobody else is known who does.
   */
  translateExit(exit: LauncherExit): LauncherExit {
    if (exit.exitCode !== KILLED_STATUS) return exit;
    const isCounted = this.#keeps || this.joining === 'by-descent' || exit.peakMemoryBytes > 0;
    const outOfMemoryKills = isCounted ? exit.outOfMemoryKills : 1;
    if (outOfMemoryKills === 0) return exit;
    return { ...exit, exitCode: -1, signal: SIGKILL, outOfMemoryKills };
  }

  #globalOptions(): readonly string[] {
    return ['--root', this.#state, ...this.#options];
  }

  #commandOf(...args: readonly string[]): readonly string[] {
    return [this.#name, ...this.#globalOptions(), ...args];
  }

  #call(...args: readonly string[]): Promise<{ stdout: string }> {
    const command = [this.#name, ...args];
    const hidden = ['unshare', '--mount', '--propagation', 'private', '/bin/sh', '-c'];
    const script = `${HIDE} && exec "$@"`;
    const whole = this.#hides ? [...hidden, script, 'sh', ...command] : command;
    return run(whole[0] ?? '', whole.slice(1), {
      env: RUNTIME_ENVIRONMENT,
      timeout: this.#patienceMs,
      killSignal: 'SIGKILL',
      maxBuffer: OUTPUT_BYTES_MAX,
    });
  }
}

function isMixed(): boolean {
  return existsSync(`${UNIFIED}/cgroup.controllers`);
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.replaceAll(/[^ -~]/g, '?').slice(0, VERSION_LENGTH_MAX);
}
