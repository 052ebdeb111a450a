/** What functions in Node.js do wrong, beside an AWS client that does the same (aws-lambda-ric 4). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { payloadOf } from '../support/invoke-plane.ts';
import { RealPlane } from '../support/real-plane.ts';

const JSON_LOG = { format: 'JSON', applicationLevel: 'INFO', systemLevel: 'INFO' } as const;

describe('errors of functions in Node.js', () => {
  let plane: RealPlane;
  before(async () => {
    plane = await RealPlane.open();
  });
  after(async () => plane[Symbol.asyncDispose]());

  for (const runtime of ['nodejs22.x', 'nodejs24.x']) {
    it(`end the init where a promise is rejected in it, in ${runtime}`, async () => {
      const code = 'Promise.reject(new Error("lost")); exports.handler = async () => 1;';
      const name = plane.deploy({ 'index.js': code }, { runtime });
      const outcome = await plane.invoke(name);
      const { errorType } = JSON.parse(await payloadOf(outcome));
      assert.equal(errorType, 'Runtime.UnhandledPromiseRejection');
    });
  }

  for (const runtime of ['nodejs22.x', 'nodejs24.x']) {
    it(`end the event at once where they are of a pipeline into its stream, in ${runtime}`, async () => {
      const code = `
        const { pipeline } = require('node:stream/promises');
        async function* source() {
          yield 'begun';
          throw new Error('broke off');
        }
        exports.handler = awslambda.streamifyResponse((event, stream) => pipeline(source(), stream));`;
      const name = plane.deploy({ 'index.js': code }, { runtime, timeoutMs: 60_000 });
      const first = plane.messages.length;
      const outcome = await plane.invoke(name, {}, { responseMode: 'streaming' });
      await payloadOf(outcome);
      assert.ok(outcome.kind !== 'throttled');
      const { failure = 'none' } = await outcome.report;
      // Its process ends, as with AWS's client: with the error, where nothing of the response was sent before.
      assert.match(failure, /^(error|crash)$/);
      assert.match(plane.messages.slice(first).join(''), /\tUnhandled Promise Rejection \t/);
    });
  }

  // AWS's client lets the event loop turn once before it posts a result.
  it('fail the event that leaves a rejection behind, not the next one', async () => {
    const code = `
      exports.handler = async ({ leave }) => {
        if (leave) Promise.reject(new Error('left'));
        return 'done';
      };`;
    const name = plane.deploy({ 'index.js': code }, { runtime: 'nodejs24.x' });
    for (const leave of [true, false, true]) {
      const outcome = await plane.invoke(name, { leave });
      assert.equal(outcome.kind, leave ? 'failed' : 'returned');
      assert.match(await payloadOf(outcome), leave ? /UnhandledPromiseRejection/ : /^"done"$/);
      await outcome.report;
    }
  });

  it('tell what is thrown by its name and message where it is an error with both', async () => {
    const handled = /"errorType":"handled","errorMessage":"callback called with Error argument/;
    const thrown: readonly (readonly [string, string, RegExp])[] = [
      ['nodejs24.x', '({ name: "N", message: "M", stack: "S" })', /"object".*"\[object Object\]"/],
      ['nodejs22.x', '({ name: "N", message: "M", stack: "S" })', /"errorType":"N".*"M"/],
      ['nodejs24.x', 'Object.assign(new Error("m"), { name: 5 })', handled],
      ['nodejs22.x', 'Object.assign(new Error("m"), { message: {} })', handled],
    ];
    for (const [runtime, value, told] of thrown) {
      const code = `exports.handler = async () => { throw ${value}; };`;
      const name = plane.deploy({ 'index.js': code }, { runtime });
      assert.match(await payloadOf(await plane.invoke(name)), told);
    }
  });

  it('are told before Node.js 24 even where what is thrown or returned cannot be', async () => {
    const left: readonly (readonly [string, RegExp])[] = [
      [
        'throw Object.create(null)',
        /"TypeError","errorMessage":"Cannot convert object to primitive/,
      ],
      [
        'throw Symbol("q")',
        /"TypeError","errorMessage":"Cannot convert a Symbol value to a string/,
      ],
      ['return () => 1', /"TypeError","errorMessage":"Wrong arguments"/],
    ];
    for (const [statement, told] of left) {
      const code = `exports.handler = async () => { ${statement}; };`;
      const name = plane.deploy({ 'index.js': code }, { runtime: 'nodejs22.x' });
      assert.match(await payloadOf(await plane.invoke(name)), told);
    }
    const modern = { 'index.js': 'exports.handler = async () => Symbol("q");' };
    assert.match(
      await payloadOf(await plane.invoke(plane.deploy(modern, { runtime: 'nodejs24.x' }))),
      /"TypeError","errorMessage":"Wrong arguments"/,
    );
  });

  it('begin their trace with the kind of a syntax error, before Node.js 24', async () => {
    const files = { 'index.js': 'exports.handler = async () => {' };
    const traces = {
      'nodejs22.x':
        /"trace":\["Runtime\.UserCodeSyntaxError: SyntaxError: Unexpected end of input",/,
      'nodejs24.x': /"trace":\["[^"]*index\.js:1","exports\.handler = async/,
    };
    for (const runtime of ['nodejs22.x', 'nodejs24.x'] as const) {
      const name = plane.deploy(files, { runtime });
      assert.match(await payloadOf(await plane.invoke(name)), traces[runtime]);
    }
  });

  it('are none where a handler is in a folder of its name, before Node.js 24', async () => {
    const runtime = 'nodejs22.x';
    const folder = { 'shop/index.js': 'exports.sell = async () => "from the folder";' };
    const inFolder = plane.deploy(folder, { runtime, handler: 'shop.sell' });
    assert.equal(await payloadOf(await plane.invoke(inFolder)), '"from the folder"');
    const both = { ...folder, 'shop.js': 'exports.sell = async () => "from the file";' };
    const beside = plane.deploy(both, { runtime, handler: 'shop.sell' });
    assert.equal(await payloadOf(await plane.invoke(beside)), '"from the file"');
  });

  it('refuse a handler that a class has, from Node.js 24 on', async () => {
    const files = {
      'index.js': 'exports.shop = class { static async sell() { return "sold"; } };',
    };
    const handler = 'index.shop.sell';
    const older = plane.deploy(files, { runtime: 'nodejs22.x', handler });
    assert.equal(await payloadOf(await plane.invoke(older)), '"sold"');
    const modern = plane.deploy(files, { runtime: 'nodejs24.x', handler });
    assert.match(
      await payloadOf(await plane.invoke(modern)),
      /Runtime\.HandlerNotFound.*index\.shop\.sell is undefined or not exported/,
    );
  });

  it("are called as AWS's client calls them: that of Node.js 22, or the newer one", async () => {
    const results = { 'nodejs22.x': 'Error', 'nodejs24.x': 'Runtime.JSONStringifyError' };
    const titles = { 'nodejs22.x': 'Uncaught Exception', 'nodejs24.x': 'Init Error' };
    for (const runtime of ['nodejs22.x', 'nodejs24.x'] as const) {
      const big = plane.deploy({ 'index.js': 'exports.handler = async () => 1n;' }, { runtime });
      const { errorType } = JSON.parse(await payloadOf(await plane.invoke(big)));
      assert.equal(errorType, results[runtime]);
      const first = plane.messages.length;
      const missing = await plane.invoke(plane.deploy({ 'index.js': '' }, { runtime }));
      assert.ok(missing.kind === 'failed');
      await missing.report;
      const told = plane.messages.slice(first).filter((line) => line.includes('HandlerNotFound'));
      assert.ok(told[0]?.includes(`\tERROR\t${titles[runtime]} \t{"errorType"`), told[0]);
      assert.equal(told[0]?.includes('"name":'), runtime === 'nodejs24.x');
    }
  });

  it("have the names of AWS's classes in JSON logs", async () => {
    const logging = { ...JSON_LOG, logGroup: '/aws/lambda/errors' };
    const before = plane.messages.length;
    for (const code of ['exports.other = 1;', 'require("missing");']) {
      const outcome = await plane.invoke(plane.deploy({ 'index.js': code }, { logging }));
      assert.ok(outcome.kind === 'failed');
      await outcome.report;
    }
    const errors = plane.messages.slice(before).filter((line) => line.includes('"level":"ERROR"'));
    assert.deepEqual(
      errors.map((line) => JSON.parse(line).message.errorType),
      // Each init was tried twice.
      ['HandlerNotFoundError', 'HandlerNotFoundError', 'ImportModuleError', 'ImportModuleError'],
    );
  });
});
