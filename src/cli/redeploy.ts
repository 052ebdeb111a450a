import { setTimeout as sleep } from 'node:timers/promises';
import { zipDirectory } from './archive.ts';
import { AwsFailure, type AwsClient } from './aws-client.ts';
import { JSON_BODY, codePath } from './function-paths.ts';
import type { CliContext } from './command.ts';

/** An editor empties a file before it writes it. */
const SETTLE_MS = 5;
const CONFLICT_POLL_MS = 5;

export interface Deployed {
  readonly name: string;
  readonly directory: string;
  /** The archive of the folder that was sent last. */
  readonly deployed: Uint8Array<ArrayBuffer>;
}

/** Puts a folder's code in a function's place after each change, until the signal aborts. */
export async function redeployOnChange(
  context: CliContext,
  { name, directory, deployed }: Deployed,
): Promise<void> {
  const { local, output, signal } = context;
  let change = Promise.withResolvers<void>();
  using _watch = await local.watchFolder(directory, () => change.resolve());
  signal.addEventListener('abort', () => change.resolve());
  output.progress(`watching ${directory}; Ctrl-C ends it`);
  // What was saved since the archive was made.
  change.resolve();
  for (let before = deployed; ;) {
    await change.promise;
    change = Promise.withResolvers();
    if (signal.aborted) return;
    await sleep(SETTLE_MS);
    try {
      const code = await zipDirectory(directory, { isHasty: true });
      if (Buffer.compare(code, before) === 0) continue;
      await redeploy(context, name, code);
      before = code;
    } catch (error) {
      output.progress(error instanceof Error ? error.message : String(error));
    }
  }
}

/** The next invocation runs it. */
async function redeploy(
  context: CliContext,
  name: string,
  code: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const updated = await updateCode(context.client(), name, code, context.signal);
  const arn = String(updated['FunctionArn']);
  context.output.value({ FunctionArn: arn, CodeBytes: code.byteLength }, () => arn);
}

async function updateCode(
  client: AwsClient,
  name: string,
  code: Uint8Array,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const body = JSON.stringify({ ZipFile: Buffer.from(code).toString('base64') });
  const path = codePath(name);
  const request = { service: 'lambda', method: 'PUT', path, headers: JSON_BODY, body };
  for (;;) {
    try {
      return await client.json(request);
    } catch (error) {
      // The update before has not settled.
      const isEarly = error instanceof AwsFailure && error.status === 409 && !signal.aborted;
      if (!isEarly) throw error;
      await sleep(CONFLICT_POLL_MS);
    }
  }
}
