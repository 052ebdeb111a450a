/** The launcher's control groups of both versions, on directories that only look like them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { MIB } from '#kernel/units.ts';

const SOURCES = path.join(import.meta.dirname, '../../../native/launcher');
const hasCompiler = spawnSync('cc', ['--version']).status === 0;

describe('control groups in the launcher', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'hearth-cgroups-'));
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  const skip = hasCompiler ? false : 'needs a C compiler: apt-get install gcc libc6-dev';

  /** Compiles the program and runs it on a machine whose mounts and own group are these; what it prints. */
  function run(mounts: string, own: string, ...order: string[]): string {
    const program = path.join(directory, 'cgroups-test');
    const files = ['tests/cgroups-test.c', 'cgroups.c', 'hierarchies.c', 'memory.c', 'sys.c'];
    const built = spawnSync(
      'cc',
      [
        '-std=c11',
        '-Wall',
        '-Wextra',
        '-o',
        program,
        ...files.map((file) => path.join(SOURCES, file)),
      ],
      { encoding: 'utf8' },
    );
    assert.equal(built.status, 0, built.stderr);
    writeFileSync(path.join(directory, 'mounts'), mounts);
    writeFileSync(path.join(directory, 'own'), own);
    const parameters = [path.join(directory, 'mounts'), path.join(directory, 'own'), ...order];
    const { stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
    assert.notEqual(stdout, '', stderr);
    return stdout;
  }

  const read = (...names: string[]) => readFileSync(path.join(directory, ...names), 'utf8');

  it(
    'of version 2 are made below the own group, with its controllers handed down',
    { skip },
    () => {
      const own = path.join(directory, 'v2/system.slice/hearth.service');
      mkdirSync(path.join(own, 'hearth0'), { recursive: true });
      writeFileSync(path.join(own, 'cgroup.controllers'), 'cpuset cpu io memory pids\n');
      writeFileSync(path.join(own, 'cgroup.subtree_control'), '');
      // As the kernel shows it afterwards; what is written overlays its first bytes here.
      const enabled = path.join(own, 'hearth0/cgroup.subtree_control');
      writeFileSync(enabled, '          cpu memory pids\n');
      writeFileSync(path.join(own, 'hearth0/cpu.weight'), '');
      writeFileSync(path.join(own, 'hearth0/cgroup.freeze'), '');
      writeFileSync(path.join(own, 'hearth0/pids.max'), '');
      const mounts = `cgroup2 ${directory}/v2 cgroup2 rw,nosuid 0 0\n`;
      assert.equal(run(mounts, '0::/system.slice/hearth.service\n', 'v2'), 'ok\n');
      const group = 'v2/system.slice/hearth.service/hearth0/7';
      assert.equal(read(group, 'memory.max'), '134217728');
      assert.equal(read(group, 'memory.swap.max'), '0');
      assert.equal(read(group, 'memory.oom.group'), '');
      assert.equal(read(group, 'memory.peak'), 'reset');
      assert.equal(read(group, 'cpu.max'), '1440 20000');
      assert.equal(read(group, 'cpu.weight'), '7');
      assert.equal(read(group, '../cpu.weight'), String(Math.min(10_000, 100 * cpus().length)));
      assert.equal(read(group, 'pids.max'), '1025');
      assert.equal(read(group, '../pids.max'), String(processesOfAll()));
      assert.equal(read(group, 'cgroup.freeze'), '1');
      assert.equal(read(group, 'cgroup.kill'), '1');
      assert.equal(read(group, 'cgroup.procs'), '0');
      assert.match(read(group, '../../cgroup.subtree_control'), /^\+pids/);
    },
  );

  /** Three of four that the machine can have. */
  function processesOfAll(): number {
    const counts = ['pid_max', 'threads-max'].map((name) =>
      Number(readFileSync(`/proc/sys/kernel/${name}`, 'utf8')),
    );
    const most = Math.min(...counts);
    return most - Math.floor(most / 4);
  }

  /** A group of a machine of version 2 on which `has` are its controllers; its mounts. */
  function makeGroup(machine: string, group: string, has: string): string {
    const at = path.join(directory, machine, group);
    mkdirSync(path.join(at, 'hearth0'), { recursive: true });
    writeFileSync(path.join(at, 'cgroup.controllers'), `${has}\n`);
    writeFileSync(path.join(at, 'cgroup.subtree_control'), '');
    writeFileSync(path.join(at, 'hearth0/cgroup.subtree_control'), `${has}\n`);
    writeFileSync(path.join(at, 'hearth0/cgroup.freeze'), '');
    return `cgroup2 ${directory}/${machine} cgroup2 rw,nosuid 0 0\n`;
  }

  it('of version 2 have no CPU limit where the group has cpuset alone', { skip }, () => {
    const mounts = makeGroup('few', 'a.scope', 'cpuset memory pids');
    const found = run(mounts, '0::/a.scope\n', 'find');
    assert.equal(found, `v2 memory pids freezer in ${directory}/few/a.scope\n`);
  });

  it('of version 2 stop nothing where the kernel cannot, before Linux 5.2', { skip }, () => {
    const mounts = makeGroup('old', 'a.scope', 'cpu memory pids');
    rmSync(path.join(directory, 'old/a.scope/hearth0/cgroup.freeze'));
    const found = run(mounts, '0::/a.scope\n', 'find');
    assert.equal(found, `v2 memory cpu pids in ${directory}/old/a.scope\n`);
  });

  it('of version 2 are not made where a group may hold threads alone', { skip }, () => {
    const mounts = makeGroup('threads', 'a.scope', 'cpu pids');
    writeFileSync(path.join(directory, 'threads/a.scope/hearth0/cgroup.type'), 'domain invalid\n');
    const found = run(mounts, '0::/a.scope\n', 'find');
    assert.equal(found, `not v2 in ${directory}/threads/a.scope\n`);
  });

  it('of version 2 are beside the leaf into which a launcher put the server', { skip }, () => {
    const mounts = makeGroup('leaf', 'a.scope', 'cpu memory pids');
    const found = run(mounts, '0::/a.scope/hearth-server\n', 'find');
    assert.equal(found, `v2 memory cpu pids freezer in ${directory}/leaf/a.scope\n`);
  });

  it("of version 2 are beside the leaf of systemd's DelegateSubgroup=", { skip }, (test) => {
    const mounts = makeGroup('sub', 'a.service', 'cpu memory pids');
    makeGroup('sub', 'a.service/main', '');
    const own = '0::/a.service/main\n';
    // Not where the group above is another's.
    assert.equal(run(mounts, own, 'find'), `not v2 in ${directory}/sub/a.service/main\n`);
    const found = run(mounts, own, 'find', path.join(directory, 'sub/a.service'));
    if (found === 'no attributes\n') return test.skip('this file system keeps no attributes');
    assert.equal(found, `v2 memory cpu pids freezer in ${directory}/sub/a.service\n`);
  });

  it('of version 1 are made in each hierarchy, also beside an empty version 2', { skip }, () => {
    const hierarchies = ['memory', 'cpu', 'pids', 'freezer', 'unified'];
    for (const name of hierarchies)
      mkdirSync(path.join(directory, 'v1', name), { recursive: true });
    mkdirSync(path.join(directory, 'v1/cpu/hearth0'));
    writeFileSync(path.join(directory, 'v1/cpu/hearth0/cpu.shares'), '');
    mkdirSync(path.join(directory, 'v1/pids/hearth0'));
    writeFileSync(path.join(directory, 'v1/pids/hearth0/pids.max'), '');
    const mounts =
      `cgroup ${directory}/v1/memory cgroup rw,relatime,memory 0 0\n` +
      `cgroup ${directory}/v1/cpu cgroup rw,relatime,cpu,cpuacct 0 0\n` +
      `cgroup ${directory}/v1/pids cgroup rw,relatime,pids 0 0\n` +
      `cgroup ${directory}/v1/freezer cgroup rw,relatime,freezer 0 0\n` +
      `cgroup2 ${directory}/v1/unified cgroup2 rw,relatime 0 0\n`;
    assert.equal(run(mounts, '0::/\n', 'v1'), 'ok\n');
    assert.equal(read('v1/memory/hearth0/7/memory.limit_in_bytes'), '134217728');
    const socketBytes = Number(read('v1/memory/hearth0/7/memory.kmem.tcp.limit_in_bytes'));
    // A quarter; less where the machine has little for TCP.
    assert.ok(socketBytes >= 16 * MIB && socketBytes <= 32 * MIB, `${socketBytes}`);
    // A zero over the first byte of what stood there.
    assert.equal(read('v1/memory/hearth0/7/memory.max_usage_in_bytes'), '0096');
    assert.equal(read('v1/cpu/hearth0/7/cpu.cfs_period_us'), '20000');
    assert.equal(read('v1/cpu/hearth0/7/cpu.cfs_quota_us'), '1440');
    assert.equal(read('v1/cpu/hearth0/7/cpu.shares'), '74');
    assert.equal(read('v1/cpu/hearth0/cpu.shares'), String(1024 * cpus().length));
    assert.equal(read('v1/pids/hearth0/7/pids.max'), '1025');
    assert.equal(read('v1/pids/hearth0/pids.max'), String(processesOfAll()));
    assert.equal(read('v1/freezer/hearth0/7/freezer.state'), 'FROZEN');
    for (const name of ['memory', 'cpu', 'pids', 'freezer']) {
      assert.equal(read('v1', name, 'hearth0/7/cgroup.procs'), '0');
    }
  });
});
