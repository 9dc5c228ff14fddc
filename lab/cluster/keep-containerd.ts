import { Containerd } from '../containerd/containerd.ts';
import { Program } from '../program.ts';
import { shellInside } from './inside.ts';

// A node's containerd, for as long as this process runs: NAMESPACE LABEL AGENT-SOCKET NETWORK.
const [name = '', label = '', agentSocket = '', network = ''] = process.argv.slice(2);
const namespace = { name, start: (line: string) => new Program(shellInside(name, `exec ${line}`)) };
const containerd = await new Containerd({ namespace, label, agentSocket, network }).start();
process.removeAllListeners('SIGTERM'); // others end at once, and leave control groups
process.once('SIGTERM', () => void containerd.close().then(() => process.exit(0)));
process.stdout.write(`containerd is ready in ${containerd.cell.directory}\n`);
