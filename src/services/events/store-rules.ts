/** Rules and their targets. */
import type { Target } from '#aws/models/events.types.gen.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { BusAddress, Rule, RuleAddress } from './model.ts';

interface RuleRow {
  readonly account_id: string;
  readonly region: string;
  readonly bus: string;
  readonly name: string;
  readonly next_firing_ms: number;
  readonly body: string;
}

/** The rule of a name on a bus, or `undefined`. */
export async function findRule(
  queries: Queries,
  { accountId, region, bus, rule }: RuleAddress,
): Promise<Rule | undefined> {
  const row = await queries.get<RuleRow>(
    `SELECT body FROM events_rules
     WHERE account_id = $1 AND region = $2 AND bus = $3 AND name = $4`,
    accountId,
    region,
    bus,
    rule,
  );
  return row && parseRule(row);
}

/** What was stored by saveRule. */
function parseRule({ body }: Pick<RuleRow, 'body'>): Rule {
  return JSON.parse(body) as Rule;
}

/** @param nextFiringMs of an enabled rule that has a schedule */
export async function saveRule(
  tx: Transaction,
  { accountId, region, bus, rule: name }: RuleAddress,
  rule: Rule,
  nextFiringMs: number | undefined,
): Promise<void> {
  const isEnabled = rule.state === 'DISABLED' ? 0 : 1;
  await tx.run(
    `INSERT INTO events_rules
       (account_id, region, bus, name, pattern, is_enabled, next_firing_ms, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (account_id, region, bus, name) DO UPDATE SET
       pattern = excluded.pattern, is_enabled = excluded.is_enabled,
       next_firing_ms = excluded.next_firing_ms, body = excluded.body`,
    accountId,
    region,
    bus,
    name,
    rule.pattern ?? null,
    isEnabled,
    nextFiringMs ?? null,
    JSON.stringify(rule),
  );
}

/** Deletes a rule; its targets go before it. */
export async function deleteRuleRow(
  tx: Transaction,
  { accountId, region, bus, rule }: RuleAddress,
): Promise<void> {
  await tx.run(
    `DELETE FROM events_rules
     WHERE account_id = $1 AND region = $2 AND bus = $3 AND name = $4`,
    accountId,
    region,
    bus,
    rule,
  );
}

/** A bus's rules by name. */
export async function listRulesOf(
  queries: Queries,
  { accountId, region, bus }: BusAddress,
  prefix = '',
): Promise<Rule[]> {
  const rows = await queries.all<RuleRow>(
    `SELECT body FROM events_rules
     WHERE account_id = $1 AND region = $2 AND bus = $3 AND substr(name, 1, $4) = $5
     ORDER BY name`,
    accountId,
    region,
    bus,
    prefix.length,
    prefix,
  );
  return rows.map(parseRule);
}

/** The enabled rules of a bus that have a pattern. */
export async function activePatterns(
  queries: Queries,
  { accountId, region, bus }: BusAddress,
): Promise<{ readonly name: string; readonly pattern: string }[]> {
  return queries.all(
    `SELECT name, pattern FROM events_rules
     WHERE account_id = $1 AND region = $2 AND bus = $3 AND is_enabled = 1 AND pattern IS NOT NULL
     ORDER BY name`,
    accountId,
    region,
    bus,
  );
}

export interface DueRule extends RuleAddress {
  readonly definition: Rule;
  readonly dueAtMs: number;
}

/** Rules whose schedule is due, the oldest first. */
export async function dueRules(queries: Queries, nowMs: number, limit: number): Promise<DueRule[]> {
  const rows = await queries.all<RuleRow>(
    `SELECT account_id, region, bus, name, next_firing_ms, body FROM events_rules
     WHERE next_firing_ms IS NOT NULL AND next_firing_ms <= $1
     ORDER BY next_firing_ms LIMIT $2`,
    nowMs,
    limit,
  );
  return rows.map(dueRuleOf);
}

/** All rules that fire. */
export async function firingRules(queries: Queries): Promise<DueRule[]> {
  const rows = await queries.all<RuleRow>(
    'SELECT * FROM events_rules WHERE next_firing_ms IS NOT NULL',
  );
  return rows.map(dueRuleOf);
}

function dueRuleOf(row: RuleRow): DueRule {
  return {
    accountId: row.account_id,
    region: row.region,
    bus: row.bus,
    rule: row.name,
    definition: parseRule(row),
    dueAtMs: row.next_firing_ms,
  };
}

/** When the next schedule of any rule is due, in ms since 1970. */
export async function nextFiringOfAll(queries: Queries): Promise<number | undefined> {
  const row = await queries.get<{ readonly at: number | null }>(
    'SELECT MIN(next_firing_ms) AS at FROM events_rules WHERE next_firing_ms IS NOT NULL',
  );
  return row?.at ?? undefined;
}

interface TargetRow {
  readonly body: string;
}

/** A rule's targets, by id. */
export async function targetsOf(
  queries: Queries,
  { accountId, region, bus, rule }: RuleAddress,
): Promise<Target[]> {
  const rows = await queries.all<TargetRow>(
    `SELECT body FROM events_targets
     WHERE account_id = $1 AND region = $2 AND bus = $3 AND rule = $4 ORDER BY target_id`,
    accountId,
    region,
    bus,
    rule,
  );
  // What was stored by saveTarget.
  return rows.map(({ body }) => JSON.parse(body) as Target);
}

/** Adds a target, or replaces the one with its id. */
export async function saveTarget(
  tx: Transaction,
  { accountId, region, bus, rule }: RuleAddress,
  target: Target,
): Promise<void> {
  await tx.run(
    `INSERT INTO events_targets (account_id, region, bus, rule, target_id, arn, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (account_id, region, bus, rule, target_id) DO UPDATE SET
       arn = excluded.arn, body = excluded.body`,
    accountId,
    region,
    bus,
    rule,
    target.Id,
    target.Arn,
    JSON.stringify(target),
  );
}

/** Takes one target from a rule. */
export async function deleteTarget(
  tx: Transaction,
  { accountId, region, bus, rule }: RuleAddress,
  targetId: string,
): Promise<void> {
  await tx.run(
    `DELETE FROM events_targets
     WHERE account_id = $1 AND region = $2 AND bus = $3 AND rule = $4 AND target_id = $5`,
    accountId,
    region,
    bus,
    rule,
    targetId,
  );
}

/** The names of a bus's rules that have a target of this ARN. */
export async function ruleNamesOfTarget(
  queries: Queries,
  { accountId, region, bus }: BusAddress,
  targetArn: string,
): Promise<string[]> {
  const rows = await queries.all<{ readonly rule: string }>(
    `SELECT DISTINCT rule FROM events_targets
     WHERE account_id = $1 AND region = $2 AND bus = $3 AND arn = $4 ORDER BY rule`,
    accountId,
    region,
    bus,
    targetArn,
  );
  return rows.map(({ rule }) => rule);
}
