/** What an alarm's history says of it. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_AlarmHistoryItem.html */
import { isObject, parseJson } from '#kernel/json.ts';
import type { Delivery } from '#ports/peers/deliverer.ts';
import type { Alarm, AlarmState } from './alarm.ts';
import { describeAlarm } from './describe-alarm.ts';
import type { NewHistoryItem } from './store-history.ts';

/** An alarm was made, changed or deleted. */
export function configurationUpdate(
  alarm: Alarm,
  type: 'Create' | 'Delete' | 'Update',
): NewHistoryItem {
  const words = { Create: 'created', Delete: 'deleted', Update: 'updated' }[type];
  return {
    type: 'ConfigurationUpdate',
    summary: `Alarm "${alarm.name}" ${words}`,
    data: { version: '1.0', type, [`${words}Alarm`]: lowerFirst(describeAlarm(alarm)) },
  };
}

/** An alarm's state became another. */
export function stateUpdate(alarm: Alarm, previous: AlarmState): NewHistoryItem {
  return {
    type: 'StateUpdate',
    summary: `Alarm updated from ${previous.value} to ${alarm.state.value}`,
    data: { version: '1.0', oldState: tell(previous), newState: tell(alarm.state) },
  };
}

/** A target was told, or could not be. */
export function actionTaken(
  alarm: Alarm,
  { targetArn }: Delivery,
  isDelivered: boolean,
): NewHistoryItem {
  return {
    type: 'Action',
    summary: `${isDelivered ? 'Successfully executed' : 'Failed to execute'} action ${targetArn}`,
    data: {
      actionState: isDelivered ? 'Succeeded' : 'Failed',
      stateUpdateTimestamp: alarm.state.updatedAtMs,
      notificationResource: targetArn,
    },
  };
}

function tell({ value, reason, reasonData }: AlarmState): unknown {
  const data = reasonData === undefined ? undefined : parseJson(reasonData);
  return {
    stateValue: value,
    stateReason: reason,
    ...(isObject(data) ? { stateReasonData: data } : {}),
  };
}

function lowerFirst(description: object): object {
  return Object.fromEntries(
    Object.entries(description).map(([key, value]) => [
      key[0]?.toLowerCase() + key.slice(1),
      value,
    ]),
  );
}
