const BASIC = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** The moment that `YYYYMMDDTHHMMSSZ` names, in ms since 1970; `undefined` where it names none. */
export function parseTimestamp(text: string): number | undefined {
  const parts = BASIC.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const milliseconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** A moment as `YYYYMMDDTHHMMSSZ`. */
export function formatTimestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** A moment as `YYYY-MM-DDTHH:MM:SSZ`, as S3's errors show it. */
export function formatSeconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
