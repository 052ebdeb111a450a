/** Hearth's own command line against a started server, as a person uses it. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { zipDirectory } from '../../src/cli/archive.ts';
import { startServer, type ExampleServer } from '../../examples/server.ts';

const HEARTH = resolve(import.meta.dirname, '../../bin/hearth');
const NOBODY = 65_534;
const canNobodyRun =
  process.getuid?.() === 0 &&
  [HEARTH, process.execPath].every(
    (path) => spawnSync('test', ['-x', path], { uid: NOBODY }).status === 0,
  );
const NEEDS_NOBODY = canNobodyRun ? false : 'needs root, and a checkout that others may read';
const folder = mkdtempSync(join(tmpdir(), 'hearth-cli-'));
let server: ExampleServer;

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function hearth(...words: readonly string[]): Ran {
  const ran = spawnSync(HEARTH, words, { encoding: 'utf8', cwd: folder, timeout: 30_000 });
  return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

/** With the server's data directory named. */
function onServer(...words: readonly string[]): Ran {
  return hearth(...words, '--data-dir', server.dataDir);
}

describe('the command line', { timeout: 600_000 }, () => {
  before(async () => {
    server = await startServer({ flags: ['--further-account-ids', '222222222222'] });
    mkdirSync(join(folder, 'hello'));
    const code =
      "export const handler = async (event) => { console.log('said'); return `hello ${event.name}`; };";
    writeFileSync(join(folder, 'hello/index.mjs'), code);
  });

  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows credentials for a shell and as JSON', () => {
    const { stdout } = onServer('credentials', '--format', 'json');
    assert.deepEqual(Object.keys(JSON.parse(stdout) as object), [
      'accessKeyId',
      'secretAccessKey',
      'region',
      'endpoint',
      'accountId',
    ]);
    assert.match(onServer('credentials').stdout, /^export AWS_ACCESS_KEY_ID=\S+$/m);
  });

  it('shows the credentials of a further account, and tells which there are', () => {
    const shown = onServer('credentials', '--format', 'json', '--account', '222222222222');
    assert.match(shown.stdout, /"accountId": "222222222222"/);
    const { status, stderr } = onServer('credentials', '--account', '333333333333');
    assert.equal(status, 1);
    assert.match(stderr, /--account takes 000000000000, 222222222222, not 333333333333/);
  });

  it('finds the server from a folder below, by a variable, and by what AWS’s tools use', () => {
    const below = join(folder, 'below/deep');
    mkdirSync(below, { recursive: true });
    symlinkSync(server.dataDir, join(below, '../.hearth'));
    const ask = (cwd: string, env: Readonly<Record<string, string>>): Ran => {
      const all = { ...process.env, ...env };
      const words = ['credentials', '--format', 'json'];
      return spawnSync(HEARTH, words, { encoding: 'utf8', cwd, env: all, timeout: 30_000 });
    };
    try {
      const { stdout } = onServer('credentials', '--format', 'json');
      assert.equal(ask(below, {}).stdout, stdout);
      assert.equal(ask(folder, { HEARTH_DATA_DIR: server.dataDir }).stdout, stdout);
      const keys = JSON.parse(stdout) as Readonly<Record<string, string>>;
      const { accessKeyId, secretAccessKey, region, endpoint } = keys;
      assert.ok(accessKeyId && secretAccessKey && region && endpoint);
      const variables = {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_REGION: region,
      };
      assert.equal(ask(folder, { ...variables, AWS_ENDPOINT_URL: endpoint }).stdout, stdout);
      const any = { ...variables, AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'test' };
      assert.match(ask(folder, any).stdout, /"accessKeyId": "test"[^]*"accountId": "000000000000"/);
      const nowhere = { ...variables, AWS_ENDPOINT_URL: '' };
      assert.match(ask(folder, nowhere).stderr, /^hearth: There is no server's data/);
    } finally {
      rmSync(join(below, '..'), { recursive: true });
    }
  });

  it('tells whose the data is that it may not read', { skip: NEEDS_NOBODY }, () => {
    const locked = mkdtempSync(join(tmpdir(), 'hearth-locked-'));
    try {
      mkdirSync(join(locked, '.hearth'), { mode: 0o700 });
      chmodSync(locked, 0o755);
      const asNobody = { encoding: 'utf8', cwd: locked, uid: NOBODY, timeout: 30_000 } as const;
      const { stderr } = spawnSync(HEARTH, ['functions'], asNobody);
      assert.match(stderr, /^hearth: \S+ belongs to another user/);
    } finally {
      rmSync(locked, { recursive: true });
    }
  });

  it('lists the functions of a further account alone', () => {
    const listed = onServer('functions', '--account', '222222222222');
    assert.match(listed.stdout, /^No function yet/);
  });

  it('deploys a folder and prints its ARN', () => {
    const { status, stdout, stderr } = onServer('deploy', 'hello');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^arn:aws:lambda:us-east-1:\d{12}:function:hello\n$/);
  });

  it('invokes it: the answer on standard output, the log on standard error', () => {
    const { status, stdout, stderr } = onServer('invoke', 'hello', '--payload', '{"name":"Ada"}');
    assert.equal(status, 0, stderr);
    assert.equal(stdout, '"hello Ada"\n');
    assert.match(stderr, /REPORT RequestId/);
    assert.equal(stderr.includes('\u001b['), false, 'no colours without a terminal');
  });

  it('tells the bill, of the account alone', () => {
    const { status, stdout, stderr } = onServer('bill');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Account 000000000000, \d{4}-\d\d$/m);
    assert.match(stdout, /^Requests +1 requests +1 +\$0\.00$/m);
    assert.match(stdout, /^hello +us-east-1 +1 +0\.\d+$/m);
    const other = onServer('bill', '--account', '222222222222', '--month', '2026-01');
    assert.equal(other.stdout, 'Account 222222222222, 2026-01: nothing was used.\n');
    const told = JSON.parse(onServer('bill', '--output', 'json').stdout) as { total: number };
    assert.equal(told.total, 0);
    assert.match(onServer('bill', '--month', 'may').stderr, /^hearth: .*2026-11\.\n$/);
  });

  it('deploys again what was changed', () => {
    writeFileSync(
      join(folder, 'hello/index.mjs'),
      "export const handler = () => Promise.resolve('new');",
    );
    assert.equal(onServer('deploy', 'hello').status, 0);
    assert.equal(onServer('invoke', 'hello').stdout, '"new"\n');
  });

  it('deploys an archive as it is, and tells what one lacks', async () => {
    const code = await zipDirectory(join(folder, 'hello'));
    writeFileSync(join(folder, 'packed.zip'), code);
    const { stdout, stderr } = onServer('deploy', 'packed.zip');
    assert.match(stdout, /:function:packed\n$/, stderr);
    assert.equal(onServer('invoke', 'packed').stdout, onServer('invoke', 'hello').stdout);
    const digest = createHash('sha256').update(code).digest('base64');
    const listed = JSON.parse(onServer('functions', '--output', 'json').stdout) as object[];
    assert.ok(JSON.stringify(listed).includes(digest), 'the very bytes are deployed');

    const wrap = join(folder, 'wrap');
    mkdirSync(join(wrap, 'inner'), { recursive: true });
    writeFileSync(join(wrap, 'inner/index.mjs'), '');
    writeFileSync(join(folder, 'wrapped.zip'), await zipDirectory(wrap));
    assert.match(onServer('deploy', 'wrapped.zip').stderr, /holds inner\/index\.mjs, and .* top/);
    writeFileSync(join(wrap, 'inner/Hello.class'), '');
    writeFileSync(join(folder, 'made.jar'), await zipDirectory(wrap));
    assert.match(onServer('deploy', 'made.jar').stderr, /holds Java\. Say --runtime and --handler/);
    writeFileSync(join(folder, 'none.zip'), 'none');
    assert.match(onServer('deploy', 'none.zip').stderr, /none\.zip is no zip archive/);
    assert.match(onServer('deploy', 'packed.zip', '--watch').stderr, /--watch takes a folder/);
    assert.match(
      onServer('deploy', 'nowhere').stderr,
      /nowhere is no folder, nor a \.zip or \.jar/,
    );
  });

  it('lists functions as a table and as JSON', () => {
    assert.match(onServer('functions').stdout, /^hello\s+nodejs24\.x\s+128 MB/m);
    const listed = JSON.parse(onServer('functions', '--output', 'json').stdout) as unknown[];
    assert.equal(listed.length, 2);
  });

  it('prints the log, and follows it until it is interrupted', async () => {
    assert.equal(onServer('deploy', 'hello', '--name', 'followed').status, 0);
    const words = ['logs', 'followed', '--follow', '--data-dir', server.dataDir];
    const following = spawn(HEARTH, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(following, 'exit');
    const deadline = setTimeout(() => following.kill('SIGKILL'), 60_000);
    assert.equal(onServer('invoke', 'followed').status, 0);
    let said = '';
    // It ends with the process, too, whatever that was ended by.
    for await (const chunk of following.stdout) {
      said += String(chunk);
      if (said.includes('REPORT')) break;
    }
    following.kill('SIGINT');
    await ended;
    clearTimeout(deadline);
    assert.match(said, /REPORT RequestId/);
    assert.match(onServer('logs', 'followed').stdout, /START RequestId/);
  });

  it('ends in silence when nobody reads the rest of what it prints', () => {
    const piped = `${HEARTH} logs hello --data-dir ${server.dataDir} | head -n 1`;
    const { stdout, stderr } = spawnSync('sh', ['-c', piped], { encoding: 'utf8' });
    assert.equal(stdout.trimEnd().split('\n').length, 1);
    assert.equal(stderr, '');
  });

  it('says in one sentence what is wrong and what to do', () => {
    const missing = onServer('invoke', 'nobody');
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /^hearth: ResourceNotFoundException: Function not found: \S+\n$/);
    const noServer = hearth('functions', '--data-dir', join(folder, 'empty'));
    assert.equal(noServer.status, 1);
    assert.match(noServer.stderr, /^hearth: There is no server's data at .*`hearth up`/);
    const badFlag = hearth('up', '--prot', '1');
    assert.equal(badFlag.status, 1);
    assert.match(badFlag.stderr, /^hearth: .*did you mean --port\?\n$/);
    const open = hearth(
      'up',
      '--auth',
      'none',
      '--host',
      '0.0.0.0',
      '--data-dir',
      join(folder, 'x'),
    );
    assert.equal(open.status, 1);
    assert.match(open.stderr, /^hearth: auth is none/);
  });

  it('takes no number that is none, no address that is none, and no function that is none', () => {
    for (const flag of ['--memory', '--timeout']) {
      const { status, stderr } = onServer('deploy', 'hello', flag, 'many');
      assert.equal(status, 1);
      assert.equal(stderr, `hearth: ${flag} takes a whole number, not many.\n`);
    }
    for (const endpoint of ['moon', 'localhost:4566', 'ftp://127.0.0.1']) {
      const { status, stderr } = onServer('functions', '--endpoint', endpoint);
      assert.equal(status, 1);
      assert.match(stderr, /^hearth: --endpoint takes a URL such as \S+, not \S+\.\n$/);
    }
    const { status, stderr } = onServer('logs', 'nobody');
    assert.equal(status, 1);
    assert.match(stderr, /^hearth: There is no function nobody/);
  });

  it('says in one line that the port is taken, before it makes a sandbox', () => {
    const { port } = new URL(server.endpoint);
    const { status, stdout, stderr } = hearth('up', '--port', port, '--data-dir', 'taken');
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^hearth: the port \d+ of 127\.0\.0\.1 is in use: .*--port\n$/);
    const elsewhere = hearth('up', '--host', '192.0.2.1', '--port', '0', '--data-dir', 'taken');
    assert.equal(elsewhere.status, 1);
    assert.match(elsewhere.stderr, /^hearth: 192\.0\.2\.1 is no address of this machine: .*\n$/);
  });

  it('tells its version', () => {
    assert.match(hearth('--version').stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it('runs by a link to it, and by one to its folder', () => {
    symlinkSync(HEARTH, join(folder, 'linked'));
    symlinkSync(dirname(HEARTH), join(folder, 'bin'));
    for (const path of ['linked', 'bin/hearth']) {
      const ran = spawnSync(join(folder, path), ['--version'], { encoding: 'utf8' });
      assert.equal(ran.stdout, hearth('--version').stdout, ran.stderr);
    }
  });

  it('refuses a second server on the same data', () => {
    const second = hearth('up', '--port', '0', '--data-dir', server.dataDir);
    assert.equal(second.status, 1);
    assert.match(second.stderr, /^hearth: .*(in use|another|already)/);
  });

  it('helps, with examples, on each command', () => {
    for (const command of [
      'up',
      'doctor',
      'credentials',
      'functions',
      'deploy',
      'invoke',
      'logs',
      'bill',
    ]) {
      const { status, stdout } = hearth(command, '--help');
      assert.equal(status, 0);
      assert.match(stdout, /Examples\n {2}(eval "\$\()?hearth /, command);
    }
  });

  it('advises others than root of nothing but root', { skip: NEEDS_NOBODY }, () => {
    const asNobody = { encoding: 'utf8', cwd: '/', uid: NOBODY, timeout: 60_000 } as const;
    const { stdout } = spawnSync(HEARTH, ['doctor', '--output', 'json'], asNobody);
    const probes = JSON.parse(stdout) as { name: string; detail: string; remedy?: string }[];
    const untried = probes.filter(({ detail }) => detail === 'not tried');
    assert.ok(untried.length > 5);
    assert.deepEqual(
      untried.filter(({ remedy }) => remedy !== undefined),
      [],
    );
    assert.equal(probes.find(({ name }) => name === 'root')?.remedy, 'sudo hearth up');
  });

  it('tells what this machine can enforce', () => {
    const probes = JSON.parse(hearth('doctor', '--output', 'json').stdout) as { name: string }[];
    assert.ok(probes.length > 5);
  });
});
