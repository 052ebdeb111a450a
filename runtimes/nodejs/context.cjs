'use strict';
const { current } = require('./console.cjs');
const { storeEvent } = require('./invoke-store.cjs');

/** What a handler gets as its second argument, by the headers of the event; in the order of AWS's older client. */
function contextOf(headers) {
  return {
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    ...eventOf(headers),
    getRemainingTimeInMillis: remainingTimeOf(headers),
  };
}

/** The same for Node.js 24 and later, with the trace, and in the order of AWS's client for those. */
function modernContextOf(headers) {
  return {
    ...eventOf(headers),
    xRayTraceId: headers['lambda-runtime-trace-id'],
    getRemainingTimeInMillis: remainingTimeOf(headers),
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
}

function eventOf(headers) {
  return {
    clientContext: json(headers['lambda-runtime-client-context']),
    identity: json(headers['lambda-runtime-cognito-identity']),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: headers['lambda-runtime-aws-tenant-id'],
  };
}

function remainingTimeOf(headers) {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return () => deadlineMs - Date.now();
}

/** Makes an event the one in hand: for the log, for X-Ray's SDK and for the store of invocations. */
function enter(headers) {
  current.requestId = headers['lambda-runtime-aws-request-id'];
  current.tenantId = headers['lambda-runtime-aws-tenant-id'];
  const trace = headers['lambda-runtime-trace-id'];
  if (trace === undefined) delete process.env._X_AMZN_TRACE_ID;
  else process.env._X_AMZN_TRACE_ID = trace;
  storeEvent(headers);
}

function json(header) {
  return header ? JSON.parse(Buffer.from(header, 'latin1').toString()) : undefined;
}

module.exports = { contextOf, enter, modernContextOf };
