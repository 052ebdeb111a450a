/**
 * `/_hearth/clock` of a server that was started with `--clock movable`: tells the time, and moves it.
 * I1 The clock goes from one time that something waits for to the next, and on only when that is done: whatever
 *    falls due on the way happens at its own time, in order, as if the time had passed.
 */
import type { MovableClock } from '#adapters/movable-clock/index.ts';
import { AwsError } from '#aws/errors.ts';
import type { HttpSurface, SurfaceExchange } from '#aws/operation.ts';
import { collectBytes, textOf, TooManyBytes, utf8 } from '#kernel/bytes.ts';
import { isLoopback } from '#kernel/ip-address.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { DAY_MS, KIB, SECOND_MS } from '#kernel/units.ts';
import type { Agenda } from '#ports/peers/agenda.ts';
import type { Database } from '#ports/world/database.ts';

const BODY_BYTES_MAX = 4 * KIB;
/** What one request may move: a leap year. */
const MOVE_MS_MAX = 366 * DAY_MS;
/** How long to wait before looking again whether all that is due is done; doubled up to the most. */
const LOOK_MS_MIN = 1;
const LOOK_MS_MAX = 16;

export interface ClockSurfaceOptions {
  readonly clock: MovableClock;
  readonly database: Database;
  readonly agendas: readonly Agenda[];
}

/**
 * GET tells the time; POST of `{"by": SECONDS}` or `{"to": "2026-01-01T09:00:00+09:00"}` moves it, and answers once
 * everything that fell due on the way was done. A client that goes away stops it where it is.
 */
export function createClockSurface(options: ClockSurfaceOptions): HttpSurface['handle'] {
  return async (exchange) => {
    const { request, signal } = exchange;
    if (!isLoopback(request.sourceIp)) {
      throw refusal(403, 'The clock can be moved from this machine alone.');
    }
    if (request.method === 'POST') {
      await moveUntil(options, targetOf(await bodyOf(exchange), options.clock.now()), signal);
    } else if (request.method !== 'GET') {
      throw refusal(405, 'Use GET to read the clock, POST to move it.');
    }
    const { clock } = options;
    const told = { now: new Date(clock.now()).toISOString(), offsetMs: clock.offsetMs };
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    return { status: 200, headers, body: utf8(`${JSON.stringify(told)}\n`) };
  };
}

async function moveUntil(
  options: ClockSurfaceOptions,
  untilMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = options;
  for (;;) {
    const nextMs = await settle(options, signal);
    if (clock.now() >= untilMs) return;
    await clock.moveTo(Math.min(untilMs, nextMs));
  }
}

/** Waits until nothing is due or under way; answers when the next thing is. */
async function settle(
  { clock, database, agendas }: ClockSurfaceOptions,
  signal: AbortSignal,
): Promise<number> {
  for (let waitMs = LOOK_MS_MIN; ; waitMs = Math.min(LOOK_MS_MAX, 2 * waitMs)) {
    const nextMs = await database.read(async (queries) => {
      let earliestMs = Infinity;
      for (const agenda of agendas) {
        earliestMs = Math.min(earliestMs, (await agenda(queries)) ?? Infinity);
      }
      return earliestMs;
    });
    if (nextMs > clock.now()) return nextMs;
    await clock.sleep(waitMs, signal);
  }
}

/** @throws AwsError */
function targetOf(body: string, nowMs: number): number {
  const given = parseJson(body);
  const { by, to } = isObject(given) ? given : {};
  const untilMs =
    typeof by === 'number' && to === undefined
      ? nowMs + by * SECOND_MS
      : by === undefined && typeof to === 'string'
        ? instantOf(to)
        : NaN;
  if (Number.isNaN(untilMs)) {
    throw refusal(
      400,
      'Say how far, {"by": SECONDS}, or until when, {"to": "2026-01-01T09:00:00+09:00"}.',
    );
  }
  if (untilMs < nowMs) throw refusal(400, 'The clock does not go back.');
  if (untilMs > nowMs + MOVE_MS_MAX) throw refusal(400, 'The clock moves by 366 days at most.');
  return untilMs;
}

/** The instant of RFC 3339's text, in ms since 1970; NaN for anything else. */
function instantOf(text: string): number {
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  return isInstant ? Date.parse(text) : NaN;
}

/** A page of the web may send no JSON to another host without asking: the type keeps browsers out. */
async function bodyOf({ request }: SurfaceExchange): Promise<string> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw refusal(415, 'Send JSON: the header content-type is to be application/json.');
  }
  try {
    return textOf(await collectBytes(request.body, BODY_BYTES_MAX));
  } catch (error) {
    throw error instanceof TooManyBytes ? refusal(413, 'The request is too long.') : error;
  }
}

function refusal(status: number, message: string): AwsError {
  return new AwsError({ code: 'ClockRefused', message, status });
}
