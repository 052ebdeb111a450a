export type LogFields = Readonly<Record<string, unknown>>;

/** The server's own log: for the operator, never for a function's output. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
