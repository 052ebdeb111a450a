/** What the paths of a patch mean: a table for each kind of resource, and how it refuses what it does not have. */
import type { AwsError } from '#aws/errors.ts';
import { badRequest } from '../errors.ts';

/** A document while it is patched: its members by their names. */
export type Patched = Readonly<Record<string, unknown>>;

/** One operation on a path that matched. */
export interface PatchStep {
  readonly op: string;
  readonly path: string;
  /** Absent where nothing was given, too. */
  readonly value?: string;
  readonly from?: string;
  /** What stood in the path for each `{}`, decoded. */
  readonly keys: readonly string[];
}

export interface PatchField {
  /** `/name`, or `/requestParameters/{}`: the last `{}` takes whatever follows. */
  readonly path: string;
  readonly ops: readonly string[];
  apply(document: Patched, step: PatchStep): Patched;
}

export interface PatchTable {
  readonly fields: readonly PatchField[];
  /** What is answered to a path that no field has, or to an operation that its field does not take. */
  refuse(op: string, path: string | undefined, field: PatchField | undefined): AwsError;
}

/** As methods and APIs refuse: `Invalid patch path /x`. */
export function refuseByPath(
  op: string,
  path: string | undefined,
  field: PatchField | undefined,
): AwsError {
  if (field === undefined) return badRequest(`Invalid patch path ${path ?? 'null'}`);
  const supported = field.ops.filter((one) => one !== op).join(', ');
  return badRequest(`Invalid patch operation specified. Must be one of: [${supported}]`);
}

/** As models, validators and keys refuse: with the paths that there are. The two spaces are AWS's. */
export function refuseByTable(paths: readonly string[]): PatchTable['refuse'] {
  return (op, path) => {
    const start = `Invalid patch path  '${path ?? 'null'}' specified for op '${op}'.`;
    if (op !== 'replace') return badRequest(`${start} Please choose supported operations`);
    return badRequest(`${start} Must be one of: [${paths.join(', ')}]`);
  };
}
