/** The stage that a request is for, and what that serves. */
import type { ApiAddress } from '#aws/execute-api/index.ts';
import type { Stage } from '#aws/models/apigatewayv2.types.gen.ts';
import type { BoundedMap } from '#kernel/bounded-map.ts';
import type { Queries } from '#ports/world/database.ts';
import { partsOf } from '../find-parts.ts';
import { DEFAULT_STAGE, type OwnedApi, type Snapshot } from '../model.ts';
import { findPart } from '../store.ts';

export interface Served {
  readonly stage: Stage;
  readonly snapshot: Snapshot;
  /** Decoded, without the stage. */
  readonly path: string;
}

/** Deployments that were read; they never change. */
export type Snapshots = BoundedMap<Snapshot>;

export const SNAPSHOTS_MAX = 200;

/**
 * The stage that a mapping names; without one by the first segment of the path where a stage has that name, else
 * `$default`. `undefined` where there is none.
 */
export async function findServed(
  queries: Queries,
  snapshots: Snapshots,
  owned: OwnedApi,
  address: ApiAddress,
): Promise<Served | undefined> {
  const path = decoded(address.path);
  const { stage, rest } = await stageOf(queries, owned, address, path);
  const snapshot = stage && (await snapshotOf(queries, snapshots, owned, stage));
  if (stage === undefined || snapshot === undefined) return undefined;
  return { stage, snapshot, path: rest === '' ? '/' : rest };
}

async function stageOf(
  queries: Queries,
  owned: OwnedApi,
  { form, stage: mapped }: ApiAddress,
  path: string,
): Promise<{ readonly stage: Stage | undefined; readonly rest: string }> {
  const find = (name: string) => findPart(queries, partsOf(owned), 'stage', name);
  if (mapped !== undefined) return { stage: await find(mapped), rest: path };
  const [, name = ''] = path.split('/');
  const isNamed = name !== '' && (name !== DEFAULT_STAGE || form === 'path');
  const named = isNamed ? await find(name) : undefined;
  if (named !== undefined) return { stage: named, rest: path.slice(name.length + 1) };
  return { stage: await find(DEFAULT_STAGE), rest: path };
}

async function snapshotOf(
  queries: Queries,
  snapshots: Snapshots,
  owned: OwnedApi,
  { DeploymentId: id }: Stage,
): Promise<Snapshot | undefined> {
  if (id === undefined) return undefined;
  const key = `${owned.apiId} ${id}`;
  const known = snapshots.get(key);
  if (known !== undefined) return known;
  const kept = await findPart(queries, partsOf(owned), 'deployment', id);
  if (kept === undefined) return undefined;
  snapshots.set(key, kept.snapshot);
  return kept.snapshot;
}

/** HTTP APIs decode the whole path before they look at it. */
export function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
