import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bundleConfig } from './bundle.ts';
import type { CgroupPlace } from './bundle.ts';
import { cgroupPlace, weightOf } from './oci-cgroup.ts';

describe('the control group of a container', () => {
  it('of version 2 is in the group that was given to the server', () => {
    const unit = '/sys/fs/cgroup/system.slice/hearth.service';
    const expected = { isV2: true, path: '/system.slice/hearth.service/hearth-oci/one' };
    assert.deepEqual(cgroupPlace('one', unit), expected);
    // A machine without systemd, and a container.
    const root = { isV2: true, path: '/hearth-oci/one' };
    assert.deepEqual(cgroupPlace('one', '/sys/fs/cgroup'), root);
  });

  it('of version 1 is below the root of each controller', () => {
    assert.deepEqual(cgroupPlace('one', ''), { isV2: false, path: '/hearth-oci/one' });
  });

  it('has no swap under version 2', () => {
    const memory = 128 * 1024 * 1024;
    assert.deepEqual(memoryIn({ isV2: true, path: '/x' }), { limit: memory, swap: memory });
    assert.deepEqual(memoryIn({ isV2: false, path: '/x' }), { limit: memory });
  });

  it('weighs as its runtime reckoned its shares', () => {
    // The ends of both scales, and one core.
    assert.deepEqual([2, 1024, 262_144].map(weightOf), [1, 39, 10_000]);
  });
});

function memoryIn(cgroup: CgroupPlace): unknown {
  const config: { linux?: { resources?: { memory?: unknown } } } = bundleConfig({
    root: '/',
    temporary: '/tmp',
    uid: 1,
    command: ['true'],
    environment: {},
    workingDirectory: '/',
    mounts: [],
    limits: { memoryMiB: 128, temporaryStorageMiB: 512 },
    hasOwnKernel: false,
    cgroup,
  });
  return config.linux?.resources?.memory;
}
