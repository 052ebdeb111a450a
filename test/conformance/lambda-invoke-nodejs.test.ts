/** Functions in Node.js, run by our runtime client in real processes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { payloadOf } from '../support/invoke-plane.ts';
import { PATIENT_TIMEOUT_MS, RealPlane } from '../support/real-plane.ts';

describe('functions in Node.js', () => {
  let plane: RealPlane;
  before(async () => {
    plane = await RealPlane.open();
  });
  after(async () => plane[Symbol.asyncDispose]());

  /** What an invocation answers, once its environment is quiet again. */
  async function call(name: string, event: unknown = {}): Promise<unknown> {
    const outcome = await plane.invoke(name, event);
    const payload = await payloadOf(outcome);
    await (outcome.kind === 'throttled' ? undefined : outcome.report);
    return JSON.parse(payload);
  }

  function handler(code: string, runtime = 'nodejs24.x'): string {
    return plane.deploy({ 'index.js': code }, { runtime });
  }

  it('return what an asynchronous handler resolves with', async () => {
    const name = handler('exports.handler = async (event) => ({ got: event });');
    assert.deepEqual(await call(name, { a: 'é' }), { got: { a: 'é' } });
  });

  it('return null for undefined', async () => {
    assert.equal(await call(handler('exports.handler = async () => {};')), null);
  });

  it('find nested exports and handlers in folders', async () => {
    const name = plane.deploy(
      { 'a/b.js': 'exports.c = { handler: async () => __filename };' },
      { handler: 'a/b.c.handler' },
    );
    assert.match(String(await call(name)), /a\/b\.js$/);
  });

  it('load ES modules, by .mjs and by package.json, with top-level await', async () => {
    const code = 'const x = await Promise.resolve(7); export const handler = async () => x;';
    assert.equal(await call(plane.deploy({ 'index.mjs': code })), 7);
    const files = { 'index.js': code, 'package.json': '{"type":"module"}' };
    assert.equal(await call(plane.deploy(files)), 7);
    assert.equal(await call(plane.deploy({ 'index.cjs': 'exports.handler = async () => 8;' })), 8);
    assert.equal(
      await call(plane.deploy({ 'index.mjs': 'export default { handler: async () => 9 };' })),
      9,
    );
  });

  it('find the packages of a layer, by require and by import', async () => {
    plane.write('layer', {
      'nodejs/node_modules/greeting/index.js': 'module.exports = "hello";',
      'nodejs/node_modules/greeting/package.json': '{"name":"greeting","main":"index.js"}',
    });
    const layersDirectoryId = 'layer';
    const required = plane.deploy(
      { 'index.js': 'const g = require("greeting"); exports.handler = async () => g;' },
      { layersDirectoryId },
    );
    const imported = plane.deploy(
      { 'index.mjs': 'import g from "greeting"; export const handler = async () => g;' },
      { layersDirectoryId },
    );
    assert.equal(await call(required), 'hello');
    assert.equal(await call(imported), 'hello');
  });

  it('see the context that AWS gives', async () => {
    const name = handler(
      'exports.handler = async (e, c) => ({ ...c, left: c.getRemainingTimeInMillis() });',
    );
    const requestId = 'c1a7d0d0-0000-4000-8000-000000000001';
    const outcome = await plane.invoke(name, {}, { requestId });
    const context = JSON.parse(await payloadOf(outcome));
    assert.equal(context.awsRequestId, requestId);
    assert.equal(context.functionName, name);
    assert.equal(context.functionVersion, '$LATEST');
    assert.equal(context.memoryLimitInMB, '128');
    assert.equal(context.logGroupName, '/aws/lambda/hello'.replace('hello', name));
    assert.equal(
      context.invokedFunctionArn,
      `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    );
    assert.match(context.xRayTraceId, /^Root=1-/);
    const { left } = context;
    assert.ok(left > PATIENT_TIMEOUT_MS / 2 && left <= PATIENT_TIMEOUT_MS, `${left}`);
  });

  it('see the variables that AWS sets', async () => {
    const name = plane.deploy(
      { 'index.js': 'exports.handler = async () => process.env;' },
      { environmentVariables: { MINE: 'yes', AWS_REGION: 'not mine' } },
    );
    const variables = (await call(name)) as Record<string, string>;
    assert.equal(variables['MINE'], 'yes');
    assert.equal(variables['AWS_REGION'], 'us-east-1');
    assert.equal(variables['AWS_EXECUTION_ENV'], 'AWS_Lambda_nodejs24.x');
    assert.equal(variables['AWS_LAMBDA_INITIALIZATION_TYPE'], 'on-demand');
    assert.equal(variables['AWS_ACCESS_KEY_ID'], 'ASIATEST');
    assert.equal(variables['_HANDLER'], 'index.handler');
    assert.match(variables['_X_AMZN_TRACE_ID'] ?? '', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=/);
    assert.equal(variables['_LAMBDA_TELEMETRY_LOG_FD'], undefined);
    assert.equal(variables['HEARTH_STEM_CELL'], undefined);
  });

  it('answer an error with type, message and trace', async () => {
    const name = handler('exports.handler = async () => { throw new TypeError("no good"); };');
    const error = (await call(name)) as {
      errorType: string;
      errorMessage: string;
      trace: string[];
    };
    assert.equal(error.errorType, 'TypeError');
    assert.equal(error.errorMessage, 'no good');
    assert.equal(error.trace[0], 'TypeError: no good');
    assert.match(error.trace[1] ?? '', /at exports\.handler|index\.js/);
    const logged = plane.messages.find((it) => it.includes('Invoke Error'));
    assert.match(
      logged ?? '',
      /^\S+Z\t[0-9a-f-]{36}\tERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"no good","stack":\[/,
    );
  });

  it('answer what is thrown and is no error', async () => {
    const name = handler('exports.handler = async () => { throw "text"; };');
    assert.deepEqual(await call(name), { errorType: 'string', errorMessage: 'text', trace: [] });
  });

  it('answer missing modules, handlers and malformed names as AWS does', async () => {
    const cases = [
      [
        { 'other.js': '' },
        {},
        'Runtime.ImportModuleError',
        /^Error: Cannot find module 'index'\nRequire stack:\n- \/var\/runtime\/index\.mjs$/,
      ],
      [
        { 'index.js': 'require("nothing")' },
        {},
        'Runtime.ImportModuleError',
        /^Error: Cannot find module 'nothing'/,
      ],
      [
        { 'index.js': 'exports.other = 1' },
        {},
        'Runtime.HandlerNotFound',
        /^index\.handler is undefined or not exported$/,
      ],
      [
        { 'index.js': 'exports.handler = 1' },
        {},
        'Runtime.HandlerNotFound',
        /^index\.handler is not a function$/,
      ],
      [{ 'index.js': 'this is no code' }, {}, 'Runtime.UserCodeSyntaxError', /^SyntaxError: /],
      [{ 'index.js': '' }, { handler: 'index' }, 'Runtime.MalformedHandlerName', /^Bad handler$/],
      [
        { 'index.js': '' },
        { handler: '../index.handler' },
        'Runtime.MalformedHandlerName',
        /^'\.\.\/index\.handler' is not a valid handler name\./,
      ],
    ] as const;
    for (const [files, overrides, errorType, message] of cases) {
      const error = (await call(plane.deploy(files, overrides))) as Record<string, string>;
      assert.equal(error['errorType'], errorType);
      assert.match(error['errorMessage'] ?? '', message);
    }
  });

  it('answer an unhandled rejection and an uncaught exception, and start anew', async () => {
    const rejected = handler(
      'exports.handler = () => new Promise(() => { Promise.reject(new Error("lost")); });',
    );
    assert.deepEqual(
      ((await call(rejected)) as Record<string, unknown>)['errorType'],
      'Runtime.UnhandledPromiseRejection',
    );
    const thrown = handler(
      'exports.handler = () => new Promise(() => setTimeout(() => { throw new RangeError("far"); }, 1));',
    );
    assert.equal(((await call(thrown)) as Record<string, unknown>)['errorType'], 'RangeError');
    assert.equal(((await call(thrown)) as Record<string, unknown>)['errorType'], 'RangeError');
  });

  it('answer a process that exits', async () => {
    const name = handler('exports.handler = async () => process.exit(7);');
    const error = (await call(name)) as Record<string, string>;
    assert.equal(error['errorType'], 'Runtime.ExitError');
    assert.match(error['errorMessage'] ?? '', /Runtime exited with error: exit status 7$/);
  });

  it('answer a timeout while the processor is busy', async () => {
    const name = plane.deploy(
      { 'index.js': 'exports.handler = async () => { for (;;); };' },
      { timeoutMs: 300 },
    );
    const error = (await call(name)) as Record<string, string>;
    assert.equal(error['errorType'], 'Sandbox.Timedout');
  });

  it('refuse callbacks from Node.js 24 on, and take them before', async () => {
    const code = 'exports.handler = (event, context, callback) => callback(null, "called");';
    const refused = (await call(handler(code))) as Record<string, string>;
    assert.equal(refused['errorType'], 'Runtime.CallbackHandlerDeprecated');
    assert.match(refused['errorMessage'] ?? '', /removed support for callback-based/);
    assert.equal(await call(handler(code, 'nodejs22.x')), 'called');
    const failing = 'exports.handler = (event, context, callback) => callback(new Error("bad"));';
    const failed = (await call(handler(failing, 'nodejs22.x'))) as Record<string, string>;
    assert.equal(failed['errorMessage'], 'bad');
  });

  it('wait for the event loop to be empty, unless they are told not to', async () => {
    const code = (wait: boolean): string => `
      let done = false;
      exports.handler = (event, context, callback) => {
        context.callbackWaitsForEmptyEventLoop = ${wait};
        setTimeout(() => { done = true; }, 80);
        callback(null, 'x');
      };`;
    for (const wait of [true, false]) {
      const name = handler(code(wait), 'nodejs22.x');
      const outcome = await plane.invoke(name);
      assert.equal(await payloadOf(outcome), '"x"');
      assert.ok(outcome.kind === 'returned');
      const { durationMs } = await outcome.report;
      assert.equal(durationMs >= 75, wait, `${durationMs}`);
    }
    assert.equal(await call(handler('exports.handler = () => {};', 'nodejs22.x')), null);
    assert.equal(
      await call(handler('exports.handler = (e, c) => c.succeed("s");', 'nodejs22.x')),
      's',
    );
  });

  it('keep a message of several lines together', async () => {
    const name = handler('exports.handler = async () => { console.log("a\\nb %d", 1); };');
    const before = plane.messages.length;
    const outcome = await plane.invoke(name);
    assert.ok(outcome.kind === 'returned');
    await outcome.report;
    const line = plane.messages.slice(before).find((it) => it.includes('\tINFO\t'));
    assert.match(line ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[0-9a-f-]{36}\tINFO\ta\nb 1\n$/);
  });

  it('log JSON where the function wants it, from the level that it wants', async () => {
    const name = plane.deploy(
      {
        'index.js':
          'exports.handler = async () => { console.debug("hidden"); console.info({a: 1}); console.error("e", new Error("x")); };',
      },
      {
        logging: {
          format: 'JSON',
          applicationLevel: 'INFO',
          systemLevel: 'INFO',
          logGroup: '/aws/lambda/json',
        },
      },
    );
    const before = plane.messages.length;
    const outcome = await plane.invoke(name);
    assert.ok(outcome.kind === 'returned');
    await outcome.report;
    const lines = plane.messages.slice(before).map((it) => JSON.parse(it));
    assert.deepEqual(
      lines.map((it) => it.type ?? it.level),
      ['platform.initStart', 'platform.start', 'INFO', 'ERROR', 'platform.report'],
    );
    assert.deepEqual(lines[2].message, { a: 1 });
    assert.equal(lines[3].errorMessage, 'x');
    assert.equal(lines[4].record.status, 'success');
  });

  it('stream a response, with its content type', async () => {
    const name = handler(`
      exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
        stream.setContentType('text/plain');
        stream.write('one ');
        await new Promise((resolve) => setTimeout(resolve, 20));
        stream.write('two');
        stream.end();
      });`);
    for (let count = 0; count < 2; count += 1) {
      const outcome = await plane.invoke(name, {}, { responseMode: 'streaming' });
      assert.ok(outcome.kind === 'returned');
      assert.equal(outcome.contentType, 'text/plain');
      assert.equal(await payloadOf(outcome), 'one two');
      assert.equal((await outcome.report).streamedBytes, 7);
    }
    assert.equal(await payloadOf(await plane.invoke(name)), 'one two');
  });

  it('stream with a prelude, and through a pipeline', async () => {
    const name = handler(`
      const { pipeline } = require('node:stream/promises');
      const { Readable } = require('node:stream');
      exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
        await pipeline(Readable.from([Buffer.alloc(100000, 'x'), Buffer.from('end')]), stream);
      });`);
    const outcome = await plane.invoke(name, {}, { responseMode: 'streaming' });
    assert.ok(outcome.kind === 'returned');
    assert.equal(outcome.contentType, 'application/vnd.awslambda.http-integration-response');
    const payload = await payloadOf(outcome);
    assert.ok(payload.startsWith('{"statusCode":201}\0\0\0\0\0\0\0\0xxx'));
    assert.ok(payload.endsWith('xend'));
  });

  it('tell of an error in the middle of a stream', async () => {
    const name = handler(`
      exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.write('begun');
        await new Promise((resolve) => setTimeout(resolve, 5));
        throw new Error('broke off');
      });`);
    const outcome = await plane.invoke(name, {}, { responseMode: 'streaming' });
    assert.ok(outcome.kind === 'returned');
    assert.equal(await payloadOf(outcome), 'begun');
    const report = await outcome.report;
    assert.equal(report.failure, 'error');
    assert.equal(JSON.parse(report.errorDetails ?? '').errorMessage, 'broke off');
    const buffered = await plane.invoke(name);
    assert.equal(buffered.kind, 'failed');
    assert.equal(JSON.parse(await payloadOf(buffered)).errorMessage, 'broke off');
  });

  it('are done where they throw after the end of their stream', async () => {
    const name = handler(`
      exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.end('whole');
        throw new Error('too late');
      });`);
    const outcome = await plane.invoke(name, {}, { responseMode: 'streaming' });
    assert.ok(outcome.kind === 'returned');
    assert.equal(await payloadOf(outcome), 'whole');
    assert.equal((await outcome.report).failure, undefined);
  });

  it('take 6 MB and return 6 MB, and no byte more', async () => {
    const name = handler('exports.handler = async ({ size }) => "x".repeat(size);');
    const most = 6 * 1024 * 1024 + 100 - 2;
    const whole = await payloadOf(await plane.invoke(name, { size: most }));
    assert.equal(whole.length, most + 2);
    assert.deepEqual(await call(name, { size: most + 1 }), {
      errorMessage: `Response payload size (${most + 3} bytes) exceeded maximum allowed payload size (6291556 bytes).`,
      errorType: 'Function.ResponseSizeTooLarge',
    });
    const echo = handler('exports.handler = async (event) => event.length;');
    assert.equal(await call(echo, 'x'.repeat(6 * 1024 * 1024 - 2)), 6 * 1024 * 1024 - 2);
    assert.equal(await call(name, { size: 1 }), 'x', 'the environment goes on');
  });

  it('pay once for a large event, however many pieces it comes in', async () => {
    const name = handler(
      'exports.handler = async (e) => [e.text?.length ?? 0, process.resourceUsage().maxRSS];',
    );
    const [, before = 0] = (await call(name, {})) as number[];
    const length = 6 * 1024 * 1024 - 11;
    const [told, peak = Infinity] = (await call(name, { text: 'x'.repeat(length) })) as number[];
    assert.equal(told, length);
    // Its pieces, its bytes, its text and what was parsed of it are each as long as the event.
    assert.ok(peak - before < 60 * 1024, `${peak - before} KiB`);
  });

  it('run under a wrapper', async () => {
    const name = plane.deploy(
      {
        'index.js': 'exports.handler = async () => process.env.WRAPPED;',
        wrapper: '#!/bin/sh\nexport WRAPPED=yes\nexec "$@"\n',
      },
      { environmentVariables: { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/wrapper' } },
    );
    assert.equal(await call(name), 'yes');
  });
});
