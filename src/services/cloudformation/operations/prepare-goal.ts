/** Turns a request into a goal: its template read, transformed and checked, its parameters resolved. */
import { AwsError } from '#aws/errors.ts';
import type { Parameter } from '#aws/models/cloudformation.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { isObject, type JsonObject } from '#kernel/json.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { isKnownType } from '../engine/resolve-properties.ts';
import { insufficientCapabilities, validation } from '../errors.ts';
import { checkRules } from '../functions/rules.ts';
import { createScope, type ScopeOptions } from '../functions/scope.ts';
import { OBJECT_BYTES_MAX } from '../limits.ts';
import { nameOfStack, type Goal, type Tag } from '../model.ts';
import { checkTemplate } from '../template/check.ts';
import { resolveParameters } from '../template/parameters.ts';
import { readTree } from '../template/read-tree.ts';
import { readRules } from '../template/rules.ts';
import { readTemplate, transformsOf, type Template } from '../template/template.ts';
import { hasIncludes, withIncludes } from '../transform/includes.ts';
import { transformTemplate } from '../transform/index.ts';
import type { TransformContext } from '../transform/parts.ts';
import { checkRole, senderOf } from './sender.ts';
import { templateText, type TemplateSource } from './template-source.ts';
import { toText } from '../text.ts';

const NAMED_IAM: ReadonlySet<string> = new Set([
  'AWS::IAM::Group',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Role',
  'AWS::IAM::User',
]);
const IAM: ReadonlySet<string> = new Set([
  ...NAMED_IAM,
  'AWS::IAM::AccessKey',
  'AWS::IAM::Policy',
  'AWS::IAM::UserToGroupAddition',
]);

export interface GoalInput extends TemplateSource {
  readonly UsePreviousTemplate?: boolean;
  readonly Parameters?: readonly Parameter[];
  readonly Capabilities?: readonly string[];
  readonly Tags?: readonly Tag[];
  readonly NotificationARNs?: readonly string[];
  readonly RoleARN?: string;
}

interface GoalPlace {
  /** The stack's, also where it is only about to be. */
  readonly stackId: string;
  /** What is deployed, where there is something. */
  readonly before: Goal | undefined;
  /** Whether it is deployed at once: a change set shows what a transform made first. */
  readonly isDirect: boolean;
}

/**
 * What the request asks for.
 * @throws AwsError ValidationError, InsufficientCapabilitiesException
 */
