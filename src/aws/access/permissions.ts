/**
 * What an operation needs in the eyes of policies: a table for each service, kept beside it. What a table does not
 * say is the operation's own name, on the resource that the input names.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { isObject } from '#kernel/json.ts';
import type { Call, KeyValues, Need, ParsedInput, Permissions, Refusal } from '../operation.ts';

export interface PermissionTable {
  /** Before the colon of the service's actions. */
  readonly prefix: string;
  /** Actions that are named otherwise than their operation; none for what needs no permission. */
  readonly actions?: Readonly<Record<string, string | readonly string[]>>;
  /** ARNs that the operation is about; nothing means `*`. */
  readonly resourcesOf?: (call: Call) => string | readonly string[] | undefined;
  readonly keysOf?: (call: Call) => KeyValues;
  /** What is needed beside that: roles that are passed on, another resource's action. */
  readonly moreOf?: (call: Call) => readonly Need[];
  readonly refusal?: Refusal;
}

/** The permissions of a table. */
export function definePermissions(table: PermissionTable): Permissions {
  const { prefix, actions = {}, resourcesOf, keysOf, moreOf, refusal } = table;
  return {
    needsOf(call) {
      const named = Object.hasOwn(actions, call.operation) ? actions[call.operation] : undefined;
      const found = resourcesOf?.(call) ?? '*';
      const keys = { ...tagKeys(call.input), ...keysOf?.(call) };
      const resources = [found].flat();
      const needs = [named ?? call.operation]
        .flat()
        .flatMap((name) =>
          resources.map((resource) => ({ action: `${prefix}:${name}`, resource, keys })),
        );
      return moreOf === undefined ? needs : [...needs, ...moreOf(call)];
    },
    ...(refusal === undefined ? {} : { refusal }),
  };
}

/** A text of the input, where it has one. */
export function textOf(input: ParsedInput, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The texts of a list of the input. */
export function textsOf(input: ParsedInput, name: string): readonly string[] {
  const value = input[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** The objects of a list of the input. */
export function objectsOf(input: ParsedInput, name: string): readonly ParsedInput[] {
  const value = input[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/**
 * That a role may be handed to a service, where the input names one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export function passRole(roleArn: string | undefined, service: string): readonly Need[] {
  if (roleArn === undefined) return [];
  const keys = { 'iam:PassedToService': service };
  return [{ action: 'iam:PassRole', resource: roleArn, keys }];
}

/** The tags that a request gives, and the keys of those that it gives or takes. */
export function tagKeys(input: ParsedInput): KeyValues {
  const given = [...pairsOf(input['Tags']), ...pairsOf(input['tags'])];
  const keys = [
    ...given.map(([key]) => key),
    ...textsOf(input, 'TagKeys'),
    ...textsOf(input, 'tagKeys'),
  ];
  if (keys.length === 0) return {};
  return {
    ...Object.fromEntries(given.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    'aws:TagKeys': keys,
  };
}

function pairsOf(tags: unknown): readonly (readonly [string, string])[] {
  if (isObject(tags)) return Object.entries(tags).map(([key, value]) => [key, String(value)]);
  if (!Array.isArray(tags)) return [];
  return tags.filter(isObject).map((tag) => [String(tag['Key']), String(tag['Value'])]);
}
