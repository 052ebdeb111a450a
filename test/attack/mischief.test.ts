/** What others on the same machine may do to the launcher: take its names, take its groups away. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, rmdirSync } from 'node:fs';
import { it } from 'node:test';
import { MIB } from '#kernel/units.ts';
import { NEEDS_PYTHON } from '../support/python.ts';
import { childrenOf, groupBases, numberOf } from './remains.ts';
import { describeSandboxed, openDriver, runInSandbox } from './sandboxed.ts';

const NOBODY = 65_534;
/** What functions leave in /dev/shm. */
const FILLINGS = {
  gigabytes: 'head -c 1500m /dev/zero > /dev/shm/x',
  'files without a byte': 'n=0; while [ $n -lt 100000 ]; do n=$((n + 1)); : > /dev/shm/$n; done',
};
const CONNECTS = 200;
/** Listens, and has as many connections waiting as it takes: whoever connects to it hears nothing. */
const SILENT = `
import socket, time
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(0)
held = []
while True:
    held.append(socket.socket())
    held[-1].settimeout(0.3)
    try: held[-1].connect(server.getsockname())
    except TimeoutError: break
print(server.getsockname()[1], flush=True)
time.sleep(600)
`;
/** Takes every name of a launcher that is free, by each kind of socket that has names. */
const SQUATTER = `
import socket, sys
held = []
for number in range(64):
    for kind in (socket.SOCK_SEQPACKET, socket.SOCK_STREAM, socket.SOCK_DGRAM):
        taken = socket.socket(socket.AF_UNIX, kind)
        try: taken.bind("\\0hearth-launcher-%d" % number)
        except OSError: continue
        if kind != socket.SOCK_DGRAM: taken.listen(0)
        held.append(taken)
print(len(held), flush=True)
sys.stdin.read()
`;

