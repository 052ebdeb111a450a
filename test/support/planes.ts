/** One suite on the invoke plane, run in plain processes and in each isolation that this machine has. */
import { describe } from 'node:test';
import { ISOLATIONS, describeIsolated } from '../attack/sandboxed.ts';
import { NEEDS_PYTHON } from './python.ts';
import { RealPlane } from './real-plane.ts';

/** Describes a suite whose functions or extensions are in Python, once for each way to isolate them. */
export function describePlanes(
  name: string,
  suite: (open: () => Promise<RealPlane>) => void,
): void {
  describe(`${name} in plain processes`, NEEDS_PYTHON, () => suite(() => RealPlane.open()));
  for (const isolation of ISOLATIONS) {
    describeIsolated(`${name} under ${isolation.name}`, isolation, () => {
      suite(() => RealPlane.openIn(isolation));
    });
  }
}
