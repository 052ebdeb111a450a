import assert from 'node:assert/strict';
import { test } from 'node:test';

import { clientOrigin } from './client-origin.ts';

test('URLs and APIs are below the name at which clients reach the server, with its scheme and port', () => {
  assert.equal(clientOrigin('https://hearth.example:8443').origin, 'https://hearth.example:8443');
  assert.equal(clientOrigin('https://hearth.example').origin, 'https://hearth.example');
});

test('an address has no names below it: they are below localhost', () => {
  assert.equal(clientOrigin('http://127.0.0.1:5000').origin, 'http://localhost:5000');
  assert.equal(clientOrigin('http://[::1]:5000').origin, 'http://localhost:5000');
});
