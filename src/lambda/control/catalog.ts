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
import { FolderVersions } from './functions/folder-versions.ts';
import { functionVersion } from './functions/function-version.ts';
import { Remembered } from './remembered.ts';

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
  /** By number, as the invoke plane runs them; `image` for one that was never read. */
  readonly versions: Remembered<number, RunnableVersion | 'image'>;
}

type EntryOf = (address: FunctionAddress) => Entry | Promise<Entry | undefined>;

const LATEST_NUMBER = versionNumber(LATEST);
/** Functions held in memory; the least recently loaded goes first. */
const ENTRIES_MAX = 10_000;
/** Versions of one of them. */
const VERSIONS_MAX = 1000;

/** Makes the catalog over the tables. */
export function createCatalog(dependencies: CatalogDependencies): Catalog {
  const { database } = dependencies;
  const entries = new Remembered<string, Entry>(ENTRIES_MAX);
  const totals = new Map<string, number>();
  const listeners = new Set<(functionArn: string) => void>();
  const demandListeners = new Set<() => void>();
  const tellChanged = (arn: string): void => listeners.forEach((tell) => tell(arn));
  const folders = new FolderVersions(dependencies.folders, tellChanged);
  const entryOf: EntryOf = (address) =>
    entries.get(functionArn(address), () =>
      database.read((queries) => loadEntry(queries, address)),
    );
  const resolveLater = async (
    loading: Promise<Entry | undefined>,
    address: FunctionAddress,
    fraction: number,
  ): Promise<Resolution> => {
    const entry = await loading;
    if (entry === undefined) return { kind: 'missing' };
    return folders.asItStands(await resolveIn(dependencies, entry, address, fraction));
  };
  const demandsAt: Catalog['demandsUnder'] = async (address, requested) => {
    const entry = await entryOf(address);
    return entry === undefined ? [] : demandsOf(database, entry, address, requested);
  };
  const stored = storedFunctions(database, entryOf);
  return {
    resolve(address, fraction) {
      const entry = entryOf(address);
      if (entry instanceof Promise) return resolveLater(entry, address, fraction);
      const resolution = resolveIn(dependencies, entry, address, fraction);
      return resolution instanceof Promise
        ? resolution.then((later) => folders.asItStands(later))
        : folders.asItStands(resolution);
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
      entries.forget(functionArn(address));
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
function storedFunctions(database: Database, entryOf: EntryOf) {
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
    versions: new Remembered(VERSIONS_MAX),
  };
}

/** Follows the qualifier; at once where the version was loaded before. */
function resolveIn(
  { database, clock }: CatalogDependencies,
  entry: Entry,
  address: FunctionAddress,
  fraction: number,
): Resolution | Promise<Resolution> {
  const { qualifier = LATEST } = address;
  const alias = qualifierKind(qualifier) === 'alias' ? entry.aliases.get(qualifier) : undefined;
  if (alias === undefined && qualifierKind(qualifier) === 'alias') return { kind: 'missing' };
  const chosen = alias === undefined ? qualifier : weightedVersion(alias, fraction);
  const found = versionIn(database, entry, address, versionNumber(chosen));
  const about = { entry, clock, alias, qualifier, chosen };
  return found instanceof Promise
    ? found.then((later) => resolutionOf(later, about))
    : resolutionOf(found, about);
}

interface AboutResolution {
  readonly entry: Entry;
  readonly clock: Clock;
  readonly alias: AliasRecord | undefined;
  readonly qualifier: string;
  /** The version's name, which the alias may have drawn. */
  readonly chosen: string;
}

function resolutionOf(
  found: RunnableVersion | 'image' | undefined,
  { entry, clock, alias, qualifier, chosen }: AboutResolution,
): Resolution {
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
): RunnableVersion | 'image' | Promise<RunnableVersion | 'image' | undefined> {
  return entry.versions.get(number, () =>
    database.read(async (queries) => {
      const record = await versions.get(queries, address, address.functionName, number);
      if (record === undefined) return undefined;
      const { phase } = record;
      const version = functionVersion(address, record);
      if (version === undefined) return 'image';
      return phase.kind === 'creating' ? { version, pendingUntilMs: phase.untilMs } : { version };
    }),
  );
}

const CREATING = 'The function is being created.';
const IMAGES = 'The image of the function was never read by this server: update the code.';

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
