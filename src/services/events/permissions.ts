import { definePermissions, objectsOf, passRole, textOf } from '#aws/access/index.ts';
import type { Call, KeyValues, Need, Permissions } from '#aws/operation.ts';
import { formatArn, parseArn } from '#kernel/arn.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import { archiveArn, busAddressOf, busArn, replayArn, ruleArn } from './model.ts';
import { findBus } from './store-documents.ts';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
const TABLE: Permissions = definePermissions({
  prefix: 'events',
  resourcesOf: resourceOf,
  keysOf: ({ operation, input }) => keysOf(operation, input),
  moreOf: ({ input }) => [
    ...passRole(textOf(input, 'RoleArn'), 'events.amazonaws.com'),
    ...objectsOf(input, 'Targets').flatMap((target) =>
      passRole(textOf(target, 'RoleArn'), 'events.amazonaws.com'),
    ),
  ],
});

/** Events are put bus by bus. */
export const EVENTS_PERMISSIONS: Permissions = {
  needsOf: (call) => (call.operation === 'PutEvents' ? putNeeds(call) : TABLE.needsOf(call)),
};

function putNeeds({ input, context }: Call): readonly Need[] {
  return objectsOf(input, 'Entries').map((entry) => ({
    action: 'events:PutEvents',
    resource: busArn(busAddressOf(context, textOf(entry, 'EventBusName'))),
    keys: {
      'events:source': textOf(entry, 'Source'),
      'events:detail-type': textOf(entry, 'DetailType'),
    },
  }));
}

const OF_RULES = /^(?:(?:Put|Delete|Describe|Enable|Disable)Rule|\w+Targets|ListTargetsByRule)$/;
const OF_BUSES = /EventBus$|Permission$/;

function resourceOf({ operation, input, context }: Call): string | undefined {
  const arn = textOf(input, 'ResourceARN');
  if (arn !== undefined) return arn;
  const name = textOf(input, 'Name') ?? textOf(input, 'Rule');
  const bus = busAddressOf(context, textOf(input, 'EventBusName'));
  if (OF_BUSES.test(operation)) {
    return busArn(busAddressOf(context, textOf(input, 'EventBusName') ?? name));
  }
  if (OF_RULES.test(operation) && name !== undefined) return ruleArn({ ...bus, rule: name });
  const archive = textOf(input, 'ArchiveName');
  if (archive !== undefined) return archiveArn(context, archive);
  const replay = textOf(input, 'ReplayName');
  if (replay !== undefined) return replayArn(context, replay);
  const kind = /(?:Connection|ApiDestination)$/.exec(operation)?.[0];
  if (kind === undefined || name === undefined) return undefined;
  const word = kind === 'Connection' ? 'connection' : 'api-destination';
  return formatArn('events', context.region, context.accountId, `${word}/${name}`);
}

function keysOf(operation: string, input: Call['input']): KeyValues {
  const targets = objectsOf(input, 'Targets').flatMap((target) => textOf(target, 'Arn') ?? []);
  return operation === 'PutTargets' ? { 'events:TargetArn': targets } : {};
}

/** Buses' own policies. */
export const BUS_POLICIES: ResourcePolicies = {
  async find(queries, _action, text) {
    const arn = parseArn(text);
    if (arn?.resource.startsWith('event-bus/') !== true) return undefined;
    const address = busAddressOf(arn, text);
    const policy = (await findBus(queries, address, address.bus))?.policy;
    return { accountId: address.accountId, ...(policy === undefined ? {} : { policy }) };
  },
};
