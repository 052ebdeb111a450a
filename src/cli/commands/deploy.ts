import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { zipDirectory } from '../archive.ts';
import { AwsFailure, type AwsClient } from '../aws-client.ts';
import type { CliCommand, CliContext } from '../command.ts';
import { FUNCTIONS_PATH, JSON_BODY, codePath, configurationPath } from '../function-paths.ts';
import { isArchiveName, kindOf, withoutEnding, type FunctionKind } from '../function-kind.ts';
import { redeployOnChange } from '../redeploy.ts';

const ACTIVE_POLL_MS = 50;
/** What stands in S3Bucket where S3Key is a folder. @see docs/guides/developing.md */
const MOUNT_BUCKET = 'hot-reload';

/** The code of CreateFunction and UpdateFunctionCode. */
type CodeSource = Readonly<Record<'ZipFile', string> | Record<'S3Bucket' | 'S3Key', string>>;
type Archive = Uint8Array<ArrayBuffer>;

/** What is deployed: a folder, or an archive that somebody else packed. */
interface Source {
  readonly path: string;
  readonly isArchive: boolean;
}

/** `hearth deploy`: a folder, or an archive, becomes a function. */
export const deploy: CliCommand = {
  name: 'deploy <path>',
  summary: 'zip a folder, or take a .zip or .jar, create or update the function, print its ARN',
  examples: [
    'hearth deploy ./hello',
    'hearth deploy ./build/hello.zip',
    'hearth deploy ./target/hello.jar --runtime java21 --handler example.Hello::handleRequest',
    'hearth deploy ./hello --name greet --memory 512 --timeout 10 --env TABLE=people',
    'hearth deploy ./hello --watch',
    'hearth deploy ./hello --mount',
  ],
  configure: (command) =>
    command
      .option('--name <name>', "the function's name (default: the folder's or the archive's)")
      .option('--runtime <runtime>', 'such as nodejs24.x or python3.12 (default: by the files)')
      .option('--handler <handler>', 'such as index.handler (default: by the files)')
      .option('--memory <mb>', 'in MB; CPU and network follow it')
      .option('--timeout <seconds>', 'in seconds')
      .option('--role <arn>', 'the execution role')
      .option('--env <key=value...>', 'environment variables')
      .option('--watch', 'deploy again whenever a file changes, until Ctrl-C')
      .option('--mount', 'run from the folder itself (the server: `hearth up --hot-reload on`)'),
  run: async (context) => {
    const source = sourceOf(context);
    const deployed = await deployOnce(context, source);
    if (context.options['watch'] !== true || deployed === undefined) return;
    const name = nameOf(context, source);
    await redeployOnChange(context, { name, directory: source.path, deployed });
  },
};

/** @throws CliError where there is nothing that could be deployed so */
function sourceOf({ arguments: words, options, fail }: CliContext): Source {
  const path = resolve(words[0] ?? '.');
  const status = statSync(path, { throwIfNoEntry: false });
  const isArchive = status?.isFile() === true && isArchiveName(path);
  if (status?.isDirectory() !== true && !isArchive) {
    throw fail(`${path} is no folder, nor a .zip or .jar. Name what holds the function's code.`);
  }
  const { watch, mount } = options;
  if (isArchive && (watch === true || mount === true)) {
    throw fail(`${watch === true ? '--watch' : '--mount'} takes a folder, and ${path} is none.`);
  }
  if (watch === true && mount === true) {
    throw fail('--mount needs no --watch: the function runs from the folder itself.');
  }
  return { path, isArchive };
}

function nameOf({ options }: CliContext, { path, isArchive }: Source): string {
  const name = basename(path);
  return String(options['name'] ?? (isArchive ? withoutEnding(name) : name));
}

/** Answers the archive, where one was sent. */
async function deployOnce(context: CliContext, source: Source): Promise<Archive | undefined> {
  const { client, options, output } = context;
  const name = nameOf(context, source);
  const isMounted = options['mount'] === true;
  const archive = isMounted ? undefined : await pack(source, options['watch'] === true);
  const code =
    archive === undefined
      ? { S3Bucket: MOUNT_BUCKET, S3Key: source.path }
      : { ZipFile: Buffer.from(archive).toString('base64') };
  const isThere = await isDeployed(client(), name);
  const kind = isThere ? undefined : await kindIn(context, source, archive);
  const sent = kind ? create(context, { name, code, ...kind }) : update(context, name, code);
  const arn = await sent.catch((error: unknown) => {
    throw isTooLarge(error) ? context.fail(wayForLarge(archive?.byteLength ?? 0)) : error;
  });
  output.value({ FunctionArn: arn, CodeBytes: archive?.byteLength ?? 0 }, () => arn);
  if (isMounted)
    output.progress(`runs from ${source.path}: a change there is in the next invocation`);
  return archive;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof AwsFailure && error.code === 'RequestEntityTooLargeException';
}

