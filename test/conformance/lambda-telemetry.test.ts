/** The Telemetry API, and the Logs API before it, with an extension under each isolation that is here. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { MIB } from '#kernel/units.ts';
import { LISTENER } from '../support/listener.ts';
import { payloadOf } from '../support/invoke-plane.ts';
import { describePlanes } from '../support/planes.ts';
import { PATIENT_TIMEOUT_MS } from '../support/real-plane.ts';
import type { RealPlane } from '../support/real-plane.ts';

/** What the extension's report begins with, in the log. */
const REPORT = 'HEARD ';
/** A shutdown lasts 2 s; what was said in it is in the log a moment later. */
const SHUTDOWN_PATIENCE_MS = 15_000;

/**
 * Subscribes to everything, keeps what it gets, waits for events, and prints a report at the end. What was kept
 * before the shutdown comes while it lasts, which is 2 s at the most.
 */
function listener(path: string, schema: string, port: number): string {
  return `${LISTENER}
heard = []
listen("127.0.0.1", ${port}, heard.extend)
key = register(["INVOKE", "SHUTDOWN"])
def to(destination):
    buffering = {"maxItems": 1000, "maxBytes": 262144, "timeoutMs": 25}
    return subscribe("${path}", key, "${schema}", ["platform", "function", "extension"], buffering, {"protocol": "HTTP", "URI": destination})
answers = [to("http://example.com:${port}"), to("http://sandbox.localdomain:${port}/here")]
print("said by the extension", flush=True)
while True:
    event = next_event(key)
    if event["eventType"] == "SHUTDOWN":
        last = "platform.report" if event["shutdownReason"] == "spindown" else "platform.start"
        end = time.monotonic() + 1.5
        while time.monotonic() < end and not any(it["type"] == last for it in heard): time.sleep(0.01)
        late = to("http://sandbox:${port}")
        print("${REPORT}" + json.dumps({"answers": answers, "late": late, "reason": event["shutdownReason"], "heard": heard}), flush=True)
        sys.exit(0)
`;
}

interface Heard {
  readonly answers: readonly (readonly [number, string])[];
  readonly late: readonly [number, string];
  readonly reason: string;
  readonly heard: readonly { time: string; type: string; record: Record<string, unknown> }[];
}

describePlanes('the Telemetry API', (open) => {
  let plane: RealPlane;
  before(async () => {
    plane = await open();
  });
  after(async () => plane[Symbol.asyncDispose]());

  /** Runs one event, whose environment then ends; what the extension heard, where its shutdown let it say so. */
  async function listenOnce(layersDirectoryId: string, code: string, event: object) {
    const before = plane.messages.length;
    const name = plane.deploy({ 'index.js': code }, { layersDirectoryId, memorySizeMiB: 1769 });
    const outcome = await plane.invoke(name, event);
    await payloadOf(outcome);
    assert.ok(outcome.kind !== 'throttled');
    await outcome.report;
    const found = plane.catalog.functions.get(name);
    assert.ok(found?.kind === 'found');
    plane.catalog.put({ ...found.version, revisionId: 'revision-2' });
    const endMs = performance.now() + SHUTDOWN_PATIENCE_MS;
    for (;;) {
      const told = plane.messages.slice(before).find((message) => message.startsWith(REPORT));
      if (told !== undefined) return JSON.parse(told.slice(REPORT.length)) as Heard;
      if (performance.now() > endMs) return undefined;
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
  }

  /** The same, until an extension was fast enough: a shutdown ends after its time on the slowest machine, too. */
  async function listen(extension: string, code: string, event: object): Promise<Heard> {
    const layer = `layer-${code.length}-${extension.length}`;
    plane.write(layer, { 'extensions/listener': extension });
    const endMs = performance.now() + PATIENT_TIMEOUT_MS;
    for (;;) {
      const heard = await listenOnce(layer, code, event);
      if (heard !== undefined) return heard;
      assert.ok(performance.now() < endMs, `nothing was heard: ${plane.messages.join('')}`);
    }
  }

  const CODE = `exports.handler = async (event) => {
    console.log('said by the function');
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (event.dies) process.exit(7);
  };`;

  it('tells a subscriber of everything from the start of the init on', async () => {
    const extension = listener('/2022-07-01/telemetry', '2022-12-13', 8151);
    const { answers, late, reason, heard } = await listen(extension, CODE, {});
    assert.deepEqual(answers, [
      [400, 'ValidationError'],
      [200, 'OK'],
    ]);
    assert.deepEqual(late, [403, 'Telemetry.SubscriptionClosed']);
    assert.equal(reason, 'spindown');
    const types = heard.map(({ type }) => type);
    assert.deepEqual(types.filter((type) => type.startsWith('platform.')).sort(), [
      'platform.extension',
      'platform.initReport',
      'platform.initRuntimeDone',
      'platform.initStart',
      'platform.report',
      'platform.runtimeDone',
      'platform.start',
      'platform.telemetrySubscription',
    ]);
    assert.equal(types[0], 'platform.initStart');
    const said = heard.find(({ type }) => type === 'function');
    assert.match(JSON.stringify(said?.record), /\\tINFO\\tsaid by the function\\n"$/);
    assert.ok(
      heard.some((it) => it.type === 'extension' && JSON.stringify(it.record).includes('said by')),
    );
    const done = heard.find(({ type }) => type === 'platform.runtimeDone');
    assert.equal(done?.record['status'], 'success');
    const spans = done.record['spans'] as readonly { name: string; durationMs: number }[];
    assert.deepEqual(
      spans.map(({ name }) => name),
      ['responseLatency', 'responseDuration', 'runtimeOverhead'],
    );
    const metrics = done.record['metrics'] as { durationMs: number; producedBytes: number };
    assert.equal(metrics.producedBytes, 'null'.length);
    const spent = spans.reduce((sum, span) => sum + span.durationMs, 0);
    // Timers may be a millisecond early; what is between two readings of the clock is no half of it.
    assert.ok(metrics.durationMs >= 99, JSON.stringify(done.record));
    const apartMs = Math.abs(spent - metrics.durationMs);
    assert.ok(apartMs < metrics.durationMs / 2, JSON.stringify(done.record));
    const start = heard.find(({ type }) => type === 'platform.initStart');
    assert.equal(start?.record['instanceMaxMemory'], 1769 * MIB);
    assert.match(plane.messages.join(''), /TELEMETRY\tName: listener\tState: Subscribed\tTypes: /);
  });

  it('tells a subscriber of the Logs API in the schema that it knows', async () => {
    const { answers, heard } = await listen(
      listener('/2020-08-15/logs', '2021-03-18', 8152),
      CODE,
      {},
    );
    assert.equal(answers[1]?.[0], 200);
    const types = new Set(heard.map(({ type }) => type).filter((type) => type !== 'extension'));
    assert.deepEqual([...types].sort(), [
      'function',
      'platform.end',
      'platform.extension',
      'platform.logsSubscription',
      'platform.report',
      'platform.runtimeDone',
      'platform.start',
    ]);
  });

  it('goes on to the shutdown where the function ends its process', async () => {
    const extension = listener('/2022-07-01/telemetry', '2022-07-01', 8153);
    const { reason, heard } = await listen(extension, CODE, { dies: true });
    assert.equal(reason, 'failure');
    assert.ok(heard.some(({ type }) => type === 'platform.start'));
    assert.doesNotMatch(plane.messages.join(''), /Terminated/);
    assert.match(plane.messages.join(''), /Status: error\tError Type: Runtime.ExitError/);
  });
});
