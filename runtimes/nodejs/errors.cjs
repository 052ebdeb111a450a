'use strict';
const { types } = require('node:util');
const { isModern } = require('./generation.cjs');

/** An error of the runtime's own: `Runtime.ImportModuleError` and the like. */
class RuntimeError extends Error {
  constructor(kind, message) {
    super(message);
    // In the log of Node.js 22 and before it is not told beside the type.
    const property = { value: `Runtime.${kind}`, enumerable: isModern(), writable: true };
    Object.defineProperty(this, 'name', { ...property, configurable: true });
  }

  /** The name of AWS's class, which JSON logs have for its type. */
  get className() {
    const kind = this.name.slice('Runtime.'.length);
    return isModern() && SUFFIXED.includes(kind) ? `${kind}Error` : kind;
  }
}

/** Of these AWS's client of Node.js 24 has classes with another name than their errors. */
const SUFFIXED = ['HandlerNotFound', 'MalformedHandlerName', 'CallbackHandlerDeprecated'];

/** The error as the Runtime API takes it. */
function errorResponse(error) {
  try {
    if (isModern() ? error instanceof Error : types.isNativeError(error) || isErrorLike(error)) {
      return {
        errorType: escapeDelete(error.name),
        errorMessage: escapeDelete(error.message),
        trace: isModern()
          ? (escapeDelete(error.stack)?.split('\n') ?? [])
          : escapeDelete(error.stack).split('\n'),
      };
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
      ...(isModern() ? { trace: [] } : undefined),
    };
  }
}

/** The X-Ray cause of an error, as a header of one line; empty where it would be too long. */
function errorCause(error) {
  try {
    const lines = escapeDelete(error.stack || '')
      .split('\n')
      .slice(1);
    const stack = lines.map((line) => {
      const text = line
        .trim()
        .replace(/[()]/g, '')
        .replace(/^\S*\s/, '');
      const space = text.lastIndexOf(' ');
      const [path, number] = text.slice(space + 1).split(':');
      return {
        path,
        line: Number.parseInt(number, 10),
        label: space === -1 ? 'anonymous' : text.slice(0, space),
      };
    });
    const cause = {
      working_directory: process.cwd(),
      exceptions: [{ type: escapeDelete(error.name), message: escapeDelete(error.message), stack }],
      paths: [...new Set(stack.map(({ path }) => path))],
    };
    const json = JSON.stringify(cause);
    return json.length < 64 * 1024 ? json : '';
  } catch {
    return '';
  }
}

function isErrorLike(value) {
  return (
    value !== null &&
    typeof value === 'object' &&
    ['name', 'message', 'stack'].every((key) => typeof value[key] === 'string' && value[key] !== '')
  );
}

/** @throws TypeError for what is no text */
function escapeDelete(text) {
  return text?.replaceAll('\x7f', '%7F');
}

module.exports = { RuntimeError, errorResponse, errorCause };
