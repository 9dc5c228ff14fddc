import type { Namespace } from '../namespace.ts';
import type { Program } from '../program.ts';

/** Who speaks to whom: the address may be another one than the server's own. */
export interface Ends {
  readonly from: Namespace;
  readonly to: Namespace;
  readonly address: string;
  readonly port: number;
}

/** A TCP connection between two programs of Linux that stays open until the test has done with it. */
export class Conversation implements AsyncDisposable {
  readonly #client: Program;
  readonly #server: Program;
  #words = 0;

  private constructor(client: Program, server: Program) {
    this.#client = client;
    this.#server = server;
  }

  /** Connects them. @throws LabError when they do not come together */
  static async open({ from, to, address, port }: Ends): Promise<Conversation> {
    const server = to.start(`python3 -u -c '${echoing}' ${port}`);
    await server.said(/listening/);
    const client = from.start(`python3 -u -c '${speaking}' ${address} ${port}`);
    const conversation = new Conversation(client, server);
    await client.said(/connected/);
    return conversation;
  }

  /** Says something that has not been said yet, and waits until the other end has sent it back. @throws LabError when it does not */
  async goOn(): Promise<void> {
    const word = `word-${++this.#words}`;
    this.#client.write(`${word}\n`);
    await this.#client.said(new RegExp(`^heard ${word}$`, 'm'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
    await this.#server.close();
  }
}

const echoing = `
import socket, sys
server = socket.create_server(("", int(sys.argv[1])))
print("listening")
connection, _ = server.accept()
while said := connection.recv(4096):
    connection.sendall(said)
`;
const speaking = `
import socket, sys
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
print("connected")
answers = connection.makefile()
for line in sys.stdin:
    connection.sendall(line.encode())
    print("heard", answers.readline().strip())
`;
