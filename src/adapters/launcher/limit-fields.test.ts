import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limitFields, networkBitsPerSecond } from './limit-fields.ts';

describe('limits that follow the memory', () => {
  it('give one core at 1,769 MiB, half at half, and two at twice', () => {
    const cores = [128, 884, 885, 1769, 3538, 10_240].map((memoryMiB) => {
      return limitFields({ memoryMiB, temporaryStorageMiB: 512 })[1];
    });
    assert.deepEqual(cores, [72, 500, 500, 1000, 2000, 5789]);
  });

  it('give the cores that are asked for instead', () => {
    const limits = { memoryMiB: 128, temporaryStorageMiB: 512, virtualCpus: 2 };
    assert.deepEqual(limitFields(limits).slice(0, 3), [134_217_728, 2000, 512]);
  });

  it('give between 50 and 600 Mbit/s of network', () => {
    const megabits = [128, 147, 148, 885, 1768, 1769, 10_240].map((memoryMiB) => {
      return Math.round(networkBitsPerSecond(memoryMiB) / 1e6);
    });
    assert.deepEqual(megabits, [50, 50, 50, 300, 600, 600, 600]);
  });
});
