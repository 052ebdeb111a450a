/** What the kernel grants a sandbox of the processors, as its control group counts it. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Counts since a group was made, and when they were read. */
export interface ProcessorTime {
  readonly wallMs: number;
  /** Of all processors together. */
  readonly usedMs: number;
  /** Periods of the quota in which the group wanted to run, and those of them in which the quota was used up. */
  readonly periods: number;
  readonly throttled: number;
  /** Cores that the group may have, as the kernel holds it. */
  readonly quotaCores: number;
}

/** How far from its promise a quota may be: it is rounded to thousandths of a core. */
const ROUNDING = 0.02;
/** How far from its share a sandbox may be: what runs is counted, and stopped, at the clock's ticks. */
const TOLERANCE = 0.1;

/** What a group had between two readings. */
export interface ProcessorShare {
  readonly quotaCores: number;
  /** Cores that it had, on the average. */
  readonly cores: number;
  /** The part of its periods in which its quota was used up; undefined where there was no period. */
  readonly throttledPart: number | undefined;
}

export function shareBetween(begin: ProcessorTime, end: ProcessorTime): ProcessorShare {
  const periods = end.periods - begin.periods;
  return {
    quotaCores: end.quotaCores,
    cores: (end.usedMs - begin.usedMs) / (end.wallMs - begin.wallMs),
    throttledPart: periods === 0 ? undefined : (end.throttled - begin.throttled) / periods,
  };
}

/**
 * What is wrong with the share of a sandbox that would use all it can get, of which `promised` cores are
 * promised; undefined where nothing is. Both ends are ratios of what the kernel counted, so that they hold on
 * slow, emulated and busy machines: more than the promise is always wrong, less only as far as it was the
 * quota that held it back, and not others who ran.
 */
export function unfairness(promised: number, share: ProcessorShare): string | undefined {
  const { quotaCores, cores, throttledPart } = share;
  // Known where others leave too little of the processors to use it up, too.
  if (Math.abs(quotaCores - promised) > promised * ROUNDING) return `a quota of ${quotaCores}`;
  if (cores > promised * (1 + TOLERANCE)) return 'too much';
  if (throttledPart === undefined) return 'no period';
  return cores < promised * (1 - TOLERANCE) * throttledPart ? 'too little' : undefined;
}

/** Processes of this machine, by their numbers on it, one of whose arguments is `argument`. */
export function processesWith(argument: string): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => textOf(`/proc/${pid}/cmdline`).split('\0').includes(argument));
}

/** Reads what these processes used, who are all that runs in a sandbox, and how its quota went. */
export function readProcessorTime(pids: readonly number[]): ProcessorTime {
  const { group, cores: quotaCores } = quotaOf(pids[0] ?? 0);
  const stat = textOf(path.join(group, 'cpu.stat'));
  const countOf = (name: string): number =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
  // Version 1 counts it in another hierarchy, where sandboxes have no groups.
  const usedMs = stat.includes('usage_usec') ? countOf('usage_usec') / 1000 : usedMsOf(pids);
  return {
    wallMs: performance.now(),
    usedMs,
    periods: countOf('nr_periods'),
    throttled: countOf('nr_throttled'),
    quotaCores,
  };
}

function usedMsOf(pids: readonly number[]): number {
  const nanoseconds = pids.map((pid) => Number(textOf(`/proc/${pid}/schedstat`).split(' ')[0]));
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
}

/** The control group that limits a process: its own, or one above, where an OCI runtime made one of its own. */
function quotaOf(pid: number): { readonly group: string; readonly cores: number } {
  const groups = textOf(`/proc/${pid}/cgroup`);
  const ofVersion1 = /^\d+:(?:.*,)?cpu(?:,.*)?:(.*)$/m.exec(groups)?.[1];
  const inside = ofVersion1 ?? /^0::(.*)$/m.exec(groups)?.[1] ?? '/';
  const root = ofVersion1 === undefined ? '/sys/fs/cgroup' : '/sys/fs/cgroup/cpu';
  for (let above = inside; above !== '/' && above !== '.'; above = path.dirname(above)) {
    const group = path.join(root, above);
    const [quota, period] =
      ofVersion1 === undefined
        ? textOf(`${group}/cpu.max`).split(' ')
        : ['quota', 'period'].map((name) => textOf(`${group}/cpu.cfs_${name}_us`));
    // `max`, or -1, where there is none.
    if (Number(quota) > 0) return { group, cores: Number(quota) / Number(period) };
  }
  throw new Error(`no group limits the processors of process ${pid}: ${groups}`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
