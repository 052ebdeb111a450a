/** Rendering: blocks become text. Work is bounded, as AWS bounds it. */
import { Budget, NODE_COST } from './budget.ts';
import { callMethod } from './methods.ts';
import { parseTemplate } from './parse.ts';
import { TemplateError, type Block, type Expression, type Reference, type Step } from './syntax.ts';
import { HostObject, isTrue, show } from './values.ts';

/** Variables by their names. */
export type Scope = Map<string, unknown>;

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const ITERATIONS_MAX = 1000;
const STEPS_MAX = 200_000;
const OUTPUT_CHARACTERS_MAX = 10 * 1024 * 1024;

/**
 * The text that a template makes; what it sets stays in the scope.
 * @throws TemplateError
 */
export function renderTemplate(template: string, scope: Scope): string {
  const renderer = new Renderer(scope);
  try {
    renderer.render(parseTemplate(template));
    return renderer.output();
  } catch (error) {
    // What nests deeper than the stack: a list that holds itself.
    if (error instanceof RangeError) throw new TemplateError('nests too deep');
    throw error;
  }
}

type Flow = 'on' | 'break' | 'stop';

class Renderer {
  readonly #scope: Scope;
  readonly #budget = new Budget();
  #parts: string[] = [];
  #characters = 0;
  #steps = 0;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  output(): string {
    return this.#parts.join('');
  }

  #write(text: string): void {
    this.#characters += text.length;
    this.#budget.charge(text.length);
    if (this.#characters > OUTPUT_CHARACTERS_MAX) throw new TemplateError('too large an output');
    this.#parts.push(text);
  }

  render(blocks: readonly Block[]): Flow {
    for (const block of blocks) {
      this.#steps += 1;
      if (this.#steps > STEPS_MAX) throw new TemplateError('too many steps');
      const flow = this.#renderBlock(block);
      if (flow !== 'on') return flow;
    }
    return 'on';
  }

  #renderBlock(block: Block): Flow {
    switch (block.kind) {
      case 'plain':
        this.#write(block.text);
        return 'on';
      case 'show':
        this.#write(this.#shown(block.reference));
        return 'on';
      case 'set':
        this.#assign(block.target, this.#evaluate(block.value));
        return 'on';
      case 'if': {
        const branch = block.branches.find(
          ({ condition }) => condition === undefined || isTrue(this.#evaluate(condition)),
        );
        return branch === undefined ? 'on' : this.render(branch.body);
      }
      case 'foreach':
        return this.#each(block);
      case 'break':
      case 'stop':
        return block.kind;
      default:
        return block satisfies never;
    }
  }

  /** A variable that nobody set is shown as it was written; a member that is not there as nothing. */
  #shown(reference: Reference): string {
    const value = this.#resolve(reference);
    if (value !== undefined && value !== null) return show(value, this.#budget);
    const isUnknown = !this.#scope.has(reference.name) && !reference.isQuiet;
    return isUnknown ? reference.source : '';
  }

  #each({ variable, list, body }: Extract<Block, { kind: 'foreach' }>): Flow {
    const items = itemsOf(this.#evaluate(list), this.#budget);
    const before = [variable, 'foreach', 'velocityCount'].map(
      (name) => [name, this.#scope.has(name), this.#scope.get(name)] as const,
    );
    let flow: Flow = 'on';
    for (const [index, item] of items.entries()) {
      this.#scope.set(variable, item);
      this.#scope.set('velocityCount', index + 1);
      this.#scope.set('foreach', loopOf(index, items.length));
      flow = this.render(body);
      if (flow !== 'on') break;
    }
    for (const [name, was, value] of before) {
      if (was) this.#scope.set(name, value);
      else this.#scope.delete(name);
    }
    return flow === 'stop' ? 'stop' : 'on';
  }

  #resolve({ name, steps }: Reference): unknown {
    let value = this.#scope.get(name);
    for (const step of steps) value = this.#follow(value, step);
    return value;
  }

  #follow(value: unknown, step: Step): unknown {
    if (value === undefined || value === null) return undefined;
    if (step.kind === 'index') return memberOf(value, this.#evaluate(step.index));
    if (step.kind === 'property') return memberOf(value, step.name);
    const parameters = step.parameters.map((one) => this.#evaluate(one));
    return callMethod({ receiver: value, name: step.name, parameters }, this.#budget);
  }

  #assign({ name, steps }: Reference, value: unknown): void {
    const last = steps.at(-1);
    if (last === undefined) {
      this.#scope.set(name, value);
      return;
    }
    let target = this.#scope.get(name);
    for (const step of steps.slice(0, -1)) target = this.#follow(target, step);
    if (last.kind === 'call') return;
    const key = last.kind === 'property' ? last.name : this.#evaluate(last.index);
    if (target instanceof Map) target.set(key, value);
    else if (Array.isArray(target) && typeof key === 'number' && key < target.length) {
      target[key] = value;
    }
  }

  #evaluate(expression: Expression): unknown {
    this.#steps += 1;
    if (this.#steps > STEPS_MAX) throw new TemplateError('too many steps');
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'reference':
        return this.#resolve(expression);
      case 'text':
        return this.#text(expression.body);
      case 'list':
        return expression.items.map((item) => this.#evaluate(item));
      case 'range':
        this.#budget.charge(NODE_COST * ITERATIONS_MAX);
        return rangeOf(
          Number(this.#evaluate(expression.from)),
          Number(this.#evaluate(expression.to)),
        );
      case 'map':
        return new Map(
          expression.entries.map(([key, value]) => [
            show(this.#evaluate(key), this.#budget),
            this.#evaluate(value),
          ]),
        );
      case 'not':
        return !isTrue(this.#evaluate(expression.operand));
      case 'minus':
        return -Number(this.#evaluate(expression.operand));
      case 'binary':
        return this.#binary(expression);
      default:
        return expression satisfies never;
    }
  }

  #text(body: readonly Block[]): string {
    const [parts, characters] = [this.#parts, this.#characters];
    this.#parts = [];
    this.render(body);
    const text = this.output();
    this.#parts = parts;
    this.#characters = characters;
    return text;
  }

  #binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): unknown {
    const a = this.#evaluate(left);
    if (operator === '&&') return isTrue(a) && isTrue(this.#evaluate(right));
    if (operator === '||') return isTrue(a) || isTrue(this.#evaluate(right));
    return compute({ operator, a, b: this.#evaluate(right) }, this.#budget);
  }
}

function loopOf(index: number, length: number): HostObject {
  return new HostObject({
    index,
    count: index + 1,
    hasNext: index + 1 < length,
    first: index === 0,
    last: index + 1 === length,
  });
}

/** As many as are gone through. */
function itemsOf(value: unknown, budget: Budget): readonly unknown[] {
  budget.charge(NODE_COST * ITERATIONS_MAX);
  if (Array.isArray(value)) return value.slice(0, ITERATIONS_MAX);
  return value instanceof Map ? [...value.values().take(ITERATIONS_MAX)] : [];
}

function rangeOf(from: number, to: number): readonly number[] {
  const length = Math.min(Math.abs(to - from) + 1, ITERATIONS_MAX);
  if (!Number.isFinite(length)) return [];
  return Array.from({ length }, (_, index) => (to >= from ? from + index : from - index));
}

function memberOf(value: unknown, key: unknown): unknown {
  if (value instanceof Map) return value.get(key);
  if (Array.isArray(value)) {
    const index = Number(key);
    return key === 'size' || key === 'length' ? value.length : value.at(index);
  }
  if (!(value instanceof HostObject)) return undefined;
  const name = String(key);
  return Object.hasOwn(value.members, name) ? value.members[name] : undefined;
}

interface Operation {
  readonly operator: string;
  readonly a: unknown;
  readonly b: unknown;
}

function compute({ operator, a, b }: Operation, budget: Budget): unknown {
  if (operator === '==') return isSame(a, b, budget);
  if (operator === '!=') return !isSame(a, b, budget);
  if (operator === '+' && (typeof a === 'string' || typeof b === 'string')) {
    const text = show(a, budget) + show(b, budget);
    budget.charge(text.length);
    return text;
  }
  const [left, right] = [a as number, b as number];
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return calculate(operator, Number(a), Number(b));
  }
}

/** Whole numbers stay whole; what cannot be calculated is nothing. */
function calculate(operator: string, a: number, b: number): number | undefined {
  const isWhole = Number.isInteger(a) && Number.isInteger(b);
  const results: Readonly<Record<string, number>> = {
    '+': a + b,
    '-': a - b,
    '*': a * b,
    '/': isWhole ? Math.trunc(a / b) : a / b,
    '%': a % b,
  };
  const result = results[operator];
  return result === undefined || !Number.isFinite(result) ? undefined : result;
}

/** Values of different kinds are the same where they are shown alike. */
function isSame(a: unknown, b: unknown, budget: Budget): boolean {
  if (a === b) return true;
  if (a === undefined || a === null || b === undefined || b === null) {
    return (a ?? null) === (b ?? null);
  }
  return typeof a !== typeof b ? show(a, budget) === show(b, budget) : false;
}
