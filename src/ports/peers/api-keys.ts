/** API keys, usage plans and the stages for which they are: REST APIs keep them, WebSocket APIs have them, too. */
import type { Queries } from '../world/database.ts';

export interface ApiStageName {
  readonly accountId: string;
  readonly region: string;
  readonly apiId: string;
  readonly stageName: string;
}

/** One use of a key's value. */
export interface ApiKeyUse extends ApiStageName {
  readonly value: string;
  /** What plans may throttle apart: `/pets/GET`, `$connect`. */
  readonly method: string;
}

/** `unknown`: no key that may use the stage; `exhausted`: its plan's quota is used up. */
export type ApiKeyVerdict =
  | { readonly kind: 'granted'; readonly keyId: string }
  | { readonly kind: 'refused'; readonly reason: 'unknown' | 'throttled' | 'exhausted' };

export interface ApiKeys {
  /** Counts one use, where the key's plan lets it in. */
  use(use: ApiKeyUse): Promise<ApiKeyVerdict>;
}

/** Stages that are not of REST APIs. */
export interface ApiStages {
  has(queries: Queries, stage: ApiStageName): Promise<boolean>;
}
