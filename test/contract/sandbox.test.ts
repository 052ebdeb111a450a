/** What every sandbox driver keeps, whatever stands behind it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { findLauncher } from '#adapters/launcher/index.ts';
import { createNamespacesDriver } from '#adapters/namespaces/index.ts';
import { createOciDriver } from '#adapters/oci/index.ts';
import { createProcessDriver } from '#adapters/process/index.ts';
import { reasonToSkipOci } from '../attack/sandboxed.ts';
import { makeImageRoot } from '../support/image-root.ts';
import { reasonNotToMeasureAnew } from '../support/memory-peak.ts';
import { NEEDS_PYTHON } from '../support/python.ts';
import type { SandboxDriver } from '#ports/world/sandbox.ts';
import { launchScript, restartScript, type Run, type ScriptOptions } from './run-script.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const launcher = findLauncher(ROOT);
const isRoot = process.getuid?.() === 0;

interface Inside {
  readonly directory: string;
  readonly onEndpointConnection: (connection: Duplex, sandbox: object) => void;
  readonly onDiagnostic: (line: string) => void;
}

interface Subject {
  readonly name: string;
  readonly skip: string | false;
  /** False where a process that leaves its group outlives its sandbox. */
  readonly endsDaemons?: false;
  readonly create: (inside: Inside) => Promise<SandboxDriver>;
}

const SUBJECTS: readonly Subject[] = [
  {
    name: 'namespaces',
    skip: !isRoot ? 'needs root' : launcher === undefined ? 'needs the launcher' : false,
    create: (inside) => createNamespacesDriver({ ...inside, launcher: launcher ?? '' }),
  },
  {
    name: 'process, by the launcher',
    skip: launcher === undefined ? 'needs the launcher' : false,
    create: (inside) => createProcessDriver({ ...inside, launcher: launcher ?? '' }),
  },
  {
    name: 'process, by the server',
    skip: false,
    endsDaemons: false,
    create: (inside) => createProcessDriver(inside),
  },
  ...['runc', 'crun', 'runsc'].map((runtime) => ({
    name: `oci:${runtime}`,
    skip: !isRoot
      ? 'needs root'
      : launcher === undefined
        ? 'needs the launcher'
        : reasonToSkipOci(runtime),
    create: (inside: Inside) => createOciDriver({ ...inside, runtime, launcher: launcher ?? '' }),
  })),
];

