import type { Clock } from '#ports/world/clock.ts';

/** A part of an invocation, as the Telemetry API tells it. */
export interface ResponseSpan {
  readonly name: 'responseLatency' | 'responseDuration' | 'runtimeOverhead';
  /** Wall clock, in ISO 8601. */
  readonly start: string;
  readonly durationMs: number;
}

/** When a function's response began and ended, and how large it was. */
export class ResponseTimes {
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  #firstByteAtMs: number | undefined;
  #lastByteAtMs: number | undefined;
  #doneAtMs: number | undefined;
  /** Bytes of the response. */
  bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAtMs = clock.monotonicMs();
  }

  /** Its first bytes are here. */
  begin(): void {
    this.#firstByteAtMs ??= this.#clock.monotonicMs();
  }

  /** It is whole. */
  end(bytes: number): void {
    this.begin();
    this.#lastByteAtMs ??= this.#clock.monotonicMs();
    this.bytes = bytes;
  }

  /** The runtime asks for the next event. */
  done(): void {
    this.#doneAtMs ??= this.#clock.monotonicMs();
  }

  /**
   * The time until the response began, that in which it came, and that until the runtime was done; none of a
   * function that did not come so far.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#Span
   */
  spans(): readonly ResponseSpan[] {
    const firstMs = this.#firstByteAtMs;
    const lastMs = this.#lastByteAtMs;
    const doneMs = this.#doneAtMs;
    if (firstMs === undefined || lastMs === undefined || doneMs === undefined) return [];
    return [
      this.#span('responseLatency', this.#startedAtMs, firstMs),
      this.#span('responseDuration', firstMs, lastMs),
      this.#span('runtimeOverhead', lastMs, doneMs),
    ];
  }

  #span(name: ResponseSpan['name'], fromMs: number, toMs: number): ResponseSpan {
    const wallMs = this.#clock.now() - (this.#clock.monotonicMs() - fromMs);
    const durationMs = Math.round((toMs - fromMs) * 1000) / 1000;
    return { name, start: new Date(wallMs).toISOString(), durationMs };
  }
}
