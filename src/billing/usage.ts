import { KIB, MIB } from '#kernel/units.ts';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';

/**
 * What an account used; whole numbers, so that sums are exact. 2^53 MiB-milliseconds are 8.7 billion
 * GB-seconds.
 */
export interface Usage {
  readonly requests: number;
  /** Requests that ran in provisioned environments, of which none is free. */
  readonly provisionedRequests: number;
  /** Memory times billed time, in MiB-milliseconds. */
  readonly x86MibMs: number;
  readonly armMibMs: number;
  /** The same in environments that provisioned concurrency kept ready, at a price of their own. */
  readonly provisionedX86MibMs: number;
  readonly provisionedArmMibMs: number;
  /** Memory kept ready times the time for which it was. */
  readonly keptX86MibMs: number;
  readonly keptArmMibMs: number;
  /** /tmp beyond 512 MiB times billed time, in MiB-milliseconds. */
  readonly temporaryMibMs: number;
  /** Bytes streamed beyond the first 6 MiB of each response. */
  readonly streamedBytes: number;
}

export const NO_USAGE: Usage = {
  requests: 0,
  provisionedRequests: 0,
  x86MibMs: 0,
  armMibMs: 0,
  provisionedX86MibMs: 0,
  provisionedArmMibMs: 0,
  keptX86MibMs: 0,
  keptArmMibMs: 0,
  temporaryMibMs: 0,
  streamedBytes: 0,
};

const TEMPORARY_STORAGE_FREE_MIB = 512;
const STREAMED_FREE_BYTES = 6 * MIB;

/** What one invocation used. @see https://aws.amazon.com/lambda/pricing/ */
export function usageOf(report: InvocationReport): Usage {
  const { architecture, billedDurationMs, memorySizeMiB, temporaryStorageMiB } = report;
  const isProvisioned = report.initializationType === 'provisioned-concurrency';
  const requests = report.billedRequests ?? 1;
  const mibMs = memorySizeMiB * billedDurationMs;
  const temporaryMiB = Math.max(0, temporaryStorageMiB - TEMPORARY_STORAGE_FREE_MIB);
  const compute: Partial<Usage> = isProvisioned
    ? { [architecture === 'arm64' ? 'provisionedArmMibMs' : 'provisionedX86MibMs']: mibMs }
    : { [architecture === 'arm64' ? 'armMibMs' : 'x86MibMs']: mibMs };
  return {
    ...NO_USAGE,
    ...(isProvisioned ? { provisionedRequests: requests } : { requests }),
    ...compute,
    temporaryMibMs: temporaryMiB * billedDurationMs,
    streamedBytes: Math.max(0, (report.streamedBytes ?? 0) - STREAMED_FREE_BYTES),
  };
}

/** Two usages together. */
export function addUsage(left: Usage, right: Usage): Usage {
  return {
    requests: left.requests + right.requests,
    provisionedRequests: left.provisionedRequests + right.provisionedRequests,
    x86MibMs: left.x86MibMs + right.x86MibMs,
    armMibMs: left.armMibMs + right.armMibMs,
    provisionedX86MibMs: left.provisionedX86MibMs + right.provisionedX86MibMs,
    provisionedArmMibMs: left.provisionedArmMibMs + right.provisionedArmMibMs,
    keptX86MibMs: left.keptX86MibMs + right.keptX86MibMs,
    keptArmMibMs: left.keptArmMibMs + right.keptArmMibMs,
    temporaryMibMs: left.temporaryMibMs + right.temporaryMibMs,
    streamedBytes: left.streamedBytes + right.streamedBytes,
  };
}

/** MiB-milliseconds as GB-seconds, a GB being 1,024 MiB as on AWS's bill. */
export function gbSeconds(mibMs: number): number {
  return mibMs / KIB / 1000;
}
