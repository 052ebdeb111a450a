/**
 * Fires rules that have a schedule.
 * I1 Of firings that were missed while the server was down, the first and those of the last minutes are made up for,
 * with their own time in the event; the others are left out.
 * I2 A clock that is set back makes no minute of a cron fire again, and lets no rate wait for longer than its period;
 * one that is set ahead is an outage for crons, and for a rate whose time it passed one firing.
 */
import {
  nextFiring,
  parseRuleExpression,
  replanAfter,
  resumeAfter,
} from '#kernel/schedule/index.ts';
import type { Transaction } from '#ports/world/database.ts';
import { replan, runFiringLoop } from '#ports/world/firing-loop.ts';
import { count } from './dead-letter.ts';
import { deliverToTarget } from './deliver-to-target.ts';
import type { EventsDependencies } from './dependencies.ts';
import { eventTime, ruleArn, type EventEnvelope, type Rule } from './model.ts';
import {
  dueRules,
  firingRules,
  nextFiringOfAll,
  saveRule,
  targetsOf,
  type DueRule,
} from './store-rules.ts';

export const SCHEDULES_TOPIC = 'events/schedules';
const RULES_PER_TRANSACTION = 50;

/** Fires until the signal aborts; sleeps until the next rule is due. */
export function runSchedules(dependencies: EventsDependencies, signal: AbortSignal): Promise<void> {
  return runFiringLoop({
    ...dependencies,
    topic: SCHEDULES_TOPIC,
    nextDueAt: nextFiringOfAll,
    fire: (tx) => fireDueRules(dependencies, tx),
    resume: (jump) => resumeRates(dependencies, jump === 'ahead'),
    signal,
  });
}

async function fireDueRules(dependencies: EventsDependencies, tx: Transaction): Promise<void> {
  const { clock, random } = dependencies;
  for (const due of await dueRules(tx, clock.now(), RULES_PER_TRANSACTION)) {
    const event = scheduledEvent(due, random.uuid());
    count(dependencies, due, 'TriggeredRules');
    for (const target of await targetsOf(tx, due)) {
      const routed = { event, isForwarded: false };
      await deliverToTarget(dependencies, tx, due, { target, routed });
    }
    const afterMs = resumeAfter(due.dueAtMs, clock.now());
    await saveRule(tx, due, due.definition, nextFiringOf(due.definition, afterMs, true));
  }
}

/** Lets rates go on that were planned by a clock that has jumped (I2). */
function resumeRates({ database, clock }: EventsDependencies, isAhead: boolean): Promise<void> {
  const nowMs = clock.now();
  return replan<DueRule>({
    database,
    firing: firingRules,
    afterMsOf: ({ definition, dueAtMs }) =>
      replanAfter(parseRuleExpression(definition.schedule ?? ''), dueAtMs, { nowMs, isAhead }),
    plan: (tx, due, afterMs) =>
      saveRule(tx, due, due.definition, nextFiringOf(due.definition, afterMs, true)),
  });
}

/** When an enabled rule fires next after an instant; `undefined` for one that has no schedule or has ended. */
export function nextFiringOf(rule: Rule, nowMs: number, hasBegun = false): number | undefined {
  if (rule.schedule === undefined || rule.state === 'DISABLED') return undefined;
  const expression = parseRuleExpression(rule.schedule);
  if (expression === undefined) return undefined;
  // A rule's rate fires first when its period has passed once, and not at the anchor.
  const afterMs = hasBegun ? nowMs : Math.max(nowMs, rule.anchorMs);
  return nextFiring(expression, { afterMs, anchorMs: rule.anchorMs, hasBegun });
}

function scheduledEvent(due: DueRule, id: string): EventEnvelope {
  return {
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: due.accountId,
    time: eventTime(due.dueAtMs),
    region: due.region,
    resources: [ruleArn(due)],
    detail: {},
  };
}
