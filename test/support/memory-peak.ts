/** What the kernel can do about the most memory that a control group used. */
import { existsSync } from 'node:fs';
import { isKernelSince } from './kernel.ts';

/**
 * Why the peak of a control group cannot begin anew, for `skip`; false where it can.
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html (memory.peak is writable since Linux 6.12)
 */
export function reasonNotToMeasureAnew(): string | false {
  // Under version 1 every kernel can.
  if (!existsSync('/sys/fs/cgroup/cgroup.controllers')) return false;
  return isKernelSince(6, 12) ? false : 'cgroups v2 forget no peak of memory before Linux 6.12';
}
