/** Rules and schedules that fire: some from the beginning, and single times that an actor sets. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { Timer } from '../checkers/index.ts';
import { ACCOUNT, QUEUES, queueArn, ruleArn, scheduleArn } from '../names.ts';
import { berlinShift, isRepeatedInBerlin } from '../summer-time.ts';
import { call, make, type Actor } from './actor.ts';

const RATES = 4;
const STAGGER_MS = 15 * SECOND_MS;
/** Away from whole seconds: times are told in them. */
const OFFSET_MS = 300;
const TOKYO_MS = 9 * HOUR_MS;
const KOLKATA_MS = 5.5 * HOUR_MS;
const ATTEMPTS_MAX = 20;

const RoleArn = `arn:aws:iam::${ACCOUNT}:role/simulated`;
const DeadLetterConfig = { Arn: queueArn(QUEUES.ticksDead) };
const NOBODY = queueArn('nobody');
const OFF = { Mode: 'OFF' };

/** Makes rules and schedules over a minute, so that some of them fire at any time of it. */
export async function setUpTimers(actor: Actor): Promise<void> {
  for (const QueueName of [QUEUES.ticks, QUEUES.ticksDead]) {
    await make(actor, 'sqs', 'CreateQueue', { QueueName });
  }
  await makeCrons(actor);
  await makeBerlin(actor);
  for (let index = 1; index <= RATES; index += 1) {
    const nowMs = actor.machine.clock.now();
    await actor.machine.clock.sleep(STAGGER_MS - (nowMs % STAGGER_MS) + OFFSET_MS);
    const everyMinute = timesFrom(actor.machine.clock.now(), MINUTE_MS);
    const rule = `rate-${index}`;
    // A rule's rate fires first after its period, a schedule's at once.
    const fromNext = (untilMs: number): readonly number[] => everyMinute(untilMs).slice(1);
    const periodMs = MINUTE_MS;
    const expression = 'rate(1 minute)';
    await makeRule(actor, rule, expression, { timesUntil: fromNext, periodMs });
    await makeSchedule(actor, rule, { expression }, { timesUntil: everyMinute, periodMs });
    if (index > 1) continue;
    const astray = { timesUntil: fromNext, isAstray: true, periodMs };
    await makeRule(actor, 'astray', 'rate(1 minute)', astray);
    const lost = { timesUntil: everyMinute, isAstray: true, periodMs };
    await makeSchedule(actor, 'astray', { expression }, lost);
  }
}

async function makeCrons(actor: Actor): Promise<void> {
  const minutes = timesFrom(ceil(actor.machine.clock.now(), MINUTE_MS), MINUTE_MS);
  await makeRule(actor, 'cron', 'cron(* * * * ? *)', { timesUntil: minutes });
  const fresh = { timesUntil: minutes, ageMsMax: MINUTE_MS };
  await makeSchedule(actor, 'fresh', { expression: 'cron(* * * * ? *)' }, fresh);
  const tokyo = { expression: 'cron(* 9 * * ? *)', timeZone: 'Asia/Tokyo' };
  await makeSchedule(actor, 'tokyo', tokyo, {
    timesUntil: (untilMs) => minutes(untilMs).filter((atMs) => hourOf(atMs + TOKYO_MS) === 9),
  });
  const kolkata = { expression: 'cron(0/2 5,6 * * ? *)', timeZone: 'Asia/Kolkata' };
  await makeSchedule(actor, 'kolkata', kolkata, {
    timesUntil: (untilMs) =>
      minutes(untilMs).filter((atMs) => {
        const isEven = (atMs / MINUTE_MS) % 2 === 0;
        return isEven && [5, 6].includes(hourOf(atMs + KOLKATA_MS));
      }),
  });
}

/** Through the nights in which summer begins and ends there: what is skipped does not fire, what comes twice once. */
async function makeBerlin(actor: Actor): Promise<void> {
  const minutes = timesFrom(ceil(actor.machine.clock.now(), MINUTE_MS), MINUTE_MS);
  const berlin = { expression: 'cron(* 1-3 * * ? *)', timeZone: 'Europe/Berlin' };
  await makeSchedule(actor, 'berlin', berlin, {
    timesUntil: (untilMs) =>
      minutes(untilMs).filter((atMs) => {
        const isNight = [1, 2, 3].includes(hourOf(atMs + berlinShift(atMs)));
        return isNight && !isRepeatedInBerlin(atMs);
      }),
  });
}

