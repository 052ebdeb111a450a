/** Writes docs/reference/config.md from the table of settings. */
import { writeFileSync } from 'node:fs';
import { renderReference } from '#config/index.ts';

writeFileSync(new URL('../docs/reference/config.md', import.meta.url), renderReference());
