const undoings = new Set<() => void>();

/**
 * Registers a synchronous undoing that runs when the process ends, however it ends short of SIGKILL; the last
 * registered runs first. Returns a function that takes the registration back.
 */
export function atExit(undo: () => void): () => void {
  listen();
  undoings.add(undo);
  return () => undoings.delete(undo);
}

let listening = false;

function listen(): void {
  if (listening) return;
  listening = true;
  process.once('exit', undoAll);
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  process.once('SIGHUP', () => process.exit(129));
}

// One undoing that fails must not keep the others from running.
function undoAll(): void {
  for (const undo of [...undoings].reverse()) {
    try {
      undo();
    } catch (error) {
      process.stderr.write(`undoing failed: ${String(error)}\n`);
    }
  }
}
