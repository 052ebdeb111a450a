/** What has to hold of a template before anything is made of it. Pure. */
import type { Json } from '#kernel/json.ts';
import { validation } from '../errors.ts';
import { referencesOf, type Reference } from '../functions/references.ts';
import { readRules } from './rules.ts';
import type { Template } from './template.ts';

const PSEUDO: ReadonlySet<string> = new Set([
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
]);

/**
 * Holds for a template whose references lead somewhere, and in no circle.
 * @param isKnown tells whether a type of resources can be made here
 * @throws AwsError ValidationError
 */
export function checkTemplate(template: Template, isKnown: (type: string) => boolean): void {
  const { resources, outputs, conditions, rules } = template;
  const unknown = Object.values(resources).filter(({ type }) => !isKnown(type));
  if (unknown.length > 0) {
    const types = [...new Set(unknown.map(({ type }) => type))].join(', ');
    throw validation(`Template format error: Unrecognized resource types: [${types}]`);
  }
  checkReferences(
    template,
    'Resources',
    Object.values(resources).map(({ properties }) => properties),
  );
  checkReferences(
    template,
    'Outputs',
    Object.values(outputs).map(({ value }) => value),
  );
  checkOnlyParameters(template, 'Conditions', Object.values(conditions));
  const asked = readRules(rules).flatMap(({ condition = null, assertions }) => [
    condition,
    ...assertions.map(({ assertion }) => assertion),
  ]);
  checkOnlyParameters(template, 'Rules', asked);
  for (const [name, { dependsOn }] of Object.entries(resources)) {
    const missing = dependsOn.filter((id) => !Object.hasOwn(resources, id));
    if (missing.length > 0 || dependsOn.includes(name)) {
      throw unresolved(missing.length > 0 ? missing : [name], 'Resources');
    }
  }
  for (const [block, parts] of [
    ['Resources', resources],
    ['Outputs', outputs],
  ] as const) {
    for (const { condition } of Object.values(parts)) {
      if (condition === undefined || Object.hasOwn(conditions, condition)) continue;
      throw validation(
        `Template format error: Unresolved condition dependency ${condition} in the ${block} block of the template`,
      );
    }
  }
  const circle = findCircle(dependenciesOf(template));
  if (circle.length > 0) {
    throw validation(`Circular dependency between resources: [${circle.join(', ')}]`);
  }
}

/** @throws AwsError ValidationError where a value refers to what is no parameter */
function checkOnlyParameters(
  { parameters }: Template,
  block: string,
  values: readonly Json[],
): void {
  const foreign = values
    .flatMap((value) => referencesOf(value))
    .filter(({ name }) => !Object.hasOwn(parameters, name) && !PSEUDO.has(name));
  if (foreign.length === 0) return;
  const names = [...new Set(foreign.map(({ name }) => name))].join(', ');
  throw validation(
    `Template format error: Unresolved dependencies [${names}]. Cannot reference resources in the ${block} block of the template`,
  );
}

function checkReferences(template: Template, block: string, values: readonly Json[]): void {
  const references = values.flatMap((value) => referencesOf(value));
  const missing = new Set<string>();
  for (const { name, attribute } of references) {
    if (Object.hasOwn(template.resources, name)) continue;
    if (attribute !== undefined) {
      throw validation(
        `Template error: instance of Fn::GetAtt references undefined resource ${name}`,
      );
    }
    if (!PSEUDO.has(name) && !Object.hasOwn(template.parameters, name)) missing.add(name);
  }
  if (missing.size > 0) throw unresolved([...missing], block);
}

function unresolved(names: readonly string[], block: string) {
  return validation(
    `Template format error: Unresolved resource dependencies [${names.join(', ')}] in the ${block} block of the template`,
  );
}

/**
 * Which resources each resource needs to be there before it.
 * @param isChosen tells of a condition whether it holds; both branches count where nothing is said
 */
export function dependenciesOf(
  { resources }: Template,
  isChosen?: (condition: string) => boolean,
): Map<string, readonly string[]> {
  return new Map(
    Object.entries(resources).map(([id, { properties, dependsOn }]) => {
      const referred: readonly Reference[] = referencesOf(properties, isChosen);
      const names = [...referred.map(({ name }) => name), ...dependsOn];
      return [id, [...new Set(names.filter((name) => Object.hasOwn(resources, name)))]];
    }),
  );
}

/** Those that wait for one another; none where there is an order. */
function findCircle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const waiting = new Map(graph);
  for (;;) {
    const ready = [...waiting].filter(([, needs]) => !needs.some((id) => waiting.has(id)));
    if (ready.length === 0) break;
    for (const [id] of ready) waiting.delete(id);
  }
  // Those that only wait for a circle are not of it.
  for (;;) {
    const needed = new Set([...waiting.values()].flat());
    const outer = [...waiting.keys()].filter((id) => !needed.has(id));
    if (outer.length === 0) return [...waiting.keys()].sort();
    for (const id of outer) waiting.delete(id);
  }
}
