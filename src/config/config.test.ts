import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ConfigError, readConfig, renderReference } from './index.ts';
import type { Config } from './index.ts';

const read = (flags: readonly string[] = [], environment: Record<string, string> = {}): Config =>
  readConfig({ flags, environment, machine: { memoryMiB: 1000 } });

const refuses = (
  message: RegExp,
  flags: readonly string[],
  environment?: Record<string, string>,
): void => {
  assert.throws(
    () => read(flags, environment),
    (error) => error instanceof ConfigError && message.test(error.message),
  );
};

describe('readConfig', () => {
  it('gives every setting its default', () => {
    const config = read([], { PATH: '/bin' });
    assert.deepEqual(
      [config.port, config.host, config.dataDir, config.auth],
      [4566, '127.0.0.1', '.hearth', 'signature'],
    );
    assert.equal(config.accountConcurrency, 1000);
    assert.equal(config.sandboxMemoryMib, 750);
    assert.ok(Object.isFrozen(config));
  });

  it('takes a flag in both forms over a variable, and a variable over the default', () => {
    const environment = { HEARTH_PORT: '1', HEARTH_DATA_DIR: '/var/a', HEARTH_REGION: 'eu-west-1' };
    const config = read(['--port', '2', '--data-dir=/var/b=c'], environment);
    assert.deepEqual([config.port, config.dataDir, config.region], [2, '/var/b=c', 'eu-west-1']);
  });

  it('refuses what it does not know, and names what is near', () => {
    refuses(/^there is no flag --prot: did you mean --port\?$/, ['--prot', '1']);
    refuses(/^there is no flag --datadir: did you mean --data-dir\?$/, ['--datadir=x']);
    refuses(/^there is no variable HEARTH_PROT: did you mean HEARTH_PORT\?$/, [], {
      HEARTH_PROT: '1',
    });
    refuses(/^there is no flag --whatever-else: docs\/reference/, ['--whatever-else']);
    refuses(/^there is no argument start/, ['start']);
  });

  it('takes numbers just inside their bounds and refuses them just outside', () => {
    assert.equal(read(['--port', '0']).port, 0);
    assert.equal(read(['--port', '65535']).port, 65_535);
    refuses(/^--port must be a whole number from 0 to 65535, not '65536'$/, ['--port', '65536']);
    for (const wrong of ['-1', '1.5', '1e3', ' 1', '', 'x'])
      refuses(/--port must be/, ['--port', wrong]);
    refuses(/^HEARTH_PORT must be a whole number/, [], { HEARTH_PORT: 'x' });
  });

  it('refuses a flag without its value, and one given twice', () => {
    refuses(/--port has no value: it must be a whole number/, ['--port']);
    refuses(/--port is given twice/, ['--port', '1', '--port=2']);
  });

  it('refuses auth none on any address but loopback', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) {
      assert.equal(read(['--auth', 'none', '--host', host]).auth, 'none');
    }
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'localhost.evil.example', '128.0.0.1']) {
      refuses(/auth is none, which would let everybody/, ['--auth', 'none', '--host', host]);
    }
    assert.equal(read(['--host', '0.0.0.0']).auth, 'signature');
  });

  it('refuses hot reloading on any address but loopback', () => {
    assert.equal(read().hotReload, 'off');
    assert.equal(read(['--hot-reload', 'on']).hotReload, 'on');
    assert.equal(read(['--hot-reload', 'off', '--host', '0.0.0.0']).hotReload, 'off');
    refuses(/would show this machine's folders/, ['--hot-reload', 'on', '--host', '0.0.0.0']);
  });

  it('knows its words', () => {
    refuses(/--auth must be `iam`, `signature`, `none`, not 'off'/, ['--auth', 'off']);
    for (const isolation of ['auto', 'namespaces', 'process', 'oci:runsc', 'oci:/usr/bin/crun']) {
      assert.equal(read(['--isolation', isolation]).isolation, isolation);
    }
    refuses(/--isolation must be/, ['--isolation', 'oci:']);
    refuses(/--account-id must be twelve digits/, ['--account-id', '123']);
    refuses(/--region must be/, ['--region', 'Ohio']);
  });

  it('says what the table says; `node scripts/generate-config-reference.ts` writes it', () => {
    const page = readFileSync(new URL('../../docs/reference/config.md', import.meta.url), 'utf8');
    assert.equal(page, renderReference());
  });
});
