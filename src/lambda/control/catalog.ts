/**
 * The invoke plane's view of the tables, from memory where nothing changed.
 * Owns copies of records, bounded; the tables stay the truth.
 * I1 An entry is dropped after the commit that changes its function, so that the next question reads anew.
 * I2 An entry is never changed: whoever holds an old one goes on with what stood when he asked.
 */
import type { Clock } from '#ports/world/clock.ts';
import type { Database, Queries } from '#ports/world/database.ts';
import type { MountedFolders } from '#ports/world/mounted-folders.ts';

import type { FunctionAddress } from '../model/address.ts';
import { LATEST, functionArn, qualifierKind } from '../model/address.ts';
import type { FunctionCatalog, ProvisionedDemand, Resolution } from '../model/function-catalog.ts';
import type { FunctionVersion } from '../model/function-version.ts';
import { provisionedShares } from '../model/provisioned-shares.ts';
import type { AliasRecord, FunctionRecord, Scope } from '../model/records.ts';
import {
  aliases,
  allProvisioned,
  functions,
  provisioned,
  reservations,
  someRuntimes,
  versionNumber,
  versions,
} from '../store.ts';
import { FolderVersions } from './folder-versions.ts';
import { functionVersion } from './function-version.ts';

export interface Catalog extends FunctionCatalog {
  /** Says after a commit that a function changed; `isCodeChanged` where environments have to go. */
  changed(address: FunctionAddress, isCodeChanged: boolean): void;
  /** What a configuration of provisioned concurrency demands, version by version. */
  demandsUnder(
    address: FunctionAddress & { readonly qualifier: string },
    requested: number,
  ): Promise<readonly ProvisionedDemand[]>;
  /** Reads the reservations anew; at the start and after each change of them. */
  refreshReservations(): Promise<void>;
}

export interface CatalogDependencies {
  readonly database: Database;
  readonly clock: Clock;
  /** Absent where functions may run from no folder of the machine. */
  readonly folders?: MountedFolders;
}

/** A version as the invoke plane runs it, and until when it is still being created. */
interface RunnableVersion {
  readonly version: FunctionVersion;
  readonly pendingUntilMs?: number;
}

interface Entry {
  readonly record: FunctionRecord;
  readonly aliases: ReadonlyMap<string, AliasRecord>;
  readonly provisioned: ReadonlyMap<string, number>;
  /** By number, as the invoke plane runs them; `image` for what it cannot run. */
  readonly versions: Map<number, Promise<RunnableVersion | 'image' | undefined>>;
}

const LATEST_NUMBER = versionNumber(LATEST);
/** Functions held in memory; the least recently loaded goes first. */
const ENTRIES_MAX = 10_000;

/** Makes the catalog over the tables. */
export function createCatalog(dependencies: CatalogDependencies): Catalog {
  const { database } = dependencies;
  const entries = new Map<string, Promise<Entry | undefined>>();
  const totals = new Map<string, number>();
  const listeners = new Set<(functionArn: string) => void>();
  const demandListeners = new Set<() => void>();
  const tellChanged = (arn: string): void => listeners.forEach((tell) => tell(arn));
  const folders = new FolderVersions(dependencies.folders, tellChanged);
  const entryOf = (address: FunctionAddress): Promise<Entry | undefined> => {
    const key = functionArn(address);
    const known = entries.get(key);
    if (known !== undefined) return known;
    const entry = database.read((queries) => loadEntry(queries, address));
    entries.set(key, entry);
    const first = entries.keys().next().value;
    if (entries.size > ENTRIES_MAX && first !== undefined) entries.delete(first);
    const forget = (): void => {
      if (entries.get(key) === entry) entries.delete(key);
    };
    entry.then((found) => found ?? forget(), forget);
    return entry;
  };
  const demandsAt: Catalog['demandsUnder'] = async (address, requested) => {
    const entry = await entryOf(address);
    return entry === undefined ? [] : demandsOf(database, entry, address, requested);
  };
  const stored = storedFunctions(database, entryOf);
  return {
    async resolve(address, fraction) {
      const entry = await entryOf(address);
      if (entry === undefined) return { kind: 'missing' };
      return folders.asItStands(await resolveIn(dependencies, entry, address, fraction));
    },
    onChange: (callback) => subscribe(listeners, callback),
    onDemandChange: (callback) => subscribe(demandListeners, callback),
    ...stored.asked,
    reservedConcurrencyTotal: (scope) => totals.get(scopeKey(scope)) ?? 0,
    async provisionedDemands() {
      const asked = await database.read(allProvisioned);
      const demands = asked.map(({ requested, ...address }) => demandsAt(address, requested));
      return (await Promise.all(demands)).flat();
    },
    changed(address, isCodeChanged) {
      entries.delete(functionArn(address));
      folders.forget(functionArn(address));
      if (isCodeChanged) tellChanged(functionArn(address));
      if (isCodeChanged) stored.tell(address);
      for (const tell of demandListeners) tell();
    },
    demandsUnder: demandsAt,
    async refreshReservations() {
      const rows = await database.read(reservations);
      totals.clear();
      for (const row of rows) totals.set(scopeKey(row), row.reserved);
    },
  };
}

