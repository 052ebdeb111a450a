/** Terraform's AWS provider, unmodified: what it makes, finds again, changes and destroys. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  GetAliasCommand,
  InvokeCommand,
  ListFunctionsCommand,
  ListLayersCommand,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { startServer, type ExampleServer } from '../../../examples/server.ts';
import { createClients, zipOf, type Clients } from '../../e2e/clients.ts';
import { findTerraform, runTerraform, type TerraformRun } from './terraform.ts';

const TIMEOUT_MS = 15 * 60_000;
const terraform = findTerraform();
const WHY_SKIPPED =
  'SKIPPED: needs `terraform` on PATH and the provider hashicorp/aws in TF_PLUGIN_DIR (see README.md)';

describe(
  "Terraform's AWS provider",
  { timeout: TIMEOUT_MS, skip: terraform === undefined && WHY_SKIPPED },
  () => {
    if (terraform === undefined) return;
    const found = terraform;
    const folder = mkdtempSync(join(tmpdir(), 'hearth-terraform-'));
    let server: ExampleServer;
    let lambda: Clients['lambda'];

    const run = (...words: string[]): Promise<TerraformRun> => runTerraform(found, folder, words);
    const succeed = async (...words: string[]): Promise<void> => {
      const { status, output } = await run(...words);
      assert.equal(status, 0, output);
    };

    before(async () => {
      cpSync(import.meta.dirname, folder, { recursive: true });
      const codeOf = (round: string): string =>
        `export const handler = async (event) => ({ round: '${round}', event });`;
      for (const round of ['first', 'second']) {
        const zip = await zipOf({ 'index.mjs': codeOf(round) });
        writeFileSync(join(folder, `code-${round}.zip`), zip);
      }
      const layer = await zipOf({ 'nodejs/node_modules/x/index.js': 'module.exports = 1;' });
      writeFileSync(join(folder, 'layer.zip'), layer);
      server = await startServer();
      ({ lambda } = createClients(server));
      const { endpoint, credentials, accountId } = server;
      const { accessKeyId: access_key, secretAccessKey: secret_key } = credentials;
      const variables = { endpoint, access_key, secret_key, account_id: accountId };
      writeFileSync(join(folder, 'terraform.tfvars.json'), JSON.stringify(variables));
      await succeed('init', `-plugin-dir=${found.mirror}`);
    });
    after(async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function answerOf(qualifier: string): Promise<unknown> {
      const { Payload } = await lambda.send(
        new InvokeCommand({ FunctionName: 'tf-zip', Qualifier: qualifier, Payload: '{"a":1}' }),
      );
      return JSON.parse(Payload?.transformToString() ?? 'null');
    }

    for (const round of ['first', 'second']) {
      it(`applies the ${round} round, and plans no change after it`, async () => {
        await succeed('apply', '-auto-approve', `-var=round=${round}`);
        assert.deepEqual(await answerOf('live'), { round, event: { a: 1 } });
        const { status, output } = await run('plan', '-detailed-exitcode', `-var=round=${round}`);
        assert.equal(status, 0, output);
      });
    }

    it('has published a version for the changed code, which the weighted alias reaches', async () => {
      const name = { FunctionName: 'tf-zip', Name: 'weighted' };
      const { RoutingConfig } = await lambda.send(new GetAliasCommand(name));
      assert.deepEqual(RoutingConfig, { AdditionalVersionWeights: { '2': 0.25 } });
    });

    it('destroys all of it', async () => {
      await succeed('destroy', '-auto-approve', '-var=round=second');
      const { Functions } = await lambda.send(new ListFunctionsCommand({}));
      assert.deepEqual(Functions, []);
      const { Layers } = await lambda.send(new ListLayersCommand({}));
      assert.deepEqual(Layers, []);
      const mappings = await lambda.send(new ListEventSourceMappingsCommand({}));
      assert.deepEqual(mappings.EventSourceMappings, []);
    });
  },
);
