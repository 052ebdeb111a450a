/** What a sandbox's cable lets through each way: as the kernel holds it, and as the kernel counts it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxDriver } from '#ports/world/sandbox.ts';
import { NEEDS_PYTHON } from '../support/python.ts';
import { processesWith } from './processor-time.ts';
import { ISOLATIONS, PROGRAMS, describeIsolated, openDriver } from './sandboxed.ts';
import type { TestDriver } from './sandboxed.ts';

/** In proportion to memory, between two ends. */
const PROMISES = [
  { memoryMiB: 128, megabits: 50 },
  { memoryMiB: 885, megabits: 300 },
  { memoryMiB: 3538, megabits: 600 },
];
const BYTES_OF_A_MEGABIT = 1_000_000 / 8;
const SMALL = { memoryMiB: 128, temporaryStorageMiB: 512 };
const SMALL_BYTES_PER_SECOND = 50 * BYTES_OF_A_MEGABIT;
/** What may go at once after a rest. */
const BUCKET_BYTES = 65_536;
/** Of a rate: it is held in the kernel's ticks. */
const ROUNDING = 0.02;
/** Long enough that what goes at once weighs little. */
const LOOKED_AT_BYTES = 4_000_000;
const DATAGRAM = Buffer.alloc(60_000);
const PATIENCE_MS = 120_000;
/** By which a sandbox that has no cable says so. */
const LOOPBACK = '127.0.0.1';
const NO_CABLE = 'sandboxes have no internet here, and no cable to limit';

interface Flooding extends AsyncDisposable {
  readonly address: string;
  /** The host's end of its cable. */
  readonly cable: string;
  /** Of its process, on the host. */
  readonly pid: number;
  bind(memoryMiB: number): Promise<void>;
}

/** A sandbox of 128 MiB that sends as much as it can; undefined where sandboxes have no cable. */
async function flood(driver: SandboxDriver): Promise<Flooding | undefined> {
  const mark = `flood-${randomUUID()}`;
  const told = Promise.withResolvers<string>();
  // By a shell, which takes the place of a fork: a mark is seen in the arguments of a program.
  const script = 'exec /usr/bin/python3 -I -S /var/task/attack.py flood "$0"';
  const sandbox = await driver.launch({
    id: mark,
    command: ['/bin/sh', '-c', script, mark],
    environment: { PATH: '/usr/bin:/bin' },
    mounts: [{ source: PROGRAMS, target: '/var/task' }],
    limits: { ...SMALL, virtualCpus: 1 },
    onRuntimeConnection: (connection) => connection.destroy(),
    onOutput: (_, chunk) => told.resolve(Buffer.from(chunk).toString().trim().split('\n')[0] ?? ''),
  });
  const address = await told.promise;
  if (address === LOOPBACK) {
    await sandbox[Symbol.asyncDispose]();
    return undefined;
  }
  const [pid = 0] = processesWith(mark);
  return {
    address,
    cable: cableTo(address),
    pid,
    bind: (memoryMiB) => sandbox.bind({ mounts: [], limits: { ...SMALL, memoryMiB } }),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}

function cableTo(address: string): string {
  const routes = execFileSync('ip', ['-j', 'route', 'get', address], { encoding: 'utf8' });
  const [route] = JSON.parse(routes) as readonly { readonly dev: string }[];
  return route?.dev ?? '';
}

/** What stands at one end of a cable, as `tc` tells it. */
interface Queue {
  readonly kind: string;
  /** Bytes a second. */
  readonly options: { readonly rate: number };
  /** How often something had to wait. */
  readonly overlimits: number;
}

function queuesOf({ cable, pid }: Flooding): readonly (Queue | undefined)[] {
  const look = ['tc', '-s', '-j', 'qdisc', 'show', 'dev'];
  const inside = ['nsenter', '-t', String(pid), '-n', ...look, 'eth0'];
  return [[...look, cable], inside].map(([program = '', ...parameters]) => {
    const queues = execFileSync(program, parameters, { encoding: 'utf8' });
    return (JSON.parse(queues) as readonly Queue[])[0];
  });
}

/** Looks at a count of a cable until it has grown by enough; bytes a second, at the least, without what may go at once. */
async function rateOf(cable: string, count: 'rx_bytes' | 'tx_bytes'): Promise<number> {
  const look = () => Number(readFileSync(`/sys/class/net/${cable}/statistics/${count}`, 'latin1'));
  const beginMs = performance.now();
  const begin = look();
  for (;;) {
    const bytes = look() - begin;
    // Read last, as it was read first: the time is never too short.
    const elapsedMs = performance.now() - beginMs;
    if (bytes >= LOOKED_AT_BYTES) return ((bytes - BUCKET_BYTES) * 1000) / elapsedMs;
    assert.ok(elapsedMs < PATIENCE_MS, `${bytes} bytes in ${elapsedMs} ms`);
    await sleep(5);
  }
}

/** Sends as much as the cable takes until it is told to end. */
async function sendTo(socket: Socket, address: string, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    await new Promise<void>((resolve) => {
      socket.send(DATAGRAM, 9, address, () => resolve());
    });
  }
}

for (const isolation of ISOLATIONS) {
  const { name, hasOwnKernel } = isolation;
  const skip = (hasOwnKernel && `the host sees no processes of ${name}`) || NEEDS_PYTHON.skip;
  describeIsolated(`the network of a sandbox of ${name}`, isolation, () => {
    let test: TestDriver;
    before(async () => {
      test = await openDriver(isolation);
    });
    after(async () => {
      await test[Symbol.asyncDispose]();
    });

    for (const { memoryMiB, megabits } of PROMISES) {
      it(`has ${megabits} Mbit/s each way at ${memoryMiB} MiB`, { skip }, async (context) => {
        await using flooding = await flood(test.driver);
        if (flooding === undefined) return context.skip(NO_CABLE);
        await flooding.bind(memoryMiB);
        for (const queue of queuesOf(flooding)) {
          assert.equal(queue?.kind, 'tbf');
          const promised = megabits * BYTES_OF_A_MEGABIT;
          assert.ok(
            Math.abs(queue.options.rate - promised) <= promised * ROUNDING,
            `${queue.options.rate}`,
          );
        }
      });
    }

    it('sends no faster than that', { skip }, async (context) => {
      await using flooding = await flood(test.driver);
      if (flooding === undefined) return context.skip(NO_CABLE);
      const rate = await rateOf(flooding.cable, 'rx_bytes');
      context.diagnostic(`${(rate / BYTES_OF_A_MEGABIT).toFixed(1)} Mbit/s`);
      assert.ok(rate <= SMALL_BYTES_PER_SECOND * (1 + ROUNDING), `${rate}`);
      const [, inside] = queuesOf(flooding);
      assert.ok(inside !== undefined && inside.overlimits > 0, 'nothing had to wait');
    });

    it('receives no faster than that', { skip }, async (context) => {
      await using flooding = await flood(test.driver);
      if (flooding === undefined) return context.skip(NO_CABLE);
      const end = new AbortController();
      const socket = createSocket('udp4');
      const sending = sendTo(socket, flooding.address, end.signal);
      const rate = await rateOf(flooding.cable, 'tx_bytes').finally(() => end.abort());
      await sending;
      socket.close();
      context.diagnostic(`${(rate / BYTES_OF_A_MEGABIT).toFixed(1)} Mbit/s`);
      assert.ok(rate <= SMALL_BYTES_PER_SECOND * (1 + ROUNDING), `${rate}`);
      const [host] = queuesOf(flooding);
      assert.ok(host !== undefined && host.overlimits > 0, 'nothing had to wait');
    });
  });
}
