'use strict';
/*
 * Hearth's runtime for Node.js: what stands between AWS's Runtime API and a function.
 * CommonJS, as it starts 5 ms sooner than ES modules; no dependency.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
const { Module } = require('node:module');
const { RuntimeClient } = require('./client.cjs');
const { patchConsole } = require('./console.cjs');
const { logError } = require('./error-log.cjs');
const { errorResponse, RuntimeError } = require('./errors.cjs');
const { isModern } = require('./generation.cjs');
const { setUpGlobals, streamingOf } = require('./globals.cjs');
const { loadHandler } = require('./handler.cjs');
const { practise } = require('./practice.cjs');
const { setVariables } = require('./variables.cjs');

const API = '/2018-06-01/runtime';

async function main() {
  const client = new RuntimeClient(process.env.AWS_LAMBDA_RUNTIME_API);
  if (process.env.HEARTH_STEM_CELL === '1') await bind(client);
  delete process.env.HEARTH_LAYERS_ROOT;
  process.chdir(process.env.LAMBDA_TASK_ROOT || '/var/task');
  patchConsole();
  setUpGlobals();
  const postInitError = (error) => {
    const response = errorResponse(error);
    return client.post(`${API}/init/error`, JSON.stringify(response), {
      'Lambda-Runtime-Function-Error-Type': response.errorType,
    });
  };
  // Replaced while an event is in hand.
  const failure = { post: postInitError, isEnding: false };
  process.on('uncaughtException', (error) => {
    logError('Uncaught Exception', error);
    void endBy(failure, error, 129);
  });
  process.on('unhandledRejection', (reason, promise) => {
    const error = new RuntimeError('UnhandledPromiseRejection', String(reason));
    error.reason = reason;
    if (!isModern()) error.promise = promise;
    logError('Unhandled Promise Rejection', error);
    void endBy(failure, error, 128);
  });
  let handler;
  try {
    handler = await loadHandler(process.cwd(), process.env._HANDLER || '');
  } catch (error) {
    logError(isModern() ? 'Init Error' : 'Uncaught Exception', error);
    await postInitError(error);
    process.exit(1);
  }
  // What the code has thrown or rejected beside its loading is told before it is given an event.
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  const streaming = streamingOf(handler);
  const loop = isModern() ? require('./loop.cjs') : require('./callback-loop.cjs');
  loop.start({ client, handler, streaming, failure, api: API });
}

/** Tells what went wrong, and ends the process. */
async function endBy(failure, error, status) {
  failure.isEnding = true;
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
  }
  let binding = await askForBinding(client);
  while (binding.practise === true) {
    await practise();
    binding = await askForBinding(client);
  }
  const { environment, compiled } = binding;
  setVariables(environment);
  if (compiled !== undefined) fork?.useCompiled(compiled);
  // NODE_PATH is read once: at the start of the process.
  Module._initPaths();
}

async function askForBinding(client) {
  const { body } = await client.get('/hearth/bind');
  return JSON.parse(body.toString());
}

/** Loads, and tries, while nobody waits what a function is likely to need. */
async function warmUp() {
  for (const name of ['loop', 'callback-loop']) require(`./${name}.cjs`);
  for (const name of ['async_hooks', 'crypto', 'fs/promises', 'http', 'https', 'stream', 'url']) {
    require(`node:${name}`);
  }
  await practise();
  const { format } = require('node:util');
  format('%s', new Date().toISOString(), { key: ['value', 1, null] });
}

void main();
