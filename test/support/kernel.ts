/** What this machine's kernel can do. */
import { release } from 'node:os';

export function isKernelSince(major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = release().split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/**
 * Why sandboxes have no name of the Runtime API, for `skip`; false where they have it.
 * @see ../../native/launcher/network.c (SO_PASSRIGHTS)
 */
export function reasonForNoRuntimeName(): string | false {
  return isKernelSince(6, 16) ? false : 'Linux before 6.16 lets nobody refuse descriptors';
}
