/**
 * Tumbling windows: records of one span of time share a state that the function hands on. Pure.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
 */
import { textOf } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { MIB } from '#kernel/units.ts';

/** Stored as JSON with the shard's place. */
export interface OpenWindow {
  /** In ms since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  /** What the function answered last. */
  readonly state: unknown;
  /** True once the state has grown over its bound. */
  readonly isTerminatedEarly: boolean;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html 1 MB for each shard */
const STATE_BYTES_MAX = 1 * MIB;

/** The window that a time is in, not yet begun. */
export function windowAt(atMs: number, sizeMs: number): OpenWindow {
  const startMs = Math.floor(atMs / sizeMs) * sizeMs;
  return { startMs, endMs: startMs + sizeMs, state: {}, isTerminatedEarly: false };
}

/** True for an answer with a state, without which a window's invocation has failed. */
export function hasState(payload: Uint8Array): boolean {
  return stateOf(payload) !== undefined;
}

function stateOf(payload: Uint8Array): object | undefined {
  const answer = parseJson(textOf(payload));
  return isObject(answer) && isObject(answer['state']) ? answer['state'] : undefined;
}

/** The window after an answer of its function. */
export function withAnswer(window: OpenWindow, payload: Uint8Array): OpenWindow {
  const state = stateOf(payload) ?? {};
  const bytes = Buffer.byteLength(JSON.stringify(state));
  return { ...window, state, isTerminatedEarly: bytes > STATE_BYTES_MAX };
}

/** What an event says of its window, beside the records. */
export function windowMembers(
  window: OpenWindow,
  source: { readonly shardId: string; readonly eventSourceARN: string },
  isFinalInvokeForWindow: boolean,
): Readonly<Record<string, unknown>> {
  const time = (atMs: number): string => new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    window: { start: time(window.startMs), end: time(window.endMs) },
    state: window.state,
    ...source,
    isFinalInvokeForWindow,
    isWindowTerminatedEarly: window.isTerminatedEarly,
  };
}

/** A window that was stored. */
export function parseWindow(text: string | undefined): OpenWindow | undefined {
  // Only the shard reader stores them.
  return text === undefined ? undefined : (JSON.parse(text) as OpenWindow);
}
