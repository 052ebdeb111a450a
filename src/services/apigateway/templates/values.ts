/**
 * What templates work on: texts, numbers, booleans, nothing, lists and maps; and objects of the gateway's, of which
 * they reach what is named here and nothing else.
 */

/** An object of the gateway's: its members and its methods. */
export class HostObject {
  readonly members: Readonly<Record<string, unknown>>;
  readonly methods: Readonly<Record<string, (...parameters: readonly unknown[]) => unknown>>;

  constructor(members: HostObject['members'], methods: HostObject['methods'] = {}) {
    this.members = members;
    this.methods = methods;
  }
}

export type TemplateMap = Map<string, unknown>;

/** JSON as templates see it: its objects are maps, in their order. */
export function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, member]) => [key, fromJson(member)]));
}

/** The JSON that a template's value says. */
export function toJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof HostObject) return toJson(new Map(Object.entries(value.members)));
  if (!(value instanceof Map)) return value;
  const entries = [...value].map(([key, member]) => [String(key), toJson(member)]);
  return Object.fromEntries(entries);
}

/** A value as it is shown: lists as JSON, maps as Java writes them. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return JSON.stringify(toJson(value));
  if (value instanceof Map) {
    const members = [...value].map(([key, member]) => `${String(key)}=${showMember(member)}`);
    return `{${members.join(', ')}}`;
  }
  return '';
}

function showMember(value: unknown): string {
  return value === null || value === undefined ? 'null' : show(value);
}

/** What a condition takes for true: all but false and nothing. */
export function isTrue(value: unknown): boolean {
  return value !== false && value !== undefined && value !== null;
}
