/** The versions of CNI results that we write, oldest first. */
export const supportedVersions: readonly string[] = ['0.3.1', '0.4.0', '1.0.0', '1.1.0'];

/** Tells whether a version is at least another. */
export function isAtLeast(version: string, other: string): boolean {
  return supportedVersions.indexOf(version) >= supportedVersions.indexOf(other);
}
