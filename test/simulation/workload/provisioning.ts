/** Provisioned concurrency of one alias: asked for, changed, and there when all is quiet. */
import type { GetProvisionedConcurrencyConfigResponse } from '#aws/models/lambda.types.gen.ts';
import { FUNCTIONS, LIVE } from '../names.ts';
import { call, make, type Actor } from './actor.ts';

const TARGET = { FunctionName: FUNCTIONS.ready, Qualifier: LIVE };
const PROVISIONED_MAX = 4;

/** Publishes the function's version, gives it its alias and provisions two environments. */
export async function setUpProvisioned(actor: Actor): Promise<void> {
  const { FunctionName } = TARGET;
  await make(actor, 'lambda', 'PublishVersion', { FunctionName });
  await make(actor, 'lambda', 'CreateAlias', { FunctionName, Name: LIVE, FunctionVersion: '1' });
  await make(actor, 'lambda', 'PutProvisionedConcurrencyConfig', {
    ...TARGET,
    ProvisionedConcurrentExecutions: 2,
  });
}

/** Asks for more or fewer, or for none. */
export async function provision(actor: Actor): Promise<void> {
  const { chance } = actor;
  const isEnd = chance.happens(0.2);
  const operation = isEnd
    ? 'DeleteProvisionedConcurrencyConfig'
    : 'PutProvisionedConcurrencyConfig';
  const count = { ProvisionedConcurrentExecutions: chance.between(1, PROVISIONED_MAX) };
  const input = isEnd ? TARGET : { ...TARGET, ...count };
  await call(actor, { service: 'lambda', operation, input });
}

/** When all is quiet, what is asked for is there; answers how many environments that are. */
export async function checkProvisioned(actor: Actor): Promise<number> {
  const answer = await call<GetProvisionedConcurrencyConfigResponse>(
    actor,
    { service: 'lambda', operation: 'GetProvisionedConcurrencyConfig', input: TARGET },
    ['ProvisionedConcurrencyConfigNotFoundException'],
  );
  if (answer.kind !== 'done') return 0;
  const { Status, RequestedProvisionedConcurrentExecutions: requested = 0 } = answer.output;
  const { AvailableProvisionedConcurrentExecutions: available = 0 } = answer.output;
  if (Status !== 'READY' || available !== requested) {
    const text = `${available} of ${requested} provisioned environments are there, ${Status}`;
    actor.trace.complain(text);
  }
  return requested;
}

/** Gives all back. */
export async function endProvisioned(actor: Actor): Promise<void> {
  const operation = 'DeleteProvisionedConcurrencyConfig';
  await call(actor, { service: 'lambda', operation, input: TARGET });
}
