/** What the control plane keeps: one record a function, version, alias and so on. Settings keep AWS's member names. */
import type {
  Cors,
  DeadLetterConfig,
  DurableConfig,
  Environment,
  EphemeralStorage,
  FileSystemConfig,
  ImageConfig,
  LoggingConfig,
  SnapStart,
  TenancyConfig,
  TracingConfig,
  VpcConfig,
} from '#aws/models/lambda.types.gen.ts';

import type { PolicyStatement } from './policy.ts';

/** An account's part of a Region: what most lists and limits of Lambda are about. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
}

/** What all versions of a function share. */
export interface FunctionRecord {
  readonly functionName: string;
  readonly createdAtMs: number;
  /** The number of the newest published version, also when that was deleted; 0 where none was. */
  readonly lastVersion: number;
  readonly reservedConcurrency?: number;
  readonly recursiveLoop: string;
  readonly codeSigningConfigArn?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The members of CreateFunction and UpdateFunctionConfiguration that are kept as they came. */
export interface FunctionSettings {
  readonly Description: string;
  readonly Role: string;
  readonly Runtime?: string;
  readonly Handler?: string;
  /** In seconds. */
  readonly Timeout: number;
  /** In MiB. */
  readonly MemorySize: number;
  readonly PackageType: string;
  readonly Architectures: readonly string[];
  readonly EphemeralStorage: EphemeralStorage;
  readonly SnapStart: SnapStart;
  readonly TracingConfig: TracingConfig;
  readonly LoggingConfig: LoggingConfig;
  readonly VpcConfig?: VpcConfig;
  readonly DeadLetterConfig?: DeadLetterConfig;
  readonly Environment?: Environment;
  readonly KMSKeyArn?: string;
  readonly FileSystemConfigs?: readonly FileSystemConfig[];
  readonly ImageConfig?: ImageConfig;
  readonly TenancyConfig?: TenancyConfig;
  readonly DurableConfig?: DurableConfig;
}

export type VersionCode =
  | {
      readonly kind: 'zip';
      /** SHA-256 of the archive, base64; the key of the stored code. */
      readonly sha256: string;
      /** Of the archive. */
      readonly bytes: number;
      readonly directoryId: string;
      readonly unzippedBytes: number;
    }
  | {
      readonly kind: 'image';
      readonly imageUri: string;
      /** Of the manifest, in hexadecimal digits; the key of the stored code. */
      readonly sha256: string;
      /** Absent where it was stored by a server that did not read images. */
      readonly image?: StoredImage;
    }
  /** A folder of the machine, from which the function runs as it stands. Never of a published version. */
  | { readonly kind: 'folder'; readonly path: string; readonly sha256: string };

/** A container image as it is kept: its tree, and what its configuration says of its process. */
export interface StoredImage {
  readonly directoryId: string;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  /** Whether it brings extensions. */
  readonly hasExtensions: boolean;
}

export interface LayerUse {
  readonly arn: string;
  readonly sha256: string;
  /** Of the archive. */
  readonly bytes: number;
}

/**
 * Where a version is in its life. Creating and updating end by themselves at `untilMs`; the revision id that
 * the version has from then on is chosen before, so that no work is needed when the time comes.
 */
export type VersionPhase =
  | { readonly kind: 'creating'; readonly untilMs: number; readonly nextRevisionId: string }
  | { readonly kind: 'updating'; readonly untilMs: number; readonly nextRevisionId: string }
  | { readonly kind: 'settled' };

export interface VersionRecord {
  readonly functionName: string;
  /** 0 is `$LATEST`. */
  readonly number: number;
  readonly settings: FunctionSettings;
  readonly code: VersionCode;
  readonly layers: readonly LayerUse[];
  /** The merged tree of the layers. */
  readonly layersDirectoryId?: string;
  readonly phase: VersionPhase;
  /** What AWS shows; changes with policies and publishing too. */
  readonly revisionId: string;
  /** Changes with code and configuration only; environments of another deployment are retired. */
  readonly deploymentId: string;
  /** Of a published version: the deployment of `$LATEST` that it is a copy of. */
  readonly sourceDeploymentId?: string;
  readonly lastModifiedMs: number;
  readonly runtimeManagement?: { readonly updateOn: string; readonly runtimeVersionArn?: string };
}

export interface AliasRecord {
  readonly functionName: string;
  readonly name: string;
  /** `$LATEST` or a number. */
  readonly functionVersion: string;
  readonly description: string;
  /** Share of the invocations that go to another version, in [0, 1], by its number; at most one. */
  readonly weights: Readonly<Record<string, number>>;
  readonly revisionId: string;
}

export interface PolicyRecord {
  readonly statements: readonly PolicyStatement[];
  readonly revisionId: string;
}

export interface EventInvokeRecord {
  readonly functionName: string;
  readonly qualifier: string;
  readonly maximumRetryAttempts?: number;
  readonly maximumEventAgeSeconds?: number;
  readonly onSuccess?: string;
  readonly onFailure?: string;
  readonly lastModifiedMs: number;
}

export interface UrlRecord extends Scope {
  readonly functionName: string;
  /** `$LATEST` or an alias. */
  readonly qualifier: string;
  /** The first label of the URL's host. */
  readonly urlId: string;
  readonly authType: string;
  readonly invokeMode?: string;
  readonly cors?: Cors;
  readonly createdAtMs: number;
  readonly lastModifiedMs: number;
}

export interface ProvisionedRecord {
  readonly functionName: string;
  /** A version's number or an alias. */
  readonly qualifier: string;
  readonly requested: number;
  readonly lastModifiedMs: number;
}

export interface LayerRecord {
  readonly layerName: string;
  readonly lastVersion: number;
}

export interface LayerVersionRecord {
  readonly layerName: string;
  readonly number: number;
  readonly description: string;
  readonly licenseInfo?: string;
  readonly runtimes: readonly string[];
  readonly architectures: readonly string[];
  readonly code: VersionCode & { readonly kind: 'zip' };
  readonly createdAtMs: number;
  readonly policy?: PolicyRecord;
}

export interface CodeSigningRecord {
  /** `csc-` and 17 hexadecimal digits. */
  readonly id: string;
  readonly description: string;
  readonly signingProfileVersionArns: readonly string[];
  readonly untrustedArtifactOnDeployment: string;
  readonly lastModifiedMs: number;
  readonly tags: Readonly<Record<string, string>>;
}