function hourOf(wallClockMs: number): number {
  return Math.floor((wallClockMs % DAY_MS) / HOUR_MS);
}

function ceil(atMs: number, unitMs: number): number {
  return Math.ceil(atMs / unitMs) * unitMs;
}

function timesFrom(firstMs: number, periodMs: number): Timer['timesUntil'] {
  return (untilMs) =>
    Array.from(
      { length: Math.max(0, Math.floor((untilMs - firstMs) / periodMs) + 1) },
      (_, index) => firstMs + index * periodMs,
    );
}

async function makeRule(
  actor: Actor,
  Name: string,
  ScheduleExpression: string,
  timer: Omit<Timer, 'arn'>,
): Promise<void> {
  actor.checkers.firings.add({ arn: ruleArn(Name), ...timer });
  await make(actor, 'events', 'PutRule', { Name, ScheduleExpression });
  const Arn = timer.isAstray === true ? NOBODY : queueArn(QUEUES.ticks);
  const Targets = [{ Id: 'ticks', Arn, DeadLetterConfig }];
  await make(actor, 'events', 'PutTargets', { Rule: Name, Targets });
}

async function makeSchedule(
  actor: Actor,
  Name: string,
  { expression, timeZone = 'UTC' }: { readonly expression: string; readonly timeZone?: string },
  timer: Omit<Timer, 'arn'>,
): Promise<void> {
  actor.checkers.firings.add({ arn: scheduleArn(Name), ...timer });
  await make(actor, 'scheduler', 'CreateSchedule', {
    Name,
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: timeZone,
    FlexibleTimeWindow: OFF,
    Target: targetOf(timer),
  });
}

function targetOf({ isAstray = false, ageMsMax }: Omit<Timer, 'arn'>): object {
  const age = { MaximumEventAgeInSeconds: (ageMsMax ?? 0) / SECOND_MS };
  return {
    Arn: isAstray ? NOBODY : queueArn(QUEUES.ticks),
    RoleArn,
    DeadLetterConfig,
    ...(ageMsMax === undefined ? {} : { RetryPolicy: age }),
  };
}

/** Sets a schedule that fires once in some seconds, again and again until it is acknowledged. */
export async function setAlarm(actor: Actor): Promise<void> {
  const { chance, checkers, machine } = actor;
  const { clock } = machine;
  const Name = chance.uuid();
  const atMs = ceil(clock.now(), SECOND_MS) + chance.between(1, 15) * SECOND_MS;
  const [timeZone, shiftMs] = chance.pick<readonly [string, number]>([
    ['UTC', 0],
    ['Asia/Tokyo', TOKYO_MS],
    ['Asia/Kolkata', KOLKATA_MS],
    // The second time of an hour has no name of its own.
    ...(isRepeatedInBerlin(atMs) ? [] : [['Europe/Berlin', berlinShift(atMs)] as const]),
  ]);
  const isFlexible = chance.happens(0.2);
  const input = {
    Name,
    ClientToken: Name,
    ScheduleExpression: `at(${new Date(atMs + shiftMs).toISOString().slice(0, 19)})`,
    ScheduleExpressionTimezone: timeZone,
    FlexibleTimeWindow: isFlexible ? { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1 } : OFF,
    ActionAfterCompletion: chance.pick(['NONE', 'DELETE']),
    Target: targetOf({ timesUntil: () => [] }),
  };
  const timer: Timer = checkers.firings.add({
    arn: scheduleArn(Name),
    timesUntil: (untilMs) => (atMs <= untilMs ? [atMs] : []),
    isUnsure: true,
    windowMs: isFlexible ? MINUTE_MS : 0,
  });
  const request = { service: 'scheduler', operation: 'CreateSchedule', input };
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const answer = await call(actor, request);
    // One that is made after its time never fires.
    if (answer.kind === 'done') timer.isUnsure = clock.now() >= atMs;
    if (answer.kind === 'done') return;
    await clock.sleep(chance.between(100, 2000));
  }
}
