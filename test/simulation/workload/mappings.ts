/** Changes of event source mappings while they poll: settings, a pause. */
import type { ListEventSourceMappingsResponse } from '#aws/models/lambda.types.gen.ts';
import { HANDLERS } from '../names.ts';
import { call, type Actor } from './actor.ts';

const REFUSALS = ['ResourceInUseException'];

/** Changes one mapping, or disables it for some seconds. */
export async function changeMappings(actor: Actor): Promise<void> {
  const { chance, machine } = actor;
  const FunctionName = chance.pick([
    HANDLERS.jobs,
    HANDLERS.parcels,
    HANDLERS.ledger,
    HANDLERS.readings,
  ]);
  const listed = await call<ListEventSourceMappingsResponse>(actor, {
    service: 'lambda',
    operation: 'ListEventSourceMappings',
    input: { FunctionName },
  });
  const UUID = listed.kind === 'done' ? listed.output.EventSourceMappings?.[0]?.UUID : undefined;
  if (UUID === undefined) return;
  if (chance.happens(0.5)) return update(actor, { UUID, BatchSize: chance.between(1, 10) });
  await update(actor, { UUID, Enabled: false });
  await machine.clock.sleep(chance.between(0, 8000));
  await enable(actor, UUID);
}

/** Until it is acknowledged: a mapping that stays disabled would let its records wait for ever. */
async function enable(actor: Actor, UUID: string): Promise<void> {
  for (;;) {
    const input = { UUID, Enabled: true };
    const request = { service: 'lambda', operation: 'UpdateEventSourceMapping', input };
    const answer = await call(actor, request, REFUSALS);
    if (answer.kind === 'done') return;
    await actor.machine.clock.sleep(actor.chance.between(100, 2000));
  }
}

async function update(actor: Actor, input: object): Promise<void> {
  const request = { service: 'lambda', operation: 'UpdateEventSourceMapping', input };
  await call(actor, request, REFUSALS);
}
