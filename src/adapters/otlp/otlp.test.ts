import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import type { AddressInfo } from 'node:net';
import { systemRandom } from '#adapters/system-random/index.ts';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';
import type { Log } from '#ports/world/log.ts';
import { openTraces } from './index.ts';

const TRACE_ID = '5759e988bd862e3fe1be46a994272793';
const REPORT: InvocationReport = {
  requestId: 'r',
  accountId: '000000000000',
  region: 'us-east-1',
  functionName: 'f',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  version: '$LATEST',
  source: 'invoke',
  traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
  architecture: 'x86_64',
  initializationType: 'on-demand',
  startedAtMs: 1_700_000_000_250,
  durationMs: 10.5,
  initDurationMs: 250,
  billedDurationMs: 261,
  memorySizeMiB: 128,
  temporaryStorageMiB: 512,
  maxMemoryUsedMiB: 40,
};

const warnings: string[] = [];
const log: Log = {
  debug: () => {},
  info: () => {},
  warn: (message) => void warnings.push(message),
  error: () => {},
};

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code: number; readonly message?: string };
}

interface Export {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: Span[] }[] }[];
}

/** A collector on loopback, and what it received. */
async function collect(use: (endpoint: string) => Promise<void>): Promise<Span[]> {
  const spans: Span[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      assert.equal(request.url, '/v1/traces');
      for (const { scopeSpans } of (body as Export).resourceSpans)
        for (const scope of scopeSpans) spans.push(...scope.spans);
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  server.close();
  server.closeAllConnections();
  return spans;
}

describe('traces', () => {
  test("are a span for the invocation below the caller's, and one for its init below that", async () => {
    const spans = await collect(async (endpoint) => {
      await using traces = await openTraces({ endpoint, random: systemRandom, log });
      traces.report(REPORT);
    });
    const [invocation, init] = spans;
    assert.equal(spans.length, 2);
    assert.deepEqual(
      [invocation?.name, invocation?.traceId, invocation?.parentSpanId],
      ['f', TRACE_ID, '53995c3f42cd8ad8'],
    );
    assert.deepEqual(
      [invocation?.startTimeUnixNano, invocation?.endTimeUnixNano],
      ['1700000000000000000', '1700000000260500000'],
    );
    assert.deepEqual(
      [init?.name, init?.traceId, init?.parentSpanId],
      ['init', TRACE_ID, invocation?.spanId],
    );
    assert.equal(init?.endTimeUnixNano, '1700000000250000000');
  });

  test('tell failures, and stand alone where the header names no trace', async () => {
    const { initDurationMs: _, ...warm } = REPORT;
    const spans = await collect(async (endpoint) => {
      await using traces = await openTraces({
        endpoint: `${endpoint}/`,
        random: systemRandom,
        log,
      });
      traces.report({
        ...warm,
        traceHeader: 'mine',
        failure: 'timeout',
        errorType: 'Sandbox.Timedout',
      });
    });
    assert.equal(spans.length, 1);
    assert.deepEqual(spans[0]?.status, { code: 2, message: 'Sandbox.Timedout' });
    assert.match(spans[0]?.traceId ?? '', /^[0-9a-f]{32}$/);
    assert.equal(spans[0]?.parentSpanId, undefined);
  });

  test('are lost, and nothing else, where no collector answers', async () => {
    let endpoint = '';
    await collect(async (one) => void (endpoint = one));
    {
      await using traces = await openTraces({ endpoint, random: systemRandom, log });
      traces.report(REPORT);
    }
    assert.deepEqual(warnings, ['the last traces could not be sent']);
  });
});
