/*
 * The Telemetry API of one execution environment, and the Logs API before it.
 *
 * Owns: subscribers, what happened before they subscribed.
 * Does not own: the log (LogTap), which tells it of every line and record.
 *
 * I1  Whoever subscribes in the init hears all of it, from `platform.initStart` on.
 * I2  After the init nobody subscribes any more, and what nobody wants is forgotten.
 * I3  Subscribers hear that the runtime is done with an event when it is, and not only once they are.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html
 */
import { utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { LogLine } from '#ports/peers/log-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { LogObserver } from './log-tap.ts';
import { platformEvent } from './platform-log.ts';
import type { PlatformRecord } from './platform-log.ts';
import type { HttpReply } from './runtime-api/http-connection.ts';
import { errorReply } from './runtime-api/replies.ts';
import { TelemetrySender } from './telemetry-sender.ts';
import type { Connect, TelemetryEvent } from './telemetry-sender.ts';
import { parseSubscription } from './telemetry-subscription.ts';
import type { TelemetryApiName, TelemetrySubscription } from './telemetry-subscription.ts';

export interface TelemetryOptions {
  readonly clock: Clock;
  /** Lines are JSON: their records are objects. */
  readonly hasJsonLines: boolean;
}

interface Subscriber {
  readonly subscription: TelemetrySubscription;
  readonly sender: TelemetrySender;
}

const EARLY_MAX = 2000;
const SUBSCRIBED: HttpReply = {
  status: 200,
  headerLines: 'Content-Type: text/plain\r\n',
  body: utf8('OK'),
};

export class Telemetry implements LogObserver {
  readonly #options: TelemetryOptions;
  readonly #subscribers = new Map<string, Subscriber>();
  #early: TelemetryEvent[] = [];
  #isOpen = true;
  #doneRequestId: string | undefined;
  /** Reaches a port inside of the sandbox; set once there is one whose driver can. */
  connect: Connect | undefined;
  /** Hears of new subscribers. */
  onSubscribed: ((record: PlatformRecord) => void) | undefined;

  constructor(options: TelemetryOptions) {
    this.#options = options;
  }

  get hasSubscribers(): boolean {
    return this.#subscribers.size > 0;
  }

  onLine({ message, timestampMs }: LogLine, output: 'stdout' | 'stderr'): void {
    const isExtension = output === 'stderr';
    const value = this.#options.hasJsonLines ? parseJson(message) : undefined;
    this.#tell({
      time: new Date(timestampMs).toISOString(),
      type: isExtension ? 'extension' : 'function',
      record: isObject(value) ? value : message,
    });
  }

  onRecord(record: PlatformRecord, timestampMs: number): void {
    if (record.kind === 'runtime-done') {
      // The log tells it with the report, which comes later (I3).
      if (record.requestId === this.#doneRequestId) return;
      this.#doneRequestId = record.requestId;
    }
    this.#tell({ time: new Date(timestampMs).toISOString(), ...platformEvent(record) });
  }

  /** Called when the first event is delivered (I2). */
  endInit(): void {
    this.#isOpen = false;
    this.#early = [];
  }

  /** Takes a request of an extension, which is known by its name. */
  subscribe(api: TelemetryApiName, name: string, body: string): HttpReply {
    if (this.connect === undefined) {
      // As AWS's emulator answers where the API is not there: an extension goes on without.
      return errorReply(202, `${api}.NotSupported`, `${api} API is not supported`);
    }
    if (!this.#isOpen) {
      const message = `${api} API subscription is closed already`;
      return errorReply(403, `${api}.SubscriptionClosed`, message);
    }
    const subscription = parseSubscription(api, name, body);
    if (typeof subscription === 'string') return errorReply(400, 'ValidationError', subscription);
    const sender = new TelemetrySender(subscription, this.#options.clock, this.connect);
    const subscriber = { subscription, sender };
    this.#subscribers.get(name)?.sender.close();
    this.#subscribers.set(name, subscriber);
    for (const event of this.#early) send(subscriber, event);
    this.onSubscribed?.({
      kind: 'telemetry-subscription',
      name,
      state: 'Subscribed',
      types: subscription.types,
    });
    return SUBSCRIBED;
  }

  /** The sandbox is about to stand still. */
  pause(): void {
    for (const { sender } of this.#subscribers.values()) sender.pause();
  }

  resume(): void {
    for (const { sender } of this.#subscribers.values()) sender.resume();
  }

  /** Sends what waits: the end is near. */
  flush(): void {
    for (const { sender } of this.#subscribers.values()) sender.flush();
  }

  close(): void {
    for (const { sender } of this.#subscribers.values()) sender.close();
    this.#subscribers.clear();
    this.#early = [];
    this.#isOpen = false;
  }

  #tell(event: TelemetryEvent): void {
    if (this.#isOpen && this.#early.length < EARLY_MAX) this.#early.push(event);
    for (const subscriber of this.#subscribers.values()) send(subscriber, event);
  }
}

/** Sends an event to who wants its type, in the schema of its API. */
function send({ subscription, sender }: Subscriber, event: TelemetryEvent): void {
  const [kind = ''] = event.type.split('.');
  if (!subscription.types.some((type) => type === kind)) return;
  if (subscription.api === 'Telemetry') sender.push(event);
  else for (const older of inLogsSchema(event)) sender.push(older);
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-logs-api.html */
function inLogsSchema(event: TelemetryEvent): readonly TelemetryEvent[] {
  const { time, type, record } = event;
  if (type.startsWith('platform.init')) return [];
  if (type === 'platform.telemetrySubscription') {
    return [{ time, type: 'platform.logsSubscription', record }];
  }
  if (type !== 'platform.report' || !isObject(record)) return [event];
  const { requestId, metrics } = record;
  return [
    { time, type: 'platform.end', record: { requestId } },
    { time, type, record: { requestId, metrics } },
  ];
}
