'use strict';
/*
 * Node.js as a zygote: booted once, with privileges and without anybody's code, and forked into
 * sandboxes. `becomeFork` returns in a fork, which has the sandbox's user, namespaces and filter.
 */
const v8 = require('node:v8');
const vm = require('node:vm');

function becomeFork() {
  const library = { exports: {} };
  process.dlopen(library, process.env.HEARTH_ZYGOTE);
  const { wait, noteExitCode, noteNaming } = library.exports;
  // What a fork does first is compiled here.
  property(process, 'pid');
  ownId();
  seedMathRandom(() => {});
  collectGarbage();
  wait();
  // It was off (runtime-table.ts), or each fork would begin by collecting what the zygote left.
  v8.setFlagsFromString('--memory-reducer');
  Object.defineProperty(process, 'pid', { ...property(process, 'pid'), value: ownId() });
  process.execArgv.length = 0;
  seedMathRandom(Math.random);
  tellExitCode(noteExitCode);
  return { useCompiled: (folder) => useCompiled(folder, noteNaming) };
}

/** Lets modules be loaded as they were compiled before (compile.cjs). Nothing can be added to the folder. */
function useCompiled(folder, noteNaming) {
  noteNaming(1);
  try {
    require('node:module').enableCompileCache(folder);
  } finally {
    noteNaming(0);
  }
}

/** Tells the library, which ends the process where Node.js would wait for threads that are not there. */
function tellExitCode(noteExitCode) {
  const { reallyExit } = process;
  process.reallyExit = (code) => {
    noteExitCode(code || 0);
    reallyExit.call(process, code);
  };
  process.on('exit', noteExitCode);
}

/** What lives is moved together now, so that forks write to fewer of the pages that they share. */
function collectGarbage() {
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc');
  v8.setFlagsFromString('--no-expose-gc');
  gc();
  gc();
}

function property(object, name) {
  return Object.getOwnPropertyDescriptor(object, name);
}

function ownId() {
  return Number(require('node:fs').readlinkSync('/proc/self'));
}

/** Each fork would draw the same numbers: V8 takes its seed when the first one is asked for. */
function seedMathRandom(draw) {
  const seed = 1 + (require('node:crypto').randomBytes(4).readUInt32LE() % 0x7ffffffe);
  v8.setFlagsFromString(`--random-seed=${seed}`);
  draw();
  v8.setFlagsFromString('--random-seed=0');
}

module.exports = { becomeFork };
