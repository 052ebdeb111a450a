import type { StateValue } from './alarm.ts';
import { validationError } from './errors.ts';

const DEPTH_MAX = 50;

export interface AlarmRule {
  /** The alarms that the rule names, by name or ARN. */
  readonly alarms: readonly string[];
  readonly isTrue: (stateOf: (alarm: string) => StateValue | undefined) => boolean;
}

type Test = AlarmRule['isTrue'];

/**
 * Parses a composite alarm's rule: `ALARM("a") AND NOT (OK(b) OR FALSE)`.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 * @throws AwsError ValidationError
 */
export function parseAlarmRule(text: string): AlarmRule {
  const parser = new RuleParser(text);
  return parser.parse();
}

class RuleParser {
  readonly #tokens: readonly string[];
  readonly #alarms: string[] = [];
  #index = 0;

  constructor(text: string) {
    this.#tokens = text.match(/"[^"]*"|[()]|[^\s()"]+/g) ?? [];
  }

  parse(): AlarmRule {
    const isTrue = this.#any(0);
    if (this.#index < this.#tokens.length) throw invalid();
    return { alarms: this.#alarms, isTrue };
  }

  #take(word: string): boolean {
    if (this.#tokens[this.#index]?.toUpperCase() !== word) return false;
    this.#index += 1;
    return true;
  }

  #any(depth: number): Test {
    if (depth > DEPTH_MAX) throw invalid();
    const tests = [this.#all(depth)];
    while (this.#take('OR')) tests.push(this.#all(depth));
    return (stateOf) => tests.some((test) => test(stateOf));
  }

  #all(depth: number): Test {
    const tests = [this.#one(depth)];
    while (this.#take('AND')) tests.push(this.#one(depth));
    return (stateOf) => tests.every((test) => test(stateOf));
  }

  #one(depth: number): Test {
    if (this.#take('NOT')) {
      if (depth > DEPTH_MAX) throw invalid();
      const test = this.#one(depth + 1);
      return (stateOf) => !test(stateOf);
    }
    if (this.#take('TRUE')) return () => true;
    if (this.#take('FALSE')) return () => false;
    if (this.#take('(')) {
      const test = this.#any(depth + 1);
      if (!this.#take(')')) throw invalid();
      return test;
    }
    return this.#state();
  }

  #state(): Test {
    const value = (['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const).find((word) => this.#take(word));
    if (value === undefined || !this.#take('(')) throw invalid();
    const alarm = (this.#tokens[this.#index] ?? '').replace(/^"(.*)"$/, '$1');
    this.#index += 1;
    if (alarm === '' || !this.#take(')')) throw invalid();
    this.#alarms.push(alarm);
    return (stateOf) => stateOf(alarm) === value;
  }
}

function invalid(): ReturnType<typeof validationError> {
  return validationError('AlarmRule is not valid.');
}
