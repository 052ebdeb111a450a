/** The forms of handlers in Java, on each virtual machine that is here. */
import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findJavas } from '#adapters/interpreters/index.ts';
import { payloadOf } from '../support/invoke-plane.ts';
import { RealPlane } from '../support/real-plane.ts';

const BUILT = '.cache/runtime-clients/java';
const isBuilt = existsSync(`${BUILT}/stamp`);
const skip = { skip: "needs a JDK and AWS's runtime client for Java: bin/set-up test" };
/** AWS's names of the virtual machines that are here. */
const RUNTIMES = findJavas(resolve('runtimes')).map(
  ({ version }) => `java${Number.parseInt(version, 10)}`,
);

describe('functions in Java', isBuilt ? {} : skip, () => {
  let plane: RealPlane;
  before(async () => {
    plane = await RealPlane.open();
  });
  after(async () => plane[Symbol.asyncDispose]());

  async function call(runtime: string, handler: string, event: unknown): Promise<string> {
    const name = plane.deploy({}, { runtime, handler, timeoutMs: 10_000, memorySizeMiB: 512 });
    cpSync(BUILT, plane.pathOf(name), { recursive: true });
    return payloadOf(await plane.invoke(name, event));
  }

  for (const runtime of RUNTIMES) {
    it(`may be a RequestHandler of plain objects, in ${runtime}`, async () => {
      const order = { customer: 'Ada', prices: [3, 4] };
      const receipt = await call(runtime, 'hearth.Functions$Total', order);
      assert.deepEqual(JSON.parse(receipt), { customer: 'Ada', total: 7 });
    });
  }

  const [runtime = 'java21'] = RUNTIMES;

  it('may be a RequestStreamHandler, with its method named', async () => {
    const handler = 'hearth.Functions$Upper::handleRequest';
    assert.equal(await call(runtime, handler, { text: 'quiet' }), '{"TEXT":"QUIET"}');
  });

  it('tell what of their handler is missing', async () => {
    const noClass = JSON.parse(await call(runtime, 'hearth.Nothing::handle', {}));
    assert.equal(noClass.errorType, 'java.lang.ClassNotFoundException');
    const noMethod = JSON.parse(await call(runtime, 'hearth.Functions::nothing', {}));
    assert.match(noMethod.errorMessage, /nothing/);
  });
});
