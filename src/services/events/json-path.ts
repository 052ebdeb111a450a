/** The JSON paths that input paths use: `$`, `.name`, `['name']`, `[0]`, `[*]`. */

/** The value at a path; `undefined` where there is none, or where the path is malformed. */
export function valueAt(path: string, root: unknown): unknown {
  const steps = parsePath(path);
  return steps === undefined ? undefined : walk(root, steps);
}

/** True where the text is a path of the kind that inputs take: `$.detail.id`. */
export function isPath(path: string): boolean {
  return parsePath(path) !== undefined;
}

/** `null` is all of them. */
type Step = string | number | null;

function parsePath(path: string): readonly Step[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: Step[] = [];
  const pattern = /\.([^.[\]]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\]|\[(\*)\]/y;
  pattern.lastIndex = 1;
  while (pattern.lastIndex < path.length) {
    const found = pattern.exec(path);
    if (found === null) return undefined;
    const [, dotted, single, double, index, all] = found;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(all === undefined ? (dotted ?? single ?? double ?? '') : null);
  }
  return steps;
}

function walk(value: unknown, [step, ...rest]: readonly Step[]): unknown {
  if (step === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  if (step === null) {
    const found = Object.values(value).map((child) => walk(child, rest));
    return found.filter((child) => child !== undefined);
  }
  if (!Object.hasOwn(value, step)) return undefined;
  // The step is one of the value's own keys.
  return walk((value as Record<string | number, unknown>)[step], rest);
}
