import type { Operations, Target } from '#aws/models/events.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import type { EventsDependencies } from '../dependencies.ts';
import { limitExceeded, validation } from '../errors.ts';
import { checkInput } from '../input.ts';
import { TARGETS_PER_RULE_MAX } from '../limits.ts';
import { busAddressOf } from '../model.ts';
import { pageOf } from '../paging.ts';
import { deleteTarget, ruleNamesOfTarget, saveTarget, targetsOf } from '../store-rules.ts';
import { requireBus } from './event-buses.ts';
import { requireRule } from './rules.ts';

/** Adds targets, or replaces those that have the same id. */
export function putTargets({ database, clock }: EventsDependencies): Operations['PutTargets'] {
  return async (context, { Rule, EventBusName, Targets }) => {
    const address = { ...busAddressOf(context, EventBusName), rule: Rule };
    await database.transact(async (tx) => {
      await requireRule(tx, address, clock.now());
      for (const target of Targets) checkTarget(target);
      const known = await targetsOf(tx, address);
      const ids = new Set([...known, ...Targets].map(({ Id }) => Id));
      if (ids.size > TARGETS_PER_RULE_MAX) throw limitExceeded();
      for (const target of Targets) await saveTarget(tx, address, target);
    });
    return { FailedEntryCount: 0, FailedEntries: [] };
  };
}

/**
 * Whose targets are called by a role that the target names; API destinations are, too.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
 * @see https://github.com/hashicorp/terraform-provider-aws/pull/19913 for the words
 */
const ROLE_SERVICES: ReadonlySet<string> = new Set([
  'batch',
  'codebuild',
  'codepipeline',
  'ecs',
  'firehose',
  'kinesis',
  'states',
]);

function checkTarget(target: Target): void {
  const arn = parseArn(target.Arn);
  if (arn === undefined) {
    const reason = 'Provided Arn is not in correct format.';
    throw validation(`Parameter ${target.Arn} is not valid. Reason: ${reason}`);
  }
  const isFifo = arn.service === 'sqs' && arn.resource.endsWith('.fifo');
  if (isFifo && target.SqsParameters?.MessageGroupId === undefined) {
    throw validation(`Parameter(s) SqsParameters must be specified for target: ${target.Id}.`);
  }
  const isDestination = arn.service === 'events' && arn.resource.startsWith('api-destination/');
  if ((isDestination || ROLE_SERVICES.has(arn.service)) && target.RoleArn === undefined) {
    throw validation(`RoleArn is required for target ${target.Arn}.`);
  }
  checkInput(target);
}

/** Targets that are not there are no error. */
export function removeTargets({
  database,
  clock,
}: EventsDependencies): Operations['RemoveTargets'] {
  return async (context, { Rule, EventBusName, Ids }) => {
    const address = { ...busAddressOf(context, EventBusName), rule: Rule };
    await database.transact(async (tx) => {
      await requireRule(tx, address, clock.now());
      for (const id of Ids) await deleteTarget(tx, address, id);
    });
    return { FailedEntryCount: 0, FailedEntries: [] };
  };
}

/** Lists a rule’s targets, a page at a time. */
export function listTargetsByRule({
  database,
  clock,
}: EventsDependencies): Operations['ListTargetsByRule'] {
  return async (context, { Rule, EventBusName, NextToken, Limit }) => {
    const address = { ...busAddressOf(context, EventBusName), rule: Rule };
    const targets = await database.transact(async (tx) => {
      await requireRule(tx, address, clock.now());
      return targetsOf(tx, address);
    });
    const { page, next } = pageOf(targets, ({ Id }) => Id, { token: NextToken, limit: Limit });
    return { Targets: page, ...next };
  };
}

/** Lists the rules that have a target, a page at a time. */
export function listRuleNamesByTarget({
  database,
  clock,
}: EventsDependencies): Operations['ListRuleNamesByTarget'] {
  return async (context, { TargetArn, EventBusName, NextToken, Limit }) => {
    const bus = busAddressOf(context, EventBusName);
    const names = await database.transact(async (tx) => {
      await requireBus(tx, bus, bus.bus, clock.now());
      return ruleNamesOfTarget(tx, bus, TargetArn);
    });
    const { page, next } = pageOf(names, (name) => name, { token: NextToken, limit: Limit });
    return { RuleNames: page, ...next };
  };
}
