// A script of the grammar may be run again: what is there may be added, and what is not there deleted.
// The API itself refuses both, so that programs learn what they were wrong about.

/** Waits for a deletion; who finds nothing to delete has what was wanted. */
export async function gone(deletion: Promise<unknown>): Promise<undefined> {
  await deletion.catch((reason) => {
    if (!isMissing(reason)) throw reason;
  });
  return undefined;
}

/** Waits for an addition; who finds the very same there has what was wanted. */
export async function there(addition: Promise<unknown>, isSame: () => Promise<boolean>): Promise<undefined> {
  await addition.catch(async (reason) => {
    if (codeOf(reason) !== 'EEXIST' || !(await isSame())) throw reason;
  });
  return undefined;
}

function isMissing(reason: unknown): boolean {
  return ['ENOENT', 'EADDRNOTAVAIL'].includes(codeOf(reason));
}

function codeOf(reason: unknown): string {
  return reason instanceof Error && 'code' in reason ? String(reason.code) : '';
}
