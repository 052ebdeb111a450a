'use strict';
const { enter, modernContextOf } = require('./context.cjs');
const { errorPost, failureOf, serialize } = require('./results.cjs');

/**
 * The loop of Node.js 24 and later: a handler's promise alone is waited for, not its event loop.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
async function start({ client, handler, streaming, failure, api }) {
  const next = `${api}/invocation/next`;
  const postInitError = failure.post;
  let event = await client.get(next);
  while (true) {
    const { headers, body } = event;
    enter(headers);
    const context = modernContextOf(headers);
    const path = `${api}/invocation/${context.awsRequestId}`;
    failure.post = (error) => {
      const { body: errorBody, headers: errorHeaders } = errorPost(error);
      return client.post(`${path}/error`, errorBody, errorHeaders);
    };
    if (streaming === undefined) {
      event = await buffered(client, { handler, context, body, path, next, failure });
    } else {
      const { respond } = require('./streaming.cjs');
      await respond(client, { handler, context, body, path, streaming });
      event = await client.get(next);
    }
    failure.post = postInitError;
  }
}

async function buffered(client, { handler, context, body, path, next, failure }) {
  let result;
  try {
    const returned = await handler(JSON.parse(body.toString()), context);
    await turn(failure);
    result = serialize(returned);
  } catch (error) {
    await turn(failure);
    const posted = failureOf(error);
    return client.postAndGet(`${path}/error`, posted.body, posted.headers, next);
  }
  return client.postAndGet(`${path}/response`, result, {}, next);
}

/** A turn of the event loop, as in AWS's client: a rejection that nobody takes ends the event, not the next one. */
async function turn(failure) {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  // The process is telling why it ends.
  if (failure.isEnding) await new Promise(() => {});
}

module.exports = { start };
