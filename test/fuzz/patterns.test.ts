/** No pattern of a model can be made to run long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODELS } from '#aws/models/index.ts';
import type { Shape } from '#aws/model.ts';
import { compilePattern } from '#aws/validate-pattern.ts';

interface Patterned {
  readonly pattern: string;
  readonly max: number | undefined;
}

/** Every pattern that an input can meet. */
function allPatterns(): readonly Patterned[] {
  const patterns = new Map<string, Patterned>();
  const seen = new Set<Shape>();
  const visit = (shape: Shape): void => {
    if (seen.has(shape)) return;
    seen.add(shape);
    if (shape.kind === 'string' && shape.pattern !== undefined) {
      patterns.set(shape.pattern, { pattern: shape.pattern, max: shape.max });
    }
    if (shape.kind === 'structure') for (const member of shape.members) visit(member.shape);
    if (shape.kind === 'list') visit(shape.member.shape);
    if (shape.kind === 'map') for (const part of [shape.key, shape.value]) visit(part.shape);
  };
  for (const model of MODELS) {
    for (const name of model.operationNames()) {
      const operation = model.operation(name);
      if (operation) visit(operation.input);
    }
  }
  return [...patterns.values()];
}

test('every pattern of every model compiles, and none can be made to run long', () => {
  const patterns = allPatterns();
  assert.ok(patterns.length > 200, `only ${patterns.length}`);
  const pieces = [
    'a',
    ' ',
    '\t',
    '-',
    '/',
    ':',
    '.',
    'aA0',
    'arn:aws:',
    'a-',
    '/a',
    ' a',
    '1,',
    '.a',
  ];
  for (const { pattern, max } of patterns) {
    const compiled = compilePattern(pattern, max);
    const startedAt = performance.now();
    for (const piece of pieces) compiled.matches(`${piece.repeat(4000 / piece.length)}\u0000`);
    const ms = performance.now() - startedAt;
    assert.ok(ms < 2000, `${pattern} took ${ms} ms`);
  }
});