for (const subject of SUBJECTS) {
  if (subject.skip !== false) {
    it(`sandboxes of ${subject.name}`, { skip: subject.skip }, () => {});
    continue;
  }
  describe(`sandboxes of ${subject.name}`, () => {
    let directory: string;
    let code: string;
    let driver: SandboxDriver;
    /** Whose connections with the endpoint there were. */
    const endpointConnections: object[] = [];

    before(async () => {
      directory = await mkdtemp(path.join(tmpdir(), 'hearth-contract-'));
      code = path.join(directory, 'code');
      await writeCode(code);
      driver = await subject.create({
        directory: path.join(directory, 'state'),
        onEndpointConnection: (connection, sandbox) => {
          endpointConnections.push(sandbox);
          connection.end('endpoint');
        },
        onDiagnostic: (line) => console.error(line),
      });
    });
    after(async () => {
      await driver[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    });

    const launch = (script: string, options: ScriptOptions = {}) =>
      launchScript(driver, script, { mounts: [{ source: code, target: '/var/task' }], ...options });

    it('gives out all that was written, each output by itself and in order', async () => {
      const script =
        'i=0; while [ $i -lt 2000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done';
      await using run = await launch(script);
      const exit = await run.sandbox.exited;
      assert.equal(exit.description, 'exit status 0');
      const numbers = Array.from({ length: 2000 }, (_, i) => i);
      assert.equal(run.stdout(), numbers.map((i) => `out ${i}\n`).join(''));
      assert.equal(run.stderr(), numbers.map((i) => `err ${i}\n`).join(''));
    });

    it('loses nothing that was written before a kill', async () => {
      // A shell of its own, as the first process of a namespace cannot be killed from inside.
      await using run = await launch('echo before; sh -c "echo last; kill -9 \\$\\$"; exit $?');
      const exit = await run.sandbox.exited;
      assert.equal(run.stdout(), 'before\nlast\n', exit.description);
    });

    it('tells the status with which the first process ended', async () => {
      await using run = await launch('exit 7');
      const { exitCode, description, outOfMemory } = await run.sandbox.exited;
      assert.deepEqual(
        { exitCode, description, outOfMemory },
        {
          exitCode: 7,
          description: 'exit status 7',
          outOfMemory: false,
        },
      );
    });

    const noReason = {
      skip: subject.name === 'oci:runsc' && 'gVisor says it in no sentence of its own',
    };
    it('tells why its first process could not start', noReason, async () => {
      const programs = [
        ['missing', 'no such file or directory'],
        ['hello.txt', 'permission denied'],
        ['foreign', 'exec format error'],
        ['lost', 'no such file or directory'],
      ] as const;
      // The server's own start is another program's, which cannot become these.
      const known = subject.endsDaemons === false ? 2 : programs.length;
      for (const [name, reason] of programs.slice(0, known)) {
        await using sandbox = await driver.launch({
          id: `unstarted-${name.replace('.', '-')}`,
          command: [`/var/task/${name}`],
          environment: {},
          mounts: [{ source: code, target: '/var/task' }],
          limits: { memoryMiB: 256, temporaryStorageMiB: 512 },
          onRuntimeConnection: (connection) => connection.destroy(),
          onOutput: () => {},
        });
        const { startError = '' } = await sandbox.exited;
        assert.match(startError, new RegExp(`^fork/exec /.*/${name}: ${reason}$`));
      }
    });

    it('passes arguments and variables on, byte for byte', async () => {
      const value = 'a b\n"quoted" ü $HOME \\';
      await using run = await launch('printf %s "$VALUE"; printf %s "$0"', {
        environment: { VALUE: value, PATH: '/usr/bin:/bin' },
        argument: value,
      });
      await run.sandbox.exited;
      assert.equal(run.stdout(), value + value);
    });

    it('refuses an argument that holds NUL', async () => {
      await assert.rejects(launch('true', { argument: 'a\0b' }));
    });

    it('may begin with what its command becomes, with both outputs as one', async () => {
      const executable = '/var/task/program';
      // In the directory of the code, wherever a driver has it.
      const script = 'echo command; exec ./program 2>&1';
      await using run = await launch(script, { executable });
      const { exitCode } = await run.sandbox.exited;
      assert.equal(exitCode, 3);
      // Who cannot begin with it runs the command.
      const before = subject.name === 'namespaces' ? '' : 'command\n';
      assert.equal(run.stdout(), `${before}out\nerr\n`);
    });

    it('begins with its command where what that becomes cannot be executed', async () => {
      for (const name of ['missing', 'hello.txt', 'foreign', 'lost', '']) {
        await using run = await launch('echo command; echo error >&2', {
          executable: `/var/task/${name}`,
        });
        await run.sandbox.exited;
        assert.equal(run.stdout(), 'command\n', name);
        assert.equal(run.stderr(), 'error\n', name);
      }
    });

    it('starts in the directory of the code', async () => {
      await using run = await launch('cat hello.txt');
      await run.sandbox.exited;
      assert.equal(run.stdout(), 'hello');
    });

    it('connects its processes with the Runtime API and with the endpoint', async () => {
      const before = endpointConnections.length;
      const script = `exec /bin/bash -c '
for address in $AWS_LAMBDA_RUNTIME_API \${AWS_ENDPOINT_URL#http://}; do
  exec 3<>/dev/tcp/\${address/://}
  cat <&3
  echo
done'`;
      let runtimeConnections = 0;
      await using run = await launch(script, {
        onRuntimeConnection: (connection) => {
          runtimeConnections += 1;
          connection.end('runtime');
        },
      });
      await run.sandbox.exited;
      assert.equal(run.stdout(), 'runtime\nendpoint\n', run.stderr());
      assert.equal(runtimeConnections, 1);
      assert.equal(endpointConnections.length, before + 1);
    });

    const notApart = { skip: subject.name.startsWith('process') && 'plain processes are one' };
    it('tells which sandbox connects with the endpoint', notApart, async () => {
      const before = endpointConnections.length;
      const script = `exec /bin/bash -c '
address=\${AWS_ENDPOINT_URL#http://}
for count in 1 2; do
  exec 3<>/dev/tcp/\${address/://}
  cat <&3
done'`;
      for (let count = 0; count < 2; count += 1) {
        await using run = await launch(script);
        await run.sandbox.exited;
        assert.equal(run.stdout(), 'endpointendpoint', run.stderr());
      }
      const [one, again, other, last] = endpointConnections.slice(before);
      assert.equal(one, again);
      assert.notEqual(again, other);
      assert.equal(other, last);
    });

    it('stands still while it is frozen, and goes on after', async () => {
      await using run = await launch('echo ready; while true; do echo tick; sleep 0.01; done');
      await run.printed('tick\ntick');
      await run.sandbox.freeze();
      const first = run.stdout();
      await run.settle();
      const still = run.stdout();
      // What had been written before the standstill may still have been on its way.
      await run.settle();
      assert.equal(run.stdout(), still, first);
      await run.sandbox.thaw();
      await run.printedMore();
    });

    it('ends every process when it is disposed, also while it is frozen', async () => {
      await using run = await launch(
        'sleep 600 & (sleep 600 & sleep 600) & echo ready; while true; do echo x; sleep 0.01; done',
      );
      await run.printed('ready');
      await run.sandbox.freeze();
      await run.sandbox[Symbol.asyncDispose]();
      const { description } = await run.sandbox.exited;
      assert.equal(description, 'signal: killed');
      await run.sandbox[Symbol.asyncDispose]();
    });

    it('asks the first process to end', async () => {
      await using run = await launch(
        'trap "echo bye; exit 0" TERM; echo ready; while true; do sleep 0.01; done',
      );
      await run.printed('ready');
      await run.sandbox.terminate();
      const { exitCode } = await run.sandbox.exited;
      assert.equal(exitCode, 0);
      assert.match(run.stdout(), /bye/);
    });

    it('mounts code into a sandbox that waits for it', async (context) => {
      if (driver.canBindLate === false) {
        context.skip('this driver cannot');
        return;
      }
      await using run = await launch(
        'until [ -e "$TASK/hello.txt" ]; do sleep 0.01; done; cat "$TASK/hello.txt"',
        { mounts: [], environment: { TASK: '/var/task', PATH: '/usr/bin:/bin' } },
      );
      const limits = { memoryMiB: 256, temporaryStorageMiB: 512 };
      await run.sandbox.bind({ mounts: [{ source: code, target: '/var/task' }], limits });
      const { exitCode } = await run.sandbox.exited;
      assert.equal(exitCode, 0);
      assert.equal(run.stdout(), 'hello');
    });

    it('changes the limits of a sandbox that runs', async () => {
      await using run = await launch('echo ready; sleep 60');
      await run.printed('ready');
      for (const memoryMiB of [256, 512]) {
        await run.sandbox.bind({ mounts: [], limits: { memoryMiB, temporaryStorageMiB: 512 } });
      }
      await run.sandbox.freeze();
      await run.sandbox.thaw();
    });

    describe('that are given new processes', () => {
      /** New processes, once the old ones have ended. */
      const restart = async ({ sandbox }: Run, script: string): Promise<Run> => {
        await sandbox.reset?.();
        await sandbox.exited;
        assert.equal(sandbox.canRestart, true);
        return restartScript(sandbox, script);
      };

      it('keep their files, and none of the old processes', async () => {
        // A number that no other process of this machine has among its arguments.
        const digits = `${100_000_000 + process.pid}`;
        const daemon =
          subject.endsDaemons === false ? '' : `(setsid sh -c "exec sleep ${digits}" &); `;
        // One has left its session, one stands still, one begins others as fast as it can.
        await using run = await launch(
          `echo kept > "\${TMPDIR:-/tmp}/file"; ${daemon}sleep ${digits} & kill -STOP $!; ` +
            `(while true; do sleep ${digits} & sleep 0.01; done) & ` +
            'echo ready; sleep 600',
        );
        await run.printed('ready');
        const pattern = `[${digits.slice(0, 1)}]${digits.slice(1)}`;
        await using again = await restart(
          run,
          'cat "${TMPDIR:-/tmp}/file" hello.txt; echo; ' +
            `grep -lsa '${pattern}' /proc/[0-9]*/cmdline; echo end`,
        );
        const { exitCode } = await again.sandbox.exited;
        assert.equal(again.stdout(), 'kept\nhello\nend\n', again.stderr());
        assert.equal(exitCode, 0);
        assert.equal((await run.sandbox.exited).description, 'signal: killed');
        // The old handle has nothing left to take away.
        await run.sandbox[Symbol.asyncDispose]();
      });

      it('can be given them after an end of their own, and more than once', async () => {
        await using first = await launch('echo 1 >> "${TMPDIR:-/tmp}/count"; exit 3');
        assert.equal((await first.sandbox.exited).exitCode, 3);
        const script = 'echo 1 >> "${TMPDIR:-/tmp}/count"; wc -l < "${TMPDIR:-/tmp}/count"';
        const second = await restart(first, script);
        await second.sandbox.exited;
        await using third = await restart(second, `${script}; exit 4`);
        assert.equal((await third.sandbox.exited)?.exitCode, 4);
        assert.deepEqual([second.stdout().trim(), third.stdout().trim()], ['2', '3']);
      });

      it('are ordered by the last handle alone', async () => {
        await using old = await launch('echo ready; sleep 600');
        await old.printed('ready');
        await using next = await restart(old, 'echo begun; sleep 0.3; echo went on');
        await next.printed('begun');
        await old.sandbox.freeze();
        await old.sandbox.terminate();
        await old.sandbox.reset?.();
        await old.sandbox[Symbol.asyncDispose]();
        assert.equal((await next.sandbox.exited).exitCode, 0);
        assert.equal(next.stdout(), 'begun\nwent on\n');
      });

      it('hear nothing of what the old ones still had to say', async () => {
        const connections: string[] = [];
        const speak = (who: string) =>
          `exec /bin/bash -c 'exec 3<>/dev/tcp/\${AWS_LAMBDA_RUNTIME_API/://}; ` +
          `echo ${who} >&3; echo ${who}; read -r _ <&3; exec sleep 600'`;
        const listening = (generation: string) => {
          const heard = Promise.withResolvers<void>();
          const onRuntimeConnection = (connection: Duplex) =>
            connection.on('data', (data) => {
              connections.push(`${generation}: ${String(data)}`);
              heard.resolve();
            });
          return { onRuntimeConnection, heard: heard.promise };
        };
        const { heard: heardOld, ...first } = listening('old');
        await using old = await launch(speak('old'), first);
        await Promise.all([old.printed('old'), heardOld]);
        await old.sandbox.reset?.();
        await old.sandbox.exited;
        const { heard: heardNew, ...second } = listening('new');
        await using next = await restartScript(old.sandbox, speak('new'), second);
        await Promise.all([next.printed('new'), heardNew]);
        await next.sandbox[Symbol.asyncDispose]();
        assert.deepEqual(connections, ['old: old\n', 'new: new\n']);
        assert.deepEqual([old.stdout(), next.stdout()], ['old\n', 'new\n']);
      });

      // A process that no group holds is counted by itself; runc makes the group anew.
      const keepsGroup = ['namespaces', 'oci:crun'].includes(subject.name);
      const whereMeasured =
        keepsGroup && reasonNotToMeasureAnew() !== false
          ? { skip: reasonNotToMeasureAnew() }
          : NEEDS_PYTHON;
      it('measure their memory anew', whereMeasured, async () => {
        const hold = (mebibytes: number) =>
          `exec /usr/bin/python3 -I -c '
import time
held = bytearray(${mebibytes} << 20)
print("held", flush=True)
time.sleep(600)'`;
        await using large = await launch(hold(200));
        await large.printed('held');
        await using small = await restart(large, hold(20));
        await small.printed('held');
        const mebibytes = (await small.sandbox.peakMemoryBytes()) / (1024 * 1024);
        assert.ok(mebibytes > 20 && mebibytes < 120, `${mebibytes}`);
      });

      it('leave nothing when they are disposed of between two', async () => {
        await using run = await launch('echo ready; sleep 600');
        await run.printed('ready');
        await run.sandbox.freeze();
        await run.sandbox.reset?.();
        await run.sandbox.exited;
        await run.sandbox[Symbol.asyncDispose]();
        assert.equal(run.sandbox.canRestart, false);
      });
    });

    const ofMachine = {
      skip: subject.name.startsWith('process') && 'plain processes have the root of the machine',
    };
    it('has another root, and nothing of the machine then', ofMachine, async () => {
      const root = path.join(directory, 'image');
      makeImageRoot(root);
      await mkdir(path.join(root, 'home'));
      await writeFile(path.join(root, 'home/hello.txt'), 'of the image\n');
      const script = `cat hello.txt; echo /*; cat /etc/hostname; cat /etc/hosts | { read -r a b c; echo $a $b; }
        echo x 2>&1 >/home/x || echo read-only; echo y >/tmp/y && cat /tmp/y; echo z >/dev/shm/z && cat /dev/shm/z
        test -r /proc/self/status && echo proc; read -r _ </proc/cmdline || echo masked; echo w >/dev/null && echo null; test -e /usr/bin/python3 || echo no python
        exec 3<>/dev/tcp/\${AWS_LAMBDA_RUNTIME_API/://}; read -r line <&3; echo "$line"; exec sleep 600`;
      const image = { root, workingDirectory: '/home', mounts: [] };
      const onRuntimeConnection = (connection: Duplex) => connection.write('runtime\n');
      const places = await readdir(root);
      await using run = await launchScript(driver, script, { ...image, onRuntimeConnection });
      await run.printed('runtime\n');
      const expected = [
        'of the image',
        places
          .sort()
          .map((name) => `/${name}`)
          .join(' '),
        'sandbox',
        '127.0.0.1 localhost',
        'read-only',
        'y',
        'z',
        'proc',
        'masked',
        'null',
        'no python',
        'runtime',
      ];
      assert.equal(
        run.stdout().replace(/.*Read-only file system\n/, ''),
        `${expected.join('\n')}\n`,
      );
      if (run.sandbox.restart === undefined) return;
      await run.sandbox.reset?.();
      await run.sandbox.exited;
      await using next = await restartScript(run.sandbox, 'cat hello.txt /tmp/y; ls /dev/shm', {});
      await next.sandbox.exited;
      assert.equal(next.stdout(), 'of the image\ny\n', next.stderr());
    });

    it('runs many at once', async () => {
      const runs = await Promise.all(Array.from({ length: 8 }, (_, i) => launch(`echo ${i}`)));
      await Promise.all(runs.map((run) => run.sandbox.exited));
      assert.deepEqual(
        runs.map((run) => run.stdout()),
        runs.map((_, i) => `${i}\n`),
      );
      await Promise.all(runs.map((run) => run[Symbol.asyncDispose]()));
    });

    it(
      'connects the server to a port inside, and says where nobody listens',
      NEEDS_PYTHON,
      async () => {
        // A free port in every sandbox; one that a plain process shares with the host.
        const port = 20_000 + Math.floor(process.pid % 10_000);
        const script = `exec /usr/bin/python3 -I -c '
import socket
server = socket.create_server(("127.0.0.1", ${port}))
print("listening", flush=True)
connection = server.accept()[0]
connection.sendall(connection.recv(16).upper())
connection.close()
server.accept()'`;
        await using run = await launch(script);
        await run.printed('listening');
        assert.ok(run.sandbox.connect !== undefined);
        const connection = await run.sandbox.connect(port);
        connection.write('hello');
        const [answer] = await once(connection, 'data');
        assert.equal(String(answer), 'HELLO');
        connection.destroy();
        await assert.rejects(run.sandbox.connect(port + 1));
      },
    );

    it('tells the most memory that a function used', NEEDS_PYTHON, async () => {
      await using run = await launch(
        `exec /usr/bin/python3 -I -c '
import time
held = bytearray(50 << 20)
print("held", flush=True)
time.sleep(60)'`,
      );
      await run.printed('held');
      const mebibytes = (await run.sandbox.peakMemoryBytes()) / (1024 * 1024);
      assert.ok(mebibytes > 50 && mebibytes < 120, `${mebibytes}`);
    });

    it('answers questions about a sandbox that has ended', async () => {
      await using run = await launch('exit 0');
      await run.sandbox.exited;
      assert.ok((await run.sandbox.peakMemoryBytes()) >= 0);
    });
  });
}

async function writeCode(code: string): Promise<void> {
  await mkdir(code, { recursive: true });
  await chmod(path.dirname(code), 0o755);
  await writeFile(path.join(code, 'hello.txt'), 'hello', { mode: 0o644 });
  const foreign = Buffer.concat([Buffer.from('\x7FELF\x02\x01\x01'), Buffer.alloc(400)]);
  await writeFile(path.join(code, 'foreign'), foreign, { mode: 0o755 });
  const program = '#!/bin/sh\necho out\necho err >&2\nexit 3\n';
  await writeFile(path.join(code, 'program'), program, { mode: 0o755 });
  await writeFile(path.join(code, 'lost'), '#!/no/such/interpreter\n', { mode: 0o755 });
}
