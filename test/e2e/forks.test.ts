/** Functions in forks of a zygote: each a process of its own, with nothing of another's. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { createBenchClient, type Send } from '../../bench/client.ts';
import { createFunction, deleteFunction, invocationRequest } from '../../bench/functions.ts';
import { childrenOf } from '../../bench/host.ts';
import { describeSandboxed } from '../attack/sandboxed.ts';
import { reasonForNoRuntimeName } from '../support/kernel.ts';

const NODE = `
import { readdirSync, readlinkSync, readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { execFileSync } from 'node:child_process';
import { createSecureContext } from 'node:tls';
import { lookup } from 'node:dns/promises';
const first = [Math.random(), randomUUID()];
const link = (path) => { try { return readlinkSync(path); } catch { return undefined; } };
export const handler = async (event) => {
  if (event.exit !== undefined) process.exit(event.exit);
  if (event.wait) return await new Promise(() => {});
  if (event.late) { setTimeout(() => { throw new Error('late'); }, 1); await new Promise(() => {}); }
  if (event.megabytes) return Buffer.alloc(event.megabytes << 20, 1).length;
  createSecureContext();
  await lookup('localhost');
  const worker = new Worker('require("node:worker_threads").parentPort.postMessage(7)', { eval: true });
  const told = await new Promise((resolve) => worker.once('message', resolve));
  return {
    first, told,
    isFork: readFileSync('/proc/self/cmdline', 'utf8').includes('--single-threaded'),
    child: execFileSync('/bin/echo', ['child']).toString().trim(),
    files: readdirSync('/proc/self/fd').map((name) => link('/proc/self/fd/' + name)).filter(Boolean),
    namespaces: ['mnt', 'net', 'pid', 'ipc', 'uts', 'cgroup'].map((name) => link('/proc/self/ns/' + name)),
    shared: readFileSync('/proc/self/maps', 'utf8').split('\\n').filter((line) => / .w.s /.test(line)),
    sockets: readFileSync('/proc/net/unix', 'utf8').split('\\n'),
    options: process.execArgv,
    pid: process.pid === Number(link('/proc/self')),
    variables: Object.keys(process.env),
    user: process.getuid(),
    status: readFileSync('/proc/self/status', 'utf8'),
  };
};`;
const PYTHON = `
import os, random, uuid
first = [random.random(), uuid.uuid4().hex]
def link(path):
    try: return os.readlink(path)
    except OSError: return None
def handler(event, context):
    if "exit" in event: os._exit(event["exit"])
    if "encoding" in event:
        import ctypes
        return ctypes.CDLL(None).iconv_open(b"UTF-8", event["encoding"].encode()) != -1
    return {
        "first": first, "told": 7, "child": os.popen("echo child").read().strip(),
        "isFork": "ctypes" in __import__("sys").modules,
        "files": [it for it in (link("/proc/self/fd/" + name) for name in os.listdir("/proc/self/fd")) if it],
        "namespaces": [link("/proc/self/ns/" + name) for name in ("mnt", "net", "pid", "ipc", "uts", "cgroup")],
        "shared": [line for line in open("/proc/self/maps") if line.split()[1][1::2] == "ws"],
        "sockets": open("/proc/net/unix").read().split("\\n"),
        "options": [], "pid": os.getpid() == int(link("/proc/self")),
        "variables": list(os.environ), "user": os.getuid(), "status": open("/proc/self/status").read(),
    }
`;

interface Seen {
  readonly first: readonly unknown[];
  readonly told: number;
  readonly isFork: boolean;
  readonly child: string;
  readonly files: readonly string[];
  readonly namespaces: readonly string[];
  readonly shared: readonly string[];
  readonly sockets: readonly string[];
  readonly options: readonly string[];
  readonly pid: boolean;
  readonly variables: readonly string[];
  readonly user: number;
  readonly status: string;
}

const LANGUAGES = [
  { name: 'node', runtime: 'nodejs24.x', handler: 'index.handler', files: { 'index.mjs': NODE } },
  { name: 'python', runtime: 'python3.12', handler: 'app.handler', files: { 'app.py': PYTHON } },
];
/** No zygote boots, and no event takes, so long, on the slowest machine either. */
const PATIENCE_MS = 300_000;

function isZygote(pid: number): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/bootstrap.');
}

