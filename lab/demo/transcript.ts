import { writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** What a demo says, on the terminal and, where a file is named, at its end there. */
export class Transcript {
  readonly #file: string | undefined;
  readonly #command: string;
  #said = '';

  /**
   * @param command what the demo was started with, in a reader's words
   * @throws Error when the file cannot be written
   */
  constructor(file: string | undefined, command: string) {
    this.#file = file;
    this.#command = command;
    if (file !== undefined) writeFileSync(file, '');
  }

  /** Says something. */
  readonly write = (text: string): void => {
    process.stdout.write(text);
    this.#said += stripVTControlCharacters(text);
  };

  /** Writes the page. @throws Error when the file cannot be written */
  close(): void {
    if (this.#file === undefined) return;
    const title = `# What \`${this.#command}\` shows`;
    const note = `Written by \`${this.#command} -- --transcript FILE\`; nothing in it was typed by hand.`;
    writeFileSync(this.#file, `${title}\n${note}\n\`\`\`\n${this.#said.trim()}\n\`\`\`\n`);
  }
}
