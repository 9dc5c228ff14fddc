import type { Story } from './story.ts';
import { summary } from './summary.ts';

const startedMs = Number(process.env.MILLRACE_STARTED ?? 0) * 1000 || performance.timeOrigin;

/** What a demo shows, and what to say beside the error when it breaks off. */
export interface Telling {
  readonly story: Story;
  readonly tour: (onFirstPing: () => void) => Promise<void>;
  readonly afterError?: () => string;
}

/** Tells a tour to its end, however that comes, and what was checked. @returns the status to exit with */
export async function tellTour({ story, tour, afterError = () => '' }: Telling): Promise<number> {
  try {
    await tour(() => noteFirstPing(story));
  } catch (error) {
    story.check('the tour', undefined);
    story.tell(`${error instanceof Error ? error.message : String(error)}${afterError()}`);
  }
  story.chapter('Summary');
  story.tell(summary(story.checks));
  return story.checks.every(({ passed }) => passed) ? 0 : 1;
}

function noteFirstPing(story: Story): void {
  const seconds = (performance.timeOrigin + performance.now() - startedMs) / 1000;
  story.tell(`\n  the first ping was answered ${seconds.toFixed(1)} s after the start of this command`);
}
