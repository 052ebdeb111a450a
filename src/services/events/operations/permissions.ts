import type { Operations, PutPermissionRequest } from '#aws/models/events.types.gen.ts';
import { isObject, parseJson, type Json } from '#kernel/json.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { EventsDependencies } from '../dependencies.ts';
import { notFound, validation } from '../errors.ts';
import { busAddressOf, busArn, type Bus, type BusAddress } from '../model.ts';
import { busKey, saveDocument } from '../store-documents.ts';
import { requireBus } from './event-buses.ts';

interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Json[];
}

/** Adds or replaces one statement, or replaces the whole policy. */
export function putPermission({
  database,
  clock,
}: EventsDependencies): Operations['PutPermission'] {
  return async (context, input) => {
    const address = busAddressOf(context, input.EventBusName);
    await database.transact(async (tx) => {
      const bus = await requireBus(tx, address, address.bus, clock.now());
      const policy = input.Policy ?? JSON.stringify(withStatement(bus, address, input));
      if (!isObject(parseJson(policy))) {
        throw validation('Parameter Policy is not valid.');
      }
      await savePolicy(tx, address, { ...bus, policy, modifiedAtMs: clock.now() });
    });
    return {};
  };
}

/** Recorded: `test_put_permission`, `test_remove_permission`. */
function withStatement(bus: Bus, address: BusAddress, input: PutPermissionRequest): PolicyDocument {
  const { Action, Principal, StatementId, Condition } = input;
  if (Action === undefined || Principal === undefined || StatementId === undefined) {
    throw validation('Parameter(s) Action, Principal and StatementId must be specified.');
  }
  if (Action !== 'events:PutEvents') {
    throw validation("Provided value in parameter 'action' is not supported.");
  }
  const statement: Json = {
    Sid: StatementId,
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : { AWS: `arn:aws:iam::${Principal}:root` },
    Action,
    Resource: busArn(address),
    ...(Condition === undefined
      ? {}
      : { Condition: { [Condition.Type]: { [Condition.Key]: Condition.Value } } }),
  };
  const others = statementsOf(bus).filter((other) => sidOf(other) !== StatementId);
  return { Version: '2012-10-17', Statement: [...others, statement] };
}

/** Takes a statement, or all of them, out of a bus’s policy. */
export function removePermission({
  database,
  clock,
}: EventsDependencies): Operations['RemovePermission'] {
  return async (context, { EventBusName, StatementId, RemoveAllPermissions }) => {
    const address = busAddressOf(context, EventBusName);
    await database.transact(async (tx) => {
      const bus = await requireBus(tx, address, address.bus, clock.now());
      const { policy: _policy, ...withoutPolicy } = bus;
      const statements = statementsOf(bus);
      const kept =
        RemoveAllPermissions === true
          ? []
          : statements.filter((statement) => sidOf(statement) !== StatementId);
      if (RemoveAllPermissions !== true && kept.length === statements.length) {
        throw notFound('Statement with the provided id does not exist.');
      }
      const document: PolicyDocument = { Version: '2012-10-17', Statement: kept };
      const policy = kept.length === 0 ? {} : { policy: JSON.stringify(document) };
      await savePolicy(tx, address, { ...withoutPolicy, ...policy, modifiedAtMs: clock.now() });
    });
    return {};
  };
}

function statementsOf({ policy }: Bus): readonly Json[] {
  const document = policy === undefined ? undefined : parseJson(policy);
  if (!isObject(document)) return [];
  const { Statement } = document;
  // A policy is stored only when it is JSON.
  return Array.isArray(Statement) ? (Statement as readonly Json[]) : [];
}

function sidOf(statement: Json): unknown {
  return isObject(statement) ? statement['Sid'] : undefined;
}

function savePolicy(tx: Transaction, address: BusAddress, bus: Bus): Promise<void> {
  return saveDocument(tx, busKey(address, address.bus), bus);
}
