import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findController } from './control-groups.ts';

const UNIT = '/sys/fs/cgroup/system.slice/hearth.service';

describe('what doctor says of a controller', () => {
  it('names the version where the controller is there', () => {
    const { detail } = findController('memory', true, { cgroups: 'v2', ownGroup: UNIT });
    assert.equal(detail, 'cgroups v2');
  });

  it('sends a server in a unit without its controllers to Delegate=yes', () => {
    const found = findController('cpu', false, { cgroups: 'v2', ownGroup: UNIT });
    assert.equal(found.detail, 'cgroups v2: no controller cpu in /system.slice/hearth.service');
    assert.match(found.remedy, /^systemd-run --scope -p Delegate=yes bin\/hearth up/);
  });

  it('sends a container that may make no groups to --privileged', () => {
    const found = findController('pids', false, { cgroups: 'none', ownGroup: '/sys/fs/cgroup' });
    assert.equal(found.detail, 'cgroups v2: no group can be made in /');
    assert.match(found.remedy, /docker run --privileged/);
  });

  it('sends a machine without control groups, or with few of version 1, to version 2', () => {
    const none = findController('memory', false, { cgroups: 'none', ownGroup: '' });
    assert.equal(none.detail, 'no control groups are mounted: no controller memory');
    assert.match(none.remedy, /cgroups v2/);
    const few = findController('pids', false, { cgroups: 'v1', ownGroup: '' });
    assert.equal(few.detail, 'cgroups v1: no controller pids');
    assert.match(few.remedy, /cgroups v2/);
  });
});
