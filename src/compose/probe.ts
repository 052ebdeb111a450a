import { probeMachine, type MachineProbe } from '#adapters/doctor-probes/index.ts';
import { findLauncher } from '#adapters/launcher/index.ts';
import { PACKAGE_ROOT } from './isolation.ts';

/** What this machine can enforce, found out by trying. */
export function probe(): Promise<readonly MachineProbe[]> {
  return probeMachine(findLauncher(PACKAGE_ROOT));
}
