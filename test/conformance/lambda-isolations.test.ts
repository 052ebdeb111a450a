/** The same functions under each isolation that is here: frozen, thawed, out of memory, out of time. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { ISOLATIONS, describeIsolated } from '../attack/sandboxed.ts';
import { LISTENER } from '../support/listener.ts';
import { PATIENT_TIMEOUT_MS, RealPlane } from '../support/real-plane.ts';

/** Listens at the name that AWS gives the sandbox, and prints what it hears. */
const TELLING = `${LISTENER}
def take(batch):
    for event in batch:
        if event["type"] != "extension": print("heard", event["type"], flush=True)
listen("sandbox.localdomain", 8080, take)
key = register(["INVOKE"])
subscribe("/2022-07-01/telemetry", key, "2022-12-13", ["platform", "function"], {"timeoutMs": 25}, {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080"})
while True: next_event(key)
`;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-walkthrough.html */
const TUTORIAL = `#!/bin/sh
set -euo pipefail
source $LAMBDA_TASK_ROOT/"$(echo $_HANDLER | cut -d. -f1).sh"
while true
do
  HEADERS="$(mktemp)"
  EVENT_DATA=$(curl -sS -LD "$HEADERS" "http://\${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/next")
  REQUEST_ID=$(grep -Fi Lambda-Runtime-Aws-Request-Id "$HEADERS" | tr -d '[:space:]' | cut -d: -f2)
  RESPONSE=$($(echo "$_HANDLER" | cut -d. -f2) "$EVENT_DATA")
  curl -sS "http://\${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/$REQUEST_ID/response"  -d "$RESPONSE"
done
`;
const LACKS_TOOLS = ['/bin/bash', '/usr/bin/curl'].every((path) => existsSync(path))
  ? false
  : 'needs bash and curl';

for (const isolation of ISOLATIONS) {
  describeIsolated(`functions under ${isolation.name}`, isolation, () => {
    let plane: RealPlane;
    before(async () => {
      plane = await RealPlane.openIn(isolation, { freezeAfterMs: 0 });
    });
    after(async () => plane[Symbol.asyncDispose]());

    it('keep their process from event to event, standing still between', async () => {
      const name = plane.deploy({
        'index.js': `let calls = 0, ticks = 0, restedAt = 0, ticksAtRest = 0;
          setInterval(() => { ticks += 1; }, 5);
          exports.handler = async () => {
            const before = ticks;
            const rested = calls === 0 ? Infinity : performance.now() - restedAt;
            // A timer that ran all the while would have ticked more than twice as often.
            const stoodStill = before - ticksAtRest < rested / 5 / 2;
            await new Promise((resolve) => setTimeout(resolve, 30));
            while (ticks === before) await new Promise((resolve) => setTimeout(resolve, 5));
            [restedAt, ticksAtRest] = [performance.now(), ticks];
            return [++calls, stoodStill];
          };`,
      });
      assert.equal(await plane.answer(name, {}), '[1,true]');
      await new Promise((resolve) => {
        setTimeout(resolve, 1000);
      });
      assert.equal(await plane.answer(name, {}), '[2,true]');
    });

    it('run AWS’s own example of a runtime, whose sh is bash', { skip: LACKS_TOOLS }, async () => {
      const code = { bootstrap: TUTORIAL, 'function.sh': 'handler () { echo "$1$?"; }' };
      const name = plane.deploy(code, { runtime: 'provided.al2023', handler: 'function.handler' });
      assert.equal(await plane.answer(name, 7), '70');
    });

    it('are listened to by extensions beside them', async () => {
      plane.write('layer', { 'extensions/listener': TELLING });
      const name = plane.deploy(
        { 'index.js': "exports.handler = async () => console.log('said');" },
        { layersDirectoryId: 'layer', memorySizeMiB: 512 },
      );
      const heard = () => plane.messages.join('');
      // A second event thaws the sandbox: what came last before its rest is delivered then.
      const endMs = performance.now() + PATIENT_TIMEOUT_MS;
      while (!/heard platform\.runtimeDone/.test(heard())) {
        assert.ok(performance.now() < endMs, heard());
        await plane.answer(name, {});
      }
      for (const type of ['platform.initStart', 'platform.start', 'function']) {
        assert.match(heard(), new RegExp(`^heard ${type}$`, 'm'));
      }
    });

    it('are told apart where memory ran out, where they ended, and where they were late', async () => {
      const code = `import os, time
def handler(event, context):
    if "mib" in event: return len(bytearray(event["mib"] << 20))
    if "status" in event: os._exit(event["status"])
    time.sleep(event["sleep"])`;
      const settings = { runtime: 'python3.12', memorySizeMiB: 192 };
      const name = plane.deploy({ 'index.py': code }, settings);
      assert.equal(await plane.answer(name, { mib: 64 }), String(64 * 1024 * 1024));
      assert.match(await plane.answer(name, { mib: 256 }), /"errorType":"Runtime.OutOfMemory"/);
      assert.match(await plane.answer(name, { status: 3 }), /ExitError.*exit status 3/);
      assert.equal(await plane.answer(name, { mib: 1 }), String(1024 * 1024));
      // What began anew sleeps, however long that took on this machine.
      plane.limitTime(name, 1000);
      assert.match(await plane.answer(name, { sleep: 600 }), /Sandbox\.Timedout/);
      plane.limitTime(name, PATIENT_TIMEOUT_MS);
      assert.equal(await plane.answer(name, { mib: 2 }), String(2 * 1024 * 1024));
      const used = plane.reports.map(({ maxMemoryUsedMiB }) => maxMemoryUsedMiB);
      assert.ok(
        used.some((mebibytes) => mebibytes === 192),
        used.join(' '),
      );
    });
  });
}
