'use strict';
const { contextOf, enter } = require('./context.cjs');
const { errorPost, failureOf, serialize } = require('./results.cjs');

/**
 * The loop of Node.js 22 and before: handlers that return promises, or call back. A response that was
 * called back is sent when the event loop is empty, unless `callbackWaitsForEmptyEventLoop` is false.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
function start({ client, handler, streaming, failure, api }) {
  const loop = { client, handler, streaming, failure, api, onEmpty: () => {} };
  process.on('beforeExit', () => loop.onEmpty());
  iterate(loop);
}

function iterate(loop) {
  setImmediate(() => {
    loop.onEmpty = () => {};
    loop.client
      .get(`${loop.api}/invocation/next`)
      .then((event) => handleOnce(loop, event))
      .catch((error) => {
        console.log(`Unexpected Top Level Error: ${error}`);
        void loop.failure.post(error).finally(() => process.exit(129));
      });
  });
}

function handleOnce(loop, { headers, body }) {
  const { client, handler, streaming, failure, api } = loop;
  enter(headers);
  const context = contextOf(headers);
  const path = `${api}/invocation/${context.awsRequestId}`;
  failure.post = (error) => {
    const posted = errorPost(error);
    return client.post(`${path}/error`, posted.body, posted.headers);
  };
  if (streaming !== undefined) {
    const { respond } = require('./streaming.cjs');
    // Nobody waits for it, as in AWS's client: what breaks a stream off is a rejection that nobody takes.
    void respond(client, { handler, context, body, path, streaming }).then(() => iterate(loop));
    return;
  }
  const settle = settler(loop, path);
  loop.onEmpty = () => settle.succeed(null);
  const wholeContext = Object.assign(settle.context, context);
  try {
    const result = handler(JSON.parse(body.toString()), wholeContext, settle.callback);
    if (typeof result?.then === 'function') {
      result.then(settle.context.succeed, settle.context.fail).catch(settle.context.fail);
    }
  } catch (error) {
    settle.callback(error);
  }
}

/** What is posted of an error; of one that cannot be told, of what came of telling it. */
function postableOf(error) {
  try {
    return failureOf(error);
  } catch (problem) {
    return failureOf(problem);
  }
}

/** The ways in which a handler can end an event: each once, the first one counts. */
function settler(loop, path) {
  const { client } = loop;
  let isSettled = false;
  let waitsForEmptyEventLoop = true;
  const send = (route, body, headers) => {
    loop.onEmpty = () => {};
    client.post(`${path}/${route}`, body, headers).then(
      () => iterate(loop),
      () => process.exit(129),
    );
  };
  const fail = (error) => {
    const posted = postableOf(error);
    send('error', posted.body, posted.headers);
  };
  const succeed = (result) => {
    let body;
    try {
      body = serialize(result);
    } catch (error) {
      fail(error);
      return;
    }
    send('response', body, {});
  };
  const once =
    (settle) =>
    (...values) => {
      if (isSettled) return;
      isSettled = true;
      settle(...values);
    };
  const done = (error, result) => {
    if (error === undefined || error === null) succeed(result);
    else fail(error);
  };
  const callback = (error, result) => {
    if ((error !== undefined && error !== null) || !waitsForEmptyEventLoop) done(error, result);
    else loop.onEmpty = () => setImmediate(() => succeed(result));
  };
  return {
    succeed: once(succeed),
    callback: once(callback),
    context: {
      get callbackWaitsForEmptyEventLoop() {
        return waitsForEmptyEventLoop;
      },
      set callbackWaitsForEmptyEventLoop(value) {
        waitsForEmptyEventLoop = value;
      },
      succeed: once((result) => done(null, result)),
      fail: once((error) => done(error === undefined || error === null ? 'handled' : error)),
      done: once(done),
    },
  };
}

module.exports = { start };
