/** What the CNI executable passes on (native/cni/cni.c has the bytes). */
export interface CniMessage {
  /** The variables that begin with CNI_. */
  readonly environment: Readonly<Record<string, string>>;
  /** What came on its standard input. */
  readonly configuration: string;
}

/** What it prints and ends with. */
export interface CniAnswer {
  readonly status: 0 | 1;
  readonly output: string;
}

/** Reads a whole message; undefined where its end is missing. */
export function readMessage(bytes: Uint8Array): CniMessage | undefined {
  const environment: Record<string, string> = {};
  for (let at = 0; ; ) {
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    if (end === at) return { environment, configuration: textOf(bytes.subarray(at + 1)) };
    const variable = textOf(bytes.subarray(at, end));
    const equals = variable.indexOf('=');
    environment[variable.slice(0, equals)] = variable.slice(equals + 1);
    at = end + 1;
  }
}

/** Writes an answer. */
export function writeAnswer({ status, output }: CniAnswer): string {
  return `${status}${output}`;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
