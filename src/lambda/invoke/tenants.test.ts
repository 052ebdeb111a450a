import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runtimeProgram } from '#adapters/simulated-sandbox/index.ts';
import { functionVersion, payloadOf, TestPlane } from '../../../test/support/invoke-plane.ts';

/** Answers which environment it is, and how many events that has had. */
function countingPlane(): TestPlane {
  let environments = 0;
  return new TestPlane({
    program: (process) => {
      environments += 1;
      const environment = environments;
      let events = 0;
      const handler = async (): Promise<string> => {
        events += 1;
        return `${environment}.${events}`;
      };
      return runtimeProgram({ handler })(process);
    },
  });
}

describe('tenant isolation', () => {
  it('gives each tenant environments of its own, which are used again for it', async () => {
    await using test = countingPlane();
    test.catalog.put(functionVersion({ isPerTenant: true }));
    const of = async (tenantId: string): Promise<string> =>
      payloadOf(await test.during(test.invoke({ tenantId })));
    assert.equal(await of('blue'), '1.1');
    assert.equal(await of('green'), '2.1');
    assert.equal(await of('blue'), '1.2');
    assert.equal(await of('blue '), '3.1');
    assert.equal(await of('green'), '2.2');
    assert.deepEqual(test.log.problems, []);
  });

  it('tells the tenant in the JSON log alone', async () => {
    await using test = countingPlane();
    const logging = {
      format: 'JSON',
      applicationLevel: 'INFO',
      systemLevel: 'INFO',
      logGroup: '/aws/lambda/f',
    } as const;
    test.catalog.put(functionVersion({ isPerTenant: true, logging }));
    await payloadOf(await test.during(test.invoke({ tenantId: 'blue' })));
    await test.clock.settle();
    const said = test.messages.map((line) => JSON.parse(line) as { type: string; record: object });
    const told = said.filter(({ record }) => 'tenantId' in record && record.tenantId === 'blue');
    assert.deepEqual(
      told.map(({ type }) => type),
      ['platform.start', 'platform.report'],
    );
  });

  it('refuses a tenant too many and a tenant too few', async () => {
    await using test = countingPlane();
    test.catalog.put(functionVersion({ isPerTenant: true }));
    await assert.rejects(test.during(test.invoke()), {
      code: 'InvalidParameterValueException',
      message:
        'The invoked function is enabled with tenancy configuration. ' +
        'Add a valid tenant ID in your request and try again.',
    });
    test.catalog.put(functionVersion());
    await assert.rejects(test.during(test.invoke({ tenantId: 'blue' })), {
      code: 'InvalidParameterValueException',
      message: /is not enabled with tenancy configuration/,
    });
  });
});
