import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { parseSubscription } from './telemetry-subscription.ts';

const DESTINATION = { protocol: 'HTTP', URI: 'http://sandbox.localdomain:8080/here?a=1' };

function parse(request: object): unknown {
  return parseSubscription('Telemetry', 'extension', JSON.stringify(request));
}

describe('a subscription to telemetry', () => {
  it('has limits of its own where it names none', () => {
    assert.deepEqual(parse({ types: ['platform', 'platform'], destination: DESTINATION }), {
      api: 'Telemetry',
      name: 'extension',
      types: ['platform'],
      buffering: { maxItems: 10_000, maxBytes: 262_144, timeoutMs: 1000 },
      destination: { protocol: 'HTTP', port: 8080, path: '/here?a=1' },
    });
  });

  for (const [name, min, max] of [
    ['maxItems', 1000, 10_000],
    ['maxBytes', 262_144, 1_048_576],
    ['timeoutMs', 25, 30_000],
  ] as const) {
    it(`takes ${name} from ${min} to ${max}, and nothing else`, () => {
      const isTaken = [min - 1, min, max, max + 1, min + 0.5].map((value) => {
        const buffering = { [name]: value };
        const types = ['function'];
        return typeof parse({ types, buffering, destination: DESTINATION }) !== 'string';
      });
      assert.deepEqual(isTaken, [false, true, true, false, false]);
    });
  }

  it('goes nowhere but to a free port of its own sandbox', () => {
    const isTaken = [
      { protocol: 'HTTP', URI: 'http://sandbox:1' },
      { protocol: 'TCP', port: 65_535 },
      { protocol: 'HTTP', URI: 'http://example.com:8080' },
      { protocol: 'HTTP', URI: 'http://sandbox.localdomain.example.com:8080' },
      { protocol: 'HTTP', URI: 'https://sandbox.localdomain:8080' },
      { protocol: 'HTTP', URI: 'http://sandbox.localdomain:9001' },
      { protocol: 'TCP', port: 9001 },
      { protocol: 'TCP', port: 0 },
      { protocol: 'TCP', port: 65_536 },
      { protocol: 'UDP', port: 8080 },
      {},
    ].map((destination) => typeof parse({ types: ['function'], destination }) !== 'string');
    assert.deepEqual(isTaken, [true, true, ...Array.from({ length: 9 }, () => false)]);
  });

  it('is taken or refused, whatever is sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        const parsed = parseSubscription('Logs', 'extension', body);
        assert.ok(typeof parsed === 'string' ? parsed.length > 0 : parsed.types.length > 0);
      }),
      { numRuns: 300 },
    );
  });
});
