import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AwsError } from '#aws/errors.ts';
import { parseDocument } from '#aws/openapi.ts';
import { readDefinition, requireImportable } from './read-definition.ts';

/** Documents that are nearly definitions: known members with anything in them. */
const MEMBERS = [
  'info',
  'paths',
  'servers',
  'security',
  'components',
  'tags',
  'x-amazon-apigateway-cors',
  '/x',
  'get',
  'x-amazon-apigateway-any-method',
  'x-amazon-apigateway-integration',
  'securitySchemes',
  'x-amazon-apigateway-authorizer',
  'requestParameters',
  '$ref',
  'type',
  '__proto__',
];
const { node } = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom('jwt', 'request', '#/components', '#/paths/~1x', '', 7, null, true),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...MEMBERS), tie('node'), { maxKeys: 6 }),
  ),
}));

test('whatever stands in a document, it is read or refused', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...MEMBERS), node), (members) => {
      const text = JSON.stringify({ ...members, openapi: '3.0.1' });
      const document = requireImportable(parseDocument(text));
      const definition = readDefinition(document, 'prepend');
      for (const { routeKey } of definition.routes) assert.equal(typeof routeKey, 'string');
    }),
    { numRuns: 1000 },
  );
});

test('any text is a document or refused', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      try {
        requireImportable(parseDocument(text));
      } catch (error) {
        assert.ok(error instanceof AwsError && error.status === 400);
      }
    }),
    { numRuns: 1000 },
  );
});
