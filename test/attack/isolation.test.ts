/** Code that wants out, one way after the other, and fails at each. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { findLauncher } from '#adapters/launcher/index.ts';
import { createProcessDriver } from '#adapters/process/index.ts';
import { NEEDS_PYTHON } from '../support/python.ts';
import {
  ISOLATIONS,
  PROGRAMS,
  attack,
  describeIsolated,
  openDriver,
  runInSandbox,
} from './sandboxed.ts';
import type { TestDriver } from './sandboxed.ts';

/** Attack, and what it would have done; those that need no argument. */
const ATTACKS: readonly (readonly [string, string])[] = [
  ['parents', 'climb above the root'],
  ['system-writes', 'write to the system, the code or the kernel'],
  ['remount', 'make a read-only mount writable'],
  ['mounts', 'mount, unmount or change the root'],
  ['namespaces', 'make a namespace'],
  ['clone3', 'make a namespace by the call whose flags no filter sees'],
  ['enter-namespaces', 'enter a namespace of another process'],
  ['init-process', 'look into the first process of the sandbox'],
  ['init-signals', 'end the first process of the sandbox'],
  ['trace', 'trace or read another process'],
  ['kernel-calls', 'reach the kernel: modules, bpf, clock, swap, accounting'],
  ['kernel-programs', "fill the machine's room for programs of the kernel"],
  ['machine-room', 'take what the machine has once for all'],
  ['machine-files', 'see how the machine was started, or how full the /tmp of others is'],
  ['keys', "use the kernel's key rings"],
  ['rings', 'call past the filter by io_uring'],
  ['file-handles', 'open files by handles'],
  ['unknown-calls', 'call what no list names'],
  ['old-calls', 'call by the 32-bit table'],
  ['sockets', "open sockets that are no one's business"],
  ['protocols', 'have the kernel load protocols'],
  ['pairs', 'have the kernel load families of sockets by pairs of them'],
  ['socket-powers', 'give its sockets powers over the network'],
  ['socket-memory', 'have memory of sockets that it is not charged with'],
  ['interfaces', 'change its own network'],
  ['devices', 'make or open devices'],
  ['making-devices', 'open devices that make file systems and terminals'],
  ['become-root', 'become another user'],
  ['file-powers', 'give its files or its file system powers'],
  ['set-user-files', 'gain privileges by set-user files'],
  ['capabilities', 'hold a capability'],
  ['control-groups', 'see or change its control groups'],
  ['descriptors', 'use a descriptor that was left open'],
  ['environment', 'read secrets of the server in its environment'],
  ['terminal', "type at the operator's terminal"],
  ['raise-limits', 'raise its own limits'],
  ['raise-priority', 'go before other processes'],
  ['core-dumps', "have the machine's program for crashes started"],
];
/** What a kernel of the sandbox's own grants: a priority, namespaces and devices that only it knows of. */
const GRANTED_BY_OWN_KERNEL = [
  'machine-files',
  'clone3',
  'making-devices',
  'raise-priority',
  'core-dumps',
];

