import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { ZipFile } from 'yazl';
import type { ExampleServer } from '../../examples/server.ts';

/** AWS's own clients, with nothing but endpoint and credentials set; no retries, so that failures are seen. */
export function createClients({ endpoint, region, credentials }: ExampleServer) {
  const configuration = { endpoint, region, credentials, maxAttempts: 1 };
  return {
    s3: new S3Client({ ...configuration, forcePathStyle: true }),
    dynamodb: new DynamoDBClient(configuration),
    lambda: new LambdaClient(configuration),
    logs: new CloudWatchLogsClient(configuration),
  };
}

export type Clients = ReturnType<typeof createClients>;

/** Creates a function of one module in Node.js, and waits until it can be invoked. */
export async function createNodeFunction(
  server: ExampleServer,
  FunctionName: string,
  source: string,
): Promise<void> {
  await createFunction(server, FunctionName, { 'index.mjs': source });
}

/** Creates a function of these files, `index.handler` in Node.js, and waits until it can be invoked. */
export async function createFunction(
  server: ExampleServer,
  FunctionName: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  settings: Partial<CreateFunctionCommandInput> = {},
): Promise<void> {
  const { lambda } = createClients(server);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::${server.accountId}:role/r`,
      Code: { ZipFile: await zipOf(files) },
      ...settings,
    }),
  );
  const waiting = { client: lambda, maxWaitTime: 60, minDelay: 1 };
  await waitUntilFunctionActiveV2(waiting, { FunctionName });
}

/** A zip archive of files given as text. */
export async function zipOf(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Uint8Array> {
  const zip = new ZipFile();
  const options = { mtime: new Date('2000-01-01T00:00:00Z'), mode: 0o100_755 };
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
    zip.addBuffer(bytes, name, options);
  }
  zip.end();
  const chunks: Uint8Array[] = [];
  // yazl types its output as NodeJS.ReadableStream; its chunks are Buffers.
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
