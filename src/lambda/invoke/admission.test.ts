import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { Admission } from './admission.ts';
import type { Admitted, AdmissionRequest, Lease } from './admission.ts';

function request(name: string, overrides: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    accountId: '000000000000',
    region: 'us-east-1',
    functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    reservedConcurrency: undefined,
    reservedConcurrencyTotal: undefined,
    isProvisioned: false,
    isRateLimited: false,
    ...overrides,
  };
}

function leaseOf(admitted: Admitted): Lease {
  assert.equal(admitted.kind, 'leased');
  return admitted.lease;
}

function reasonOf(admitted: Admitted): string {
  return admitted.kind === 'throttled' ? admitted.reason : admitted.kind;
}

describe('admission', () => {
  it("lets as many run as the account's limit, and one more when one ends", () => {
    const limits = { accountConcurrency: 3, environmentsPer10Seconds: 1000 };
    const admission = new Admission(new SimulatedClock(), limits);
    const leases = [1, 2, 3].map((it) => leaseOf(admission.admit(request(`f${it}`))));
    assert.equal(reasonOf(admission.admit(request('f4'))), 'ConcurrentInvocationLimitExceeded');
    const elsewhere = request('elsewhere', { region: 'eu-west-1' });
    assert.equal(admission.admit(elsewhere).kind, 'leased');
    leases[0]?.[Symbol.dispose]();
    leases[0]?.[Symbol.dispose]();
    assert.equal(admission.admit(request('f4')).kind, 'leased');
    assert.equal(reasonOf(admission.admit(request('f4'))), 'ConcurrentInvocationLimitExceeded');
    assert.deepEqual(admission.inUse(request('f4')), { account: 3, unreserved: 3, function: 1 });
  });

  it('keeps reserved concurrency for its function, and takes it from the others', () => {
    const limits = { accountConcurrency: 5, environmentsPer10Seconds: 1000 };
    const admission = new Admission(new SimulatedClock(), limits);
    const kept = request('kept', { reservedConcurrency: 3 });
    leaseOf(admission.admit(kept));
    leaseOf(admission.admit(request('other')));
    leaseOf(admission.admit(request('other')));
    assert.equal(reasonOf(admission.admit(request('other'))), 'ConcurrentInvocationLimitExceeded');
    leaseOf(admission.admit(kept));
    leaseOf(admission.admit(kept));
    assert.equal(
      reasonOf(admission.admit(kept)),
      'ReservedFunctionConcurrentInvocationLimitExceeded',
    );
  });

  it('believes the catalog about what is reserved', () => {
    const limits = { accountConcurrency: 5, environmentsPer10Seconds: 1000 };
    const admission = new Admission(new SimulatedClock(), limits);
    const other = request('other', { reservedConcurrencyTotal: 4 });
    leaseOf(admission.admit(other));
    assert.equal(reasonOf(admission.admit(other)), 'ConcurrentInvocationLimitExceeded');
  });

  it('refuses a function whose reserved concurrency is 0', () => {
    const limits = { accountConcurrency: 5, environmentsPer10Seconds: 1000 };
    const admission = new Admission(new SimulatedClock(), limits);
    assert.equal(
      reasonOf(admission.admit(request('none', { reservedConcurrency: 0, isRateLimited: true }))),
      'ReservedFunctionConcurrentInvocationLimitExceeded',
    );
  });

  it('limits requests to ten a second for each unit of concurrency, but not the queue', async () => {
    const clock = new SimulatedClock();
    const admission = new Admission(clock, {
      accountConcurrency: 100,
      environmentsPer10Seconds: 1000,
    });
    const limited = request('f', { reservedConcurrency: 2, isRateLimited: true });
    const admitted = (): string => {
      const result = admission.admit(limited);
      if (result.kind === 'leased') result.lease[Symbol.dispose]();
      return reasonOf(result);
    };
    for (let count = 0; count < 20; count += 1) assert.equal(admitted(), 'leased');
    assert.equal(admitted(), 'ReservedFunctionInvocationRateLimitExceeded');
    assert.equal(admission.admit({ ...limited, isRateLimited: false }).kind, 'leased');
    await clock.advance(50);
    assert.equal(admitted(), 'leased');
    assert.equal(admitted(), 'ReservedFunctionInvocationRateLimitExceeded');
  });

  it('lets a function grow by 1,000 environments at once, and 100 more each second', async () => {
    const clock = new SimulatedClock();
    const admission = new Admission(clock, {
      accountConcurrency: 10_000,
      environmentsPer10Seconds: 1000,
    });
    const grow = (): number => {
      let count = 0;
      while (admission.mayGrow('arn')) count += 1;
      return count;
    };
    assert.equal(grow(), 1000);
    await clock.advance(1000);
    assert.equal(grow(), 100);
    await clock.advance(3_600_000);
    assert.equal(grow(), 1000);
    assert.ok(admission.mayGrow('another'));
  });
});
