'use strict';

/**
 * Whether the function's runtime is Node.js 24 or later, for which AWS wrote its client anew: without callbacks,
 * with errors and log lines of its own. A binding sets it: it is asked for where it is needed.
 */
function isModern() {
  return !/nodejs(18|20|22)\.x$/.test(process.env.AWS_EXECUTION_ENV || '');
}

module.exports = { isModern };
