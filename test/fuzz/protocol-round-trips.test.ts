/** What is written is read again as it was, for values of the models' own shapes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodeCbor, encodeCbor } from '#aws/protocols/cbor.ts';
import { decodeMessage, encodeMessage, MalformedMessage } from '#aws/protocols/event-stream.ts';
import { readJson, writeJson } from '#aws/protocols/json.ts';
import { element, escapeXml, writeMembers } from '#aws/protocols/xml-writer.ts';
import { parseXml, readElement } from '#aws/protocols/xml-reader.ts';
import { valuesOf } from './shape-values.ts';
import { modelOf } from './wire-requests.ts';

const RUNS = { numRuns: 25 };

test('JSON: outputs of every operation', () => {
  for (const service of ['dynamodb', 'sqs', 'kinesis', 'events']) {
    const model = modelOf(service);
    for (const name of model.operationNames()) {
      const output = model.operation(name)?.output;
      if (
        !output ||
        output.members.some(({ shape }) => 'isEventStream' in shape && shape.isEventStream)
      ) {
        continue;
      }
      fc.assert(
        fc.property(valuesOf(output), (value) => {
          const written = writeJson(output, value as Record<string, unknown>);
          assert.deepEqual(readJson(model, output, written), value);
        }),
        RUNS,
      );
    }
  }
});

/** XML keeps no control characters that its version 1.0 forbids. */
const xmlText = fc
  .string({
    unit: fc.constantFrom('a', '<', '&', '>', '"', "'", ' ', 'ü', '😀', '\r', '\n', '\t', ']]>'),
  })
  .map((value) => `x${value}x`);

test('XML: bodies of S3', () => {
  const model = modelOf('s3');
  const style = { isQuery: false, hasMilliseconds: true };
  for (const name of model.operationNames()) {
    const operation = model.operation(name);
    const payload = operation?.input.payload;
    if (operation?.isDeprecated || payload?.shape.kind !== 'structure') continue;
    const { shape } = payload;
    const values = valuesOf(shape, {
      text: xmlText,
      isInBody: ({ location, isXmlAttribute }) => location === 'body' && !isXmlAttribute,
    });
    fc.assert(
      fc.property(values, (value) => {
        const xml = element('Root', writeMembers(style, shape, value as Record<string, unknown>));
        assert.deepEqual(withoutEmpty(readElement(shape, parseXml(xml))), withoutEmpty(value));
      }),
      RUNS,
    );
  }
});

/** An empty structure or blob is an empty element, which says as much. */
function withoutEmpty(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test('XML: any text between tags', () => {
  fc.assert(
    fc.property(xmlText, (text) => {
      assert.equal(parseXml(element('a', escapeXml(text))).text, text);
    }),
  );
});

test('CBOR: any tree', () => {
  const trees = fc.anything({
    withBigInt: false,
    withNullPrototype: false,
    maxDepth: 4,
    values: [
      fc.string().map((text) => text.toWellFormed()),
      fc.maxSafeInteger(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 0, max: 1e12 }).map((ms) => new Date(ms)),
    ],
  });
  fc.assert(
    fc.property(trees, (tree) => {
      assert.deepEqual(decodeCbor(encodeCbor(tree)), tree);
    }),
    { numRuns: 1000 },
  );
});

const messages = fc.record({
  headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 40 }), {
    maxKeys: 5,
    noNullPrototype: true,
  }),
  payload: fc.uint8Array({ maxLength: 300 }),
});

test('event streams: any message', () => {
  fc.assert(
    fc.property(messages, (message) => {
      const frame = encodeMessage(message);
      const decoded = decodeMessage(frame);
      assert.equal(decoded?.bytesRead, frame.byteLength);
      assert.deepEqual(decoded.message.headers, message.headers);
      assert.deepEqual(Uint8Array.from(decoded.message.payload), message.payload);
      assert.equal(decodeMessage(frame.subarray(0, -1)), undefined);
    }),
  );
});

test('event streams: a changed byte never passes', () => {
  fc.assert(
    fc.property(messages, fc.nat(), fc.integer({ min: 1, max: 255 }), (message, at, change) => {
      const frame = Uint8Array.from(encodeMessage(message));
      const index = at % frame.length;
      frame[index] = (frame[index] ?? 0) ^ change;
      assert.throws(() => {
        if (decodeMessage(frame) === undefined) throw new MalformedMessage('cut short');
      }, MalformedMessage);
    }),
  );
});
