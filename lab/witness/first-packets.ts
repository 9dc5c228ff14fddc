import type { Pod } from '../agent.ts';

/** What a kernel has dropped on the way into a container. */
export interface Drops {
  /** At the host's end of its pair, where it has one. */
  readonly atHostEnd: number;
  /** At the container's own end, before anything looked at it. */
  readonly atOwnEnd: number;
  /** In the container, as not for an address of its own. */
  readonly asNotOwn: number;
}

/** A container's interface, and whom it sends to. */
export interface FirstPackets {
  readonly network: string;
  readonly kind: 'veth' | 'tap';
  readonly gateways: readonly string[];
}

/**
 * Attaches a container, and sends its gateways an echo request each the moment ADD is answered, sooner than a program
 * could be started; says what had been dropped before they were sent, and when all are answered.
 */
export async function attachAndSend(pod: Pod, { network, kind, gateways }: FirstPackets) {
  const { agent, container, name } = pod;
  const variables = {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: container,
    CNI_NETNS: `/run/netns/${name}`,
    CNI_IFNAME: 'eth0',
  };
  const configuration = { cniVersion: '1.1.0', name: network, type: 'millrace-cni', kind };
  const plan = { socket: agent.socket, agent: agent.program.pid, variables, configuration, gateways };
  const output = await pod.run(`python3 -c '${script}' '${JSON.stringify(plan)}'`, { timeoutMs: 30_000 });
  const { before, after }: { readonly before: Drops; readonly after: Drops } = JSON.parse(output);
  return { before, after };
}

const script = `
import json, socket, sys
plan = json.loads(sys.argv[1])

class Echo:
    def __init__(self, address):
        self.address, self.is6 = address, ":" in address
        family, protocol = (socket.AF_INET6, socket.IPPROTO_ICMPV6) if self.is6 else (socket.AF_INET, socket.IPPROTO_ICMP)
        self.socket = socket.socket(family, socket.SOCK_RAW, protocol)
    def ask(self):
        request = b"\\x80" + bytes(7) if self.is6 else b"\\x08\\0\\xf7\\xff" + bytes(4)
        self.socket.sendto(request, (self.address, 0))
    def wait(self):
        place, reply = (0, 129) if self.is6 else (20, 0)
        while self.socket.recv(2000)[place] != reply: pass

def attach():
    agent = socket.socket(socket.AF_UNIX)
    agent.connect(plan["socket"])
    words = "".join(f"{name}={value}\\0" for name, value in plan["variables"].items())
    agent.sendall((words + "\\0" + json.dumps(plan["configuration"])).encode())
    agent.shutdown(socket.SHUT_WR)
    return json.loads(b"".join(iter(lambda: agent.recv(65536), b""))[1:])

def devices(process):
    lines = (line.split(":") for line in open("/proc/%s/net/dev" % process) if ":" in line)
    return {name.strip(): [int(counter) for counter in counters.split()] for name, counters in lines}

def drops():
    received, sent = 3, 11
    own = dict(line.split() for line in open("/proc/net/snmp6"))
    return {
        "atHostEnd": sum(devices(plan["agent"])[end][sent] for end in host_ends),
        "atOwnEnd": devices("self")["eth0"][received],
        "asNotOwn": int(own["Ip6InAddrErrors"]),
    }

echoes = [Echo(address) for address in plan["gateways"]]
host_ends = [each["name"] for each in attach()["interfaces"] if "sandbox" not in each]
before = drops()
for echo in echoes: echo.ask()
for echo in echoes: echo.wait()
print(json.dumps({"before": before, "after": drops()}))
`;
