'use strict';
/*
 * Hearth's runtime for Node.js: what stands between AWS's Runtime API and a function.
 * CommonJS, as it starts 5 ms sooner than ES modules; no dependency.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
const { RuntimeClient } = require('./client.cjs');
const { setVariables } = require('./variables.cjs');

const API = '/2018-06-01/runtime';

async function main() {
  const client = new RuntimeClient(process.env.AWS_LAMBDA_RUNTIME_API);
  if (process.env.HEARTH_STEM_CELL === '1') await bind(client);
  delete process.env.HEARTH_LAYERS_ROOT;
  process.chdir(process.env.LAMBDA_TASK_ROOT || '/var/task');
  const { errorResponse, logError, RuntimeError } = require('./errors.cjs');
  const { patchConsole } = require('./console.cjs');
  patchConsole();
  require('./globals.cjs').setUpGlobals();
  const postInitError = (error) => {
    const response = errorResponse(error);
    return client.post(`${API}/init/error`, JSON.stringify(response), {
      'Lambda-Runtime-Function-Error-Type': response.errorType,
    });
  };
  // Replaced while an event is in hand.
  const failure = { post: postInitError };
  process.on('uncaughtException', (error) => {
    logError('Uncaught Exception', error);
    void endBy(failure, error, 129);
  });
  process.on('unhandledRejection', (reason) => {
    const error = new RuntimeError('UnhandledPromiseRejection', String(reason));
    error.reason = reason;
    logError('Unhandled Promise Rejection', error);
    void endBy(failure, error, 128);
  });
  let handler;
  try {
    handler = await require('./handler.cjs').loadHandler(process.cwd(), process.env._HANDLER || '');
  } catch (error) {
    logError('Init Error', error);
    await postInitError(error);
    process.exit(1);
  }
  const { streamingOf } = require('./globals.cjs');
  const streaming = streamingOf(handler);
  const isModern = !/nodejs(18|20|22)\.x$/.test(process.env.AWS_EXECUTION_ENV || '');
  const loop = isModern ? require('./loop.cjs') : require('./callback-loop.cjs');
  loop.start({ client, handler, streaming, failure, api: API });
}

/** Tells what went wrong, and ends the process. */
async function endBy(failure, error, status) {
  try {
    await failure.post(error);
  } finally {
    process.exit(status);
  }
}

/** Waits, as a booted process that belongs to nobody, for the function that it is to run. */
async function bind(client) {
  await warmUp();
  let fork;
  if (process.env.HEARTH_ZYGOTE !== undefined) {
    await require('./rehearsal.cjs').rehearse();
    fork = require('./zygote.cjs').becomeFork();
    await practise();
  }
  const { body } = await client.get('/hearth/bind');
  const { environment, compiled } = JSON.parse(body.toString());
  setVariables(environment);
  if (compiled !== undefined) fork?.useCompiled(compiled);
  // NODE_PATH is read once: at the start of the process.
  require('node:module').Module._initPaths();
}

/** Loads, and tries, while nobody waits what a function is likely to need. */
async function warmUp() {
  for (const name of ['errors', 'console', 'globals', 'handler', 'loop', 'callback-loop']) {
    require(`./${name}.cjs`);
  }
  for (const name of ['async_hooks', 'crypto', 'fs/promises', 'http', 'https', 'stream', 'url']) {
    require(`node:${name}`);
  }
  const { format } = require('node:util');
  format('%s', new Date().toISOString(), await practise());
}

/**
 * Does what is done for a function; in a fork once more: each page is copied when it is written to first, and
 * those are its own from then on.
 */
async function practise() {
  const { contextOf } = require('./context.cjs');
  const { serialize } = require('./results.cjs');
  const { loadHandler } = require('./handler.cjs');
  const { environment } = JSON.parse(JSON.stringify({ environment: process.env }));
  setVariables({ ...environment, _HANDLER: 'warm.handler' });
  setVariables(environment);
  require('node:module').Module._initPaths();
  delete require.cache[require.resolve('./warm.cjs')];
  const handler = await loadHandler(__dirname, 'warm.handler');
  const event = JSON.parse(Buffer.from('{"key":["value",1,null]}').toString());
  serialize(await handler(event, contextOf({ 'lambda-runtime-deadline-ms': '0' })));
  return event;
}

void main();
