import type { Host } from '../host.ts';
import type { Program } from '../program.ts';

/** A VLAN device of Linux, as `ip link add link PARENT name NAME type vlan` makes it. */
export interface VlanDevicePlan {
  readonly parent: string;
  readonly name: string;
  readonly vlanId: number;
  readonly proto?: '802.1q' | '802.1ad';
  /** Priority of the frames that it sends. */
  readonly priority?: number;
  /** In lines of `ip address add … dev NAME`. */
  readonly addresses: readonly string[];
  readonly mtu?: number;
}

/**
 * Makes a VLAN device of a host. Kernels may have been built without 802.1Q devices, but never without the code
 * that they call: here the kernel's own skb_vlan_push and skb_vlan_pop run between the parent and one end of a veth
 * pair, called by two BPF programs of a few instructions. It is there until the program is closed.
 */
export async function startVlanDevice(host: Host, plan: VlanDevicePlan): Promise<Program> {
  const { parent, name, vlanId, proto = '802.1q', priority = 0, addresses, mtu = 1500 } = plan;
  const inner = `${name}-t`;
  await host.ip(
    `link add ${name} address ${host.mac} mtu ${mtu} type veth peer name ${inner} mtu ${mtu}
     link set ${inner} addrgenmode none up
     link set ${name} up`,
  );
  await host.run(`ethtool -K ${name} tx off gso off tso off gro off`);
  await host.ip(addresses.map((address) => `address add ${address} dev ${name}`).join('\n'));
  const tag = ((priority << 13) | vlanId).toString();
  const type = proto === '802.1q' ? '0x8100' : '0x88a8';
  const program = host.start(`/usr/bin/python3 -c '${script}' ${parent} ${inner} ${type} ${tag}`);
  await program.said(/ready/);
  return program;
}

// bpf(2): commands 5 (BPF_PROG_LOAD) and 28 (BPF_LINK_CREATE), attached at 46 (BPF_TCX_INGRESS); helpers 18 and 19
// push and pop a tag, 23 redirects to a device. Offsets are those of struct __sk_buff.
const script = `
import ctypes, os, socket, struct, sys, time
parent, inner, type, tag = sys.argv[1], sys.argv[2], int(sys.argv[3], 16), int(sys.argv[4])
libc = ctypes.CDLL(None, use_errno=True)

def bpf(command, *words):
    attributes = ctypes.create_string_buffer(b"".join(words), 128)
    result = libc.syscall(321, command, attributes, 128)
    if result < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result

def step(code, to=0, source=0, jump=0, value=0):
    return struct.pack("<BBhi", code, source << 4 | to, jump, value)

def attach(device, steps):
    code = ctypes.create_string_buffer(b"".join(steps), 8 * len(steps))
    license = ctypes.create_string_buffer(b"GPL")
    program = bpf(5, struct.pack("<IIQQ", 3, len(steps), ctypes.addressof(code), ctypes.addressof(license)))
    return bpf(28, struct.pack("<IIII", program, socket.if_nametoindex(device), 46, 0))

def call(helper): return step(0x85, value=helper)
def set(register, value): return step(0xb7, register, value=value)
def redirect(device): return [set(1, socket.if_nametoindex(device)), set(2, 0), call(23), step(0x95)]

swapped = socket.htons(type)
start = [step(0xbf, 6, 1)]
push = [set(2, swapped), set(3, tag), call(18)]
pop = [step(0xbf, 1, 6), call(19)]
refuse = [set(0, -1), step(0x95)]
taken = pop + redirect(inner)
match = [
    step(0x61, 2, 1, 24), step(0x57, 2, value=0xfff), step(0x55, 2, jump=2 + len(taken), value=tag & 0xfff),
    step(0x61, 2, 1, 28), step(0x55, 2, jump=len(taken), value=swapped),
]
links = [attach(inner, start + push + redirect(parent)), attach(parent, start + match + taken + refuse)]
print("ready", flush=True)
while True: time.sleep(3600)
`;
