/** Functions of container images, pushed to the server's own registry and run as they are. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { create } from 'tar';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { reasonToSkipOci, reasonToSkipSandboxes } from '../attack/sandboxed.ts';
import { makeImageRoot } from '../support/image-root.ts';
import { createRepository, pushImage } from '../support/push-image.ts';
import { tarOf } from '../support/tarball.ts';
import { createClients } from './clients.ts';

/** One HTTP reply in bash alone, on descriptor 3: `id` and `body` are what it says. */
const REPLY = `#!/bin/bash
reply() {
  while IFS= read -r line <&3; line=\${line%$'\\r'}; [ -n "$line" ]; do
    case "\${line,,}" in
      content-length:*) length=\${line#*: } ;;
      lambda-runtime-aws-request-id:* | lambda-extension-identifier:*) id=\${line#*: } ;;
    esac
  done
  IFS= read -r -N $length body <&3
}
exec 3<>/dev/tcp/\${AWS_LAMBDA_RUNTIME_API/://}
`;
/** A custom runtime, which tells how it was started. */
const BOOTSTRAP = `${REPLY}
path=/2018-06-01/runtime/invocation
while true; do
  printf 'GET %s/next HTTP/1.1\\r\\nHost: runtime\\r\\n\\r\\n' $path >&3
  reply
  echo "event $body"
  case $body in *sleep*) sleep 60 ;; esac
  (echo x >/written) 2>/dev/null && written=yes || written=no
  echo more >>/tmp/kept
  printf -v answer '{"arguments":"%s","directory":"%s","ofImage":"%s","root":"%s","written":"%s","kept":%s}' \\
    "$*" "$PWD" "$OF_IMAGE $OF_FUNCTION" "$(echo /*)" $written $(mapfile -t kept </tmp/kept; echo \${#kept[@]})
  printf 'POST %s/%s/response HTTP/1.1\\r\\nHost: runtime\\r\\nContent-Length: %d\\r\\n\\r\\n%s' $path $id \${#answer} "$answer" >&3
  reply
done
`;
/** An extension, which tells of each event. */
const EXTENSION = `${REPLY}
path=/2020-01-01/extension
events='{"events":["INVOKE"]}'
printf 'POST %s/register HTTP/1.1\\r\\nHost: runtime\\r\\nLambda-Extension-Name: one\\r\\nContent-Length: %d\\r\\n\\r\\n%s' $path \${#events} "$events" >&3
while true; do
  reply
  printf 'GET %s/event/next HTTP/1.1\\r\\nHost: runtime\\r\\nLambda-Extension-Identifier: %s\\r\\n\\r\\n' $path $id >&3
  echo "extension ready"
done
`;
const CONFIGURATION = {
  architecture: 'amd64',
  os: 'linux',
  config: {
    Entrypoint: ['/app/bootstrap'],
    Cmd: ['first', 'second'],
    Env: ['PATH=/bin', 'OF_IMAGE=image', 'OF_FUNCTION=image'],
    WorkingDir: '/app',
  },
};
const DIRECTORIES = '/app /bin /dev /etc /lib /lib64 /proc /sys /tmp';

const ISOLATIONS = [
  { name: 'namespaces', skip: reasonToSkipSandboxes() },
  { name: 'oci:runc', skip: reasonToSkipSandboxes() || reasonToSkipOci('runc') },
];

for (const { name, skip } of ISOLATIONS) {
  if (skip === false) describe(`container images under ${name}`, () => suite(name));
  else it(`container images under ${name}`, { skip }, () => {});
}

it('container images are kept by a server of plain processes, and refused when they are invoked', async () => {
  await using place = await start('process');
  const { server, repositoryUri } = place;
  const layer = tarOf({ path: 'main', content: 'program', mode: 0o755 });
  const configuration = { config: { Entrypoint: ['/main'] } };
  const ImageUri = await pushImage(server, { repositoryUri, tag: '1' }, configuration, layer);
  await createImageFunction(server, ImageUri);
  await assert.rejects(invoke(server, {}), {
    name: 'InvalidRuntimeException',
    message: /^Container images cannot be run by this server: it was started with plain processes/,
  });
});

