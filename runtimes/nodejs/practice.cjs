'use strict';
/*
 * What a process that belongs to nobody does while nobody waits for it: what it will do for its function, with
 * functions of nobody's. What was done before is compiled; in a fork each page is copied when it is written to
 * first, and is its own from then on.
 */
const path = require('node:path');
const { setVariables } = require('./variables.cjs');

/** Of those that bindings bring. A name that JSON brings first is written into a table of the whole heap. */
const VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_XRAY_CONTEXT_MISSING',
  'AWS_XRAY_DAEMON_ADDRESS',
  'HEARTH_LAYERS_ROOT',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
  'LD_LIBRARY_PATH',
  'NODE_PATH',
  'PATH',
  'PWD',
  'SHLVL',
  '_AWS_XRAY_DAEMON_ADDRESS',
  '_AWS_XRAY_DAEMON_PORT',
  '_HANDLER',
  '_LAMBDA_TELEMETRY_LOG_FD',
];
let count = 0;

/** Resolves once everything is as it was. */
async function practise() {
  const { enter, modernContextOf } = require('./context.cjs');
  const { setUpGlobals, streamingOf } = require('./globals.cjs');
  const { importFile, loadHandler } = require('./handler.cjs');
  const { serialize } = require('./results.cjs');
  const variables = { ...process.env };
  setVariables(JSON.parse(bindingOf(variables)).environment);
  require('node:module').Module._initPaths();
  process.chdir(process.cwd());
  require('./console.cjs').patchConsole();
  setUpGlobals();
  count += 1;
  await importFile(path.join(__dirname, 'warm.mjs'), `?${count}`);
  delete require.cache[require.resolve('./warm.cjs')];
  const handler = await loadHandler(__dirname, 'warm.handler');
  streamingOf(handler);
  const event = JSON.parse(Buffer.from('{"key":["value",1,null]}').toString());
  const headers = { 'lambda-runtime-deadline-ms': '0' };
  enter(headers);
  serialize(await handler(event, modernContextOf(headers)));
  delete globalThis.awslambda;
  setVariables(variables);
}

/** What `GET /hearth/bind` answers, for a function of nobody's. */
function bindingOf(variables) {
  const environment = Object.fromEntries(VARIABLES.map((name) => [name, 'practice']));
  return JSON.stringify({
    environment: { ...environment, ...variables, _HANDLER: 'warm.handler' },
  });
}

module.exports = { bindingOf, practise };
