/**
 * What functions said of callers, remembered for as long as their authorizers say; bounded, the oldest go first.
 * I1 What was asked for before a stage was forgotten counts for no request that begins after it.
 */
import { BoundedMap } from '#kernel/bounded-map.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { Clock } from '#ports/world/clock.ts';

const ANSWERS_MAX = 10_000;

/** Who asks, of whom, and what he shows of himself. */
export interface AuthorizerQuestion {
  readonly apiId: string;
  readonly stageName: string;
  readonly authorizerId: string | undefined;
  readonly identity: readonly (string | undefined)[];
  readonly ttlSeconds: number;
}

export class AuthorizerAnswers<Answer extends object> {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #kept = new BoundedMap<{ readonly answer: Answer; readonly untilMs: number }>(
    ANSWERS_MAX,
  );
  #generation = 0;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /**
   * What is remembered, else what is asked now. Nothing is remembered of those who show nothing of themselves, nor
   * where nothing was said.
   */
  async find<Asked extends Answer | undefined>(
    question: AuthorizerQuestion,
    ask: () => Promise<Asked>,
  ): Promise<Answer | Asked> {
    const { apiId, stageName, authorizerId, identity, ttlSeconds } = question;
    if (ttlSeconds <= 0 || identity.length === 0) return await ask();
    const key = `${stageKey(apiId, stageName)}${authorizerId}/${JSON.stringify(identity)}`;
    const known = this.#kept.get(key);
    if (known !== undefined && known.untilMs > this.#clock.monotonicMs()) return known.answer;
    const begunAt = this.#generation;
    const answer = await ask();
    if (answer !== undefined && begunAt === this.#generation) {
      const untilMs = this.#clock.monotonicMs() + ttlSeconds * SECOND_MS;
      this.#kept.set(key, { answer, untilMs });
    }
    return answer;
  }

  /** Forgets what was said for a stage, and keeps nothing of what is being asked now, for whatever stage (I1). */
  forget(apiId: string, stageName: string): void {
    this.#generation += 1;
    this.#kept.deleteAll(stageKey(apiId, stageName));
  }
}

function stageKey(apiId: string, stageName: string): string {
  return `${apiId}/${stageName}/`;
}
