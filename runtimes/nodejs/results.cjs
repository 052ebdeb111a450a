'use strict';
const { logError } = require('./error-log.cjs');
const { errorCause, errorResponse, RuntimeError } = require('./errors.cjs');
const { isModern } = require('./generation.cjs');

/**
 * The response as JSON.
 * @throws TypeError for a function or a symbol, of which JSON says nothing, as AWS's client does
 */
function serialize(value) {
  let text;
  try {
    text = JSON.stringify(value === undefined ? null : value);
  } catch {
    const message = 'Unable to stringify response body';
    throw isModern() ? new RuntimeError('JSONStringifyError', message) : new Error(message);
  }
  if (text === undefined) throw new TypeError('Wrong arguments');
  return text;
}

/** Logs a handler's error, and what is posted of it. */
function failureOf(error) {
  logError('Invoke Error', error);
  return errorPost(error);
}

/** Body and headers with which an error is posted. */
function errorPost(error) {
  const response = errorResponse(error);
  const headers = { 'Lambda-Runtime-Function-Error-Type': response.errorType };
  const cause = errorCause(error);
  if (cause !== '') headers['Lambda-Runtime-Function-XRay-Error-Cause'] = cause;
  return { body: JSON.stringify(response), headers };
}

module.exports = { serialize, failureOf, errorPost };
