import { styleText } from 'node:util';
import { isObject, parseJson } from '#kernel/json.ts';

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<string, Style>> = {
  debug: 'dim',
  info: 'green',
  warn: 'yellow',
  error: 'red',
};

/** One JSON line of the log as a person reads it: `12:00:01.250 info message key=value`, then a stack. */
export function formatLine(line: string, hasColors: boolean): string {
  const record = parseJson(line);
  if (!isObject(record)) return line;
  const { level, time, message, error, ...fields } = record;
  const paint = (style: Style, text: string): string =>
    hasColors ? styleText(style, text, { validateStream: false }) : text;
  const words = [
    paint('dim', String(time).slice(11, 23)),
    paint(STYLES[String(level)] ?? 'reset', String(level).padEnd(5)),
    String(message),
    ...Object.entries(fields).map(([name, value]) => `${paint('dim', `${name}=`)}${format(value)}`),
  ];
  const stack = isObject(error) ? `\n${String(error['stack'] ?? error['message'])}` : '';
  return `${words.join(' ')}${stack}\n`;
}

function format(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
