/** What an integration answered; `failed` where it could not be asked, or said what is no answer. */
export type Outcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly payload: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'failed'; readonly status: 500 | 502 | 504; readonly message: string };

/** What came of a back end, before it is made an answer. */
export interface Reply {
  readonly status: number;
  readonly payload: string;
  /** The message of a function that failed. */
  readonly errorMessage?: string;
}