function suite(isolation: string): void {
  it('run with their own files, as their configuration and the function say', async () => {
    await using place = await start(isolation);
    const { server, repositoryUri } = place;
    const { lambda } = createClients(server);
    const target = { repositoryUri, tag: 'latest' };
    const ImageUri = await pushImage(server, target, CONFIGURATION, await bashLayer());
    await createImageFunction(server, ImageUri, {
      Environment: { Variables: { OF_FUNCTION: 'function' } },
    });
    const first = await invoke(server, {});
    assert.deepEqual(first.payload, {
      arguments: 'first second',
      directory: '/app',
      ofImage: 'image function',
      root: DIRECTORIES,
      written: 'no',
      kept: 1,
    });
    await lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: 'image',
        ImageConfig: { Command: ['third'], WorkingDirectory: '/tmp' },
        Timeout: 2,
      }),
    );
    await waitUntilFunctionUpdatedV2(
      { client: lambda, maxWaitTime: 60 },
      { FunctionName: 'image' },
    );
    const second = await invoke(server, {});
    assert.equal(second.payload.arguments, 'third');
    assert.equal(second.payload.directory, '/tmp');
    const late = await invoke(server, { sleep: true });
    assert.match(String(late.payload.errorMessage), /Task timed out after 2\.00 seconds/);
    const after = await invoke(server, {});
    assert.deepEqual([after.payload.root, after.payload.kept], [DIRECTORIES, 2]);
    const words = (await messagesOf(server)).map((message) => message.split(' ', 1)[0]);
    // AWS tells of no runtime where there is none.
    assert.deepEqual([...new Set(words)], ['START', 'event', 'END', 'REPORT']);
  });

  it('have the extensions that they bring', async () => {
    await using place = await start(isolation);
    const { server, repositoryUri } = place;
    const extension = { path: 'opt/extensions/one', content: EXTENSION, mode: 0o755 };
    const target = { repositoryUri, tag: 'extended' };
    const layers = [await bashLayer(), tarOf(extension)];
    await createImageFunction(server, await pushImage(server, target, CONFIGURATION, ...layers));
    assert.equal((await invoke(server, {})).failed, undefined);
    assert.equal((await invoke(server, {})).failed, undefined);
    const messages = await messagesOf(server);
    const heard = messages.filter((message) => message.startsWith('extension ready'));
    assert.ok(heard.length >= 2, messages.join(''));
    assert.ok(messages.some((message) => /^EXTENSION\s+Name: one\s+State: Ready/.test(message)));
  });

  it('take the next image of a tag when they are told so', async () => {
    await using place = await start(isolation);
    const { server, repositoryUri } = place;
    const { lambda } = createClients(server);
    const target = { repositoryUri, tag: 'latest' };
    const lower = await bashLayer();
    const ImageUri = await pushImage(server, target, CONFIGURATION, lower);
    await createImageFunction(server, ImageUri);
    assert.equal((await invoke(server, {})).payload.root, DIRECTORIES);
    const upper = tarOf({ path: 'new/file' }, { path: 'app/.wh.unwanted' });
    await pushImage(server, target, CONFIGURATION, lower, upper);
    assert.equal((await invoke(server, {})).payload.root, DIRECTORIES);
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'image', ImageUri }));
    await waitUntilFunctionUpdatedV2(
      { client: lambda, maxWaitTime: 60 },
      { FunctionName: 'image' },
    );
    const { payload } = await invoke(server, {});
    assert.equal(payload.root, DIRECTORIES.replace('/lib64', '/lib64 /new'));
  });

  const go = join(import.meta.dirname, '../../.cache/runtime-clients/go/bootstrap');
  const withoutGo = {
    skip: !existsSync(go) && 'Go is not installed: AWS’s client for it was not built',
  };
  it(
    'run AWS’s client for Go from scratch, a hundred at once, over a kill of the server',
    withoutGo,
    async () => {
      await using place = await start(isolation);
      const { server, repositoryUri } = place;
      const layer = tarOf({ path: 'main', content: readFileSync(go), mode: 0o755 });
      const configuration = { config: { Entrypoint: ['/main'] } };
      const ImageUri = await pushImage(server, { repositoryUri, tag: 'go' }, configuration, layer);
      await createImageFunction(server, ImageUri);
      const calls = Array.from({ length: 100 }, () => invoke(server, { name: 'Ada' }));
      for (const { failed } of await Promise.all(calls)) assert.equal(failed, undefined);
      await server.kill();
      const next = await startServer({
        dataDir: server.dataDir,
        flags: ['--isolation', isolation],
      });
      try {
        assert.equal((await invoke(next, { name: 'Ada' })).failed, undefined);
      } finally {
        await next.stop();
      }
    },
  );
}

interface Place extends AsyncDisposable {
  readonly server: ExampleServer;
  readonly repositoryUri: string;
}

async function start(isolation: string): Promise<Place> {
  const dataDir = mkdtempSync(join(tmpdir(), 'hearth-images-'));
  const server = await startServer({ dataDir, flags: ['--isolation', isolation] });
  const repositoryUri = await createRepository(server, 'team/image');
  return {
    server,
    repositoryUri,
    async [Symbol.asyncDispose]() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The files of an image in which the runtime above runs. */
async function bashLayer(): Promise<Buffer> {
  const root = join(mkdtempSync(join(tmpdir(), 'hearth-image-')), 'root');
  try {
    makeImageRoot(root);
    mkdirSync(join(root, 'app'));
    writeFileSync(join(root, 'app/bootstrap'), BOOTSTRAP);
    writeFileSync(join(root, 'app/unwanted'), '');
    chmodSync(join(root, 'app/bootstrap'), 0o755);
    const chunks: Buffer[] = [];
    for await (const chunk of create({ cwd: root, portable: true }, ['.'])) chunks.push(chunk);
    return Buffer.concat(chunks);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function createImageFunction(
  server: ExampleServer,
  ImageUri: string,
  settings: Partial<CreateFunctionCommandInput> = {},
): Promise<void> {
  const { lambda } = createClients(server);
  const FunctionName = 'image';
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: `arn:aws:iam::${server.accountId}:role/r`,
      PackageType: 'Image',
      Code: { ImageUri },
      Timeout: 30,
      ...settings,
    }),
  );
  await waitUntilFunctionActiveV2(
    { client: lambda, maxWaitTime: 60, minDelay: 1 },
    { FunctionName },
  );
}

async function messagesOf(server: ExampleServer): Promise<readonly string[]> {
  const { logs } = createClients(server);
  const group = { logGroupName: '/aws/lambda/image' };
  const { events = [] } = await logs.send(new FilterLogEventsCommand(group));
  return events.map(({ message = '' }) => message);
}

async function invoke(server: ExampleServer, event: object) {
  const { lambda } = createClients(server);
  const Payload = JSON.stringify(event);
  const answer = await lambda.send(new InvokeCommand({ FunctionName: 'image', Payload }));
  // What the runtime above answers, or Lambda's error.
  const payload = JSON.parse(answer.Payload?.transformToString() ?? '') as Record<string, unknown>;
  return { payload, failed: answer.FunctionError };
}
