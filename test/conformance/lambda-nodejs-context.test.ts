/** What functions in Node.js are told of their event, beside AWS's clients: that of Node.js 22, and aws-lambda-ric 4. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { payloadOf } from '../support/invoke-plane.ts';
import { RealPlane } from '../support/real-plane.ts';

const STORE_PACKAGE = resolve('runtimes/nodejs/node_modules/@aws/lambda-invoke-store');
const REQUEST_IDS = [
  'c1a7d0d0-0000-4000-8000-000000000001',
  'c1a7d0d0-0000-4000-8000-000000000002',
];

describe('the context of functions in Node.js', () => {
  let plane: RealPlane;
  before(async () => {
    plane = await RealPlane.open();
  });
  after(async () => plane[Symbol.asyncDispose]());

  async function call(name: string, requestId = REQUEST_IDS[0] ?? ''): Promise<unknown> {
    const outcome = await plane.invoke(name, {}, { requestId });
    const payload: unknown = JSON.parse(await payloadOf(outcome));
    await (outcome.kind === 'throttled' ? undefined : outcome.report);
    return payload;
  }

  it('has its members in the order in which AWS logs them', async () => {
    const code = 'exports.handler = async (event, context) => Object.keys(context);';
    const event = ['clientContext', 'identity', 'invokedFunctionArn', 'awsRequestId', 'tenantId'];
    const logs = ['memoryLimitInMB', 'logGroupName', 'logStreamName'];
    const modern = plane.deploy({ 'index.js': code }, { runtime: 'nodejs24.x' });
    assert.deepEqual(await call(modern), [
      ...event,
      'xRayTraceId',
      'getRemainingTimeInMillis',
      'functionName',
      'functionVersion',
      ...logs,
    ]);
    const older = plane.deploy({ 'index.js': code }, { runtime: 'nodejs22.x' });
    assert.deepEqual(await call(older), [
      'callbackWaitsForEmptyEventLoop',
      'succeed',
      'fail',
      'done',
      'functionVersion',
      'functionName',
      ...logs,
      ...event,
      'getRemainingTimeInMillis',
    ]);
  });

  it('is told by the store of invocations from Node.js 24 on', async () => {
    const code = `
      const { InvokeStore } = require(${JSON.stringify(STORE_PACKAGE)});
      exports.handler = async () => {
        const store = await InvokeStore.getInstanceAsync();
        const before = store.get('own');
        store.set('own', 1);
        const key = Symbol.for('_AWS_LAMBDA_REQUEST_ID');
        let refused = '';
        try { store.set(key, 'other'); } catch (error) { refused = error.message; }
        return [store.getRequestId(), store.getXRayTraceId() === process.env._X_AMZN_TRACE_ID, before, store.get('own'), refused];
      };`;
    const refusal = 'Cannot modify protected Lambda context field: Symbol(_AWS_LAMBDA_REQUEST_ID)';
    const modern = plane.deploy({ 'index.js': code }, { runtime: 'nodejs24.x' });
    for (const requestId of REQUEST_IDS) {
      assert.deepEqual(await call(modern, requestId), [requestId, true, null, 1, refusal]);
    }
    const older = plane.deploy({ 'index.js': code }, { runtime: 'nodejs22.x' });
    assert.deepEqual(await call(older), ['-', false, null, 1, refusal]);
  });
});
