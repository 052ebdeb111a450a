import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMovableClock } from '#adapters/movable-clock/index.ts';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { AwsError } from '#aws/errors.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kernel/units.ts';
import { createClockSurface } from './clock-surface.ts';

interface Request {
  readonly method?: string;
  readonly body?: unknown;
  readonly sourceIp?: string;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** A surface over one agenda: times that wait, done at once when the clock reaches them unless `isSlow`. */
async function open(times: number[] = [], isSlow = false) {
  const machineClock = new SimulatedClock();
  const startMs = machineClock.now();
  const waiting = times.map((time) => startMs + time);
  const done: number[] = [];
  const work = (): void => {
    while (waiting[0] !== undefined && waiting[0] <= clock.now()) {
      waiting.shift();
      done.push(clock.now() - startMs);
    }
  };
  const clock = await openMovableClock({
    machineClock,
    database: await openDatabase({ path: ':memory:' }),
    onMoved: () => {
      if (!isSlow) work();
    },
  });
  const database = await openDatabase({ path: ':memory:' });
  const handle = createClockSurface({ clock, database, agendas: [async () => waiting[0]] });
  const ask = async (request: Request) => {
    const { method = 'POST', body, sourceIp = '127.0.0.1', signal } = request;
    const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
    const answer = await handle({
      request: {
        method,
        path: '/_hearth/clock',
        query: new URLSearchParams(),
        headers: { 'content-type': request.contentType ?? 'application/json' },
        sourceIp,
        body: (async function* () {
          yield utf8(text);
        })(),
      },
      requestId: 'r',
      signal: signal ?? new AbortController().signal,
      authenticate: async () => undefined,
    });
    return JSON.parse(textOf(answer.body as Uint8Array)) as { now: string; offsetMs: number };
  };
  return { ask, machineClock, clock, startMs, done, work };
}

function refuses(ask: Promise<unknown>, status: number): Promise<void> {
  return assert.rejects(ask, (error) => error instanceof AwsError && error.status === status);
}

describe('/_hearth/clock', () => {
  it('tells the time, and sets it ahead by seconds or to an instant of any zone', async () => {
    const { ask } = await open();
    assert.deepEqual(await ask({ method: 'GET' }), {
      now: '2026-01-01T00:00:00.000Z',
      offsetMs: 0,
    });
    assert.equal((await ask({ body: { by: 90 } })).now, '2026-01-01T00:01:30.000Z');
    const moved = await ask({ body: { to: '2026-01-02T09:00:00+09:00' } });
    assert.deepEqual(moved, { now: '2026-01-02T00:00:00.000Z', offsetMs: DAY_MS });
  });

  it('stops at each time that something waits for, in order, and misses none', async () => {
    const times = [MINUTE_MS, MINUTE_MS, HOUR_MS, DAY_MS, DAY_MS + 1];
    const { ask, done } = await open(times);
    await ask({ body: { by: DAY_MS / 1000 } });
    assert.deepEqual(done, times.slice(0, 4));
  });

  it('does not go on before what is due is done', async () => {
    const { ask, clock, startMs, work, machineClock } = await open([HOUR_MS, DAY_MS], true);
    const answer = ask({ body: { by: (2 * HOUR_MS) / 1000 } });
    for (let turn = 0; turn < 5; turn += 1) await machineClock.advance(20);
    assert.ok(clock.now() - startMs < HOUR_MS + MINUTE_MS, 'the clock waits');
    work();
    await machineClock.advance(20);
    await answer;
    assert.ok(clock.now() - startMs >= 2 * HOUR_MS);
  });

  it('stops where it is once the client has gone', async () => {
    const { ask, clock, startMs, machineClock } = await open([HOUR_MS], true);
    const leaving = new AbortController();
    const answer = ask({ body: { by: DAY_MS / 1000 }, signal: leaving.signal });
    const ended = assert.rejects(answer, /gone/);
    await machineClock.advance(20);
    leaving.abort(new Error('gone'));
    await ended;
    assert.ok(clock.now() - startMs < HOUR_MS + MINUTE_MS);
  });

  it('refuses what is no time, goes back, or is more than a year ahead', async () => {
    const { ask } = await open();
    const bodies = [
      '',
      'null',
      {},
      { by: '60' },
      { by: 60, to: '2026-01-02T00:00:00Z' },
      { to: 'tomorrow' },
      { to: '2026-01-02' },
      { to: '2026-13-02T00:00:00Z' },
      { by: -1 },
      { to: '2025-12-31T23:59:59Z' },
      { by: 366 * 86_400 + 1 },
      { by: 1e300 },
    ];
    for (const body of bodies) await refuses(ask({ body }), 400);
    await ask({ body: { by: 366 * 86_400 } });
  });

  it('is for this machine, for JSON, and for GET and POST alone', async () => {
    const { ask } = await open();
    await refuses(ask({ body: { by: 1 }, sourceIp: '10.0.0.1' }), 403);
    await ask({ body: { by: 1 }, sourceIp: '::1' });
    await refuses(ask({ body: { by: 1 }, contentType: 'text/plain' }), 415);
    await refuses(ask({ body: ' '.repeat(4097) }), 413);
    await refuses(ask({ method: 'PUT' }), 405);
  });
});
