export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** In ms since 1970; absent means for ever. */
  readonly expiresAtMs?: number;
}

/** The credentials of an account's root. */
export interface RootCredentials extends Credentials {
  readonly accountId: string;
}

/** Gives the temporary credentials of a role, as a function's environment carries them. */
export interface CredentialIssuer {
  issue(role: {
    readonly roleArn: string;
    readonly sessionName: string;
    readonly durationMs: number;
  }): Promise<Credentials>;
}

/** Who a request is by, once its signature holds. */
export interface Principal {
  readonly accountId: string;
  /** `arn:aws:iam::ACCOUNT:root`, a user's or an assumed role's. */
  readonly arn: string;
  /** S3's events and STS show it. */
  readonly userId: string;
  /** What temporary credentials carry, beyond whom they stand for. */
  readonly session?: PrincipalSession;
  /** The service that asks on the caller's behalf: `cloudformation.amazonaws.com`; absent where nobody does. */
  readonly via?: string;
}

/** What policies see of temporary credentials. */
export interface PrincipalSession {
  /** The role that was taken on, with its path. */
  readonly roleArn?: string;
  /** Whoever a federated user's permissions come from. */
  readonly issuerArn?: string;
  /** Session policies, as JSON, and managed ones by their ARNs. Both absent: nothing limits the session. */
  readonly policies?: readonly string[];
  readonly policyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** Those of the tags that go with whoever this session becomes next, and that nobody replaces. */
  readonly transitiveTags?: Readonly<Record<string, string>>;
  /** Who is behind the session, and behind all that it becomes. */
  readonly sourceIdentity?: string;
  /** In ms since 1970. */
  readonly issuedAtMs?: number;
}

/** Finds the secret of an access key, for the verification of signatures. */
export interface CredentialLookup {
  /** At once where it is remembered. */
  find(accessKeyId: string): FoundCredential | Promise<FoundCredential>;
}

export type FoundCredential = KnownCredential | undefined;

export interface KnownCredential {
  readonly credentials: Credentials;
  readonly principal: Principal;
}
