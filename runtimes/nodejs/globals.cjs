'use strict';
const { RuntimeError } = require('./errors.cjs');
const { isModern } = require('./generation.cjs');
const { emptyStore } = require('./invoke-store.cjs');

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const PRELUDE_TYPE = 'application/vnd.awslambda.http-integration-response';
const DELIMITER_BYTES = 8;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html */
const HttpResponseStream = {
  /** Puts status, headers and cookies before the first bytes of a response. */
  from(stream, prelude) {
    stream.setContentType(PRELUDE_TYPE);
    const json = JSON.stringify(prelude);
    stream._onBeforeFirstWrite = (write) => {
      write(json);
      write(new Uint8Array(DELIMITER_BYTES));
    };
    return stream;
  },
};

/** Makes the global `awslambda`, unless the function wants none. */
function setUpGlobals() {
  const { AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: none } = process.env;
  if (none === '1' || none === 'true') return;
  globalThis.awslambda = {
    ...globalThis.awslambda,
    streamifyResponse: (handler, options) => {
      handler[STREAMING] = 'response';
      if (typeof options?.highWaterMark === 'number') {
        handler[HIGH_WATER_MARK] = Math.trunc(options.highWaterMark);
      }
      return handler;
    },
    HttpResponseStream,
    ...(isModern() ? { InvokeStore: emptyStore() } : undefined),
  };
}

/** Whether a handler streams its response, and with how large a buffer. */
function streamingOf(handler) {
  const kind = handler[STREAMING];
  if (!kind) return undefined;
  if (kind !== 'response') {
    throw new RuntimeError('MalformedStreamingHandler', 'Only response streaming is supported.');
  }
  const mark = Number(handler[HIGH_WATER_MARK]);
  return { highWaterMark: Number.isNaN(mark) || mark <= 0 ? undefined : mark };
}

module.exports = { setUpGlobals, streamingOf };
