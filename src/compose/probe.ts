import { join } from 'node:path';
import { probeMachine, type MachineProbe } from '#adapters/doctor-probes/index.ts';
import { probeLanguages } from '#adapters/interpreters/index.ts';
import { findLauncher } from '#adapters/launcher/index.ts';
import { PACKAGE_ROOT } from './isolation.ts';

/** What this machine can enforce, found out by trying. */
export async function probe(): Promise<readonly MachineProbe[]> {
  const machine = await probeMachine(findLauncher(PACKAGE_ROOT));
  return [...machine, ...probeLanguages(join(PACKAGE_ROOT, 'runtimes'))];
}
