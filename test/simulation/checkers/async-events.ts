/*
 * Each asynchronous event that was acknowledged ends exactly once, and has run before unless it may not have.
 *
 * C1  What was acknowledged was taken in by a committed transaction; what was refused was not.
 * C2  What was taken in leaves the queue exactly once, and its end is told once at most; ends that were not
 *     told are no more than transactions whose caller died.
 * C3  Who ended with success has answered with success; who ended with failure has run.
 * C4  An end's destination is reached exactly once, with the end that was told.
 */
import { isObject, parseJson } from '#kernel/json.ts';
import { FUNCTIONS, QUEUES, WITH_DESTINATIONS } from '../names.ts';
import type { AcceptedEvent, StoredMessage } from '../witness.ts';

export interface ToldEnd {
  readonly id: string;
  readonly condition: string;
  readonly invokeCount: number;
}

export interface AsyncEventsEvidence {
  readonly accepted: readonly AcceptedEvent[];
  readonly messages: readonly StoredMessage[];
  /** Transactions that were committed and whose callers were not told. */
  readonly untold: number;
}

export class AsyncEventsChecker {
  readonly #complain: (text: string) => void;
  readonly #acknowledged = new Set<string>();
  readonly #refused = new Set<string>();
  /** Objects, as `KEY ETAG`, whose PutObject was acknowledged. */
  readonly #objects = new Set<string>();
  readonly #ends = new Map<string, ToldEnd>();
  readonly #reports = new Map<string, number>();
  readonly #successes = new Set<string>();

  constructor(complain: (text: string) => void) {
    this.#complain = complain;
  }

  acknowledged(id: string): void {
    this.#acknowledged.add(id);
  }

  refused(id: string): void {
    this.#refused.add(id);
  }

  objectAcknowledged(key: string, etag: string): void {
    this.#objects.add(`${key} ${etag}`);
  }

  ended(end: ToldEnd): void {
    if (this.#ends.has(end.id)) this.#complain(`the end of event ${end.id} is told twice`);
    this.#ends.set(end.id, end);
  }

  reported(id: string): void {
    this.#reports.set(id, (this.#reports.get(id) ?? 0) + 1);
  }

  succeeded(id: string): void {
    this.#successes.add(id);
  }

  /** Once the queue is empty. */
  check({ accepted, messages, untold }: AsyncEventsEvidence): void {
    const known = new Map(accepted.map((event) => [event.id, event]));
    for (const id of this.#acknowledged) {
      if (!known.has(id)) this.#complain(`event ${id} was acknowledged and is lost`);
    }
    for (const id of this.#refused) {
      if (known.has(id)) this.#complain(`event ${id} was refused and was taken in`);
    }
    this.#checkObjects(accepted);
    let toldless = 0;
    for (const event of accepted) {
      if (event.ends !== 1) this.#complain(`event ${event.id} ended ${event.ends} times`);
      const end = this.#ends.get(event.id);
      if (end === undefined) toldless += 1;
      else this.#checkEnd(event, end);
    }
    if (toldless > untold) {
      this.#complain(`${toldless} ends were not told, and only ${untold} commits were cut short`);
    }
    this.#checkDestinations(accepted, messages);
  }

  #checkObjects(accepted: readonly AcceptedEvent[]): void {
    const notified = new Set(accepted.flatMap((event) => objectsOf(event.payload)));
    for (const object of this.#objects) {
      if (!notified.has(object)) this.#complain(`object ${object} was stored without its event`);
    }
  }

  #checkEnd({ id, functionName }: AcceptedEvent, { condition, invokeCount }: ToldEnd): void {
    const reports = this.#reports.get(id) ?? 0;
    // A returned event ends before its report is made: where the server dies in between, it has none.
    const runs = reports + (this.#successes.has(id) ? 1 : 0);
    if (invokeCount > 3) this.#complain(`event ${id} was tried ${invokeCount} times`);
    if (runs < invokeCount) {
      this.#complain(`event ${id} ends after ${invokeCount} runs, and ${reports} were reported`);
    }
    if (condition === 'Success' && !this.#successes.has(id)) {
      this.#complain(`event ${id} ends with success, which no function answered`);
    }
    if (condition === 'RetriesExhausted' && reports === 0) {
      this.#complain(`event ${id} failed without being run`);
    }
    if (condition === 'Dropped' && functionName !== FUNCTIONS.mayfly) {
      this.#complain(`event ${id} of ${functionName} is dropped, which was never deleted`);
    }
    if (condition === 'ZeroReservedConcurrency' && functionName !== FUNCTIONS.limited) {
      this.#complain(`event ${id} of ${functionName} ends with ${condition}`);
    }
  }

  #checkDestinations(accepted: readonly AcceptedEvent[], messages: readonly StoredMessage[]): void {
    const records = messages.filter(({ queue }) => queue === QUEUES.ends).map(recordOf);
    const byId = Map.groupBy(records, ({ id }) => id);
    for (const { id, functionName } of accepted) {
      const found = byId.get(id) ?? [];
      const wanted = WITH_DESTINATIONS.includes(functionName) ? 1 : 0;
      if (found.length !== wanted) {
        this.#complain(
          `event ${id} of ${functionName} reached its destination ${found.length} times`,
        );
      }
      const told = this.#ends.get(id)?.condition;
      for (const { condition } of found) {
        if (told !== undefined && told !== condition) {
          this.#complain(`event ${id} ends with ${told}, its destination was told ${condition}`);
        }
      }
    }
  }
}

/** `KEY ETAG` of the objects that an event of S3 tells of. */
function objectsOf(payload: string): readonly string[] {
  const event = parseJson(payload);
  const records: unknown = isObject(event) ? event['Records'] : undefined;
  if (!Array.isArray(records)) return [];
  return records.flatMap((record: { s3?: { object: { key: string; eTag: string } } }) =>
    record.s3 === undefined ? [] : [`${record.s3.object.key} ${record.s3.object.eTag}`],
  );
}

function recordOf({ body }: StoredMessage): { readonly id: string; readonly condition: string } {
  // An invocation record, as AWS describes it.
  const { requestContext } = JSON.parse(body) as {
    requestContext: { requestId: string; condition: string };
  };
  return { id: requestContext.requestId, condition: requestContext.condition };
}
