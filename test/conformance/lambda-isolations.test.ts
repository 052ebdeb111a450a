/** The same functions under each isolation that is here: frozen, thawed, out of memory, out of time. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { ISOLATIONS, describeIsolated } from '../attack/sandboxed.ts';
import { PATIENT_TIMEOUT_MS, RealPlane } from '../support/real-plane.ts';

/** Listens at the name that AWS gives the sandbox, and prints what it hears. */
const LISTENER = `#!/usr/bin/python3
import http.server, json, os, threading, urllib.request as r
class Taker(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        for event in json.loads(self.rfile.read(int(self.headers["Content-Length"]))):
            if event["type"] != "extension": print("heard", event["type"], flush=True)
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
server = http.server.HTTPServer(("sandbox.localdomain", 8080), Taker)
threading.Thread(target=server.serve_forever, daemon=True).start()
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"]
ask = r.Request(api + "/2020-01-01/extension/register", data=b'{"events": ["INVOKE"]}', headers={"Lambda-Extension-Name": "listener"})
with r.urlopen(ask) as answer: key = {"Lambda-Extension-Identifier": answer.headers["Lambda-Extension-Identifier"]}
body = {"schemaVersion": "2022-12-13", "types": ["platform", "function"], "buffering": {"timeoutMs": 25}, "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080"}}
r.urlopen(r.Request(api + "/2022-07-01/telemetry", method="PUT", data=json.dumps(body).encode(), headers=key))
while True: r.urlopen(r.Request(api + "/2020-01-01/extension/event/next", headers=key)).read()
`;

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

    it('are listened to by extensions beside them', async () => {
      plane.write('layer', { 'extensions/listener': LISTENER });
      const name = plane.deploy(
        { 'index.js': "exports.handler = async () => console.log('said');" },
        { layersDirectoryId: 'layer', memorySizeMiB: 512 },
      );
      const heard = () => plane.messages.join('');
      // A second event thaws the sandbox: what came last before its rest is delivered then.
      for (let calls = 0; !/heard platform\.runtimeDone/.test(heard()); calls += 1) {
        assert.ok(calls < 20, heard());
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
