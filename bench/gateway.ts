/**
 * The server's CPU for one Lambda Invoke on the wire, nothing run: route, verify, parse, validate, serialise,
 * and the whole over a connection. `node bench/gateway.ts`
 */
import { request as httpRequest, Agent, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { AwsClient } from 'aws4fetch';
import { systemClock } from '#adapters/system-clock/index.ts';
import { systemRandom } from '#adapters/system-random/index.ts';
import { answer, type Answerer } from '#aws/gateway/answer.ts';
import { MODELS } from '#aws/models/index.ts';
import { lambda } from '#aws/models/lambda.gen.ts';
import { createRouter } from '#aws/route.ts';
import { ClaimReader, createSigningKeys } from '#aws/signature/index.ts';
import { streamOfBytes, utf8 } from '#kernel/bytes.ts';
import { Turns } from '#kernel/turns.ts';
import { ROOT, startGateway } from '../test/support/gateway.ts';

const ROUNDS = 5;
const REQUESTS = 10_000;
const PATH = '/2015-03-31/functions/hello/invocations';
const BODY = '{"key1":"value1","key2":"value2","key3":"value3"}';

const client = new AwsClient({ ...ROOT.credentials, service: 'lambda', region: 'us-east-1' });
const signed = await client.sign(`http://127.0.0.1${PATH}`, { method: 'POST', body: BODY });
const headers = { host: '127.0.0.1', ...Object.fromEntries(signed.headers) };

console.log(
  `load ${loadavg()[0]?.toFixed(1)}; medians of ${ROUNDS} rounds of ${REQUESTS} requests`,
);
print('steps alone (no socket)', await median(stepsRound()));
print('over a connection (client included)', await median(await connectionRound()));

/** CPU of the steps from the head to the answer, in µs a request. */
function stepsRound(): () => Promise<void> {
  const service = { model: lambda, operations: { Invoke: async () => ({ StatusCode: 200 }) } };
  const answerer: Answerer = {
    options: {
      services: [],
      credentials: { find: async () => ROOT },
      auth: { kind: 'signature' },
      clock: systemClock,
      random: systemRandom,
      log: { debug() {}, info() {}, warn: console.error, error: console.error },
      region: 'us-east-1',
    },
    router: createRouter(MODELS),
    services: new Map([['lambda', service]]),
    claims: new ClaimReader(),
    keys: createSigningKeys(),
    turns: new Turns(),
  };
  const bytes = utf8(BODY);
  const { signal } = new AbortController();
  return async () => {
    for (let sent = 0; sent < REQUESTS; sent += 1) {
      const head = { method: 'POST', path: PATH, headers, sourceIp: '127.0.0.1' };
      const response = await answer(
        answerer,
        {
          head: { ...head, query: new URLSearchParams() },
          signed: { ...head, rawQuery: '' },
          body: streamOfBytes(bytes),
        },
        signal,
      );
      if (response.status !== 200) throw new Error(`${response.status}`);
    }
  };
}

/** CPU of the whole process, server and client, in µs a request. */
async function connectionRound(): Promise<() => Promise<void>> {
  const world = await startGateway();
  world.gateway.ready();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const target = {
    port: world.port,
    host: '127.0.0.1',
    path: PATH,
    method: 'POST',
    agent,
    headers,
  };
  return async () => {
    for (let sent = 0; sent < REQUESTS / 4; sent += 1) {
      const message = httpRequest(target);
      message.end(BODY);
      const [response] = (await once(message, 'response')) as [IncomingMessage];
      if (response.statusCode !== 200) throw new Error(`${response.statusCode}`);
      response.resume();
      await once(response, 'end');
    }
    world.contexts.length = 0;
  };
}

async function median(round: () => Promise<void>): Promise<number> {
  await round();
  const costs: number[] = [];
  for (let index = 0; index < ROUNDS; index += 1) {
    const before = process.cpuUsage();
    await round();
    const { user, system } = process.cpuUsage(before);
    costs.push(user + system);
  }
  return costs.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

function print(name: string, microseconds: number): void {
  const requests = name.startsWith('over') ? REQUESTS / 4 : REQUESTS;
  console.log(`${name}: ${(microseconds / requests).toFixed(1)} µs of CPU a request`);
}
process.exit(0);
