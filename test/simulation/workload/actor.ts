import { present } from '#kernel/assert.ts';
import type { SimulatedMachine } from '#compose/simulated.ts';
import type { Chance } from '../chance.ts';
import type { Checkers } from '../checkers/index.ts';
import type { Answer, Call, Host } from '../host.ts';
import type { Trace } from '../trace.ts';

/** One client with its own luck; what only one may write carries its name. */
export interface Actor {
  readonly name: string;
  readonly host: Host;
  readonly chance: Chance;
  readonly machine: SimulatedMachine;
  readonly trace: Trace;
  readonly checkers: Checkers;
  /** Zip archives of code, to choose from. */
  readonly archives: readonly [Uint8Array, ...Uint8Array[]];
}

/** Calls, and notes in the trace what came of it; a code that is not expected breaks the run. */
export async function call<Output>(
  { host, trace, name }: Actor,
  request: Call,
  expected: readonly string[] = [],
): Promise<Answer<Output>> {
  const answer = await host.call<Output>(request);
  const end = answer.kind === 'refused' ? answer.code : answer.kind;
  trace.add(`${name}: ${request.operation} ${request.requestId ?? ''} ${end}`);
  if (answer.kind === 'refused' && !['ConnectionRefused', ...expected].includes(answer.code)) {
    trace.complain(`${name}: ${request.service} ${request.operation} answers ${answer.code}`);
  }
  return answer;
}

/** Makes what the run begins with; answers what AWS does. */
export async function make<Output>(
  actor: Actor,
  service: string,
  operation: string,
  input: object,
): Promise<Output> {
  const answer = await call<Output>(actor, { service, operation, input });
  return present(
    answer.kind === 'done' ? answer.output : undefined,
    `${operation} does at the start`,
  );
}
