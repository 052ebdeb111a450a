import { MIB } from '#kernel/units.ts';
import type { SandboxLimits } from '#ports/world/sandbox.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MEMORY_MIB_OF_ONE_CPU = 1769;
/** A curve of ours, as AWS tells none: 50 Mbit/s at the least, 600 from 1,769 MiB on. */
const NETWORK_BITS_MIN = 50_000_000;
const NETWORK_BITS_MAX = 600_000_000;

/** As the launcher takes them: bytes of memory, thousandths of a core, MiB of /tmp, bits a second. */
export function limitFields(limits: SandboxLimits): readonly number[] {
  const { memoryMiB, temporaryStorageMiB } = limits;
  const cores = limits.virtualCpus ?? memoryMiB / MEMORY_MIB_OF_ONE_CPU;
  return [
    memoryMiB * MIB,
    Math.max(1, Math.round(cores * 1000)),
    temporaryStorageMiB,
    networkBitsPerSecond(memoryMiB),
  ];
}

/** Bits a second that a sandbox of so much memory may send, and as many that it may receive. */
export function networkBitsPerSecond(memoryMiB: number): number {
  const share = (NETWORK_BITS_MAX * memoryMiB) / MEMORY_MIB_OF_ONE_CPU;
  return Math.round(Math.min(NETWORK_BITS_MAX, Math.max(NETWORK_BITS_MIN, share)));
}
