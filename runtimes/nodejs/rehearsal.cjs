'use strict';
/*
 * What a zygote does before it is forked: it runs nobody's function on nobody's events, against a Runtime
 * API of its own, so that its forks find every way compiled.
 */
const net = require('node:net');
const v8 = require('node:v8');
const { ISOLATED_ADDRESS, RuntimeClient, SOCKET_NAME } = require('./client.cjs');
const { bindingOf, practise } = require('./practice.cjs');
const { setVariables } = require('./variables.cjs');

/*
 * What is called some 10 times is optimised, as after V8's own 400 calls; then what is about to be, so that no fork
 * begins its function's life with a compiler. Too few rounds leave some of it to each fork: --trace-opt tells.
 */
const OPTIMISING = { times: 40, calls: 10 };
const USUAL = { times: 40, calls: 400 };
const API = '/2018-06-01/runtime';
const EVENT_HEADERS = [
  'Content-Type: application/json',
  'Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd',
  'Lambda-Runtime-Deadline-Ms: 1542409706888',
  'Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:000000000000:function:warm',
  'Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700',
];
const BODY = '{"key":["value",1,null],"name":"warm"}';

/** Resolves once everything is as it was, but compiled. */
async function rehearse() {
  const environment = { ...process.env };
  const server = await listen();
  const client = new RuntimeClient(ISOLATED_ADDRESS);
  const { body } = await client.get('/hearth/bind');
  setVariables(JSON.parse(body.toString()).environment);
  require('node:module').Module._initPaths();
  require('./console.cjs').patchConsole();
  require('./globals.cjs').setUpGlobals();
  const { loadHandler } = require('./handler.cjs');
  const handlers = [
    await loadHandler(__dirname, 'rehearsed.handler'),
    // Of one alone V8 would expect that no other ever comes.
    await loadHandler(__dirname, 'warm.handler'),
  ];
  // Reads the authorities that Node.js trusts: a thread does, which has to end before the fork.
  require('node:tls').createSecureContext();
  for (const round of [OPTIMISING, USUAL]) await repeat(client, handlers, round);
  client.socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  delete globalThis.awslambda;
  setVariables(environment);
}

async function repeat(client, handlers, { times, calls }) {
  v8.setFlagsFromString(`--invocation-count-for-maglev=${calls}`);
  for (const handler of handlers) await runEvents(client, handler, times / 2);
  for (let count = 0; count < times; count += 1) await practise();
}

function runEvents(client, handler, times) {
  return new Promise((resolve) => {
    let count = 0;
    const counted = (event) => {
      count += 1;
      if (count < times) return event;
      resolve();
      // The loop waits for an event that never comes, and is forgotten.
      return new Promise(() => {});
    };
    const lent = {
      get: (path) => client.get(path).then(counted),
      post: (...parts) => client.post(...parts),
      postAndGet: (...parts) => client.postAndGet(...parts).then(counted),
    };
    const failure = { post: async () => {} };
    void require('./loop.cjs').start({ client: lent, handler, failure, api: API });
  });
}

function listen() {
  const server = net.createServer((socket) => {
    socket.on('data', (data) => {
      // One write of the client's holds a post, a get, or both.
      const text = data.toString('latin1');
      const accepted = text.includes('POST ') ? reply('202 Accepted', [], '{"status":"OK"}') : '';
      const bound = text.includes('/bind ') ? reply('200 OK', [], bindingOf(process.env)) : '';
      const event = text.includes('/next ') ? reply('200 OK', EVENT_HEADERS, BODY) : '';
      // At once: a second write would wait for the acknowledgement of the first.
      socket.write(accepted + bound + event);
    });
    socket.on('error', () => {});
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    // A zygote's network is its own: as the forks will find it in theirs.
    server.listen(`\0${SOCKET_NAME}`, () => resolve(server));
  });
}

function reply(status, headers, body) {
  const lines = [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${body.length}`];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

module.exports = { rehearse };
