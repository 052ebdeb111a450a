/** Functions that misuse the Runtime API and their sandbox: AWS's errors come back, and the server goes on. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import {
  CreateFunctionCommand,
  InvokeCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { createClients, zipOf, type Clients } from './clients.ts';

/** What stands in every bootstrap: `$B` is the Runtime API, `next` takes an event and leaves its id in `$I`. */
const PRELUDE = `#!/bin/bash
HOST=\${AWS_LAMBDA_RUNTIME_API%:*} PORT=\${AWS_LAMBDA_RUNTIME_API##*:}
B="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
next() { I=$(curl -sD- -o /dev/null $B/invocation/next | grep -i aws-request-id | tr -d '\\r' | cut -d' ' -f2); }
raw() { exec 3<>/dev/tcp/$HOST/$PORT; }
`;

const CASES: readonly (readonly [deed: string, bootstrap: string, expected: RegExp])[] = [
  [
    'asks for the next event before it has answered',
    'next; curl -s $B/invocation/next; exit 3',
    /"Runtime.ExitError".*exit status 3"/,
  ],
  [
    'answers twice',
    'while :; do next; curl -s -d 1 $B/invocation/$I/response; curl -s -d 2 $B/invocation/$I/response; done',
    /^1$/,
  ],
  [
    'answers an event that it was not given',
    'next; curl -s -d 1 $B/invocation/other/response; curl -s -d 2 $B/invocation/$I/response; next',
    /^2$/,
  ],
  [
    'cuts its answer, and answers again',
    'next; raw; printf "POST /2018-06-01/runtime/invocation/$I/response HTTP/1.1\\r\\nContent-Length: 99\\r\\n\\r\\na" >&3; ' +
      'exec 3>&-; sleep .2; curl -s -d \'"again"\' $B/invocation/$I/response; next',
    /^"again"$/,
  ],
  [
    'sends noise',
    'raw; head -c 200000 /dev/urandom >&3; exit 4',
    /"Runtime.ExitError".*exit status 4"/,
  ],
  [
    'sends a length below zero and a chunk without end',
    'raw; printf "POST /2018-06-01/runtime/init/error HTTP/1.1\\r\\nContent-Length: -5\\r\\n\\r\\n" >&3; exec 3>&-; ' +
      'raw; printf "POST /2018-06-01/runtime/init/error HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nFFFFFFFFFFFFFFFF\\r\\n" >&3; exit 5',
    /"Runtime.(?:ExitError|Unknown)"/,
  ],
  [
    'opens hundreds of connections',
    'for i in {1..300}; do eval "exec {fd}<>/dev/tcp/$HOST/$PORT"; done; exit 6',
    /"Runtime.ExitError".*exit status 6"/,
  ],
  [
    'writes a framed line of another age',
    'printf "\\xa5\\x5a\\x00\\x01\\x00\\x00\\x00\\x03\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xffabc"; sleep .5; next; curl -s -d 8 $B/invocation/$I/response; next',
    /^8$/,
  ],
  [
    'writes 10 MB in one line',
    'head -c 10000000 /dev/zero; exit 7',
    /"Runtime.ExitError".*exit status 7"/,
  ],
];

const skip = existsSync('/usr/bin/curl') ? false : 'no /usr/bin/curl: apt-get install curl';

describe('a function that', { timeout: 60_000, concurrency: 3, skip }, () => {
  let server: ExampleServer;
  let clients: Clients;
  before(async () => {
    server = await startServer();
    clients = createClients(server);
  });
  after(() => server.stop());

  for (const [index, [deed, bootstrap, expected]] of CASES.entries()) {
    it(deed, async () => {
      const FunctionName = `hostile-${index}`;
      await createFunction(clients, FunctionName, PRELUDE + bootstrap);
      const { Payload } = await clients.lambda.send(new InvokeCommand({ FunctionName }));
      assert.match(Payload?.transformToString() ?? '', expected);
      assert.equal((await fetch(`${server.endpoint}/_hearth/health`)).status, 200);
    });
  }
});

async function createFunction(
  { lambda }: Clients,
  FunctionName: string,
  bootstrap: string,
): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: 'provided.al2023',
      Handler: 'any',
      Role: 'arn:aws:iam::000000000000:role/hostile',
      Timeout: 10,
      MemorySize: 1024,
      Code: { ZipFile: await zipOf({ bootstrap }) },
    }),
  );
  const waiting = { client: lambda, maxWaitTime: 20, minDelay: 1 };
  await waitUntilFunctionActiveV2(waiting, { FunctionName });
}
