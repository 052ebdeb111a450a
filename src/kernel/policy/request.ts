/** What policies are asked. */

/** Values of condition keys, by their names in lower case: `aws:sourcearn`. */
export type ConditionKeys = ReadonlyMap<string, readonly string[]>;

export interface PolicyRequest {
  /** `sqs:SendMessage`. */
  readonly action: string;
  /** An ARN, or `*` for actions that are about no resource. */
  readonly resource: string;
  readonly keys: ConditionKeys;
}

/** Who asks, as the principals of a resource's policy name them. */
export interface Requester {
  /** Absent for services and for requests without a signature. */
  readonly accountId?: string;
  /** Names that are theirs alone: a user's or session's ARN, unique ids, S3's canonical id. */
  readonly names: readonly string[];
  /** The role of a session. */
  readonly roleArn?: string;
  /** `s3.amazonaws.com`, where a service asks for itself. */
  readonly service?: string;
}

/** Condition keys of pairs; what is undefined is left out. */
export function conditionKeys(
  pairs: Readonly<Record<string, string | readonly string[] | undefined>>,
): Map<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(pairs)) {
    if (value === undefined) continue;
    keys.set(name.toLowerCase(), typeof value === 'string' ? [value] : value);
  }
  return keys;
}
