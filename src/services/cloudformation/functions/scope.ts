/** What the functions of a stack's template find: parameters, pseudo parameters, resources, exports. */
import type { Json } from '#kernel/json.ts';
import { validation } from '../errors.ts';
import type { Existing, Place, StackParameter } from '../model.ts';
import { ownOf } from '../own.ts';
import { referenceOf } from '../template/parameters.ts';
import type { Template } from '../template/template.ts';
import { evaluate, KNOWN_AFTER_APPLY, textOf, type Scope } from './evaluate.ts';

export interface ScopeOptions extends Place {
  readonly template: Template;
  readonly parameters: readonly StackParameter[];
  readonly stackName: string;
  readonly stackId: string;
  readonly notificationArns: readonly string[];
  /** Values that other stacks export, by name. */
  readonly exports: ReadonlyMap<string, string>;
  /** What stands for a resource now; `unknown` before it is made or where it will be made anew. */
  readonly existing: (logicalId: string) => Existing | 'unknown' | undefined;
}

export interface StackScope extends Scope {
  /** Names of the exports that were asked for so far. */
  readonly imported: ReadonlySet<string>;
  /** True where the template makes the resource or output in this stack. */
  includes(part: { readonly condition?: string }): boolean;
}

/** The scope of a stack. */
export function createScope(options: ScopeOptions): StackScope {
  const { template, region } = options;
  const pseudo = pseudoParameters(options);
  const parameters = new Map(
    options.parameters.map((one) => [
      one.key,
      referenceOf(ownOf(template.parameters, one.key)?.['Type'], one),
    ]),
  );
  const imported = new Set<string>();
  const decided = new Map<string, boolean | 'deciding'>();
  const scope: StackScope = {
    region,
    imported,
    ref(name) {
      const known = parameters.get(name) ?? pseudo.get(name);
      if (known !== undefined) return known;
      const existing = options.existing(name);
      return existing === 'unknown' ? KNOWN_AFTER_APPLY : existing?.physicalId;
    },
    attribute: (logicalId, name) => attributeOf(options, logicalId, name),
    condition(name) {
      const known = decided.get(name);
      if (known === 'deciding')
        throw validation(`Template format error: Circular dependency of condition ${name}`);
      if (known !== undefined) return known;
      const condition = ownOf(template.conditions, name);
      if (condition === undefined) {
        throw validation(
          `Template format error: Unresolved condition dependency ${name} in the Resources block of the template`,
        );
      }
      decided.set(name, 'deciding');
      const holds = textOf(evaluate(condition, scope)) === 'true';
      decided.set(name, holds);
      return holds;
    },
    mapping: (name) => ownOf(template.mappings, name),
    importValue(name) {
      const value = options.exports.get(name);
      if (value === undefined) throw validation(`No export named ${name} found.`);
      imported.add(name);
      return value;
    },
    includes: ({ condition }) => condition === undefined || scope.condition(condition),
  };
  return scope;
}

function pseudoParameters(options: ScopeOptions): ReadonlyMap<string, Json> {
  return new Map<string, Json>([
    ['AWS::AccountId', options.accountId],
    ['AWS::NotificationARNs', options.notificationArns],
    ['AWS::Partition', 'aws'],
    ['AWS::Region', options.region],
    ['AWS::StackId', options.stackId],
    ['AWS::StackName', options.stackName],
    ['AWS::URLSuffix', 'amazonaws.com'],
  ]);
}

function attributeOf(
  { existing: find, template }: ScopeOptions,
  logicalId: string,
  name: string,
): Json {
  const existing = find(logicalId);
  if (existing === 'unknown') return KNOWN_AFTER_APPLY;
  if (existing === undefined) {
    throw validation(
      `Template error: instance of Fn::GetAtt references undefined resource ${logicalId}`,
    );
  }
  const value = ownOf(existing.attributes, name);
  if (value !== undefined) return value;
  const type = ownOf(template.resources, logicalId)?.type ?? '';
  if (type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource') {
    throw validation(
      `CustomResource attribute error: Vendor response doesn't contain ${name} attribute in object ${existing.physicalId}`,
    );
  }
  throw validation(
    `Template error: resource ${logicalId} does not support attribute type ${name} in Fn::GetAtt`,
  );
}
