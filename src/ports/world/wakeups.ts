/**
 * Hints that there may be work. The database decides, a wakeup only hastens: losing every one of them
 * costs latency, never correctness, so a consumer also looks at a slow interval.
 */
export interface Wakeups {
  notify(topic: string): void;
  /** `callback` runs soon after each `notify` of the topic; several hints may become one call. */
  subscribe(topic: string, callback: () => void): Disposable;
}
