/** From an event on a bus to the targets of all rules that it matches, and into the bus's archives. */
import { matchPattern, type PatternCache } from '#kernel/event-pattern/index.ts';
import type { Transaction } from '#ports/world/database.ts';
import { archiveEvent } from './archive-event.ts';
import { count } from './dead-letter.ts';
import { deliverToTarget, type RoutedEvent, type TargetDependencies } from './deliver-to-target.ts';
import { ruleArn, type BusAddress } from './model.ts';
import { activePatterns, targetsOf } from './store-rules.ts';

/** Routes in the caller's transaction: what is acknowledged is delivered, or neither happens. */
export async function routeEvent(
  dependencies: TargetDependencies & { readonly patterns: PatternCache },
  tx: Transaction,
  bus: BusAddress,
  routed: RoutedEvent,
): Promise<void> {
  const { patterns } = dependencies;
  await archiveEvent(dependencies, tx, bus, routed.event);
  for (const { name, pattern } of await activePatterns(tx, bus)) {
    if (!matchPattern(patterns.get(pattern), routed.event)) continue;
    const rule = { ...bus, rule: name };
    if (routed.ruleArns?.includes(ruleArn(rule)) === false) continue;
    count(dependencies, rule, 'MatchedEvents');
    count(dependencies, rule, 'TriggeredRules');
    for (const target of await targetsOf(tx, rule)) {
      await deliverToTarget(dependencies, tx, rule, { target, routed });
    }
  }
}
