/** A function whose code is a folder of the machine: a save, and the next invocation runs the new code. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
  type CreateFunctionCommandInput,
} from '@aws-sdk/client-lambda';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { NEEDS_PYTHON } from '../support/python.ts';
import { createClients, zipOf, type Clients } from './clients.ts';

const HEARTH = resolve(import.meta.dirname, '../../bin/hearth');
const SAVES = 5;
const WAIT = { minDelay: 1, maxDelay: 1, maxWaitTime: 60 };
const BOTH = process.getuid?.() === 0 ? ['auto', 'process'] : ['process'];

for (const isolation of BOTH) {
  describe(`a mounted folder, isolation ${isolation}`, { timeout: 180_000 }, () => {
    const root = mkdtempSync(join(tmpdir(), 'hearth-mount-'));
    const dataDir = join(root, 'data');
    const flags = ['--hot-reload', 'on', '--isolation', isolation];
    let server: ExampleServer;
    let lambda: Clients['lambda'];
    const start = async (options: readonly string[]): Promise<void> => {
      server = await startServer({ dataDir, flags: options });
      ({ lambda } = createClients(server));
    };
    before(() => start(flags));
    after(async () => {
      await server.stop();
      rmSync(root, { recursive: true, force: true });
    });

    const saveNode = (folder: string, text: string): void =>
      writeFileSync(join(folder, 'lib/said.mjs'), `export const said = '${text}';`);

    function makeNode(name: string): string {
      const folder = join(root, name);
      mkdirSync(join(folder, 'lib'), { recursive: true });
      writeFileSync(
        join(folder, 'index.mjs'),
        "import { said } from './lib/said.mjs'; export const handler = async () => said;",
      );
      saveNode(folder, 'first');
      return folder;
    }

    const hearth = (...words: readonly string[]) =>
      spawnSync(HEARTH, [...words, '--data-dir', dataDir], { encoding: 'utf8' });

    const describeFunction = (FunctionName: string, S3Key: string): CreateFunctionCommandInput => ({
      FunctionName,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/any',
      Code: { S3Bucket: 'hot-reload', S3Key },
    });

    async function create(FunctionName: string, folder: string): Promise<void> {
      await lambda.send(new CreateFunctionCommand(describeFunction(FunctionName, folder)));
      await waitUntilFunctionActiveV2({ client: lambda, ...WAIT }, { FunctionName });
    }

    async function invoke(FunctionName: string): Promise<string> {
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
      return Payload?.transformToString() ?? '';
    }

    it('runs what was saved before the invocation, and keeps its environment between saves', async (t) => {
      const folder = makeNode('node');
      const deployed = hearth('deploy', folder, '--mount');
      assert.equal(deployed.status, 0, deployed.stderr);
      assert.equal(await invoke('node'), '"first"');
      const times: number[] = [];
      for (let count = 1; count <= SAVES; count += 1) {
        const savedAt = performance.now();
        saveNode(folder, `save ${count}`);
        assert.equal(await invoke('node'), `"save ${count}"`);
        times.push(performance.now() - savedAt);
      }
      t.diagnostic(
        `from a save to its answer: ${times.map((time) => time.toFixed(0)).join(', ')} ms`,
      );
      const { LogResult = '' } = await lambda.send(
        new InvokeCommand({ FunctionName: 'node', LogType: 'Tail' }),
      );
      assert.doesNotMatch(Buffer.from(LogResult, 'base64').toString(), /Init Duration/);
    });

    it(
      'shows the folder, and lets nobody write to it',
      { skip: isolation === 'process' && 'processes see the folder itself' },
      async () => {
        const folder = makeNode('written');
        writeFileSync(
          join(folder, 'index.mjs'),
          `import { readdirSync, writeFileSync } from 'node:fs';
        export const handler = async () => {
          const files = readdirSync('/var/task');
          try { writeFileSync('/var/task/lib/said.mjs', ''); } catch ({ code }) { return [files, code]; }
        };`,
        );
        await create('written', folder);
        assert.deepEqual(JSON.parse(await invoke('written')), [['index.mjs', 'lib'], 'EROFS']);
      },
    );

    it('runs Python, and files that were put in the place of others', NEEDS_PYTHON, async () => {
      const folder = join(root, 'snake');
      mkdirSync(folder);
      const save = (text: string): void => {
        writeFileSync(join(folder, 'new'), `def handler(event, context): return '${text}'`);
        renameSync(join(folder, 'new'), join(folder, 'app.py'));
      };
      save('a');
      assert.equal(hearth('deploy', folder, '--mount').status, 0);
      for (const text of ['a', 'b', 'c', 'd']) {
        save(text);
        assert.equal(await invoke('snake'), `"${text}"`);
      }
    });

    it('runs from the folder after a restart, and again when the folder was made anew', async () => {
      const folder = makeNode('kept');
      await create('kept', folder);
      await server.stop();
      saveNode(folder, 'while it was down');
      await start(flags);
      assert.equal(await invoke('kept'), '"while it was down"');
      rmSync(folder, { recursive: true });
      await assert.rejects(invoke('kept'), /kept is not there\./);
      makeNode('kept');
      assert.equal(await invoke('kept'), '"first"');
    });

    it('publishes no version of it, and shows the folder as the code', async () => {
      const folder = makeNode('shown');
      await create('shown', folder);
      await invoke('shown');
      const publish = new PublishVersionCommand({ FunctionName: 'shown' });
      await assert.rejects(lambda.send(publish), /cannot be published from a folder/);
      const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: 'shown' }));
      assert.equal(Code?.Location, `file://${folder}`);
      const ZipFile = await zipOf({ 'index.mjs': 'export const handler = async () => "zip";' });
      await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'shown', ZipFile }));
      assert.equal(await invoke('shown'), '"zip"');
      saveNode(folder, 'nobody reads it');
      assert.equal(await invoke('shown'), '"zip"');
    });

    it('refuses what is no folder to run from', async () => {
      writeFileSync(join(root, 'file'), '');
      const refused = (S3Key: string, message: RegExp): Promise<void> =>
        assert.rejects(
          lambda.send(new CreateFunctionCommand(describeFunction('refused', S3Key))),
          (error: Error) => {
            assert.equal(error.name, 'InvalidParameterValueException');
            assert.match(error.message, message);
            return true;
          },
        );
      await refused(
        'relative/path',
        /is a folder of the server.s machine, from its root on: relative.path is not/,
      );
      await refused(join(root, 'missing'), /missing is not there\./);
      await refused(join(root, 'file'), /file is no folder\./);
      await refused(dataDir, /the server's own data/);
      mkdirSync(join(root, 'private'), { mode: 0o700 });
      if (isolation === 'auto') await refused(join(root, 'private'), /chmod -R o\+rX/);
    });

    it('is for servers that were started for it', async () => {
      const folder = makeNode('unlucky');
      await create('unlucky', folder);
      await server.stop();
      await start(['--isolation', isolation]);
      await assert.rejects(invoke('unlucky'), /start the server with --hot-reload on/);
      const { status, stderr } = hearth('deploy', folder, '--mount', '--name', 'other');
      assert.equal(status, 1);
      assert.match(stderr, /was not started with --hot-reload on/);
      await server.stop();
      await start(flags);
      assert.equal(await invoke('unlucky'), '"first"');
    });
  });
}
