/**
 * Contributor Insights' rules are kept and shown; their reports find no contributor. @see
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-RuleSyntax.html
 */
import type {
  DeleteInsightRulesInput,
  DeleteInsightRulesOutput,
  DescribeInsightRulesInput,
  DescribeInsightRulesOutput,
  GetInsightRuleReportInput,
  GetInsightRuleReportOutput,
  InsightRule,
  PutInsightRuleInput,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { invalidValue, noInsightRule, startAfterEnd } from '../errors.ts';
import { INSIGHT_RULES_PER_PAGE } from '../limits.ts';
import type { Scope } from '../model.ts';
import { pageByName } from '../paging.ts';
import { insightRules } from '../store-documents.ts';
import { tagsOf } from './put-alarm.ts';

/** The operations on them. */
export function insightRuleOperations(dependencies: MetricsDependencies): Service['operations'] {
  return {
    PutInsightRule: putInsightRule(dependencies),
    DescribeInsightRules: describeInsightRules(dependencies),
    DeleteInsightRules: changeRules(dependencies, (tx, scope, rule) =>
      insightRules.delete(tx, scope, rule.Name),
    ),
    DisableInsightRules: changeRules(dependencies, setState('DISABLED')),
    EnableInsightRules: changeRules(dependencies, setState('ENABLED')),
    GetInsightRuleReport: getInsightRuleReport(dependencies),
  };
}

function putInsightRule({
  database,
}: MetricsDependencies): Operation<PutInsightRuleInput, Record<string, never>> {
  return (context, input) =>
    database.transact(async (tx) => {
      const { RuleName: name, RuleState = 'ENABLED', RuleDefinition, Tags } = input;
      if (RuleState !== 'ENABLED' && RuleState !== 'DISABLED') {
        throw invalidValue('The value of RuleState must be ENABLED or DISABLED.');
      }
      const existing = await insightRules.find(tx, context, name);
      const body: InsightRule = {
        Name: name,
        State: RuleState,
        Schema: schemaOf(RuleDefinition),
        Definition: RuleDefinition,
        ManagedRule: false,
        ApplyOnTransformedLogs: input.ApplyOnTransformedLogs ?? false,
      };
      await insightRules.put(tx, context, { name, body, tags: existing?.tags ?? tagsOf(Tags) });
      return {};
    });
}

/** `CloudWatchLogRule/1`. */
function schemaOf(definition: string): string {
  const { Schema } = asObject(parseJson(definition));
  const { Name, Version } = asObject(Schema);
  if (typeof Name !== 'string' || typeof Version !== 'number') {
    throw invalidValue('The rule definition must be JSON with a Schema of a Name and a Version.');
  }
  return `${Name}/${Version}`;
}

function asObject(value: unknown): { readonly [key: string]: unknown } {
  return isObject(value) ? value : {};
}

function describeInsightRules({
  database,
}: MetricsDependencies): Operation<DescribeInsightRulesInput, DescribeInsightRulesOutput> {
  return async (context, { NextToken, MaxResults: limit = INSIGHT_RULES_PER_PAGE }) => {
    const rules = await database.read((queries) => insightRules.list(queries, context));
    const { page, rest } = pageByName(rules, ({ name }) => name, { nextToken: NextToken, limit });
    return { InsightRules: page.map(({ body }) => body), ...rest };
  };
}

type Change = (tx: Transaction, scope: Scope, rule: InsightRule, tags: Tags) => Promise<void>;
type Tags = Readonly<Record<string, string>>;

/** Changes those that are there; of the others the answer tells. */
function changeRules(
  { database }: MetricsDependencies,
  change: Change,
): Operation<DeleteInsightRulesInput, DeleteInsightRulesOutput> {
  return (context, { RuleNames }) =>
    database.transact(async (tx) => {
      const missing: string[] = [];
      for (const name of RuleNames) {
        const rule = await insightRules.find(tx, context, name);
        if (rule === undefined) missing.push(name);
        else await change(tx, context, rule.body, rule.tags);
      }
      return {
        Failures: missing.map((name) => ({
          FailureResource: name,
          ExceptionType: 'ResourceNotFoundException',
          FailureCode: '404',
          FailureDescription: `Insight rule ${name} does not exist.`,
        })),
      };
    });
}

function setState(State: 'DISABLED' | 'ENABLED'): Change {
  return (tx, scope, rule, tags) =>
    insightRules.put(tx, scope, { name: rule.Name, body: { ...rule, State }, tags });
}

/** A datapoint for each period that the range touches, as `test_insight_rule` recorded. */
function getInsightRuleReport({
  database,
}: MetricsDependencies): Operation<GetInsightRuleReportInput, GetInsightRuleReportOutput> {
  return async (context, { RuleName, StartTime, EndTime, Period, Metrics = [] }) => {
    const rule = await database.read((queries) => insightRules.find(queries, context, RuleName));
    if (rule === undefined) throw noInsightRule(RuleName);
    if (StartTime >= EndTime) throw startAfterEnd();
    const { Contribution, AggregateOn } = asObject(parseJson(rule.body.Definition));
    const { Keys } = asObject(Contribution);
    const periodMs = Period * SECOND_MS;
    const firstMs = Math.floor(StartTime / periodMs) * periodMs;
    const count = Math.ceil((EndTime - firstMs) / periodMs);
    const values = Object.fromEntries(Metrics.map((metric) => [metric, 0]));
    return {
      KeyLabels: Array.isArray(Keys) ? Keys.map(String) : [],
      AggregationStatistic: AggregateOn === 'Sum' ? 'Sum' : 'SampleCount',
      AggregateValue: 0,
      ApproximateUniqueCount: 0,
      Contributors: [],
      MetricDatapoints: Array.from({ length: count }, (_, index) => ({
        Timestamp: firstMs + index * periodMs,
        ...values,
      })),
    };
  };
}
