import type { EventBus, Operations } from '#aws/models/events.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { EventsDependencies } from '../dependencies.ts';
import { alreadyExists, limitExceeded, noSuchBus, validation } from '../errors.ts';
import { BUSES_MAX } from '../limits.ts';
import { busAddressOf, busArn, DEFAULT_BUS, type Bus, type Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import {
  busKey,
  deleteDocument,
  findBus,
  listDocuments,
  saveDocument,
} from '../store-documents.ts';
import { listRulesOf } from '../store-rules.ts';
import { tagsOf } from '../tag-list.ts';

/** Makes a bus of its own name. */
export function createEventBus({
  database,
  clock,
}: EventsDependencies): Operations['CreateEventBus'] {
  return async (context, input) => {
    const { Name: name } = input;
    if (name.includes('/')) throw validation("Event bus name must not contain '/'.");
    const nowMs = clock.now();
    const bus: Bus = {
      name,
      ...settingsOf(input),
      tags: tagsOf(input.Tags),
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
    };
    await database.transact(async (tx) => {
      const isTaken = name === DEFAULT_BUS || (await findBus(tx, context, name)) !== undefined;
      if (isTaken) throw alreadyExists(`Event bus ${name} already exists.`);
      const buses = await listDocuments<Bus>(tx, { ...placeOf(context), kind: 'bus' });
      if (buses.length >= BUSES_MAX) throw limitExceeded();
      await saveDocument(tx, busKey(context, name), bus);
    });
    return { EventBusArn: busArn({ ...placeOf(context), bus: name }), ...describeSettings(bus) };
  };
}

/** Changes what a bus is described by. */
export function updateEventBus({
  database,
  clock,
}: EventsDependencies): Operations['UpdateEventBus'] {
  return async (context, input) => {
    const address = busAddressOf(context, input.Name);
    const bus = await database.transact(async (tx) => {
      const known = await requireBus(tx, address, address.bus, clock.now());
      const changed = { ...known, ...settingsOf(input), modifiedAtMs: clock.now() };
      await saveDocument(tx, busKey(address, address.bus), changed);
      return changed;
    });
    return { Arn: busArn(address), Name: bus.name, ...describeSettings(bus) };
  };
}

/** Its rules go with it. */
export function deleteEventBus({ database }: EventsDependencies): Operations['DeleteEventBus'] {
  return async (context, { Name: name }) => {
    if (name === DEFAULT_BUS) throw validation('Cannot delete event bus default.');
    await database.transact(async (tx) => {
      const rules = await listRulesOf(tx, { ...placeOf(context), bus: name });
      if (rules.length > 0) {
        throw validation(`Event bus ${name} can't be deleted since it has rules.`);
      }
      await deleteDocument(tx, busKey(context, name));
    });
    return {};
  };
}

/** Tells of one bus, the default one where none is named. */
export function describeEventBus({
  database,
  clock,
}: EventsDependencies): Operations['DescribeEventBus'] {
  return async (context, { Name }) => {
    const address = busAddressOf(context, Name);
    const bus = await database.transact((tx) => requireBus(tx, address, address.bus, clock.now()));
    return { ...describe(address, bus), ...describeSettings(bus) };
  };
}

/** Lists buses by name, a page at a time. */
export function listEventBuses({
  database,
  clock,
}: EventsDependencies): Operations['ListEventBuses'] {
  return async (context, { NamePrefix = '', NextToken, Limit }) => {
    const buses = await database.transact(async (tx) => {
      await requireBus(tx, context, DEFAULT_BUS, clock.now());
      return listDocuments<Bus>(tx, { ...placeOf(context), kind: 'bus', prefix: NamePrefix });
    });
    const { page, next } = pageOf(buses, ({ name }) => name, { token: NextToken, limit: Limit });
    return { EventBuses: page.map((bus) => describe(context, bus)), ...next };
  };
}

/**
 * A bus; the default bus is there when it is asked for.
 * @throws AwsError ResourceNotFoundException
 */
export async function requireBus(
  tx: Transaction,
  place: Place,
  name: string,
  nowMs: number,
): Promise<Bus> {
  const known = await findBus(tx, place, name);
  if (known !== undefined) return known;
  if (name !== DEFAULT_BUS) throw noSuchBus(name);
  const bus: Bus = { name, tags: {}, createdAtMs: nowMs, modifiedAtMs: nowMs };
  await saveDocument(tx, busKey(place, name), bus);
  return bus;
}

/** The account and Region of a request or a bus. */
export function placeOf({ accountId, region }: Place): Place {
  return { accountId, region };
}

interface Settings {
  readonly Description?: string;
  readonly KmsKeyIdentifier?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

function settingsOf(
  input: Settings,
): Pick<Bus, 'description' | 'kmsKeyIdentifier' | 'deadLetterArn'> {
  const { Description, KmsKeyIdentifier, DeadLetterConfig } = input;
  return {
    ...(Description === undefined ? {} : { description: Description }),
    ...(KmsKeyIdentifier === undefined ? {} : { kmsKeyIdentifier: KmsKeyIdentifier }),
    ...(DeadLetterConfig?.Arn === undefined ? {} : { deadLetterArn: DeadLetterConfig.Arn }),
  };
}

function describeSettings({ description, kmsKeyIdentifier, deadLetterArn }: Bus): Settings {
  return {
    ...(description === undefined ? {} : { Description: description }),
    ...(kmsKeyIdentifier === undefined ? {} : { KmsKeyIdentifier: kmsKeyIdentifier }),
    ...(deadLetterArn === undefined ? {} : { DeadLetterConfig: { Arn: deadLetterArn } }),
  };
}

function describe(place: Place, bus: Bus): EventBus {
  return {
    Name: bus.name,
    Arn: busArn({ ...placeOf(place), bus: bus.name }),
    ...(bus.description === undefined ? {} : { Description: bus.description }),
    ...(bus.policy === undefined ? {} : { Policy: bus.policy }),
    CreationTime: bus.createdAtMs,
    LastModifiedTime: bus.modifiedAtMs,
  };
}
