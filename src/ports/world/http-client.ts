/** A request to a server outside. */
export interface HttpPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** How long the whole answer may take. */
  readonly timeoutMs: number;
}

export type HttpAnswer =
  | { readonly kind: 'answered'; readonly status: number }
  /** No answer: refused, not found, or too late. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Posts to servers outside: endpoints that subscribed to a topic. Redirects are answers, and not followed. */
export interface HttpClient {
  /** Resolves in any case; rejects only with the signal's reason when it aborts. */
  post(request: HttpPost, signal: AbortSignal): Promise<HttpAnswer>;
}
