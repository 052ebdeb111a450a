import type {
  DescribeRuleResponse,
  Operations,
  PutRuleRequest,
  Rule as RuleDescription,
} from '#aws/models/events.types.gen.ts';
import { compilePattern, PatternRefused } from '#kernel/event-pattern/index.ts';
import { parseRuleExpression } from '#kernel/schedule/index.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { EventsDependencies } from '../dependencies.ts';
import { invalidPattern, limitExceeded, noSuchRule, validation } from '../errors.ts';
import { nextFiringOf, SCHEDULES_TOPIC } from '../fire-schedules.ts';
import { RULES_PER_BUS_MAX } from '../limits.ts';
import { busAddressOf, DEFAULT_BUS, ruleArn, type Rule, type RuleAddress } from '../model.ts';
import { pageOf } from '../paging.ts';
import { deleteRuleRow, findRule, listRulesOf, saveRule, targetsOf } from '../store-rules.ts';
import { tagsOf } from '../tag-list.ts';
import { requireBus } from './event-buses.ts';

/** Makes or replaces a rule; tags are those of its making. */
export function putRule(dependencies: EventsDependencies): Operations['PutRule'] {
  const { database, clock, wakeups } = dependencies;
  return async (context, input) => {
    const address = { ...busAddressOf(context, input.EventBusName), rule: input.Name };
    checkRule(input, address.bus);
    await database.transact(async (tx) => {
      await requireBus(tx, address, address.bus, clock.now());
      const known = await findRule(tx, address);
      if (known === undefined) {
        const rules = await listRulesOf(tx, address);
        if (rules.length >= RULES_PER_BUS_MAX) throw limitExceeded();
      }
      const rule = ruleOf(input, context.accountId, known, clock.now());
      await saveRule(tx, address, rule, nextFiringOf(rule, clock.now()));
      tx.afterCommit(() => wakeups.notify(SCHEDULES_TOPIC));
    });
    return { RuleArn: ruleArn(address) };
  };
}

function checkRule({ EventPattern, ScheduleExpression }: PutRuleRequest, bus: string): void {
  if (EventPattern === undefined && ScheduleExpression === undefined) {
    throw validation('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (EventPattern !== undefined) checkPattern(EventPattern);
  if (ScheduleExpression === undefined) return;
  if (bus !== DEFAULT_BUS) {
    throw validation('ScheduleExpression is supported only on the default event bus.');
  }
  if (parseRuleExpression(ScheduleExpression) === undefined) {
    throw validation('Parameter ScheduleExpression is not valid.');
  }
}

/** @throws AwsError InvalidEventPatternException */
export function checkPattern(text: string): void {
  try {
    compilePattern(text);
  } catch (error) {
    throw error instanceof PatternRefused ? invalidPattern(error.message) : error;
  }
}

function ruleOf(
  input: PutRuleRequest,
  createdBy: string,
  known: Rule | undefined,
  nowMs: number,
): Rule {
  const { EventPattern, ScheduleExpression, Description, RoleArn, State = 'ENABLED' } = input;
  const isSameSchedule =
    known !== undefined && known.schedule === ScheduleExpression && known.state === State;
  return {
    name: input.Name,
    ...(EventPattern === undefined ? {} : { pattern: EventPattern }),
    ...(ScheduleExpression === undefined ? {} : { schedule: ScheduleExpression }),
    state: State,
    ...(Description === undefined ? {} : { description: Description }),
    ...(RoleArn === undefined ? {} : { roleArn: RoleArn }),
    createdBy,
    tags: known?.tags ?? tagsOf(input.Tags),
    anchorMs: isSameSchedule ? known.anchorMs : nowMs,
  };
}

/** Lets a rule match again. */
export function enableRule(dependencies: EventsDependencies): Operations['EnableRule'] {
  return async (context, { Name, EventBusName }) => {
    const address = { ...busAddressOf(context, EventBusName), rule: Name };
    await setState(dependencies, address, 'ENABLED');
    return {};
  };
}

/** Lets a rule match no more, and keeps it. */
export function disableRule(dependencies: EventsDependencies): Operations['DisableRule'] {
  return async (context, { Name, EventBusName }) => {
    const address = { ...busAddressOf(context, EventBusName), rule: Name };
    await setState(dependencies, address, 'DISABLED');
    return {};
  };
}

async function setState(
  { database, clock, wakeups }: EventsDependencies,
  address: RuleAddress,
  state: string,
): Promise<void> {
  await database.transact(async (tx) => {
    const known = await requireRule(tx, address, clock.now());
    if (known.state === state) return;
    const rule = { ...known, state, anchorMs: clock.now() };
    await saveRule(tx, address, rule, nextFiringOf(rule, clock.now()));
    tx.afterCommit(() => wakeups.notify(SCHEDULES_TOPIC));
  });
}

/** @throws AwsError ResourceNotFoundException */
export async function requireRule(
  tx: Transaction,
  address: RuleAddress,
  nowMs: number,
): Promise<Rule> {
  await requireBus(tx, address, address.bus, nowMs);
  const rule = await findRule(tx, address);
  if (rule === undefined) throw noSuchRule(address.rule, address.bus);
  return rule;
}

/** A rule that is not there is no error. */
export function deleteRule({ database, clock }: EventsDependencies): Operations['DeleteRule'] {
  return async (context, { Name, EventBusName }) => {
    const address = { ...busAddressOf(context, EventBusName), rule: Name };
    await database.transact(async (tx) => {
      await requireBus(tx, address, address.bus, clock.now());
      if ((await targetsOf(tx, address)).length > 0) {
        throw validation("Rule can't be deleted since it has targets.");
      }
      await deleteRuleRow(tx, address);
    });
    return {};
  };
}

/** Tells of one rule. */
export function describeRule({ database, clock }: EventsDependencies): Operations['DescribeRule'] {
  return async (context, { Name, EventBusName }) => {
    const address = { ...busAddressOf(context, EventBusName), rule: Name };
    const rule = await database.transact((tx) => requireRule(tx, address, clock.now()));
    const described: DescribeRuleResponse = describe(address, rule);
    return { ...described, CreatedBy: rule.createdBy };
  };
}

/** Lists a bus’s rules by name, a page at a time. */
export function listRules({ database, clock }: EventsDependencies): Operations['ListRules'] {
  return async (context, { NamePrefix, EventBusName, NextToken, Limit }) => {
    const bus = busAddressOf(context, EventBusName);
    const rules = await database.transact(async (tx) => {
      await requireBus(tx, bus, bus.bus, clock.now());
      return listRulesOf(tx, bus, NamePrefix);
    });
    const { page, next } = pageOf(rules, ({ name }) => name, { token: NextToken, limit: Limit });
    return { Rules: page.map((rule) => describe({ ...bus, rule: rule.name }, rule)), ...next };
  };
}

function describe(address: RuleAddress, rule: Rule): RuleDescription {
  return {
    Name: rule.name,
    Arn: ruleArn(address),
    ...(rule.pattern === undefined ? {} : { EventPattern: rule.pattern }),
    State: rule.state,
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    ...(rule.schedule === undefined ? {} : { ScheduleExpression: rule.schedule }),
    ...(rule.roleArn === undefined ? {} : { RoleArn: rule.roleArn }),
    EventBusName: address.bus,
  };
}
