'use strict';
const { current } = require('./console.cjs');

/** What a handler gets as its second argument, by the headers of the event; a modern one with its trace. */
function contextOf(headers, isModern = false) {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return {
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: json(headers['lambda-runtime-client-context']),
    identity: json(headers['lambda-runtime-cognito-identity']),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: headers['lambda-runtime-aws-tenant-id'],
    ...(isModern ? { xRayTraceId: headers['lambda-runtime-trace-id'] } : undefined),
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

/** Makes an event the one in hand: for the log, and for X-Ray's SDK. */
function enter(headers) {
  current.requestId = headers['lambda-runtime-aws-request-id'];
  current.tenantId = headers['lambda-runtime-aws-tenant-id'];
  const trace = headers['lambda-runtime-trace-id'];
  if (trace === undefined) delete process.env._X_AMZN_TRACE_ID;
  else process.env._X_AMZN_TRACE_ID = trace;
}

function json(header) {
  return header ? JSON.parse(Buffer.from(header, 'latin1').toString()) : undefined;
}

module.exports = { contextOf, enter };
