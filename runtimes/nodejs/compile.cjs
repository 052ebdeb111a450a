'use strict';
/*
 * Compiles a function's code, runs none of it, and writes what V8 made of it to stdout: a zip archive of
 * a folder for `module.enableCompileCache`. Started with NODE_COMPILE_CACHE, in a sandbox of its own.
 * @see https://nodejs.org/docs/latest-v24.x/api/module.html#module-compile-cache
 */
const fs = require('node:fs');
const { Module, createRequire, flushCompileCache, getCompileCacheDir } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { zipOf } = require('./zip.cjs');

const ROOTS = ['/var/task', '/opt/nodejs'];
/** What of it a function names is compiled, too: AWS's SDK. */
const SHARED = '/var/runtime/node_modules/';
const FILES_MAX = 5000;
const SOURCE_BYTES_MAX = 64 * 1024 * 1024;
/** More of it is thrown away (ahead-compiler.ts). */
const ARCHIVE_BYTES_MAX = 32 * 1024 * 1024;
/** What an archive says of one file, and of itself. */
const ENTRY_BYTES_MAX = 512;
const NAMED = /\b(?:require\(|from\s*|import\s*\(?\s*)["']([^"'\n]{1,200})["']/g;
const COMPILED = new Error('compiled, and not run');

async function main() {
  const files = ROOTS.flatMap((root) => [...filesBelow(root)]).slice(0, FILES_MAX);
  let left = SOURCE_BYTES_MAX;
  // More come as they are named.
  const known = new Set(files);
  for (const file of known) {
    left -= fs.statSync(file).size;
    if (left < 0 || known.size > FILES_MAX) break;
    const source = fs.readFileSync(file, 'utf8');
    for (const name of sharedNames(file, source)) known.add(name);
    if (isModule(file) || !compileScript(file, source)) await compileModule(file);
  }
  flushCompileCache();
  write(zipOf(cacheFiles()));
}

function write(bytes) {
  for (let at = 0; at < bytes.length;) at += fs.writeSync(1, bytes, at);
}

function* filesBelow(root) {
  if (!fs.existsSync(root)) return;
  for (const entry of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && /\.[cm]?js$/.test(entry.name))
      yield path.join(entry.parentPath, entry.name);
  }
}

function* sharedNames(file, source) {
  const { resolve } = createRequire(file);
  for (const [, name] of source.matchAll(NAMED)) {
    if (name.startsWith('.') && !file.startsWith(SHARED)) continue;
    try {
      const found = resolve(name);
      if (found.startsWith(SHARED) && found.endsWith('js')) yield found;
    } catch {
      // It is not there, or only looks like a name.
    }
  }
}

function isModule(file) {
  if (!file.endsWith('.js')) return file.endsWith('.mjs');
  for (let folder = path.dirname(file); folder !== '/'; folder = path.dirname(folder)) {
    try {
      return (
        JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).type === 'module'
      );
    } catch (error) {
      if (error.code !== 'ENOENT') return false;
    }
  }
  return false;
}

/** As `require` does, up to where it would run it; false where it is no CommonJS. */
function compileScript(file, source) {
  const module = new Module(file);
  // What it exports is asked for after it was compiled, and before it is run.
  const refuse = () => {
    throw COMPILED;
  };
  Object.defineProperty(module, 'exports', { get: refuse });
  let end;
  try {
    module._compile(source, file, 'commonjs');
    // It has run: no later Node may go on with this.
    process.exit(1);
  } catch (error) {
    end = error;
  }
  return end === COMPILED;
}

/** As `import` does, with all that it imports, up to a name that is nowhere: nothing runs before all names are found. */
async function compileModule(file) {
  const source = `import ${JSON.stringify(pathToFileURL(file).href)};import{none}from"node:path"`;
  await import(`data:text/javascript,${encodeURIComponent(source)}`).catch(() => {});
}

/** The folder has its user's number in its name; the forks of a zygote look for the one of number 0. */
function* cacheFiles() {
  const folder = getCompileCacheDir();
  const name = path.basename(folder).replace(/-\d+$/, '-0');
  let left = ARCHIVE_BYTES_MAX - ENTRY_BYTES_MAX;
  for (const entry of fs.readdirSync(folder)) {
    const bytes = fs.readFileSync(path.join(folder, entry));
    left -= bytes.length + ENTRY_BYTES_MAX;
    if (left < 0) return;
    yield [`${name}/${entry}`, bytes];
  }
}

void main();