for (const isolation of ISOLATIONS) {
  describeIsolated(`a function that wants out of ${isolation.name}`, isolation, () => {
    let test: TestDriver;
    before(async () => {
      test = await openDriver(isolation);
    });
    after(async () => {
      await test[Symbol.asyncDispose]();
    });

    for (const [name, deed] of ATTACKS) {
      if (!isolation.hasOwnInit && name.startsWith('init-')) continue;
      const isGranted = isolation.hasOwnKernel && GRANTED_BY_OWN_KERNEL.includes(name);
      const skip = isGranted && "the sandbox's own kernel grants it, and nothing of the host's";
      it(`cannot ${deed}`, { skip }, async () => {
        const { output, exit } = await attack(test.driver, name);
        assert.match(output, /^BLOCKED /m, `${output} ${exit.description}`);
      });
    }

    it("cannot read the host's files nor the server's", async () => {
      const secret = path.join(test.directory, 'secret');
      await writeFile(secret, 'secret');
      const { output } = await attack(test.driver, 'host-files', [
        secret,
        test.directory,
        PROGRAMS,
      ]);
      assert.match(output, /^BLOCKED /m);
    });

    it('finds the same files open where nothing isolates', async () => {
      const directory = await mkdtemp(path.join(tmpdir(), 'hearth-attack-'));
      const launcher = findLauncher(path.join(import.meta.dirname, '../..')) ?? '';
      await using driver = await createProcessDriver({
        launcher,
        directory,
        onEndpointConnection: (connection) => connection.destroy(),
        onDiagnostic: () => {},
      });
      const { output } = await attack(driver, 'host-files');
      await rm(directory, { recursive: true, force: true });
      assert.match(output, /^ESCAPED /m);
    });

    it('cannot follow links in its code out of it', async () => {
      const code = await mkdtemp(path.join(tmpdir(), 'hearth-attack-'));
      await cp(PROGRAMS, code, { recursive: true });
      // As unpacked code is, readable by whoever runs it.
      await chmod(code, 0o755);
      await symlink('/etc/shadow', path.join(code, 'shadow-link'));
      await symlink('/root', path.join(code, 'root-link'));
      await symlink('../../../../../../../../root', path.join(code, 'far-link'));
      const mounts = [{ source: code, target: '/var/task' }];
      const { output } = await attack(test.driver, 'code-links', [], { mounts });
      await rm(code, { recursive: true });
      assert.match(output, /^BLOCKED /m);
    });

    it('cannot find what another sandbox keeps', async () => {
      const written = Promise.withResolvers<void>();
      await using other = await test.driver.launch({
        id: 'other',
        command: ['/bin/sh', '-c', 'echo secret > /tmp/hearth-canary; echo written; exec sleep 60'],
        environment: { PATH: '/usr/bin:/bin' },
        mounts: [],
        limits: { memoryMiB: 128, temporaryStorageMiB: 512 },
        onRuntimeConnection: () => {},
        onOutput: () => written.resolve(),
      });
      await written.promise;
      const { output } = await attack(test.driver, 'other-sandboxes', ['hearth-canary']);
      assert.match(output, /^BLOCKED /m, other.id);
    });

    it('cannot reach what another sandbox shares under a name or a key', NEEDS_PYTHON, async () => {
      const ready = Promise.withResolvers<void>();
      await using other = await test.driver.launch({
        id: 'sharing',
        command: ['/usr/bin/python3', '-I', '-S', '/var/task/stay.py', 'begin'],
        environment: { PATH: '/usr/bin:/bin' },
        mounts: [{ source: PROGRAMS, target: '/var/task' }],
        limits: { memoryMiB: 256, temporaryStorageMiB: 512 },
        onRuntimeConnection: () => {},
        onOutput: () => ready.resolve(),
      });
      await ready.promise;
      const { output } = await attack(test.driver, 'neighbours', ['left']);
      assert.match(output, /^BLOCKED /m, other.id);
    });

    it('cannot see or signal processes of the host', async () => {
      const canary = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
      const pids = [String(process.pid), String(canary.pid)];
      const { output } = await attack(test.driver, 'host-processes', pids);
      assert.match(output, /^BLOCKED /m);
      assert.equal(canary.exitCode, null);
      canary.kill('SIGKILL');
    });

    it("cannot reach ports of the host, of another sandbox or of a cloud's metadata", async () => {
      const server = createServer((connection) => connection.end());
      await new Promise<void>((resolve) => {
        server.listen(0, '::', resolve);
      });
      // A server on a port has an address of this kind.
      const { port } = server.address() as AddressInfo;
      const address = Promise.withResolvers<string>();
      await using other = await test.driver.launch({
        id: 'listening',
        command: ['/usr/bin/python3', '-I', '-S', '/var/task/listener.py', String(port)],
        environment: {},
        mounts: [{ source: PROGRAMS, target: '/var/task' }],
        limits: { memoryMiB: 128, temporaryStorageMiB: 512 },
        onRuntimeConnection: () => {},
        onOutput: (_, chunk) => address.resolve(Buffer.from(chunk).toString().trim()),
      });
      const otherAddress = await address.promise;
      const hosts = Object.values(networkInterfaces())
        .flatMap((links) => links ?? [])
        .map((link) => (link.scopeid ? `${link.address}%eth0` : link.address));
      const gateway = otherAddress.replace(/\.\d+\.\d+$/, '.0.1');
      const metadata = ['169.254.169.254/80', '10.0.0.1/80', '192.168.0.1/80', '172.17.0.1/80'];
      const ports = [...hosts, '127.0.0.1', gateway, otherAddress].map((host) => `${host}/${port}`);
      const { output } = await attack(test.driver, 'connect', [...ports, ...metadata]);
      server.close();
      assert.match(output, /^BLOCKED /m, `${output} beside ${other.id} at ${otherAddress}`);
    });

    it('cannot reach sockets of the host that have no path', async () => {
      const name = `hearth-canary-${process.pid}`;
      const server = createServer();
      await new Promise<void>((resolve) => {
        server.listen(`\0${name}`, resolve);
      });
      const { output } = await attack(test.driver, 'abstract-sockets', [name]);
      server.close();
      assert.match(output, /^BLOCKED /m);
    });

    it('can still do what functions do', async () => {
      const script =
        'echo out; echo err >&2; echo again > /dev/stdout; echo x > /tmp/x && cat /tmp/x; ' +
        'ls /var/task; getent hosts localhost; head -c 8 /dev/urandom | wc -c; whoami';
      const { output, exit } = await runInSandbox(test.driver, ['/bin/sh', '-c', script]);
      assert.equal(exit.description, 'exit status 0');
      for (const word of ['out', 'err', 'again', 'x', 'attack.py', 'localhost', '8', 'sbx_user']) {
        assert.ok(output.includes(word), `${word} is missing in ${output}`);
      }
    });
  });
}
