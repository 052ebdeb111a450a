/** A request to a server outside. */
export interface HttpPost {
  readonly url: string;
  /** POST where nothing is said. */
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Not sent where the method takes none: GET, HEAD. */
  readonly body: Uint8Array;
  /** How long the whole answer may take. */
  readonly timeoutMs: number;
  /** How much of the answer's body is read, in bytes; none where nothing is said. */
  readonly answerBytesMax?: number;
}

export type HttpAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** By names in lower case. */
      readonly headers?: Readonly<Record<string, string>>;
      /** Each `Set-Cookie` by itself; also joined in the headers. */
      readonly cookies?: readonly string[];
      /** Where it was asked for; cut at what was asked for. */
      readonly body?: Uint8Array;
    }
  /** No answer: refused, not found, or too late. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Asks servers outside: endpoints that subscribed to a topic, API destinations. Redirects are answers, and not followed. */
export interface HttpClient {
  /** Resolves in any case; rejects only with the signal's reason when it aborts. */
  post(request: HttpPost, signal: AbortSignal): Promise<HttpAnswer>;
}
