export type Fault = 'client' | 'server';

export interface AwsErrorOptions {
  /** The modelled shape or code, as AWS sends it: `ResourceNotFoundException`, `NoSuchBucket`. */
  readonly code: string;
  readonly message: string;
  /** HTTP status; the model's where it has one. */
  readonly status: number;
  readonly fault?: Fault;
  /** Further members of the error's shape: `{ Type: 'User' }`, S3's `{ BucketName }`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** True where the query protocol leaves out the empty `<Detail/>` that the service's errors have. */
  readonly omitsDetail?: boolean;
}

/** An error that AWS would answer. Its message is AWS's, word for word; each service's `errors.ts` makes them. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  readonly fault: Fault;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly omitsDetail: boolean;

  constructor(options: AwsErrorOptions) {
    super(options.message);
    this.code = options.code;
    this.status = options.status;
    this.fault = options.fault ?? (options.status >= 500 ? 'server' : 'client');
    this.fields = options.fields ?? {};
    this.headers = options.headers ?? {};
    this.omitsDetail = options.omitsDetail ?? false;
  }
}
