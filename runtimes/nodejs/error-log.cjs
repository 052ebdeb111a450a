'use strict';
const { isJson } = require('./console.cjs');
const { errorResponse } = require('./errors.cjs');
const { isModern } = require('./generation.cjs');

/**
 * Writes an error into the log as AWS's runtime does.
 * @throws TypeError for what cannot be text
 */
function logError(title, error) {
  const text = (value) => (isModern() ? String(value) : value);
  const shown = error instanceof Error ? error : new Error(text(error));
  if (isJson()) console.error(shown);
  else console.error(title, `\t${formatted(shown)}`);
}

function formatted(error) {
  try {
    return JSON.stringify(error, (_key, value) =>
      value instanceof Error ? enumerable(value) : value,
    );
  } catch {
    return JSON.stringify(errorResponse(error));
  }
}

function enumerable(error) {
  const copy = Object.assign(
    { errorType: error.name, errorMessage: error.message, code: error.code },
    error,
  );
  if (typeof error.stack === 'string') copy.stack = error.stack.split('\n');
  return copy;
}

module.exports = { logError };
