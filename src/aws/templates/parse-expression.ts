/** References and expressions of a template. */
import type { Reader } from './reader.ts';
import { TemplateError, type Block, type Expression, type Reference, type Step } from './syntax.ts';

/** Parses what stands in double quotes; given by the parser of blocks, which this one is part of. */
export type ParseText = (text: string) => readonly Block[];

const NAME = /[A-Za-z_][\w-]*/y;
const DEPTH_MAX = 100;

/** A reference at a dollar sign, or `undefined` where that is only a dollar sign. */
export function parseReference(reader: Reader, parseText: ParseText): Reference | undefined {
  const start = reader.at;
  if (!reader.take('$')) return undefined;
  const isQuiet = reader.take('!');
  const isBraced = reader.take('{');
  const name = reader.match(NAME);
  if (name === undefined) {
    reader.at = start;
    return undefined;
  }
  const steps = parseSteps(reader, parseText);
  if (isBraced && !reader.take('}')) {
    reader.at = start;
    return undefined;
  }
  const source = reader.text.slice(start, reader.at);
  return { kind: 'reference', name, steps, isQuiet, source };
}

function parseSteps(reader: Reader, parseText: ParseText): readonly Step[] {
  const steps: Step[] = [];
  for (;;) {
    const start = reader.at;
    if (reader.take('.')) {
      const name = reader.match(NAME);
      if (name === undefined) {
        // A full stop that ends a sentence.
        reader.at = start;
        return steps;
      }
      if (reader.take('(')) {
        const parameters = parseItems(reader, parseText, ')');
        steps.push({ kind: 'call', name, parameters });
      } else steps.push({ kind: 'property', name });
    } else if (reader.peek() === '[' && /^\[\s*(?:-?\d+|["'$])/.test(reader.peek(20))) {
      reader.take('[');
      const index = parseExpression(reader, parseText);
      reader.skipSpace();
      reader.expect(']');
      steps.push({ kind: 'index', index });
    } else return steps;
  }
}

function parseItems(reader: Reader, parseText: ParseText, end: string): readonly Expression[] {
  const items: Expression[] = [];
  reader.skipSpace();
  while (!reader.take(end)) {
    items.push(parseExpression(reader, parseText));
    reader.skipSpace();
    if (!reader.take(',') && !reader.startsWith(end)) {
      throw new TemplateError(`expected ${end} at ${reader.at}`);
    }
    reader.skipSpace();
  }
  return items;
}

/** From the loosest to the tightest; each level's operators, and what words of theirs mean. */
const LEVELS: readonly (readonly (readonly [written: RegExp, operator: string])[])[] = [
  [
    [/\|\|/y, '||'],
    [/or\b/y, '||'],
  ],
  [
    [/&&/y, '&&'],
    [/and\b/y, '&&'],
  ],
  [
    [/==/y, '=='],
    [/eq\b/y, '=='],
    [/!=/y, '!='],
    [/ne\b/y, '!='],
  ],
  [
    [/<=/y, '<='],
    [/le\b/y, '<='],
    [/>=/y, '>='],
    [/ge\b/y, '>='],
    [/</y, '<'],
    [/lt\b/y, '<'],
    [/>/y, '>'],
    [/gt\b/y, '>'],
  ],
  [
    [/\+/y, '+'],
    [/-/y, '-'],
  ],
  [
    [/\*/y, '*'],
    [/\//y, '/'],
    [/%/y, '%'],
  ],
];

/**
 * One expression.
 * @throws TemplateError
 */
export function parseExpression(reader: Reader, parseText: ParseText, depth = 0): Expression {
  if (depth > DEPTH_MAX) throw new TemplateError('nested too deeply');
  return parseLevel(reader, parseText, { level: 0, depth });
}

interface Position {
  readonly level: number;
  readonly depth: number;
}

function parseLevel(reader: Reader, parseText: ParseText, { level, depth }: Position): Expression {
  const operators = LEVELS[level];
  if (operators === undefined) return parseUnary(reader, parseText, depth);
  let left = parseLevel(reader, parseText, { level: level + 1, depth });
  for (;;) {
    reader.skipSpace();
    const found = operators.find(([written]) => reader.match(written) !== undefined);
    if (found === undefined) return left;
    const right = parseLevel(reader, parseText, { level: level + 1, depth });
    left = { kind: 'binary', operator: found[1], left, right };
  }
}

function parseUnary(reader: Reader, parseText: ParseText, depth: number): Expression {
  if (depth > DEPTH_MAX) throw new TemplateError('nested too deeply');
  reader.skipSpace();
  if (reader.take('!') || reader.match(/not\b/y) !== undefined) {
    return { kind: 'not', operand: parseUnary(reader, parseText, depth + 1) };
  }
  if (reader.peek() === '-' && !/\d/.test(reader.peek(2))) {
    reader.take('-');
    return { kind: 'minus', operand: parseUnary(reader, parseText, depth + 1) };
  }
  return parsePrimary(reader, parseText, depth);
}

const WORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

function parsePrimary(reader: Reader, parseText: ParseText, depth: number): Expression {
  const character = reader.peek();
  if (character === '$') {
    const reference = parseReference(reader, parseText);
    if (reference !== undefined) return reference;
  }
  if (character === "'" || character === '"') return parseQuoted(reader, parseText, character);
  const digits = reader.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (digits !== undefined) return { kind: 'literal', value: Number(digits) };
  if (reader.take('(')) {
    const inner = parseExpression(reader, parseText, depth + 1);
    reader.skipSpace();
    reader.expect(')');
    return inner;
  }
  if (reader.take('[')) return parseList(reader, parseText, depth);
  if (reader.take('{')) return parseMap(reader, parseText);
  const word = reader.match(NAME);
  if (word !== undefined && Object.hasOwn(WORDS, word)) {
    return { kind: 'literal', value: WORDS[word] ?? null };
  }
  throw new TemplateError(`unexpected ${character === '' ? 'end' : character} at ${reader.at}`);
}

/** A quote that is doubled stands for itself. */
function parseQuoted(reader: Reader, parseText: ParseText, quote: string): Expression {
  reader.take(quote);
  const pattern = quote === '"' ? /(?:[^"\\]|\\[^]|"")*/y : /(?:[^']|'')*/y;
  const raw = reader.match(pattern) ?? '';
  reader.expect(quote);
  const text = raw.replaceAll(quote + quote, quote);
  if (quote === "'") return { kind: 'literal', value: text };
  const isPlain = !/[$#]/.test(text);
  return isPlain ? { kind: 'literal', value: text } : { kind: 'text', body: parseText(text) };
}

function parseList(reader: Reader, parseText: ParseText, depth: number): Expression {
  const start = reader.at;
  reader.skipSpace();
  if (!reader.startsWith(']')) {
    const from = parseExpression(reader, parseText, depth + 1);
    reader.skipSpace();
    if (reader.take('..')) {
      const to = parseExpression(reader, parseText, depth + 1);
      reader.skipSpace();
      reader.expect(']');
      return { kind: 'range', from, to };
    }
  }
  reader.at = start;
  return { kind: 'list', items: parseItems(reader, parseText, ']') };
}

function parseMap(reader: Reader, parseText: ParseText): Expression {
  const entries: (readonly [Expression, Expression])[] = [];
  reader.skipSpace();
  while (!reader.take('}')) {
    const key = parseExpression(reader, parseText);
    reader.skipSpace();
    reader.expect(':');
    entries.push([key, parseExpression(reader, parseText)]);
    reader.skipSpace();
    if (!reader.take(',') && !reader.startsWith('}')) {
      throw new TemplateError(`expected } at ${reader.at}`);
    }
    reader.skipSpace();
  }
  return { kind: 'map', entries };
}