describeSandboxed('a launcher among others', () => {
  it('starts though another user holds all its names', async () => {
    const squatter = spawn('/usr/bin/python3', ['-I', '-S', '-c', SQUATTER], {
      uid: NOBODY,
      gid: NOBODY,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [count] = await once(squatter.stdout, 'data');
    assert.ok(Number(String(count)) > 0);
    await using _end = { [Symbol.asyncDispose]: async () => void squatter.stdin.end() };
    const said: string[] = [];
    await using test = await openDriver(undefined, { onDiagnostic: (line) => said.push(line) });
    const { exit } = await runInSandbox(test.driver, ['/bin/true']);
    assert.equal(exit.exitCode, 0);
    assert.match(said.join('\n'), /the name @hearth-launcher-\d+ is somebody else's/);
  });

  it('takes another number where a launcher holds the first', async () => {
    await using first = await openDriver();
    const [one = 0] = childrenOf(process.pid).slice(-1);
    await using second = await openDriver();
    const [two = 0] = childrenOf(process.pid).slice(-1);
    assert.notEqual(numberOf(one), numberOf(two), `${first.directory} ${second.directory}`);
  });

  it('leaves a quarter of the processes that the machine can have to others', async () => {
    await using _test = await openDriver(undefined, { poolSize: 0 });
    const bases = groupBases(numberOf(childrenOf(process.pid).at(-1) ?? 0));
    const limits = bases.map((base) => `${base}/pids.max`).filter((file) => existsSync(file));
    const most = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8'));
    assert.ok(limits.length === 1, limits.join());
    for (const file of limits) {
      assert.ok(Number(readFileSync(file, 'utf8')) <= (most * 3) / 4 + 1, file);
    }
  });

  it('leaves seven eighths of what the machine has for TCP to others', async (context) => {
    await using test = await openDriver(undefined, { poolSize: 0 });
    const bases = groupBases(numberOf(childrenOf(process.pid).at(-1) ?? 0));
    await using sandbox = await test.driver.launch({
      id: 'large',
      command: ['/bin/sleep', '600'],
      environment: { PATH: '/usr/bin:/bin' },
      mounts: [],
      limits: { memoryMiB: 10_240, temporaryStorageMiB: 512 },
      onRuntimeConnection: (connection) => connection.destroy(),
      onOutput: () => {},
    });
    const file = bases
      .flatMap((base) => readdirSync(base).map((name) => `${base}/${name}`))
      .map((group) => `${group}/memory.kmem.tcp.limit_in_bytes`)
      .find((path) => existsSync(path));
    if (file === undefined) return context.skip('nothing counts what waits in sockets by itself');
    const pages = Number(readFileSync('/proc/sys/net/ipv4/tcp_mem', 'utf8').split(/\s+/)[2]);
    const most = Math.max((pages * 4096) / 8, 16 * MIB);
    assert.ok(Number(readFileSync(file, 'utf8')) <= most, sandbox.id);
  });

  it('makes its control groups again where they were taken away', async () => {
    await using test = await openDriver(undefined, { poolSize: 0 });
    const [launcher = 0] = childrenOf(process.pid).slice(-1);
    assert.equal((await runInSandbox(test.driver, ['/bin/true'])).exit.exitCode, 0);
    const bases = groupBases(numberOf(launcher));
    assert.ok(bases.length > 0, 'there is no group to take away');
    for (const base of bases) rmdirSync(base);
    const { exit } = await runInSandbox(test.driver, ['/bin/true']);
    assert.equal(exit.exitCode, 0, exit.description);
  });

  it('waits for nobody who listens and never answers', NEEDS_PYTHON, async () => {
    await using test = await openDriver(undefined, { poolSize: 0 });
    const launcher = childrenOf(process.pid).at(-1) ?? 0;
    const port = Promise.withResolvers<number>();
    await using sandbox = await test.driver.launch({
      id: 'silent',
      command: ['/usr/bin/python3', '-I', '-S', '-c', SILENT],
      environment: { PATH: '/usr/bin:/bin' },
      mounts: [],
      limits: { memoryMiB: 256, temporaryStorageMiB: 512 },
      onRuntimeConnection: (connection) => connection.destroy(),
      onOutput: (_, chunk) => port.resolve(Number(String(Buffer.from(chunk)))),
    });
    const silent = await port.promise;
    const before = waitsOf(launcher);
    const asked = Array.from({ length: CONNECTS }, async () => sandbox.connect?.(silent));
    for (const one of await Promise.allSettled(asked)) assert.equal(one.status, 'rejected');
    // They come in a few pieces, and each that is waited for would be a wait of its own.
    const waits = waitsOf(launcher) - before;
    assert.ok(waits < CONNECTS / 2, `${waits}`);
  });

  for (const [what, script] of Object.entries(FILLINGS)) {
    it(`leaves it to another process to give ${what} back`, async () => {
      await using test = await openDriver(undefined, { poolSize: 0 });
      const launcher = childrenOf(process.pid).at(-1) ?? 0;
      const filled = Promise.withResolvers<void>();
      await using sandbox = await test.driver.launch({
        id: 'filling',
        command: ['/bin/sh', '-c', `${script}; echo; exec sleep 600`],
        environment: { PATH: '/usr/bin:/bin' },
        mounts: [],
        limits: { memoryMiB: 2048, virtualCpus: 2, temporaryStorageMiB: 512 },
        onRuntimeConnection: (connection) => connection.destroy(),
        onOutput: () => filled.resolve(),
      });
      await filled.promise;
      const before = kernelTicksOf(launcher);
      await sandbox.reset?.();
      await sandbox.exited;
      const after = kernelTicksOf(launcher);
      await using next = await sandbox.restart?.({
        command: ['/bin/sh', '-c', 'ls /dev/shm'],
        environment: { PATH: '/usr/bin:/bin' },
        limits: { memoryMiB: 2048, temporaryStorageMiB: 512 },
        onRuntimeConnection: (connection) => connection.destroy(),
        onOutput: (_, chunk) => assert.fail(Buffer.from(chunk).toString()),
      });
      assert.equal((await next?.exited)?.exitCode, 0);
      const own = after.own - before.own;
      assert.ok(own * 4 < after.children - before.children, `${own} ticks of its own`);
    });
  }
});

/** Processor time in the kernel, in ticks, of a process and of those of its children that it has reaped. */
function kernelTicksOf(pid: number): { readonly own: number; readonly children: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')')).split(' ');
  return { own: Number(fields[13]), children: Number(fields[15]) };
}

/** How often a process gave its processor up to wait. */
function waitsOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1]);
}
