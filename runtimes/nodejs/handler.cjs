'use strict';
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { RuntimeError } = require('./errors.cjs');
const { isModern } = require('./generation.cjs');

const CALLBACK_REFUSED =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';
// What cannot be found is said to be missing from here, as on AWS.
const requireHere = createRequire('/var/runtime/index.mjs');

/**
 * The function that `a/b.c.handler` names: module `b` in folder `a`, its export `c.handler`.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
async function loadHandler(taskRoot, name) {
  if (name.includes('..')) {
    throw new RuntimeError(
      'MalformedHandlerName',
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const base = path.basename(name);
  const folder = name.slice(0, name.indexOf(base));
  const match = /^([^.]*)\.(.*)$/.exec(base);
  if (match === null) throw new RuntimeError('MalformedHandlerName', 'Bad handler');
  const [, moduleName, exportName] = match;
  resolveLayers();
  const loaded = await loadModule(taskRoot, folder, moduleName);
  const handler = findExport(loaded, exportName) ?? findExport(loaded?.default, exportName);
  if (!handler) {
    throw new RuntimeError('HandlerNotFound', `${name} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw new RuntimeError('HandlerNotFound', `${name} is not a function`);
  }
  refuseCallback(handler);
  return handler;
}

async function loadModule(taskRoot, folder, moduleName) {
  const stem = path.resolve(taskRoot, folder, moduleName);
  try {
    // Before Node.js 24 a folder is required, too: Node.js looks for a file of the name first, then into the folder.
    if (!isModern() && isFolder(stem)) return requireHere(stem);
    for (const extension of ['', '.js', '.mjs', '.cjs']) {
      const file = stem + extension;
      if (isFile(file)) return await loadFile(file);
    }
    return requireHere(
      requireHere.resolve(moduleName, { paths: [taskRoot, path.join(taskRoot, folder)] }),
    );
  } catch (error) {
    if (error instanceof SyntaxError) {
      const wrapped = new RuntimeError('UserCodeSyntaxError', String(error));
      if (isModern()) wrapped.stack = error.stack;
      throw wrapped;
    }
    if (error?.code === 'MODULE_NOT_FOUND') {
      throw new RuntimeError('ImportModuleError', `${error.name}: ${error.message}`);
    }
    throw error;
  }
}

async function loadFile(file) {
  if (file.endsWith('.mjs') || (!file.endsWith('.cjs') && isInModulePackage(file))) {
    return importFile(file);
  }
  try {
    return requireHere(file);
  } catch (error) {
    // A file of ES module syntax that awaits at its top level cannot be required.
    if (error?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    return importFile(file);
  }
}

/** With another `query` it is another module, from the same file. */
function importFile(file, query = '') {
  return import(pathToFileURL(file).href + query);
}

function isInModulePackage(file) {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    try {
      const manifest = fs.readFileSync(path.join(folder, 'package.json'), 'utf8');
      return JSON.parse(manifest).type === 'module';
    } catch (error) {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') return false;
    }
    if (folder === path.dirname(folder)) return false;
  }
}

function isFolder(path) {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** Node.js 24 looks into objects alone, not into what a function or a class has. */
function findExport(from, name) {
  const kinds = isModern() ? ['object'] : ['object', 'function'];
  return name
    .split('.')
    .reduce(
      (value, key) => (value !== null && kinds.includes(typeof value) ? value[key] : undefined),
      from,
    );
}

/** Node.js 24 dropped callbacks on AWS; older runtimes still take them. */
function refuseCallback(handler) {
  const isStreaming = Boolean(handler[Symbol.for('aws.lambda.runtime.handler.streaming')]);
  if (isModern() && !isStreaming && handler.length >= 3) {
    throw new RuntimeError('CallbackHandlerDeprecated', CALLBACK_REFUSED);
  }
}

let areLayersResolved = false;

/** Lets `import` find what NODE_PATH names, as `require` does: layers, and AWS's SDK. */
function resolveLayers() {
  if (areLayersResolved) return;
  areLayersResolved = true;
  require('node:module').registerHooks({
    resolve: (specifier, context, next) => {
      try {
        return next(specifier, context);
      } catch (error) {
        const isBare = /^(?![./]|[a-z]+:)/i.test(specifier);
        if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !isBare) throw error;
        for (const parentURL of layerParents()) {
          try {
            return next(specifier, { ...context, parentURL });
          } catch {
            // The next folder may have it; where none has, the first error tells.
          }
        }
        throw error;
      }
    },
  });
}

/** Modules that would find each folder of NODE_PATH by themselves. */
function layerParents() {
  return (process.env.NODE_PATH || '')
    .split(':')
    .filter((folder) => folder.endsWith('/node_modules'))
    .map((folder) => pathToFileURL(path.join(path.dirname(folder), 'parent.mjs')).href);
}

module.exports = { importFile, loadHandler };
