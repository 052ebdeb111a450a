import { isLoopback } from '#kernel/ip-address.ts';
import { TABLE } from './table.ts';
import type { Machine, Setting } from './settings.ts';

type Key = keyof typeof TABLE;

/** Variables of others that set one of ours. @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
const FOREIGN_VARIABLES: Readonly<Record<string, Key>> = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'otlpEndpoint',
};

/** The server's settings, each with its value; frozen. */
export type Config = {
  readonly [Name in Key]: (typeof TABLE)[Name] extends Setting<infer Value> ? Value : never;
};

export interface ConfigInput {
  /** The command line after `hearth up`: `['--port', '0', '--auth=none']`. */
  readonly flags: readonly string[];
  /** The process's environment; of it only what begins with `HEARTH_`, and OpenTelemetry's endpoint. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly machine: Machine;
}

/** A setting that is not known or not right; its message is one sentence with what to do next. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * The settings from flags, variables and defaults, in that order of strength.
 * @throws ConfigError
 */
export function readConfig({ flags, environment, machine }: ConfigInput): Config {
  const given = new Map([...readVariables(environment), ...readFlags(flags)]);
  const entries = Object.entries(TABLE).map(([key, setting]) => {
    const origin = given.get(key);
    return [key, origin === undefined ? setting.fallback(machine) : parse(setting, origin)];
  });
  // TABLE's keys are Config's, and each value came from its own setting.
  const config = Object.freeze(Object.fromEntries(entries)) as Config;
  if (config.auth === 'none' && !isOfThisMachine(config.host)) {
    throw new ConfigError(
      `auth is none, which would let everybody on ${config.host} in: ` +
        'leave --host at 127.0.0.1, or use --auth signature',
    );
  }
  if (config.clock === 'movable' && !isOfThisMachine(config.host)) {
    throw new ConfigError(
      `clock is movable, which would let everybody on ${config.host} move it: ` +
        'leave --host at 127.0.0.1, or use --clock system',
    );
  }
  if (config.hotReload === 'on' && !isOfThisMachine(config.host)) {
    throw new ConfigError(
      `hot-reload is on, which would show this machine's folders to whoever deploys from ${config.host}: ` +
        'leave --host at 127.0.0.1, or use --hot-reload off',
    );
  }
  return config;
}

/** `dataDir` as a flag: `--data-dir`. */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `dataDir` as a variable: `HEARTH_DATA_DIR`. */
export function variableOf(key: string): string {
  return `HEARTH_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** A setting's text, and the name under which it was given. */
interface Origin {
  readonly name: string;
  readonly text: string;
}

function parse(setting: Setting<unknown>, { name, text }: Origin): unknown {
  const value = setting.parse(text);
  if (value === undefined) throw new ConfigError(`${name} must be ${setting.form}, not '${text}'`);
  return value;
}

function readFlags(flags: readonly string[]): Map<string, Origin> {
  const keys = new Map(Object.keys(TABLE).map((key) => [flagOf(key), key]));
  const given = new Map<string, Origin>();
  const rest = flags.values();
  for (const flag of rest) {
    const [name = '', ...assigned] = flag.split('=');
    const key = keys.get(name);
    if (key === undefined)
      throw unknown(flag.startsWith('-') ? 'flag' : 'argument', name, [...keys.keys()]);
    if (given.has(key)) throw new ConfigError(`${name} is given twice: leave one`);
    const text = assigned.length > 0 ? assigned.join('=') : rest.next().value;
    if (text === undefined)
      throw new ConfigError(`${name} has no value: it must be ${formOf(key)}`);
    given.set(key, { name, text });
  }
  return given;
}

function readVariables(environment: ConfigInput['environment']): Map<string, Origin> {
  const keys = new Map(Object.keys(TABLE).map((key) => [variableOf(key), key]));
  const given = new Map<string, Origin>();
  for (const [name, key] of Object.entries(FOREIGN_VARIABLES)) {
    const text = environment[name];
    if (text !== undefined) given.set(key, { name, text });
  }
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('HEARTH_') || text === undefined) continue;
    const key = keys.get(name);
    if (key === undefined) throw unknown('variable', name, [...keys.keys()]);
    given.set(key, { name, text });
  }
  return given;
}

function formOf(key: string): string {
  return Object.entries(TABLE).find(([name]) => name === key)?.[1].form ?? 'a value';
}

function unknown(what: string, name: string, known: readonly string[]): ConfigError {
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const isNear = nearest !== undefined && nearest.distance <= Math.max(2, name.length / 3);
  const hint = isNear
    ? `did you mean ${nearest.candidate}?`
    : 'docs/reference/config.md lists them all';
  return new ConfigError(`there is no ${what} ${name}: ${hint}`);
}

/** Levenshtein's: insertions, deletions and replacements between two words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(a).entries()) {
    const next = [index + 1];
    for (const [column, other] of Array.from(b).entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function isOfThisMachine(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}