describeSandboxed('functions in forks of a zygote', () => {
  let server: ExampleServer;
  let send: Send;
  before(async () => {
    server = await startServer({ flags: ['--log-level', 'warn'] });
    send = createBenchClient(server);
  });
  after(async () => server.stop());

  async function call(name: string, event: unknown): Promise<unknown> {
    const { body } = await send(invocationRequest(name, event));
    return JSON.parse(body.toString());
  }

  /** A new function's first environment; once the zygote is there, a fork. */
  async function see(
    language: (typeof LANGUAGES)[number],
    name: string,
    memoryMiB = 256,
  ): Promise<Seen> {
    const timeoutSeconds = PATIENCE_MS / 1000;
    await createFunction(send, { ...language, name, memoryMiB, timeoutSeconds });
    // The functions above wrote it.
    return (await call(name, {})) as Seen;
  }

  async function seeFork(language: (typeof LANGUAGES)[number], name: string): Promise<Seen> {
    const endAt = performance.now() + PATIENCE_MS;
    for (let count = 0; ; count += 1) {
      const seen = await see(language, `${name}-${count}`);
      if (seen.isFork) return seen;
      assert.ok(performance.now() < endAt, 'there is no zygote');
      await deleteFunction(send, `${name}-${count}`);
      await sleep(50);
    }
  }

  for (const language of LANGUAGES) {
    it(`share nothing that can be written to, in ${language.name}`, async () => {
      const one = await seeFork(language, `one-${language.name}`);
      const other = await seeFork(language, `other-${language.name}`);
      for (const [index, drawn] of one.first.entries()) assert.notEqual(drawn, other.first[index]);
      assert.notEqual(one.user, other.user);
      for (const [index, namespace] of one.namespaces.entries()) {
        assert.notEqual(namespace, other.namespaces[index]);
      }
      const named = (seen: Seen) => seen.files.filter((file) => /^(pipe|socket):/.test(file));
      assert.deepEqual(
        named(one).filter((file) => named(other).includes(file)),
        [],
      );
      assert.deepEqual(one.shared, []);
    });

    it(`are as if they had been started for their function, in ${language.name}`, async () => {
      const seen = await seeFork(language, `plain-${language.name}`);
      assert.deepEqual([seen.told, seen.child, seen.options, seen.pid], [7, 'child', [], true]);
      assert.deepEqual(
        seen.variables.filter((name) => /HEARTH|LD_PRELOAD|UV_/.test(name)),
        [],
      );
      // The Runtime API's end of its connection, which is by the name of its own network.
      const connected = seen.sockets.filter((line) => / 03 +\d+ @hearth-runtime$/.test(line));
      assert.equal(connected.length, reasonForNoRuntimeName() === false ? 1 : 0);
      assert.match(seen.status, /^CapEff:\s0+$/m);
      assert.match(seen.status, /^CapBnd:\s0+$/m);
      assert.match(seen.status, /^NoNewPrivs:\s1$/m);
      assert.match(seen.status, /^Seccomp:\s2$/m);
      const ended = (await call(`plain-${language.name}-0`, { exit: 7 })) as { errorType: string };
      assert.equal(ended.errorType, 'Runtime.ExitError');
      assert.match(JSON.stringify(ended), /exit status 7"/);
    });
  }

  it('have the encodings of the C library, whose list it has mapped, in python', async () => {
    const [, language] = LANGUAGES;
    assert.ok(language !== undefined);
    await seeFork(language, 'forked');
    const { isFork } = await see(language, 'converts');
    assert.ok(isFork);
    assert.equal(await call('converts', { encoding: 'ISO-8859-1' }), true);
    assert.equal(await call('converts', { encoding: 'none-such' }), false);
  });

  it('are not for Node.js of more than one processor', async () => {
    const [language] = LANGUAGES;
    assert.ok(language !== undefined);
    await seeFork(language, 'small');
    const atLimit = await see(language, 'at-the-limit', 1769);
    const above = await see(language, 'above-the-limit', 1770);
    assert.deepEqual([atLimit.isFork, above.isFork], [true, false]);
  });

  it('end in all the ways in which Node.js ends', async () => {
    const [language] = LANGUAGES;
    assert.ok(language !== undefined);
    const { isFork } = await seeFork(language, 'ends');
    assert.ok(isFork);
    const text = async (event: unknown) => JSON.stringify(await call('ends-0', event));
    assert.match(await text({ wait: true }), /Runtime exited without providing a reason/);
    assert.match(await text({ late: true }), /"errorMessage":"late"/);
    assert.match(await text({ megabytes: 400 }), /Runtime.OutOfMemory|signal: killed/);
    assert.equal(await text({ megabytes: 100 }), String(100 * 1024 * 1024));
  });

  it('are done without where the zygote dies', async () => {
    const [language] = LANGUAGES;
    assert.ok(language !== undefined);
    await seeFork(language, 'before');
    const [launcher] = childrenOf(server.processId);
    assert.ok(launcher !== undefined);
    const zygotes = childrenOf(launcher).filter((pid) => isZygote(pid));
    assert.ok(zygotes.length > 0);
    for (const pid of zygotes) process.kill(pid, 'SIGKILL');
    // Stem cells that were forked before are used first.
    const seen: boolean[] = [];
    for (let count = 0; !seen.includes(false); count += 1) {
      assert.ok(count < 40, 'forks of a dead zygote');
      seen.push((await see(language, `after-${count}`)).isFork);
    }
  });
});
