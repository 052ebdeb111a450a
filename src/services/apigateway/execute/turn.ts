import type { Integration } from '#aws/models/apigateway.types.gen.ts';
import type { Caller, Visit } from './visit.ts';

/** One turn of a request to its back end. */
export interface Turn {
  readonly visit: Visit;
  readonly caller: Caller;
  readonly integration: Integration;
  /** `$context`, which templates change. */
  readonly context: Map<string, unknown>;
}

/** What a back end answered. */
export interface Answer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
