/** What doctor says of a controller: which group has it or lacks it, and what gives it to the server. */
import type { LauncherHello } from '#adapters/launcher/index.ts';

export type Controller = 'memory' | 'cpu' | 'pids' | 'freezer';

/** What was found of one controller, and what mends its lack. */
export interface ControllerFinding {
  readonly detail: string;
  readonly remedy: string;
}

const MOUNT = '/sys/fs/cgroup';
const DELEGATE = 'systemd-run --scope -p Delegate=yes bin/hearth up, or Delegate=yes in its unit';
const UNIFIED =
  'boot with cgroups v2 (systemd.unified_cgroup_hierarchy=1), or mount -t cgroup2 none /sys/fs/cgroup';

/**
 * @param hello of the launcher; absent where it was not tried
 * @see https://systemd.io/CGROUP_DELEGATION/
 */
export function findController(
  controller: Controller,
  isEnforced: boolean,
  hello: Pick<LauncherHello, 'cgroups' | 'ownGroup'> | undefined,
): ControllerFinding {
  if (hello === undefined) return { detail: 'not tried', remedy: UNIFIED };
  const { cgroups, ownGroup } = hello;
  if (isEnforced) return { detail: `cgroups ${cgroups}`, remedy: '' };
  if (ownGroup === '') {
    const detail = cgroups === 'none' ? 'no control groups are mounted' : `cgroups ${cgroups}`;
    return { detail: `${detail}: no controller ${controller}`, remedy: UNIFIED };
  }
  const group = ownGroup.startsWith(MOUNT) ? ownGroup.slice(MOUNT.length) || '/' : ownGroup;
  const lack = cgroups === 'none' ? 'no group can be made in' : `no controller ${controller} in`;
  return {
    detail: `cgroups v2: ${lack} ${group}`,
    remedy:
      group === '/'
        ? `in a container: docker run --privileged; else a kernel with ${controller} (cgroup_enable=${controller})`
        : DELEGATE,
  };
}