export async function prepareGoal(
  dependencies: CloudformationDependencies,
  context: RequestContext,
  input: GoalInput,
  { stackId, before, isDirect }: GoalPlace,
): Promise<Goal> {
  const { Parameters: sent = [], Capabilities: capabilities = [] } = input;
  const given = await templateText(dependencies, context, input);
  const body = given ?? (input.UsePreviousTemplate === true ? before?.body : undefined);
  if (body === undefined)
    throw validation('Either Template URL or Template Body must be specified.');
  const tree = await readTree(dependencies, body, context.signal);
  const transform = transformContext(tree, sent, before, context);
  const whole = hasIncludes(body)
    ? await withIncludes(tree, {
        context: transform,
        read: (url) => readIncluded(dependencies, context, url),
      })
    : tree;
  const processed = transformTemplate(whole, transform);
  const text = JSON.stringify(processed);
  if (Buffer.byteLength(text) > OBJECT_BYTES_MAX) {
    throw validation(
      `Template may not exceed ${OBJECT_BYTES_MAX} bytes in size after its transforms.`,
    );
  }
  const template = readTemplate(processed);
  checkTemplate(template, isKnownType);
  checkCapabilities(template, capabilities, isDirect && transformsOf(tree).length > 0);
  const roleArn = input.RoleARN ?? before?.roleArn;
  await checkRole(dependencies, context, roleArn, stackId);
  const parameters = await resolveParameters(template, sent, before?.parameters ?? [], (name) =>
    readSsm(dependencies, context, roleArn, name),
  );
  const notificationArns = input.NotificationARNs ?? before?.notificationArns ?? [];
  decide(template, { ...placeOf(context, stackId), parameters, notificationArns });
  return {
    body,
    processed: text,
    ...(template.description === undefined ? {} : { description: template.description }),
    parameters,
    capabilities,
    tags: input.Tags ?? before?.tags ?? [],
    notificationArns,
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}

/** Where the stack of an ARN is, and its name. */
function placeOf({ accountId, region }: RequestContext, stackId: string) {
  return { accountId, region, stackId, stackName: nameOfStack(stackId) };
}

/**
 * All conditions are known, and the rules hold, before anything is made.
 * @throws AwsError ValidationError
 */
function decide(
  template: Template,
  known: Omit<ScopeOptions, 'template' | 'exports' | 'existing'>,
): void {
  const scope = createScope({ ...known, template, exports: new Map(), existing: () => undefined });
  for (const name of Object.keys(template.conditions)) scope.condition(name);
  checkRules(readRules(template.rules), scope);
}

/** A part of a template, as it stands in S3. */
async function readIncluded(
  dependencies: CloudformationDependencies,
  context: RequestContext,
  url: string,
): Promise<JsonObject> {
  const text = await templateText(dependencies, context, { TemplateURL: url });
  return await readTree(dependencies, text ?? '', context.signal);
}

/** What transforms see of a template: its parameters. */
function transformContext(
  tree: JsonObject,
  sent: readonly Parameter[],
  before: Goal | undefined,
  { accountId, region }: RequestContext,
): TransformContext {
  const declared = isObject(tree['Parameters']) ? tree['Parameters'] : {};
  const values = Object.entries(declared).flatMap(([key, definition]): [string, string][] => {
    const given = sent.find(({ ParameterKey: name }) => name === key);
    const kept = before?.parameters.find((one) => one.key === key)?.value;
    const fallback = isObject(definition) ? definition['Default'] : undefined;
    const value = given?.UsePreviousValue === true ? kept : (given?.ParameterValue ?? fallback);
    return value === undefined || value === null ? [] : [[key, toText(value)]];
  });
  return { accountId, region, parameters: new Map(values) };
}

/** @throws AwsError InsufficientCapabilitiesException */
function checkCapabilities(
  template: Template,
  capabilities: readonly string[],
  isTransformed: boolean,
): void {
  const needed = neededCapabilities(template).capabilities;
  const hasIam = capabilities.includes('CAPABILITY_NAMED_IAM');
  const missing = needed.filter((one) => !capabilities.includes(one) && !hasIam);
  if (missing.length > 0) throw insufficientCapabilities(missing);
  if (isTransformed && !capabilities.includes('CAPABILITY_AUTO_EXPAND')) {
    throw insufficientCapabilities(['CAPABILITY_AUTO_EXPAND']);
  }
}

/** What whoever deploys a template has to agree to, and why. */
export function neededCapabilities({ resources }: Template): {
  readonly capabilities: readonly string[];
  readonly reason?: string;
} {
  const all = Object.values(resources);
  const isNamed = all.some(
    ({ type, properties }) =>
      NAMED_IAM.has(type) &&
      Object.keys(properties).some((name) =>
        /^(?:Role|User|Group|ManagedPolicy|InstanceProfile)Name$/.test(name),
      ),
  );
  const types = [...new Set(all.map(({ type }) => type).filter((type) => IAM.has(type)))];
  if (types.length === 0) return { capabilities: [] };
  return {
    capabilities: [isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'],
    reason: `The following resource(s) require capabilities: [${types.join(', ')}]`,
  };
}

async function readSsm(
  { operations }: CloudformationDependencies,
  context: RequestContext,
  roleArn: string | undefined,
  name: string,
): Promise<string | undefined> {
  const sender = senderOf(context, roleArn);
  const call = { service: 'ssm', operation: 'GetParameter', input: { Name: name }, sender };
  try {
    const { Parameter: parameter } = await operations.call(call, context.signal);
    return isObject(parameter) ? toText(parameter['Value']) : undefined;
  } catch (error) {
    if (error instanceof AwsError && error.status < 500) return undefined;
    throw error;
  }
}
