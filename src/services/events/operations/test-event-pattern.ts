import type { Operations } from '#aws/models/events.types.gen.ts';
import { compilePattern, matchPattern } from '#kernel/event-pattern/index.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { validation } from '../errors.ts';
import { checkPattern } from './rules.ts';

const REQUIRED = ['id', 'account', 'source', 'time', 'region', 'detail-type'];

/** Recorded: `test_array_event_payload`. */
export function testEventPattern(): Operations['TestEventPattern'] {
  return async (_context, { EventPattern, Event }) => {
    const event = parseJson(Event);
    if (!isObject(event)) throw validation('Parameter Event is not valid.');
    checkPattern(EventPattern);
    const missing = REQUIRED.find((name) => typeof event[name] !== 'string');
    if (missing !== undefined) {
      throw validation(`Parameter Event is not valid. Reason: ${missing} is a required argument.`);
    }
    return { Result: matchPattern(compilePattern(EventPattern), event) };
  };
}
