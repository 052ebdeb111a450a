/** Authorizes connections by OAuth once they are made or changed: what their endpoint gives a token for holds. */
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { Clock } from '#ports/world/clock.ts';
import { runDueLoop } from '#ports/world/due-loop.ts';
import { connectionArn, type Connection } from './connection.ts';
import type { PostDependencies } from './dependencies.ts';
import { connectionKey } from './store-connections.ts';
import {
  allDocuments,
  findDocument,
  saveDocument,
  type PlacedDocument,
} from './store-documents.ts';
import type { TokenAnswer } from './tokens.ts';

export const AUTHORIZATIONS_TOPIC = 'events/authorizations';
/** How long after a refusal the endpoint is asked again; after the last one the connection is deauthorized. */
const RETRY_MS: readonly number[] = [2 * SECOND_MS, 8 * SECOND_MS, 30 * SECOND_MS];

/** Until the signal aborts. */
export function runAuthorizations(
  dependencies: PostDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { clock, wakeups, database } = dependencies;
  return runDueLoop({
    clock,
    wakeups,
    topic: AUTHORIZATIONS_TOPIC,
    intervalMs: MINUTE_MS,
    now: () => clock.steadyMs(),
    signal,
    work: async () => {
      const waiting = (
        await database.read((queries) => allDocuments<Connection>(queries, 'connection'))
      ).filter(({ body }) => body.state === 'AUTHORIZING');
      const due = waiting.filter(({ body }) => (body.tryAtMs ?? 0) <= clock.steadyMs());
      await Promise.all(due.map((connection) => authorize(dependencies, connection, signal)));
      if (due.length > 0) return clock.steadyMs();
      return waiting.length === 0
        ? undefined
        : Math.min(...waiting.map(({ body }) => body.tryAtMs ?? 0));
    },
  });
}

async function authorize(
  { database, clock, tokens }: PostDependencies,
  { body, ...place }: PlacedDocument<Connection>,
  signal: AbortSignal,
): Promise<void> {
  const oauth = body.auth?.OAuthParameters;
  if (oauth === undefined) return;
  const arn = connectionArn(place, body);
  tokens.forget(arn);
  const answer = await tokens.get(arn, oauth, signal);
  const key = connectionKey(place, body.name);
  await database.transact(async (tx) => {
    const current = await findDocument<Connection>(tx, key);
    // It was changed or deleted meanwhile.
    if (current?.tryAtMs !== body.tryAtMs || current?.id !== body.id) return;
    await saveDocument(tx, key, outcomeOf(current, answer, clock));
  });
}

function outcomeOf(connection: Connection, answer: TokenAnswer, clock: Clock): Connection {
  const { attempts = 0, tryAtMs: _tried, ...rest } = connection;
  if (answer.kind === 'token') {
    return { ...rest, state: 'AUTHORIZED', authorizedAtMs: clock.now() };
  }
  const delayMs = RETRY_MS[attempts];
  return delayMs === undefined
    ? { ...rest, state: 'DEAUTHORIZED', stateReason: `No token: ${answer.reason}.` }
    : { ...rest, attempts: attempts + 1, tryAtMs: clock.steadyMs() + delayMs };
}
