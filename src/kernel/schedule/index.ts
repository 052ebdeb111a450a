/** Schedule expressions of EventBridge rules and of EventBridge Scheduler: pure arithmetic over time. */
export { resumeAfter } from './missed.ts';
export {
  nextFiring,
  parseRuleExpression,
  parseSchedulerExpression,
  replanAfter,
  type ScheduleExpression,
} from './schedule.ts';
export { isTimeZone } from './time-zone.ts';
