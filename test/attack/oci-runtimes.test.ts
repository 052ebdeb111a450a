/** What OCI runtimes may do that are missing, hang, fail or speak nonsense: the start says so, and nothing is left. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { findLauncher } from '#adapters/launcher/index.ts';
import { createOciDriver } from '#adapters/oci/index.ts';
import type { OciOptions } from '#adapters/oci/index.ts';
import type { SandboxDriver } from '#ports/world/sandbox.ts';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';
import { childrenOf, groupsOf, numberOf, until } from './remains.ts';
import {
  PROGRAMS,
  describeSandboxed,
  openDriver,
  reasonToSkipOci,
  runInSandbox,
} from './sandboxed.ts';
import { launcherOf } from './started-server.ts';

const NEEDS_RUNC = { skip: reasonToSkipOci('runc') };
/** Of the first launcher's sandboxes, and how many each has. @see ../../native/launcher/main.c */
const UID_FIRST = 1_879_048_192;
const UIDS = 4096;

type OpenOptions = Partial<Pick<OciOptions, 'patienceMs' | 'onDiagnostic'>>;

const LAUNCHER = findLauncher(path.join(import.meta.dirname, '../..')) ?? '';

describeSandboxed('an OCI runtime', () => {
  let directory: string;
  let launches = 0;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'hearth-runtime-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  /** A program that answers as these lines of a shell do. */
  function runtimeOf(name: string, script: string): string {
    const file = path.join(directory, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  async function open(runtime: string, options: OpenOptions = {}): Promise<SandboxDriver> {
    launches += 1;
    return createOciDriver({
      runtime,
      launcher: LAUNCHER,
      directory: path.join(directory, `state-${launches}`),
      onEndpointConnection: (connection) => connection.destroy(),
      onDiagnostic: (line) => console.error(line),
      ...options,
    });
  }

  /** Whoever is refused has left no process, and no bundle. */
  async function refused(opening: Promise<SandboxDriver>, words: RegExp): Promise<void> {
    await assert.rejects(opening, (error) => {
      assert.ok(error instanceof SandboxUnavailable);
      assert.match(error.message, words);
      return true;
    });
    const state = path.join(directory, `state-${launches}`);
    const bundles = existsSync(path.join(state, 'bundles'));
    assert.deepEqual(bundles ? readdirSync(path.join(state, 'bundles')) : [], []);
    await until(
      () => childrenOf(process.pid).every((pid) => !isLauncher(pid)),
      () => String(childrenOf(process.pid)),
    );
  }

  it('that is not there is said not to run', async () => {
    await refused(open(path.join(directory, 'nowhere')), /does not run here: .*ENOENT/);
  });

  it('that does not even tell its version is given up', async () => {
    const runtime = runtimeOf('silent', 'exec sleep 600');
    await refused(open(runtime, { patienceMs: 500 }), /does not run here/);
  });

  it('that runs no container is refused with what it said last', async () => {
    const words = 'echo first >&2; echo no container on a Monday >&2; exit 1';
    const runtime = runtimeOf('unwilling', `[ "$1" = --version ] && exit 0; ${words}`);
    await refused(open(runtime), /runs no container here: no container on a Monday$/);
  });

  it('whose container does not end is refused', async () => {
    const script = 'case "$*" in *--bundle*) exec sleep 600;; esac; exit 0';
    await refused(
      open(runtimeOf('endless', script), { patienceMs: 2000 }),
      /it does not end|could not be mounted/,
    );
  });

  it('that lists nonsense is asked to delete none of it', NEEDS_RUNC, async () => {
    const asked = path.join(directory, 'asked');
    // By chance a line of random bytes is a name, which then is asked for rightly: without what names are made of.
    const script = `case "$*" in
      *list*) printf '%s\\n' '../../etc' '--all' '; rm -rf x' 'good-1' "$(head -c 3000 /dev/urandom | LC_ALL=C tr -d "[:alnum:]_.+-")";;
      *delete*) echo "$*" >> ${asked};;
      *) exec runc "$@";;
    esac`;
    const driver = await open(runtimeOf('babbling', script));
    await driver[Symbol.asyncDispose]();
    const ids = execFileSync('grep', ['-o', '[^ ]*$', asked], { encoding: 'utf8' });
    assert.deepEqual(new Set(ids.trim().split('\n')), new Set(['good-1', 'probe']));
  });

  it('leaves nothing of a launch that fails before its command is made', NEEDS_RUNC, async () => {
    await using driver = await open('runc');
    const number = numberOf(launcherOf(process.pid));
    const state = path.join(directory, `state-${launches}`);
    const count = () => groupsOf(number).length;
    const settled = () => childrenOf(launcherOf(process.pid)).length === 2;
    await until(settled, () => String(count()));
    const before = count();
    const mounts = [{ source: path.join(directory, 'no-such-code'), target: '/var/task' }];
    await assert.rejects(runInSandbox(driver, ['/bin/true'], { mounts }), SandboxUnavailable);
    // Of a size that no image can have.
    const limits = { memoryMiB: 128, temporaryStorageMiB: 2 ** 40 };
    await assert.rejects(runInSandbox(driver, ['/bin/true'], { limits }));
    await until(
      () => settled() && count() === before,
      () => `${count()} groups, before ${before}`,
    );
    assert.deepEqual(readdirSync(path.join(state, 'bundles')), []);
    assert.deepEqual(readdirSync(path.join(state, 'oci-state/runc')), []);
    assert.equal((await runInSandbox(driver, ['/bin/true'])).exit.exitCode, 0);
  });

  it(
    'that cannot take away what a failed launch made does not hide why it failed',
    NEEDS_RUNC,
    async () => {
      const bundles = path.join(directory, `state-${launches + 1}`, 'bundles');
      // What is mounted there cannot be removed.
      const held = `/bin/mount -t tmpfs tmpfs "$bundle"`;
      const script = `bundle=$(ls -d ${bundles}/attack-* 2>/dev/null)
    case "$*" in *delete*attack-*) ${held};; esac; exec runc "$@"`;
      const said: string[] = [];
      try {
        await using driver = await open(runtimeOf('holding', script), {
          onDiagnostic: (line) => said.push(line),
        });
        await assert.rejects(runInSandbox(driver, ['/bin/true\0']), /a NUL byte/);
        assert.match(said.join('\n'), /of a launch that failed something is left: .*attack-/s);
      } finally {
        for (const name of readdirSync(bundles)) {
          execFileSync('/bin/umount', [path.join(bundles, name)]);
        }
      }
    },
  );

  it(
    'has the users of the launcher that lives, whatever number the first one had',
    NEEDS_RUNC,
    async () => {
      await using driver = await open('runc');
      const first = launcherOf(process.pid);
      const number = numberOf(first);
      process.kill(first, 'SIGKILL');
      await until(
        () => !childrenOf(process.pid).includes(first),
        () => `launcher ${first} lives`,
      );
      // Whoever comes next takes its number, where no lower one is free.
      await using other = await openDriver(undefined, { poolSize: 0 });
      const taken = numberOf(launcherOf(process.pid));
      const { output } = await runInSandbox(driver, ['/bin/sh', '-c', 'id -u; whoami'], {
        mounts: [],
      });
      const last = numberOf(launcherOf(process.pid));
      const [uid = '', name] = output.trim().split('\n');
      const place = Number(uid) - UID_FIRST - last * UIDS;
      assert.ok(
        place >= 0 && place < UIDS,
        `${uid} is not of launcher ${last}, after ${number} and ${taken}`,
      );
      assert.equal(name, `sbx_user${place}`, other.directory);
    },
  );

  it(
    'starts nothing on a full disk, says so, and starts again once there is room',
    NEEDS_RUNC,
    async () => {
      const small = path.join(directory, `state-${launches + 1}`);
      await mkdir(small);
      execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=128m', 'tmpfs', small]);
      try {
        await using driver = await open('runc');
        const { bavail, bsize } = statfsSync(small);
        writeFileSync(path.join(small, 'full'), Buffer.alloc(bavail * bsize));
        await assert.rejects(runInSandbox(driver, ['/bin/true']), SandboxUnavailable);
        assert.deepEqual(readdirSync(path.join(small, 'bundles')), []);
        rmSync(path.join(small, 'full'));
        assert.equal((await runInSandbox(driver, ['/bin/true'])).exit.exitCode, 0);
      } finally {
        execFileSync('/bin/umount', [small]);
      }
    },
  );

  it('starts fifty containers at once', NEEDS_RUNC, async () => {
    await using driver = await open('runc');
    const mounts = [{ source: PROGRAMS, target: '/var/task' }];
    const runs = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        runInSandbox(driver, ['/bin/sh', '-c', `id -u; exit ${index}`], { mounts }),
      ),
    );
    assert.deepEqual(
      runs.map(({ exit }) => exit.exitCode),
      runs.map((_, index) => index),
    );
    assert.equal(new Set(runs.map(({ output }) => output)).size, runs.length, 'a user for each');
  });
});

function isLauncher(pid: number): boolean {
  try {
    return numberOf(pid) >= 0;
  } catch {
    return false;
  }
}
