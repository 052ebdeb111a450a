/** Reads AWS's service descriptions as botocore packages them: `<data>/<service>/<version>/service-2.json[.gz]`. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The release of botocore from which the committed models come. */
export const SOURCE_VERSION = '1.44.5';

export interface SourceRef {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
  readonly flattened?: boolean;
  readonly streaming?: boolean;
  readonly xmlAttribute?: boolean;
  readonly eventpayload?: boolean;
  readonly timestampFormat?: string;
  readonly resultWrapper?: string;
}

export interface SourceShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, SourceRef>>;
  readonly required?: readonly string[];
  readonly payload?: string;
  readonly member?: SourceRef;
  readonly key?: SourceRef;
  readonly value?: SourceRef;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly flattened?: boolean;
  readonly streaming?: boolean;
  readonly sensitive?: boolean;
  readonly eventstream?: boolean;
  readonly timestampFormat?: string;
  readonly exception?: boolean;
  readonly fault?: boolean;
  readonly locationName?: string;
  readonly xmlNamespace?: { readonly uri: string; readonly prefix?: string };
  readonly error?: {
    readonly code?: string;
    readonly httpStatusCode?: number;
    readonly senderFault?: boolean;
    readonly fault?: boolean;
  };
}

export interface SourceOperation {
  readonly name: string;
  readonly http: {
    readonly method: string;
    readonly requestUri: string;
    readonly responseCode?: number;
  };
  readonly deprecated?: boolean;
  readonly input?: SourceRef;
  readonly output?: SourceRef;
}

export interface SourceModel {
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly apiVersion: string;
    readonly endpointPrefix: string;
    readonly signingName?: string;
    readonly serviceId: string;
    readonly protocol: string;
    readonly protocols?: readonly string[];
    readonly jsonVersion?: string;
    readonly targetPrefix?: string;
    readonly xmlNamespace?: string;
    readonly awsQueryCompatible?: object;
  };
  readonly operations: Readonly<Record<string, SourceOperation>>;
  readonly shapes: Readonly<Record<string, SourceShape>>;
}

/** The data folder given, or the one that the set-up installed below `.cache/`; `undefined` where there is none. */
export function findSource(root: string, given: string | undefined): string | undefined {
  if (given !== undefined) return given;
  const pattern = '.cache/**/site-packages/botocore/data';
  return globSync(pattern, { cwd: root }).map((found) => join(root, found))[0];
}

/** botocore's version beside a data folder, or `unknown`. */
export function sourceVersion(source: string): string {
  const path = join(source, '..', '__init__.py');
  if (!existsSync(path)) return 'unknown';
  return /__version__ = '([^']+)'/.exec(readFileSync(path, 'utf8'))?.[1] ?? 'unknown';
}

/** The newest version of a service's model. */
export function readSource(source: string, service: string): SourceModel {
  const folder = join(source, service);
  const version = readdirSync(folder).toSorted().at(-1);
  if (version === undefined) throw new Error(`no model of ${service} in ${source}`);
  const plain = join(folder, version, 'service-2.json');
  const text = existsSync(plain)
    ? readFileSync(plain, 'utf8')
    : gunzipSync(readFileSync(`${plain}.gz`)).toString('utf8');
  return JSON.parse(text) as SourceModel; // AWS's file; the generator's test holds what comes of it.
}
