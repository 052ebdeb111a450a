/** A sandbox that is reset has nothing left of its processes, whatever they did to stay. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import type { Sandbox, SandboxDriver, SandboxRestart } from '#ports/world/sandbox.ts';
import { NEEDS_PYTHON } from '../support/python.ts';
import { childrenOf, groupsOf, numberOf } from './remains.ts';
import { LIMITS, PROGRAMS, describeSandboxed, openDriver } from './sandboxed.ts';

interface Stay {
  readonly sandbox: Sandbox;
  /** Resolves once this line was printed. */
  readonly until: (line: string) => Promise<string>;
}

async function stay(
  way: 'begin' | 'look',
  start: (process: SandboxRestart) => Promise<Sandbox>,
): Promise<Stay> {
  let output = '';
  const waiting = new Set<() => void>();
  const sandbox = await start({
    command: ['/usr/bin/python3', '-I', '-S', '/var/task/stay.py', way],
    environment: { PATH: '/usr/bin:/bin' },
    limits: LIMITS,
    onRuntimeConnection: (connection) => connection.destroy(),
    onOutput: (_, chunk) => {
      output += Buffer.from(chunk).toString();
      for (const look of waiting) look();
    },
  });
  const until = (line: string): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (output.includes(`${line}\n`)) resolve(output);
      };
      waiting.add(look);
      look();
    });
  return { sandbox, until };
}

function begin(driver: SandboxDriver): Promise<Stay> {
  const mounts = [{ source: PROGRAMS, target: '/var/task' }];
  return stay('begin', (process) => driver.launch({ id: 'stays', mounts, ...process }));
}

async function reset({ sandbox }: Stay): Promise<Stay> {
  await sandbox.reset?.();
  await sandbox.exited;
  return stay('look', async (process) => {
    assert.ok(sandbox.restart !== undefined);
    return sandbox.restart(process);
  });
}

/** Writes what is read one piece a time, as much as fits, and is gone at once. */
const PIECES = 200;
const PIECEMEAL = `
import fcntl, os
fcntl.fcntl(1, 1031, 1 << 20)
fcntl.fcntl(1, fcntl.F_SETFL, os.O_DIRECT | fcntl.fcntl(1, fcntl.F_GETFL))
for number in range(${PIECES}): os.write(1, b"%d\\n" % number)
os._exit(0)
`;

describeSandboxed('what a reset leaves of a sandbox', () => {
  it('is no word of the old processes, however they wrote it', NEEDS_PYTHON, async () => {
    await using test = await openDriver(undefined, { poolSize: 0 });
    const said: [string, string] = ['', ''];
    const speaker = (turn: 0 | 1, ...command: readonly string[]): SandboxRestart => ({
      command,
      environment: { PATH: '/usr/bin:/bin' },
      limits: LIMITS,
      onRuntimeConnection: (connection) => connection.destroy(),
      onOutput: (_, chunk) => (said[turn] += Buffer.from(chunk).toString()),
    });
    const old = speaker(0, '/usr/bin/python3', '-I', '-S', '-c', PIECEMEAL);
    const first = await test.driver.launch({ id: 'piecemeal', mounts: [], ...old });
    assert.equal((await first.exited).exitCode, 0);
    assert.ok(first.restart !== undefined);
    await using next = await first.restart(speaker(1, '/bin/echo', 'new'));
    await next.exited;
    const numbers = Array.from({ length: PIECES }, (_, number) => `${number}\n`);
    assert.deepEqual(said, [numbers.join(''), 'new\n']);
  });

  it('is its /tmp, and nothing else', NEEDS_PYTHON, async () => {
    await using test = await openDriver(undefined, { poolSize: 0 });
    const first = await begin(test.driver);
    await first.until('READY');
    const next = await reset(first);
    await using _sandbox = next.sandbox;
    assert.equal(await next.until('END'), 'file left\nEND\n');
  });

  it('is its /tmp, and nothing else, where it was frozen', NEEDS_PYTHON, async () => {
    await using test = await openDriver(undefined, { poolSize: 0 });
    const first = await begin(test.driver);
    await first.until('READY');
    await first.sandbox.freeze();
    const next = await reset(first);
    await using _sandbox = next.sandbox;
    assert.equal(await next.until('END'), 'file left\nEND\n');
  });

  it('is no process but its first, as its control groups tell', NEEDS_PYTHON, async () => {
    await using test = await openDriver(undefined, { poolSize: 0 });
    const launcher = childrenOf(process.pid).at(-1) ?? 0;
    const { sandbox, until } = await begin(test.driver);
    await using _sandbox = sandbox;
    await until('READY');
    const groups = groupsOf(numberOf(launcher)).map((group) => group.split(' ')[0] ?? '');
    const members = (): readonly string[][] =>
      groups.map((group) =>
        readFileSync(`${group}/cgroup.procs`, 'utf8').split('\n').filter(Boolean),
      );
    assert.ok(members().every((pids) => pids.length > 4));
    await sandbox.reset?.();
    await sandbox.exited;
    const inits = childrenOf(launcher).map(String);
    assert.ok(groups.length > 0 && inits.length === 1);
    for (const pids of members()) assert.deepEqual(pids, inits);
  });
});
