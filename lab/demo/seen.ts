/** What ping saw when everything was answered. */
export function answered(output: string): string | undefined {
  const counts = /(\d+) packets transmitted, (\d+) received/.exec(output);
  const average = /= [\d.]+\/([\d.]+)\//.exec(output)?.[1];
  if (!counts || counts[1] !== counts[2] || average === undefined) return undefined;
  return `${counts[2]} of ${counts[1]} answered, ${average} ms`;
}

/** What traceroute saw when it saw these addresses. */
export function hops(output: string, expected: readonly string[]): string | undefined {
  const found = [...output.matchAll(/^ *\d+ {2}(\S+)/gm)].map(([, address]) => address);
  return found.join() === expected.join() ? found.join(' → ') : undefined;
}

/** What iperf3's receiver saw. */
export function bitRate(output: string): string | undefined {
  const line = /([\d.]+ [KMG]bits\/sec).*receiver/.exec(output);
  return line?.[1];
}

/** A fixed text when a pattern matches. */
export function matching(pattern: RegExp, text: string): (output: string) => string | undefined {
  return (output) => (pattern.test(output) ? text : undefined);
}