/** AWS's own: archives in a bucket may be as large as what they unpack to. */
function wayForLarge(bytes: number): string {
  const size = Math.ceil(bytes / 1_000_000);
  return (
    `The archive has ${size} MB, and a request takes 50. Put it into a bucket with \`aws s3 cp\`, then run ` +
    '`aws lambda create-function --code S3Bucket=BUCKET,S3Key=KEY`, ' +
    'or `update-function-code --s3-bucket BUCKET --s3-key KEY`.'
  );
}

async function pack({ path, isArchive }: Source, isHasty: boolean): Promise<Archive> {
  return isArchive ? new Uint8Array(readFileSync(path)) : await zipDirectory(path, { isHasty });
}

async function kindIn(
  { options: { runtime, handler } }: CliContext,
  { path, isArchive }: Source,
  archive: Archive | undefined,
): Promise<FunctionKind> {
  const said = {
    ...(runtime === undefined ? {} : { runtime: String(runtime) }),
    ...(handler === undefined ? {} : { handler: String(handler) }),
  };
  return await kindOf(said, path, isArchive ? archive : undefined);
}

async function isDeployed(client: AwsClient, name: string): Promise<boolean> {
  try {
    await client.json({ service: 'lambda', method: 'GET', path: configurationPath(name) });
    return true;
  } catch (error) {
    if (error instanceof AwsFailure && error.status === 404) return false;
    throw error;
  }
}

async function create(
  context: CliContext,
  { name, code, runtime, handler }: { name: string; code: CodeSource } & FunctionKind,
): Promise<string> {
  const role = context.options['role'] ?? `arn:aws:iam::${context.server().accountId}:role/hearth`;
  const client = context.client();
  const created = await client.json({
    service: 'lambda',
    path: FUNCTIONS_PATH,
    headers: JSON_BODY,
    body: JSON.stringify({
      FunctionName: name,
      Runtime: runtime,
      Handler: handler,
      Role: role,
      Code: code,
      ...settings(context),
    }),
  });
  await waitUntilReady(client, name);
  return String(created['FunctionArn']);
}

async function update(context: CliContext, name: string, code: CodeSource): Promise<string> {
  const client = context.client();
  const changed = {
    ...settings(context),
    ...(context.options['runtime'] === undefined ? {} : { Runtime: context.options['runtime'] }),
    ...(context.options['handler'] === undefined ? {} : { Handler: context.options['handler'] }),
    ...(context.options['role'] === undefined ? {} : { Role: context.options['role'] }),
  };
  if (Object.keys(changed).length > 0) {
    const body = JSON.stringify(changed);
    const path = configurationPath(name);
    await client.json({ service: 'lambda', method: 'PUT', path, headers: JSON_BODY, body });
    await waitUntilReady(client, name);
  }
  const updated = await client.json({
    service: 'lambda',
    method: 'PUT',
    path: codePath(name),
    headers: JSON_BODY,
    body: JSON.stringify(code),
  });
  await waitUntilReady(client, name);
  return String(updated['FunctionArn']);
}

function settings(context: CliContext): Record<string, unknown> {
  const { memory, timeout, env } = context.options;
  const pairs = Array.isArray(env) ? env.map(String) : [];
  const bad = pairs.find((pair) => !pair.includes('='));
  if (bad !== undefined) throw context.fail(`--env takes KEY=VALUE, not ${bad}.`);
  const variables = pairs.map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return {
    ...(memory === undefined ? {} : { MemorySize: wholeNumber(context, 'memory') }),
    ...(timeout === undefined ? {} : { Timeout: wholeNumber(context, 'timeout') }),
    ...(variables.length === 0
      ? {}
      : { Environment: { Variables: Object.fromEntries(variables) } }),
  };
}

/** Which numbers are too large or too small says the server. */
function wholeNumber({ options, fail }: CliContext, name: 'memory' | 'timeout'): number {
  const text = String(options[name]);
  if (!/^-?\d+$/.test(text)) throw fail(`--${name} takes a whole number, not ${text}.`);
  return Number(text);
}

/** Waits while the function is Pending or an update is in progress, as AWS's waiters do. */
async function waitUntilReady(client: AwsClient, name: string): Promise<void> {
  for (;;) {
    const path = configurationPath(name);
    const state = await client.json({ service: 'lambda', method: 'GET', path });
    if (state['State'] !== 'Pending' && state['LastUpdateStatus'] !== 'InProgress') return;
    await sleep(ACTIVE_POLL_MS);
  }
}
