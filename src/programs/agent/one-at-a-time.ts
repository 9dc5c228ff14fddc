/** Makes of an action one that runs once at a time: calls meanwhile come to one run afterwards. */
export function oneAtATime(action: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await action();
    } while (again);
    running = false;
  };
  return () => void run();
}
