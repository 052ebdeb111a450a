/** The request as it came. Header names are lower case; a repeated header is joined by `,`. */
export interface RequestHead {
  readonly method: string;
  /** Undecoded, without the query. */
  readonly path: string;
  /** The path as it came, where `path` is what is left of it. */
  readonly wholePath?: string;
  readonly query: URLSearchParams;
  /** The query as it came, undecoded, without the question mark. */
  readonly rawQuery?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The headers' names as the client spelled them; absent where they came by no connection. */
  readonly spelledNames?: () => readonly string[];
  readonly sourceIp: string;
}

/** A request whose signature holds and whose transfer coding (aws-chunked) is undone. */
export interface WireRequest extends RequestHead {
  /** The body's bytes; read at most once. Its end verifies hash and checksums, and throws where they fail. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Each a `Set-Cookie` of its own: the one header that cannot be joined. */
  readonly cookies?: readonly string[];
  /** A stream is sent with back pressure, and cut without its end when it throws. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}
