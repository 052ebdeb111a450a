import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createWindows } from './windows.ts';

test('a window opens by one for each end while it is full', () => {
  const windows = createWindows();
  const running = Array.from({ length: 10 }, () => windows.enter('a'));
  assert.equal(windows.room('a'), 0);
  running.pop()?.leave(false);
  assert.equal(windows.room('a'), 2);
  assert.equal(windows.room('b'), 10);
});

test('a window that never fills stays', () => {
  const windows = createWindows();
  const [first] = [windows.enter('a'), windows.enter('a')];
  first?.leave(false);
  assert.equal(windows.room('a'), 9);
});

test('a window closes by half where Lambda refuses, but lets one through', () => {
  const windows = createWindows();
  const running = Array.from({ length: 10 }, () => windows.enter('a'));
  running.pop()?.leave(true);
  assert.equal(windows.room('a'), 0);
  while (running.length > 1) running.pop()?.leave(true);
  assert.equal(windows.room('a'), 0);
  running.pop()?.leave(true);
  assert.equal(windows.room('a'), 10);
});

test('a window opens no further than 500', () => {
  const windows = createWindows();
  const kept = windows.enter('a');
  for (let round = 0; round < 20; round += 1) {
    const running = [];
    while (windows.room('a') > 0) running.push(windows.enter('a'));
    for (const one of running) one.leave(false);
  }
  assert.equal(windows.room('a'), 499);
  kept.leave(false);
});