/** What may be prepared for before anybody invokes it. */
function storedFunctions(
  database: Database,
  entryOf: (address: FunctionAddress) => Promise<Entry | undefined>,
) {
  const listeners = new Set<(version: FunctionVersion) => void>();
  const tell = async (address: FunctionAddress): Promise<void> => {
    const entry = await entryOf(address);
    const found =
      entry === undefined ? undefined : await versionIn(database, entry, address, LATEST_NUMBER);
    if (found === undefined || found === 'image') return;
    for (const listener of listeners) listener(found.version);
  };
  return {
    asked: {
      onStored: (callback: (version: FunctionVersion) => void) => subscribe(listeners, callback),
      runtimesInUse: () => database.read(someRuntimes),
    },
    // Who prepares for it does without where it could not be read.
    tell: (address: FunctionAddress): void => void tell(address).catch(() => {}),
  };
}

/** What one configuration demands: of an alias with weights, its versions' shares. */
async function demandsOf(
  database: Database,
  entry: Entry,
  address: FunctionAddress & { readonly qualifier: string },
  requested: number,
): Promise<ProvisionedDemand[]> {
  const { qualifier } = address;
  const alias = entry.aliases.get(qualifier) ?? { functionVersion: qualifier, weights: {} };
  const demands: ProvisionedDemand[] = [];
  for (const share of provisionedShares(alias, requested)) {
    const found = await versionIn(database, entry, address, versionNumber(share.version));
    if (found === undefined || found === 'image') continue;
    demands.push({ version: found.version, qualifier, requested: share.requested });
  }
  return demands;
}

async function loadEntry(queries: Queries, address: FunctionAddress): Promise<Entry | undefined> {
  const { functionName } = address;
  const record = await functions.get(queries, address, functionName);
  if (record === undefined) return undefined;
  const named = await aliases.all(queries, address, functionName);
  const kept = await provisioned.all(queries, address, functionName);
  return {
    record,
    aliases: new Map(named.map((alias) => [alias.name, alias])),
    provisioned: new Map(kept.map(({ qualifier, requested }) => [qualifier, requested])),
    versions: new Map(),
  };
}

/** Follows the qualifier. */
async function resolveIn(
  { database, clock }: CatalogDependencies,
  entry: Entry,
  address: FunctionAddress,
  fraction: number,
): Promise<Resolution> {
  const { qualifier = LATEST } = address;
  const alias = qualifierKind(qualifier) === 'alias' ? entry.aliases.get(qualifier) : undefined;
  if (alias === undefined && qualifierKind(qualifier) === 'alias') return { kind: 'missing' };
  const chosen = alias === undefined ? qualifier : weightedVersion(alias, fraction);
  const found = await versionIn(database, entry, address, versionNumber(chosen));
  if (found === undefined) return { kind: 'missing' };
  if (found === 'image') return { kind: 'not-ready', state: 'Failed', reason: IMAGES };
  const { version, pendingUntilMs } = found;
  if (pendingUntilMs !== undefined && clock.steadyMs() < pendingUntilMs) {
    return { kind: 'not-ready', state: 'Pending', reason: CREATING };
  }
  const asked = [qualifier, chosen].find((name) => entry.provisioned.has(name)) ?? '';
  const requested = entry.provisioned.get(asked);
  const { reservedConcurrency } = entry.record;
  return {
    kind: 'found',
    version,
    ...(alias !== undefined && { alias: alias.name }),
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    ...(requested !== undefined && { provisioned: { qualifier: asked, requested } }),
  };
}

function versionIn(
  database: Database,
  entry: Entry,
  address: FunctionAddress,
  number: number,
): Promise<RunnableVersion | 'image' | undefined> {
  const known = entry.versions.get(number);
  if (known !== undefined) return known;
  const loading = database.read(async (queries) => {
    const record = await versions.get(queries, address, address.functionName, number);
    if (record === undefined) return undefined;
    const { code, phase } = record;
    if (code.kind === 'image') return 'image';
    const version = functionVersion(address, record, code);
    return phase.kind === 'creating' ? { version, pendingUntilMs: phase.untilMs } : { version };
  });
  entry.versions.set(number, loading);
  const forget = (): void => void entry.versions.delete(number);
  loading.then((found) => found ?? forget(), forget);
  return loading;
}

const CREATING = 'The function is being created.';
const IMAGES = 'Functions defined as container images are kept, and cannot be run by this server.';

/**
 * The version to which an alias sends one invocation.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
 */
function weightedVersion(alias: AliasRecord, fraction: number): string {
  let passed = 0;
  for (const [version, weight] of Object.entries(alias.weights)) {
    passed += weight;
    if (fraction < passed) return version;
  }
  return alias.functionVersion;
}

function scopeKey(scope: Scope): string {
  return `${scope.accountId}/${scope.region}`;
}

function subscribe<Callback>(listeners: Set<Callback>, callback: Callback): Disposable {
  listeners.add(callback);
  return { [Symbol.dispose]: () => void listeners.delete(callback) };
}
