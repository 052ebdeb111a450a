import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import type { RequestHead } from '#aws/operation.ts';
import { requestContext } from '../../test/support/request-context.ts';
import { silentLog } from '../../test/support/silent-log.ts';
import { createServices } from './services.ts';
import { openSimulatedMachine } from './simulated.ts';

const ACCOUNT = '000000000000';

function head(host: string, query = ''): RequestHead {
  const headers = { host };
  const rest = { method: 'GET', path: '/', sourceIp: '127.0.0.1' };
  return { ...rest, query: new URLSearchParams(query), headers };
}

test('a name of a user’s own takes no hosts that have a form, and all else that comes to it', async () => {
  await using machine = await openSimulatedMachine(1);
  const { clock } = machine;
  const services = createServices({
    world: {
      ...machine,
      machineClock: clock,
      wakeups: new MemoryWakeups(),
      log: silentLog,
      http: { post: async () => ({ kind: 'failed', reason: 'there is nobody outside' }) },
    },
    accountId: ACCOUNT,
    accountConcurrency: 10,
    host: () => '127.0.0.1:4566',
    invoker: () => assert.fail('no function runs'),
    publishRoot: async () => {},
  });
  for (const schema of services.schemas) await machine.database.migrate(schema);
  const surfaceOf = (one: RequestHead) => services.surfaces.findIndex(({ match }) => match(one));
  const formed = [
    'id.lambda-url.eu-west-1.corp.example',
    'bucket.s3-website.corp.example',
    'id.execute-api.corp.example',
  ].map((host) => head(host));
  const own = head('api.corp.example', 'Action=Unsubscribe');
  const before = formed.map(surfaceOf);
  assert.ok(!before.includes(-1) && !before.includes(surfaceOf(own)));
  const owner = services.services.find(({ model }) => model.name === 'apigateway');
  // Of the table only the gateway knows the inputs.
  const create = owner?.operations['CreateDomainName'] as (
    context: unknown,
    input: { readonly domainName: string },
  ) => Promise<unknown>;
  for (const below of ['lambda-url.eu-west-1.', 's3-website.', 'execute-api.', '']) {
    await create(requestContext(ACCOUNT), { domainName: `*.${below}corp.example` });
  }
  assert.deepEqual(formed.map(surfaceOf), before);
  const [ownSurface, snsSurface] = [
    surfaceOf(own),
    surfaceOf(head('localhost', 'Action=Unsubscribe')),
  ];
  assert.ok(ownSurface > Math.max(...before) && ownSurface < snsSurface);
});
