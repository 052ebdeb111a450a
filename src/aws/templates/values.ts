/**
 * What templates work on: texts, numbers, booleans, nothing, lists and maps; and objects of the gateway's, of which
 * they reach what is named here and nothing else. A value may stand in another many times: whoever walks values
 * charges each that he comes by.
 */
import { NODE_COST, type Budget } from './budget.ts';

type HostMethod = (budget: Budget, ...parameters: readonly unknown[]) => unknown;

/** An object of the gateway's: its members and its methods. */
export class HostObject {
  readonly members: Readonly<Record<string, unknown>>;
  readonly methods: Readonly<Record<string, HostMethod>>;

  constructor(members: HostObject['members'], methods: HostObject['methods'] = {}) {
    this.members = members;
    this.methods = methods;
  }
}

/** JSON as templates see it: its objects are maps, in their order. */
export function fromJson(value: unknown, budget: Budget): unknown {
  budget.charge(NODE_COST);
  if (Array.isArray(value)) return value.map((one) => fromJson(one, budget));
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, member]) => [key, fromJson(member, budget)]));
}

/** The JSON that a template's value says. */
export function toJson(value: unknown, budget: Budget): unknown {
  budget.charge(NODE_COST + lengthOf(value));
  if (Array.isArray(value)) return value.map((one) => toJson(one, budget));
  if (value instanceof HostObject) return toJson(new Map(Object.entries(value.members)), budget);
  if (!(value instanceof Map)) return value;
  const entries = [...value].map(([key, member]) => {
    const name = String(key);
    budget.charge(name.length);
    return [name, toJson(member, budget)] as const;
  });
  return Object.fromEntries(entries);
}

/** JSON as text. */
export function textOfJson(value: unknown, budget: Budget): string {
  weigh(value, budget);
  return JSON.stringify(value);
}

function weigh(value: unknown, budget: Budget): void {
  budget.charge(NODE_COST + lengthOf(value));
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    budget.charge(key.length);
    weigh(member, budget);
  }
}

/** A value as it is shown: lists as JSON, maps as Java writes them. */
export function show(value: unknown, budget: Budget): string {
  budget.charge(1);
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return JSON.stringify(toJson(value, budget));
  if (value instanceof Map) {
    const members = [...value].map(([key, member]) => {
      const text = `${String(key)}=${showMember(member, budget)}`;
      budget.charge(NODE_COST + text.length);
      return text;
    });
    return `{${members.join(', ')}}`;
  }
  return '';
}

function showMember(value: unknown, budget: Budget): string {
  return value === null || value === undefined ? 'null' : show(value, budget);
}

/** What a value is long, where it is a text. */
function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}

/** What a condition takes for true: all but false and nothing. */
export function isTrue(value: unknown): boolean {
  return value !== false && value !== undefined && value !== null;
}
