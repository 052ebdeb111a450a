/** `npm run demo [-- thumbnail|cron] [--keep]`: the stories that everyone tries first. */
import { runCronStory } from './cron/story.ts';
import { runThumbnailStory } from './thumbnail/story.ts';

const STORIES: Readonly<Record<string, (isKept: boolean) => Promise<void>>> = {
  thumbnail: runThumbnailStory,
  cron: runCronStory,
};

const words = process.argv.slice(2);
const isKept = words.includes('--keep');
const name = words.find((word) => !word.startsWith('-')) ?? 'thumbnail';
const story = STORIES[name];
if (story === undefined) {
  process.stderr.write(
    `There is no story ${name}; there are ${Object.keys(STORIES).join(', ')}.\n`,
  );
  process.exit(2);
}
await story(isKept);
