/**
 * What a timeout, a crash and a failed init leave of an execution environment, in Node.js and in Python, under
 * each isolation that is here: on AWS the reset ends the processes, and keeps /tmp and the log stream.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-invoke-with-errors
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import { reasonNotToMeasureAnew } from '../support/memory-peak.ts';
import { ISOLATIONS, describeIsolated } from '../attack/sandboxed.ts';
import { NEEDS_PYTHON } from '../support/python.ts';
import { PATIENT_TIMEOUT_MS, RealPlane } from '../support/real-plane.ts';

interface Language {
  readonly name: string;
  readonly skip: string | false;
  readonly runtime: string;
  /** Fails in its init as often as its variable FAILURES says; then each event writes a line to /tmp, and ends. */
  readonly files: Readonly<Record<string, string>>;
}

const NODE: Language = {
  name: 'Node.js',
  skip: false,
  runtime: 'nodejs24.x',
  files: {
    'index.js': `const fs = require('node:fs');
      const count = (name) => {
        fs.appendFileSync('/tmp/' + name, '|');
        return fs.readFileSync('/tmp/' + name).length;
      };
      if (count('inits') <= Number(process.env.FAILURES ?? 0)) throw new Error('not yet');
      let calls = 0;
      exports.handler = async (event, context) => {
        calls += 1;
        const events = count('events');
        if (event.end === 'exit') process.exit(3);
        if (event.end === 'memory') for (const all = []; ; ) all.push(Buffer.alloc(8 << 20, 1));
        if (event.end === 'time') await new Promise((resolve) => setTimeout(resolve, 600_000));
        return { calls, events, stream: context.logStreamName };
      };`,
  },
};

const PYTHON: Language = {
  name: 'Python',
  skip: NEEDS_PYTHON.skip ?? false,
  runtime: 'python3.12',
  files: {
    'index.py': `import os, time
def count(name):
    with open("/tmp/" + name, "a") as file: file.write("|")
    return os.path.getsize("/tmp/" + name)
if count("inits") <= int(os.environ.get("FAILURES", 0)): raise Exception("not yet")
calls = 0
def handler(event, context):
    global calls
    calls += 1
    events = count("events")
    if event.get("end") == "exit": os._exit(3)
    if event.get("end") == "memory": bytearray(512 << 20)
    if event.get("end") == "time": time.sleep(600)
    return {"calls": calls, "events": events, "stream": context.log_stream_name}`,
  },
};

/** Of an event that is to be late: this, or so many times what one took that was not. */
const LATE_MS = 1000;
const LATE_TIMES = 20;
const ENDS = {
  time: /Sandbox\.Timedout/,
  exit: /Runtime\.ExitError.*exit status 3/,
  memory: /Runtime\.OutOfMemory/,
};

for (const isolation of ISOLATIONS) {
  describeIsolated(`functions that are reset under ${isolation.name}`, isolation, () => {
    let plane: RealPlane;
    before(async () => {
      plane = await RealPlane.openIn(isolation);
    });
    after(async () => plane[Symbol.asyncDispose]());

    /** Has a function's next events end while they wait, not before they came to it, on this machine. */
    function endLateOnes(name: string): void {
      const tookMs = plane.reports.at(-1)?.durationMs ?? 0;
      plane.limitTime(name, Math.max(LATE_MS, Math.ceil(tookMs * LATE_TIMES)));
    }

    for (const { name: language, runtime, files, skip } of [NODE, PYTHON]) {
      const deploy = (overrides: Partial<FunctionVersion>): string =>
        plane.deploy(files, { runtime, memorySizeMiB: 256, ...overrides });

      describe(`in ${language}`, { skip }, () => {
        for (const [end, words] of Object.entries(ENDS)) {
          it(`go on with their /tmp and log stream, not their globals: ${end}`, async () => {
            const name = deploy({});
            const first = JSON.parse(await plane.answer(name, {}));
            if (end === 'time') endLateOnes(name);
            assert.match(await plane.answer(name, { end }), words);
            plane.limitTime(name, PATIENT_TIMEOUT_MS);
            const next = JSON.parse(await plane.answer(name, {}));
            const last = JSON.parse(await plane.answer(name, {}));
            const { stream } = first;
            assert.deepEqual(first, { calls: 1, events: 1, stream });
            assert.deepEqual(next, { calls: 1, events: 3, stream });
            assert.deepEqual(last, { calls: 2, events: 4, stream });
          });
        }

        it('begin again after inits that failed, with what these left in /tmp', async () => {
          // Two of them in the first invocation, one in the second.
          const name = deploy({ environmentVariables: { FAILURES: '3' } });
          assert.match(await plane.answer(name, {}), /not yet/);
          assert.match(await plane.answer(name, {}), /not yet/);
          const { calls, events } = JSON.parse(await plane.answer(name, {}));
          assert.deepEqual([calls, events], [1, 1]);
        });

        const measured = { skip: reasonNotToMeasureAnew() };
        it(
          'have the memory of their own processes in the report after one that had none left',
          measured,
          async () => {
            const name = deploy({});
            await plane.answer(name, { end: 'memory' });
            await plane.answer(name, {});
            const used = plane.reports.slice(-2).map(({ maxMemoryUsedMiB }) => maxMemoryUsedMiB);
            assert.equal(used[0], 256);
            assert.ok((used[1] ?? 0) < 200, used.join(' '));
          },
        );
      });
    }
  });
}
