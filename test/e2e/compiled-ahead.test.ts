/** Code that was compiled ahead: a start that finds it does what any other does. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { createBenchClient, type Send } from '../../bench/client.ts';
import { createFunction, invocationRequest, makeCold } from '../../bench/functions.ts';
import { describeSandboxed } from '../attack/sandboxed.ts';

/** Enough code to be compiled when it is stored, and enough of it that what comes of it is worth a mount. */
const functions = (line: (count: number) => string): string =>
  Array.from({ length: 4000 }, (_, count) => line(count)).join('\n');
const LIBRARY_JS = functions((count) => `exports.f${count} = (() => ${count});`);
const LIBRARY_PY = functions((count) => `def f${count}():\n    return ${count}`);
const NODE = `
import { createRequire, getCompileCacheDir } from 'node:module';
import { readdirSync, writeFileSync } from 'node:fs';
import './evaluated.mjs';
import library from './library.js';
globalThis.starts = (globalThis.starts ?? 0) + 1;
const folder = getCompileCacheDir();
const refused = (path) => { try { writeFileSync(path, 'x'); } catch ({ code }) { return code; } };
export const handler = async () => ({
  starts, folder, answer: library.f7(), evaluated: globalThis.evaluated,
  broken: (() => { try { createRequire(import.meta.url)('./broken.js'); } catch ({ name }) { return name; } })(),
  refused: folder && [refused(folder + '/new'), ...readdirSync(folder).map((name) => refused(folder + '/' + name))],
  variables: Object.entries(process.env).filter(([name]) => /HEARTH|COMPILE/.test(name)),
});`;
const PYTHON = `
import os
import builtins
import library
builtins.starts = getattr(builtins, "starts", 0) + 1
folder = library.__cached__ if "compiled" in library.__cached__ else None
def refused(path):
    try: open(path, "w")
    except OSError as error: return error.strerror
def broken():
    try: import broken
    except SyntaxError as error: return type(error).__name__
def handler(event, context):
    return {
        "starts": starts, "folder": folder, "answer": library.f7(), "evaluated": 1, "broken": broken(),
        "refused": folder and [refused(folder), refused(folder + ".new")],
        "variables": [entry for entry in os.environ.items() if "HEARTH" in entry[0]],
    }
`;
const LANGUAGES = [
  {
    name: 'compiled-node',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    files: {
      'index.mjs': NODE,
      'library.js': LIBRARY_JS,
      'evaluated.mjs': 'globalThis.evaluated = (globalThis.evaluated ?? 0) + 1;\nawait 1;',
      'broken.js': 'this is no JavaScript',
      // Nobody imports it: whoever runs it ends the process that does.
      'alone.js': 'process.exit(1)',
      'alone.mjs': 'process.exit(1)',
    },
    broken: 'SyntaxError',
    refused: ['EROFS'],
  },
  {
    name: 'compiled-python',
    runtime: 'python3.12',
    handler: 'app.handler',
    files: {
      'app.py': PYTHON,
      'library.py': LIBRARY_PY,
      'broken.py': 'this is no Python',
      'alone.py': 'import os\nos._exit(1)',
    },
    broken: 'SyntaxError',
    refused: ['Read-only file system'],
  },
];
/** The function's own, whatever it is called. */
const OWN = 'HEARTH_COMPILED';
const READY_MS = 120_000;

interface Seen {
  readonly starts: number;
  readonly folder?: string | null;
  readonly answer: number;
  readonly evaluated: number;
  readonly broken: string;
  readonly refused?: readonly string[] | null;
  readonly variables: readonly (readonly string[])[];
}

describeSandboxed('code that was compiled ahead', () => {
  let server: ExampleServer;
  let send: Send;
  before(async () => {
    server = await startServer({ flags: ['--log-level', 'warn'] });
    send = createBenchClient(server);
  });
  after(async () => server.stop());

  async function call(name: string): Promise<Seen> {
    const { body } = await send(invocationRequest(name, {}));
    // The functions above wrote it.
    return JSON.parse(body.toString()) as Seen;
  }

  /** The first start that finds what was compiled; those before are looked at, too. */
  async function seeCompiled(name: string): Promise<readonly Seen[]> {
    const seen: Seen[] = [];
    const endAt = performance.now() + READY_MS;
    for (let count = 0; ; count += 1) {
      const last = await call(name);
      seen.push(last);
      if (typeof last.folder === 'string') return seen;
      assert.ok(performance.now() < endAt, `nothing was compiled: ${server.said()}`);
      await sleep(100);
      await makeCold(send, name, count + 1, OWN);
    }
  }

  for (const { broken, refused, ...description } of LANGUAGES) {
    it(`changes nothing for the function, which cannot change it: ${description.name}`, async () => {
      const { name } = description;
      await createFunction(send, { ...description, environment: { [OWN]: '0' } });
      const seen = await seeCompiled(name);
      for (const [count, one] of seen.entries()) {
        const { starts, answer, evaluated, broken: failure, variables } = one;
        assert.deepEqual({ starts, answer, evaluated }, { starts: 1, answer: 7, evaluated: 1 });
        assert.deepEqual([failure, variables], [broken, [[OWN, String(count)]]]);
      }
      const last = seen.at(-1);
      assert.match(last?.folder ?? '', /^\/var\/lang\/compiled\//);
      assert.deepEqual([...new Set(last?.refused)], refused);
    });
  }
});
