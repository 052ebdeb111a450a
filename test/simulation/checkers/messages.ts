/*
 * Each message that was sent ends in exactly one of handled, dead, moved, still there; a FIFO group keeps its order.
 *
 * M1  A message whose sending was acknowledged is in one place, at the end and in between.
 * M2  A message whose deletion was acknowledged never comes again.
 * M3  Of a FIFO group no message comes while an earlier one is still in the queue, unless together and in order.
 */
import type { Answer } from '../host.ts';
import { RECEIVES_MAX } from '../names.ts';
import type { StoredMessage } from '../witness.ts';

export interface QueuePair {
  readonly queue: string;
  readonly dead: string;
  /** Where what is dead is moved to. */
  readonly shelf?: string;
  /** After so many a message is dead. */
  readonly receivesMax?: number;
}

export interface ReceivedMessage {
  readonly body: string;
  readonly receiveCount: number;
}

type Deletion = 'none' | 'perhaps' | 'done';

interface Sent {
  isAcknowledged: boolean;
  deletion: Deletion;
}

export class MessagesChecker {
  readonly #pair: QueuePair;
  readonly #complain: (text: string) => void;
  readonly #sent = new Map<string, Sent>();

  constructor(pair: QueuePair, complain: (text: string) => void) {
    this.#pair = pair;
    this.#complain = complain;
  }

  sent(body: string, answer: Answer<unknown>): void {
    const isAcknowledged = answer.kind === 'done';
    const known = this.#sent.get(body);
    if (known !== undefined) known.isAcknowledged ||= isAcknowledged;
    else if (answer.kind !== 'refused') this.#sent.set(body, { isAcknowledged, deletion: 'none' });
  }

  deleted(body: string, answer: Answer<unknown>): void {
    const sent = this.#sent.get(body);
    if (sent === undefined || sent.deletion === 'done') return;
    if (answer.kind === 'done') sent.deletion = 'done';
    if (answer.kind === 'unknown') sent.deletion = 'perhaps';
  }

  /** A batch came; `left` is what is stored now. */
  received(batch: readonly ReceivedMessage[], left: readonly StoredMessage[]): void {
    const { receivesMax = RECEIVES_MAX } = this.#pair;
    for (const { body, receiveCount } of batch) {
      const deletion = this.#sent.get(body)?.deletion;
      if (deletion === 'done') this.#complain(`message ${body} comes again after its deletion`);
      if (receiveCount > receivesMax) {
        this.#complain(`message ${body} comes the ${receiveCount}th time instead of being dead`);
      }
    }
    this.#checkOrder(batch, left);
  }

  /** At the end. */
  check(stored: readonly StoredMessage[]): void {
    const { queue, dead, shelf } = this.#pair;
    const places = Map.groupBy(
      stored.filter((message) => [queue, dead, shelf].includes(message.queue)),
      ({ body }) => body,
    );
    for (const [body, { isAcknowledged, deletion }] of this.#sent) {
      const count = places.get(body)?.length ?? 0;
      const isGone = deletion === 'done';
      if (count > 1) this.#complain(`message ${body} is in ${count} places`);
      if (isGone && count > 0) this.#complain(`message ${body} is handled and still there`);
      if (isAcknowledged && deletion === 'none' && count === 0) {
        this.#complain(`message ${body} was acknowledged and is lost`);
      }
    }
    for (const body of places.keys()) {
      if (!this.#sent.has(body)) this.#complain(`message ${body} was never sent`);
    }
  }

  #checkOrder(batch: readonly ReceivedMessage[], left: readonly StoredMessage[]): void {
    const own = left.filter(({ queue }) => queue === this.#pair.queue);
    const byBody = new Map(own.map((message) => [message.body, message]));
    const seen = new Set<string>();
    for (const { body } of batch) {
      seen.add(body);
      const message = byBody.get(body);
      if (message === undefined || message.groupId === null) continue;
      const { sequence, groupId } = message;
      const earlier = own.find(
        (other) => other.groupId === groupId && other.sequence < sequence && !seen.has(other.body),
      );
      if (earlier !== undefined) {
        this.#complain(`message ${body} comes before ${earlier.body} of its group`);
      }
    }
  }
}
