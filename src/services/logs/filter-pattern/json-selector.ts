import { isObject } from '#kernel/json.ts';
import type { Scalar } from './conditions.ts';

/** `$.a.b-c[0].*[*]`; a sticky expression. */
export const JSON_SELECTOR = /\$(?:\.[\w-]+|\.\*|\[\d+\]|\[\*\]|\[(?:'[^']*'|"[^"]*")\])+/y;

const STEP = /\.([\w*-]+)|\[(\d+|\*)\]|\[['"](.*?)['"]\]/g;

/** The values in a JSON document to which a selector points; none where it points to nothing. */
export function selectJson(document: unknown, selector: string): Scalar[] {
  let values: unknown[] = [document];
  for (const [, name, index, quoted] of selector.matchAll(STEP)) {
    const step = name ?? index ?? quoted ?? '';
    const isIndex = index !== undefined;
    values = values.flatMap((value) => descend(value, step, isIndex));
  }
  return values.map((value) =>
    typeof value === 'object' && value !== null ? undefined : scalarOf(value),
  );
}

function descend(value: unknown, step: string, isIndex: boolean): unknown[] {
  if (isIndex) {
    if (!Array.isArray(value)) return [];
    return step === '*' ? value : value.slice(Number(step), Number(step) + 1);
  }
  if (!isObject(value)) return [];
  if (step === '*') return Object.values(value);
  return Object.hasOwn(value, step) ? [value[step]] : [];
}

function scalarOf(value: unknown): Scalar {
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value) || value === null;
  // The kinds were just looked at.
  return isScalar ? (value as Scalar) : undefined;
}
