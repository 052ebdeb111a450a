/**
 * JSON paths, as templates and mappings use them: `$.a.b[0]`, `$..id`, `$.list[*].name`, `$.list[?(@.a == 'b')]`.
 * @see https://github.com/json-path/JsonPath
 */
import { Budget, NODE_COST } from './budget.ts';

/** Longer paths are malformed. */
const PATH_CHARACTERS_MAX = 4096;

type Step =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indices'; readonly indices: readonly number[] }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number }
  | { readonly kind: 'all' | 'descend' }
  | { readonly kind: 'filter'; readonly test: (value: unknown, budget: Budget) => boolean };

/**
 * The value at a path, or a list of all values where the path may lead to several; `undefined` where there is none, or
 * where the path is malformed.
 * @throws TemplateError where the path leads to more than may be looked at
 */
export function valueAt(path: string, root: unknown, budget: Budget = new Budget()): unknown {
  budget.charge(path.length);
  const steps = parsePath(path);
  if (steps === undefined) return undefined;
  let values: unknown[] = [root];
  for (const step of steps) values = values.flatMap((value) => follow(step, value, budget));
  return steps.some(isOpen) ? values : values[0];
}

function isOpen(step: Step): boolean {
  if (step.kind === 'names') return step.names.length > 1;
  return step.kind !== 'indices' || step.indices.length > 1;
}

const STEP =
  /(\.\.)|\.?\*|\.([^.[\]()\s]+)|\[\s*(\*)\s*\]|\[\s*((?:'[^']*'|"[^"]*")(?:\s*,\s*(?:'[^']*'|"[^"]*"))*)\s*\]|\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]|\[\s*(-?\d*)\s*:\s*(-?\d*)\s*\]|\[\?\(([^)]*)\)\]/y;

function parsePath(path: string): readonly Step[] | undefined {
  if (!path.startsWith('$') || path.length > PATH_CHARACTERS_MAX) return undefined;
  const steps: Step[] = [];
  let at = 1;
  while (at < path.length) {
    STEP.lastIndex = at;
    const found = STEP.exec(path);
    if (found === null) return undefined;
    const step = stepOf(found);
    if (step === undefined) return undefined;
    steps.push(step);
    at = STEP.lastIndex;
    // `..name`: the name follows without a dot of its own.
    if (step.kind === 'descend' && path[at] !== '[') at -= 1;
  }
  return steps;
}

function stepOf(found: RegExpExecArray): Step | undefined {
  const [, descend, name, , quoted, indices, from, to, filter] = found;
  if (descend !== undefined) return { kind: 'descend' };
  if (name !== undefined) return { kind: 'names', names: [name] };
  if (quoted !== undefined) {
    const names = quoted.match(/'[^']*'|"[^"]*"/g) ?? [];
    return { kind: 'names', names: names.map((one) => one.slice(1, -1)) };
  }
  if (indices !== undefined) return { kind: 'indices', indices: indices.split(',').map(Number) };
  if (filter !== undefined) {
    const test = filterOf(filter);
    return test && { kind: 'filter', test };
  }
  if (from === undefined) return { kind: 'all' };
  return {
    kind: 'slice',
    ...(from === '' ? {} : { from: Number(from) }),
    ...(to === undefined || to === '' ? {} : { to: Number(to) }),
  };
}

const FILTER =
  /^\s*@((?:\.[\w-]+)*)\s*(?:(==|!=|<=|>=|<|>)\s*('[^']*'|"[^"]*"|-?[\d.]+|true|false|null))?\s*$/;

function filterOf(text: string): (Step & { readonly kind: 'filter' })['test'] | undefined {
  const [, path, operator, written] = FILTER.exec(text) ?? [];
  if (path === undefined) return undefined;
  const find = (value: unknown, budget: Budget) => valueAt(`$${path}`, value, budget);
  if (operator === undefined || written === undefined) {
    return (value, budget) => find(value, budget) !== undefined;
  }
  const wanted: unknown = /^['"]/.test(written) ? written.slice(1, -1) : JSON.parse(written);
  return (value, budget) => compare(find(value, budget), operator, wanted);
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (typeof left !== typeof right || left === undefined) return false;
  const [a, b] = [left as number, right as number];
  return operator === '<' ? a < b : operator === '<=' ? a <= b : operator === '>' ? a > b : a >= b;
}

function follow(step: Step, value: unknown, budget: Budget): readonly unknown[] {
  budget.charge(NODE_COST);
  const found = foundBy(step, value, budget);
  // Each is a place in a list that is made anew for every step, and for every depth of a descent.
  budget.charge(NODE_COST * found.length);
  return found;
}

function foundBy(step: Step, value: unknown, budget: Budget): readonly unknown[] {
  switch (step.kind) {
    case 'names':
      return step.names.flatMap((name) => memberOf(value, name));
    case 'indices':
      return Array.isArray(value)
        ? step.indices.flatMap((index) => {
            const found: unknown = value.at(index);
            return found === undefined ? [] : [found];
          })
        : [];
    case 'slice':
      return Array.isArray(value) ? value.slice(step.from, step.to) : [];
    case 'all':
      return childrenOf(value);
    case 'filter':
      return Array.isArray(value) ? value.filter((one) => step.test(one, budget)) : [];
    case 'descend':
      return [value, ...childrenOf(value).flatMap((child) => follow(step, child, budget))];
    default:
      return step satisfies never;
  }
}

function memberOf(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value) && name === 'length()') return [value.length];
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
  // The name is one of the value's own.
  return [(value as Readonly<Record<string, unknown>>)[name]];
}

function childrenOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
