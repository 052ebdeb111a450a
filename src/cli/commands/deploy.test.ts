import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AwsFailure } from '../aws-client.ts';
import type { CliContext } from '../command.ts';
import { CliError } from '../errors.ts';
import { deploy } from './deploy.ts';

const REFUSALS = [
  ['CreateFunction', 404],
  ['UpdateFunctionCode', 200],
] as const;

for (const [operation, statusOfFunction] of REFUSALS) {
  test(`code that is too large for a request is told the way by a bucket: ${operation}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-deploy-'));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'index.mjs'), '');
    const none = () => assert.fail('nobody asks for it');
    const context: CliContext = {
      arguments: [folder],
      options: { role: 'arn:aws:iam::000000000000:role/any' },
      output: { format: 'text', value: none, line: none, progress: none },
      local: { up: none, upFlagsHelp: '', watchFolder: none, doctor: none },
      signal: new AbortController().signal,
      server: none,
      client: () => ({
        send: none,
        json: async ({ method }) => {
          if (method === 'GET' && statusOfFunction === 200) return {};
          if (method === 'GET') throw new AwsFailure('ResourceNotFoundException', 404, 'None.');
          throw new AwsFailure('RequestEntityTooLargeException', 413, 'Request must be smaller');
        },
      }),
      fail: (sentence) => new CliError(sentence),
    };
    const refused = async (): Promise<void> => await deploy.run(context);
    await assert.rejects(refused, /a request takes 50\. Put it into a bucket .*S3Bucket=BUCKET/);
  });
}
