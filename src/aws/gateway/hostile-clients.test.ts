/** Clients that take no answers, ask without end, or leave while they are answered. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { lambda } from '#aws/models/lambda.gen.ts';
import { s3 } from '#aws/models/s3.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
import type { GatewayOptions } from '#aws/gateway/index.ts';
import { KIB, MIB } from '#kernel/units.ts';
import { ROOT, startGateway, type World } from '../../../test/support/gateway.ts';

const INVOKE = '/2015-03-31/functions/f/invocations';
const PATIENCE = { timeout: 120_000 };
/** What takes a connection to node:http. */
const UNUSUAL = 'TE: trailers\r\n';
const KINDS = [
  ['plainly', ''],
  ['through node:http', UNUSUAL],
] as const;

type Answering = (context: RequestContext) => Promise<unknown>;

function start(answering: Answering, options: Partial<GatewayOptions> = {}): Promise<World> {
  const GetObject: Operation<never, unknown> = (context) => answering(context);
  const Invoke: Operation<never, unknown> = (context) => answering(context);
  return startGateway({
    auth: { kind: 'none', root: ROOT.principal },
    services: [
      { model: lambda, operations: { Invoke } },
      { model: s3, operations: { GetObject } },
    ],
    ...options,
  });
}

function request(line: string, header = ''): string {
  return `${line} HTTP/1.1\r\nHost: x\r\n${header}\r\n`;
}

function open({ port }: World): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  return socket;
}

/** Resolves once something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

describe('a client', PATIENCE, () => {
  for (const [way, header] of KINDS) {
    test(`that leaves before its answer has begun has it closed at its source, ${way}`, async () => {
      const closed = Promise.withResolvers<void>();
      async function* content(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) yield Buffer.alloc(KIB);
        } finally {
          closed.resolve();
        }
      }
      const begun = Promise.withResolvers<void>();
      await using world = await start(async ({ signal }) => {
        begun.resolve();
        await once(signal, 'abort');
        return { Body: content() };
      });
      const socket = open(world);
      socket.write(request('GET /b/k', header));
      await begun.promise;
      socket.destroy();
      await closed.promise;
    });

    test(`that takes nothing of a whole answer is cut, ${way}`, async () => {
      const clock = new SimulatedClock();
      const { promise: asked, resolve } = Promise.withResolvers<AbortSignal>();
      const answering = async ({ signal }: RequestContext): Promise<unknown> => {
        resolve(signal);
        return { StatusCode: 200, Payload: Buffer.alloc(48 * MIB) };
      };
      await using world = await start(answering, { clock });
      const socket = open(world);
      socket.pause();
      socket.write(request(`POST ${INVOKE}`, `${header}Content-Length: 0\r\n`));
      const signal = await asked;
      while (!signal.aborted) {
        await clock.advance(60_000);
        await new Promise(setImmediate);
      }
      socket.destroy();
    });

    test(`takes all of a whole answer however slowly, where it takes some, ${way}`, async () => {
      const clock = new SimulatedClock();
      const whole = 80 * MIB;
      const answering = async (): Promise<unknown> => ({
        StatusCode: 200,
        Payload: Buffer.alloc(whole),
      });
      await using world = await start(answering, { clock });
      const socket = open(world);
      socket.write(request(`POST ${INVOKE}`, `${header}Content-Length: 0\r\n`));
      let taken = 0;
      socket.on('data', (data: Buffer) => {
        taken += data.byteLength;
      });
      // More than the kernel holds for the two: the server goes on in between.
      for (let step = 20 * MIB; step < whole; step += 20 * MIB) {
        await until(() => taken >= step);
        await clock.advance(45_000);
      }
      await until(() => taken >= whole || socket.closed);
      assert.ok(taken >= whole, `only ${taken} bytes came`);
      socket.destroy();
    });
  }

  test('that asks on and on without an answer has few requests under way', async () => {
    const asked: RequestContext[] = [];
    const { promise: release, resolve } = Promise.withResolvers<void>();
    await using world = await start(async (context) => {
      asked.push(context);
      await release;
      return { StatusCode: 200 };
    });
    const socket = open(world);
    const one = request(`POST ${INVOKE}`, `${UNUSUAL}Content-Length: 0\r\n`);
    const count = 6000;
    socket.write(one.repeat(count));
    await until(() => asked.length > 16);
    for (let turn = 0; turn < 300; turn += 1) await new Promise(setImmediate);
    // They come in pieces of at most 64 KiB, and what has come is begun.
    assert.ok(asked.length < 3000, `${asked.length} are under way`);
    socket.resume();
    resolve();
    await until(() => asked.length === count);
    socket.destroy();
  });
});
