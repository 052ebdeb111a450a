import assert from 'node:assert/strict';
import { test } from 'node:test';

import { functionUrlOrigin } from './function-url-origin.ts';

test('function URLs are below the name at which clients reach the server, with its scheme and port', () => {
  assert.equal(
    functionUrlOrigin('https://hearth.example:8443').origin,
    'https://hearth.example:8443',
  );
  assert.equal(functionUrlOrigin('https://hearth.example').origin, 'https://hearth.example');
});

test('an address has no names below it: they are below localhost', () => {
  assert.equal(functionUrlOrigin('http://127.0.0.1:5000').origin, 'http://localhost:5000');
  assert.equal(functionUrlOrigin('http://[::1]:5000').origin, 'http://localhost:5000');
});
