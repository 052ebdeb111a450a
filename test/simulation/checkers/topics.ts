/** What a topic acknowledged is with each of its subscribers, once; what it did not is with all of them or none. */
import type { Answer } from '../host.ts';
import { HANDLERS, QUEUES } from '../names.ts';
import type { AcceptedEvent, StoredMessage } from '../witness.ts';

interface Published {
  readonly isUrgent: boolean;
  isAcknowledged: boolean;
}

export class TopicsChecker {
  readonly #complain: (text: string) => void;
  readonly #published = new Map<string, Published>();

  constructor(complain: (text: string) => void) {
    this.#complain = complain;
  }

  published(text: string, isUrgent: boolean, answer: Answer<unknown>): void {
    this.#published.set(text, { isUrgent, isAcknowledged: answer.kind === 'done' });
  }

  /** Nobody takes anything from the queues. */
  check(messages: readonly StoredMessage[], accepted: readonly AcceptedEvent[]): void {
    const count = (queue: string): ReadonlyMap<string, number> =>
      counted(messages.filter((message) => message.queue === queue).map(({ body }) => body));
    const events = accepted.filter(({ functionName }) => functionName === HANDLERS.news);
    const news = count(QUEUES.news);
    const alerts = count(QUEUES.alerts);
    const called = counted(events.map(({ payload }) => textOfEvent(payload)));
    for (const [text, { isUrgent, isAcknowledged }] of this.#published) {
      const wanted = isAcknowledged ? 1 : (news.get(text) ?? 0);
      const found = [news.get(text) ?? 0, called.get(text) ?? 0, alerts.get(text) ?? 0];
      const expected = [Math.min(1, wanted), Math.min(1, wanted), isUrgent ? wanted : 0];
      if (found.join() === expected.join()) continue;
      this.#complain(`notification ${text} is with its subscribers ${found.join()} times`);
    }
  }
}

function textOfEvent(payload: string): string {
  // The shape of an event of SNS.
  const { Records } = JSON.parse(payload) as {
    readonly Records: readonly [{ readonly Sns: { readonly Message: string } }];
  };
  return Records[0].Sns.Message;
}

function counted(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
