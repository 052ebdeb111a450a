import { flagOf, variableOf } from './config.ts';
import type { Setting } from './settings.ts';
import { TABLE } from './table.ts';

/** The reference page of all settings, in Markdown. */
export function renderReference(): string {
  const rows = Object.entries(TABLE).map(([key, setting]) => row(key, setting));
  return `# Settings

Written from \`src/config/table.ts\` by \`node scripts/generate-config-reference.ts\`.
A flag is stronger than a variable, a variable stronger than the default. What is not listed is refused.

| flag | variable | form | default | |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/** The flags as \`hearth up --help\` shows them: \`--port <…>  doc (default)\`. */
export function describeFlags(): readonly { readonly flag: string; readonly doc: string }[] {
  return Object.entries(TABLE).map(([key, setting]) => ({
    flag: flagOf(key),
    doc: `${setting.doc} Default: ${setting.fallbackText}${unitOf(setting)}.`,
  }));
}

function row(key: string, setting: Setting<unknown>): string {
  const cells = [
    `\`${flagOf(key)}\``,
    `\`${variableOf(key)}\``,
    `${setting.form}${unitOf(setting)}`,
    setting.fallbackText,
    setting.doc,
  ];
  return `| ${cells.join(' | ')} |`;
}

function unitOf({ unit }: Setting<unknown>): string {
  return unit === undefined ? '' : `, ${unit}`;
}
