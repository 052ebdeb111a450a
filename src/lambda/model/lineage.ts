import { createHash } from 'node:crypto';

export interface Lineage {
  /** The chain with this function's passage counted in. */
  readonly lineage: string;
  /** How often the chain has passed this function. */
  readonly count: number;
}

/** Functions of one chain that are counted; a longer chain forgets its oldest. */
const FUNCTIONS_MAX = 10;

/**
 * Counts one more passage of a chain of invocations through a function. The chain travels as
 * `1:HASH:COUNT|1:HASH:COUNT` in the trace header's `Lineage`; what is none counts for nothing.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export function nextLineage(lineage: string | undefined, functionArn: string): Lineage {
  const name = hashOf(functionArn);
  const counts = countsOf(lineage);
  const count = (counts.get(name) ?? 0) + 1;
  counts.delete(name);
  counts.set(name, count);
  const parts = [...counts].slice(-FUNCTIONS_MAX).map(([hash, passes]) => `1:${hash}:${passes}`);
  return { lineage: parts.join('|'), count };
}

function hashOf(functionArn: string): string {
  return createHash('sha256').update(functionArn).digest('hex').slice(0, 8);
}

function countsOf(lineage: string | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const part of (lineage ?? '').split('|')) {
    const [, hash, passes] = /^1:([0-9a-f]{8}):(\d{1,5})$/.exec(part) ?? [];
    if (hash !== undefined) counts.set(hash, Number(passes));
  }
  return counts;
}

const LINEAGE = /(?:^|;)\s*Lineage=([^;]*)/;

/** The trace header with one more passage through a function counted in. */
export function withPassage(traceHeader: string, functionArn: string): string {
  const { lineage } = nextLineage(LINEAGE.exec(traceHeader)?.[1], functionArn);
  const parts = traceHeader.split(';').filter((part) => !/^\s*Lineage=/.test(part));
  return [...parts, `Lineage=${lineage}`].join(';');
}

/** How often the chain of a trace header has passed a function. */
export function passagesOf(traceHeader: string | undefined, functionArn: string): number {
  const lineage = traceHeader === undefined ? undefined : LINEAGE.exec(traceHeader)?.[1];
  return lineage === undefined ? 0 : (countsOf(lineage).get(hashOf(functionArn)) ?? 0);
}
