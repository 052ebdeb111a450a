/** Everything that running one version of a function needs; immutable, but for `$LATEST`'s replacement. */
export interface FunctionVersion {
  readonly accountId: string;
  readonly region: string;
  readonly functionName: string;
  /** `$LATEST` or a number. */
  readonly version: string;
  /** `arn:aws:lambda:REGION:ACCOUNT:function:NAME`, unqualified. */
  readonly functionArn: string;
  /** Changes with every change of code or configuration: environments of another revision are retired. */
  readonly revisionId: string;
  readonly runtime: string;
  readonly handler: string;
  readonly roleArn: string;
  readonly timeoutMs: number;
  /** Time for the init phase where it is not AWS's: a debugger is waited for. */
  readonly initTimeoutMs?: number;
  readonly memorySizeMiB: number;
  readonly temporaryStorageMiB: number;
  readonly architecture: 'x86_64' | 'arm64';
  readonly environmentVariables: Readonly<Record<string, string>>;
  /** A tree in the DirectoryStore, at /var/task; empty where a folder is there. */
  readonly codeDirectoryId: string;
  /** Set where the tree is a container image's, and the root inside. */
  readonly image?: ImageProcess;
  /** A folder of the machine at /var/task: its revision is a part of `revisionId`. */
  readonly folder?: string;
  /** A merged tree in the DirectoryStore, at /opt. */
  readonly layersDirectoryId?: string;
  readonly logging: LoggingConfiguration;
  readonly tracingMode: 'Active' | 'PassThrough';
  /** Each tenant has environments of its own; set for ever when the function was created. */
  readonly isPerTenant?: boolean;
  /** Its invocations are parts of durable executions. */
  readonly durable?: {
    readonly executionTimeoutSeconds: number;
    readonly retentionDays: number;
    readonly kmsKeyArn?: string;
  };
  /** Whom the environments of this version serve; set for an invocation. */
  readonly tenantId?: string;
}

/** What a container image runs. @see https://docs.aws.amazon.com/lambda/latest/dg/images-create.html */
export interface ImageProcess {
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly hasExtensions: boolean;
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html */
export interface LoggingConfiguration {
  readonly format: 'Text' | 'JSON';
  readonly applicationLevel: string;
  readonly systemLevel: string;
  readonly logGroup: string;
}
