/**
 * AWS's own runtime clients, unmodified, as the first process of functions. `bin/set-up test` builds them
 * where their tools are; the sources of the functions are in runtime-clients.
 */
import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { MIB } from '#kernel/units.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { Invocation } from '#ports/peers/invoker.ts';
import { payloadOf } from '../support/invoke-plane.ts';
import { RealPlane } from '../support/real-plane.ts';

interface Client {
  readonly name: string;
  readonly package: string;
  readonly overrides: Partial<FunctionVersion>;
  /** The error that `it broke` becomes. */
  readonly failure: { readonly errorType: string; readonly errorMessage: string };
  /** What makes it stream a response. */
  readonly streaming?: { readonly kind?: string; readonly handler?: string };
}

const PROVIDED = { runtime: 'provided.al2023', timeoutMs: 10_000, memorySizeMiB: 512 };
const BUILT = '.cache/runtime-clients';

const CLIENTS: readonly Client[] = [
  {
    name: 'nodejs',
    package: 'aws-lambda-ric',
    overrides: { ...PROVIDED, environmentVariables: { HEARTH_TEST_NODE: process.execPath } },
    failure: { errorType: 'RangeError', errorMessage: 'it broke' },
    streaming: { handler: 'index.stream' },
  },
  {
    name: 'python',
    package: 'awslambdaric',
    overrides: PROVIDED,
    failure: { errorType: 'ValueError', errorMessage: 'it broke' },
  },
  {
    name: 'java',
    package: 'aws-lambda-java-runtime-interface-client',
    overrides: { ...PROVIDED, runtime: 'java17', handler: 'hearth.Functions::handle' },
    failure: { errorType: 'java.lang.IllegalArgumentException', errorMessage: 'it broke' },
  },
  {
    name: 'go',
    package: 'github.com/aws/aws-lambda-go',
    overrides: PROVIDED,
    failure: { errorType: 'errorString', errorMessage: 'it broke' },
    streaming: { kind: 'stream' },
  },
  {
    name: 'rust',
    package: 'lambda_runtime',
    overrides: PROVIDED,
    failure: {
      errorType:
        '&alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync>',
      errorMessage: 'it broke',
    },
    streaming: { kind: 'stream' },
  },
];

for (const client of CLIENTS) {
  const isBuilt = existsSync(`${BUILT}/${client.name}/stamp`);
  const reason = `${client.package} is not built here: bin/set-up test says why`;
  const options = isBuilt ? {} : { skip: reason };

  describe(`${client.package}, AWS's own client`, options, () => {
    let plane: RealPlane;
    let name: string;
    before(async () => {
      plane = await RealPlane.open();
      name = deploy(plane, client);
    });
    after(async () => plane[Symbol.asyncDispose]());

    /** Resolves once the environment is free again: the next event finds the same one. */
    async function call(event: object, overrides: Partial<Invocation> = {}): Promise<string> {
      const outcome = await plane.invoke(name, event, overrides);
      const payload = await payloadOf(outcome);
      assert.ok(outcome.kind !== 'throttled');
      await outcome.report;
      return payload;
    }

    it('takes event after event in one process, and learns what AWS tells of each', async () => {
      const value = { text: 'ä€😀', list: [1, null, true] };
      for (const calls of [1, 2, 3]) {
        const requestId = `c1a7d0d0-0000-4000-8000-00000000000${calls}`;
        const payload = await call({ kind: 'echo', value }, { requestId });
        const { trace, ...answer } = JSON.parse(payload);
        assert.deepEqual(answer, {
          echo: value,
          calls,
          requestId,
          arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
          hasTime: true,
        });
        assert.match(trace, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
      }
    });

    it('tells of an error, and takes the next event', async () => {
      const { errorType, errorMessage } = JSON.parse(await call({ kind: 'fail' }));
      assert.deepEqual({ errorType, errorMessage }, client.failure);
      assert.match(await call({ kind: 'echo' }), /"calls": ?5/);
    });

    it('returns 5 MiB, and hears that 6 MiB and more are too many', async () => {
      const fits = await call({ kind: 'large', bytes: 5 * MIB });
      assert.equal(fits.length, 5 * MIB + 2);
      assert.deepEqual(JSON.parse(await call({ kind: 'large', bytes: 6 * MIB + 99 })), {
        errorMessage:
          'Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes).',
        errorType: 'Function.ResponseSizeTooLarge',
      });
      assert.match(await call({ kind: 'echo' }), /"calls":/);
    });

    it('writes into the log of its function', async () => {
      assert.equal(await call({ kind: 'log' }), 'null');
      assert.match(plane.messages.join(''), /said by the function/);
    });

    it('is begun anew where its process ends', async () => {
      const { errorType, errorMessage } = JSON.parse(await call({ kind: 'exit' }));
      assert.equal(errorType, 'Runtime.ExitError');
      assert.match(errorMessage, /Error: Runtime exited with error: exit status 3$/);
      assert.equal(JSON.parse(await call({ kind: 'echo' })).calls, 1);
    });

    const { streaming } = client;
    const none = { skip: `${client.package} streams no responses` };
    it('streams a response', streaming === undefined ? none : {}, async () => {
      const handler = streaming?.handler;
      const other = deploy(plane, client, handler === undefined ? {} : { handler });
      const event = { kind: streaming?.kind ?? 'echo' };
      const outcome = await plane.invoke(other, event, { responseMode: 'streaming' });
      // Rust's client begins with the prelude of an HTTP response, which the caller gets as it is.
      assert.match(await payloadOf(outcome), /^(\{.*\}\0{8})?first second$/);
    });
  });
}

/** Lays the built client where the plane looks for a function's code. */
function deploy(
  plane: RealPlane,
  client: Client,
  overrides: Partial<FunctionVersion> = {},
): string {
  const name = plane.deploy({}, { ...client.overrides, ...overrides });
  cpSync(`${BUILT}/${client.name}`, plane.pathOf(name), { recursive: true });
  return name;
}
