/** Parameters of templates: what they are given, and what they may be given. */
import type { Parameter } from '#aws/models/cloudformation.types.gen.ts';
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { InvalidRegex, matchesWhole } from '#kernel/regex/index.ts';
import { validation } from '../errors.ts';
import type { StackParameter } from '../model.ts';
import type { Template } from './template.ts';
import { toText } from '../text.ts';

const SSM_VALUE = /^AWS::SSM::Parameter::Value<(.+)>$/;
const SSM_NAME = 'AWS::SSM::Parameter::Name';

/** Reads a parameter of SSM's parameter store; `undefined` where there is none of that name. */
export type ReadSsmParameter = (name: string) => Promise<string | undefined>;

/**
 * The values of a template's parameters: what was sent, what was before, or the defaults.
 * @throws AwsError ValidationError
 */
export async function resolveParameters(
  template: Template,
  sent: readonly Parameter[],
  before: readonly StackParameter[],
  readSsm: ReadSsmParameter,
): Promise<readonly StackParameter[]> {
  const declared = Object.entries(template.parameters);
  const unknown = sent.filter(
    ({ ParameterKey: key }) => !Object.hasOwn(template.parameters, key ?? ''),
  );
  if (unknown.length > 0) {
    const names = unknown.map(({ ParameterKey: key }) => key).join(', ');
    throw validation(`Parameters: [${names}] do not exist in the template`);
  }
  const values = declared.map(([key, definition]) => valueOf(key, definition, sent, before));
  const missing = declared.filter((_, index) => values[index] === undefined).map(([key]) => key);
  if (missing.length > 0) throw validation(`Parameters: [${missing.join(', ')}] must have values`);
  const resolved: StackParameter[] = [];
  for (const [index, [key, definition]] of declared.entries()) {
    const value = values[index] ?? '';
    checkValue(key, definition, value);
    const isHidden = toText(definition['NoEcho']) === 'true';
    const ssmValue = await readReferred(definition, value, readSsm);
    resolved.push({
      key,
      value,
      isHidden,
      ...(ssmValue === undefined ? {} : { resolved: ssmValue }),
    });
  }
  return resolved;
}

function valueOf(
  key: string,
  definition: JsonObject,
  sent: readonly Parameter[],
  before: readonly StackParameter[],
): string | undefined {
  const given = sent.find(({ ParameterKey: name }) => name === key);
  if (given?.UsePreviousValue === true) return before.find((one) => one.key === key)?.value;
  if (given?.ParameterValue !== undefined) return given.ParameterValue;
  const { Default: value } = definition;
  if (value === undefined || value === null) return undefined;
  return Array.isArray(value) ? value.map(toText).join(',') : toText(value);
}

async function readReferred(
  { Type: type }: JsonObject,
  value: string,
  readSsm: ReadSsmParameter,
): Promise<string | undefined> {
  if (!SSM_VALUE.test(toText(type)) && type !== SSM_NAME) return undefined;
  const found = await readSsm(value);
  if (found === undefined) {
    throw validation(
      `Unable to fetch parameters [${value}] from parameter store for this account.`,
    );
  }
  return type === SSM_NAME ? undefined : found;
}

/**
 * What a `Ref` to the parameter is: a text, or a list of them.
 * @param type as the template declares it
 */
export function referenceOf(type: Json | undefined, { value, resolved }: StackParameter): Json {
  const text = resolved ?? value;
  const inner = SSM_VALUE.exec(toText(type))?.[1] ?? toText(type);
  const isList = inner === 'CommaDelimitedList' || inner.startsWith('List<');
  if (!isList) return text;
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}

/** @throws AwsError ValidationError */
function checkValue(key: string, definition: JsonObject, value: string): void {
  const type = toText(definition['Type']);
  const { ConstraintDescription: description } = definition;
  const fail = (message: string): never => {
    throw validation(
      typeof description === 'string'
        ? `Parameter ${key} failed to satisfy constraint: ${description}`
        : message,
    );
  };
  const items =
    type.startsWith('List<') || type === 'CommaDelimitedList' ? value.split(',') : [value];
  if (type === 'Number' || type === 'List<Number>') {
    if (items.some((item) => item.trim() === '' || !Number.isFinite(Number(item)))) {
      throw validation(`Parameter '${key}' must be a number.`);
    }
    checkRange(key, definition, items, fail);
  }
  const { AllowedValues: allowed, AllowedPattern: pattern } = definition;
  if (Array.isArray(allowed)) {
    const texts = allowed.map(toText);
    if (items.some((item) => !texts.includes(item.trim()) && !texts.includes(item))) {
      fail(`Parameter '${key}' must be one of AllowedValues`);
    }
  }
  if (typeof pattern === 'string' && !items.every((item) => isOfPattern(key, pattern, item))) {
    fail(`Parameter '${key}' must match pattern ${pattern}`);
  }
  const { MinLength: min, MaxLength: max } = definition;
  if (min !== undefined && value.length < Number(min)) {
    fail(`Parameter '${key}' must contain at least ${toText(min)} characters`);
  }
  if (max !== undefined && value.length > Number(max)) {
    fail(`Parameter '${key}' must contain at most ${toText(max)} characters`);
  }
}

/** @throws AwsError ValidationError where the pattern is no regular expression, or one that takes too long */
function isOfPattern(key: string, pattern: string, item: string): boolean {
  try {
    return matchesWhole(pattern, item);
  } catch (error) {
    if (!(error instanceof InvalidRegex)) throw error;
    throw validation(
      `Template format error: Invalid AllowedPattern ${pattern} of parameter '${key}': ${error.message}`,
    );
  }
}

function checkRange(
  key: string,
  { MinValue: min, MaxValue: max }: JsonObject,
  items: readonly string[],
  fail: (message: string) => never,
): void {
  for (const item of items) {
    if (min !== undefined && Number(item) < Number(min)) {
      fail(`Parameter '${key}' must be a number not less than ${toText(min)}`);
    }
    if (max !== undefined && Number(item) > Number(max)) {
      fail(`Parameter '${key}' must be a number not greater than ${toText(max)}`);
    }
  }
}

/** What a template declares of its parameters, as AWS shows it. */
export function declarationsOf(parameters: Template['parameters']) {
  return Object.entries(parameters).map(([key, definition]) => {
    const {
      Default: value,
      Type: type,
      Description: description,
      AllowedValues: allowed,
    } = definition;
    return {
      ParameterKey: key,
      ...(value === undefined ? {} : { DefaultValue: textOf(value) }),
      ParameterType: toText(type),
      NoEcho: toText(definition['NoEcho']) === 'true',
      ...(typeof description === 'string' ? { Description: description } : {}),
      ParameterConstraints: Array.isArray(allowed) ? { AllowedValues: allowed.map(toText) } : {},
    };
  });
}

function textOf(value: Json): string {
  if (Array.isArray(value)) return value.map(toText).join(',');
  return isObject(value) ? JSON.stringify(value) : toText(value);
}
