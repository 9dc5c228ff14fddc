/**
 * What limits a benchmark that misses its goal, with the evidence, by the name of its row. The document shows a
 * text only while the goal is missed.
 */
export const limits: Readonly<Record<string, string>> = {
  forward:
    "Instructions, counted once by a program that single-steps the forwarding thread and is not in the repository. A burst of 64 packets takes 521 a packet in Millrace and 279 in l3fwd between the same two drivers, which take 200 of both; at the 3 GHz of the machine that is 6 to 7 instructions a cycle for both, so neither waits for memory. Of the 321 that are left, 227 are the stages' loop, 71 check in C that what WebAssembly sends and was given is a sound packet of the pool, 23 cross from WebAssembly to C and back twice a burst. l3fwd does its lookup and rewriting four packets at a time with vector instructions, verifies no checksum, compares no address, keeps no counters for its interfaces and cannot be traced. What has been tried, step by step: docs/decisions/0013-packet-fields-in-locals.md. About 50 instructions more could go (counters of an interface once a burst, special destinations as routes); 0.6 of l3fwd needs 430, 0.75 needs 360.",
  forward6:
    'As for `forward`: instructions. The lookup of a /64 reads seven levels of the trie one after the other, where IPv4 reads two.',
  'forward-routes':
    "Memory. A million routes fill 58 MB, more than a core's own caches hold, and every packet asks for others. A loop that looks up a whole burst ahead lets the processor wait for a dozen reads at once (docs/decisions/0014-look-ahead.md); what stays is the latency of the last-level cache, the bandwidth that both lookups share, and the instructions of `forward`.",
  bridge:
    'Not measured in detail. Two stations are looked up for each frame, and the checks in C and the crossings between WebAssembly and C are those of `forward`.',
  'latency-p99.9':
    'Not known yet. Each program gets half of what Millrace can take, and its forwarding thread shares two cores with the sender; the router hands packets on in bursts and polls, and its other threads (statistics, links, neighbours) wake now and then on the same core.',
  'vxlan-encap':
    'Instructions. A frame passes two common paths: from its port to the bridge, and from `vxlan-output` to the port of the underlay (docs/decisions/0020-tunnels-have-common-paths.md). The packet step alone takes 30 ns where bridging takes 11, the best tenth of 20,000 bursts of 64 warm frames, by a script that is not in the repository; stage by stage it was 78. Of that, writing the packet between the two paths and reading it again is some 60 instructions, the hash of the inner flow five multiplications one after the other.',
  'vxlan-decap':
    'As for `vxlan-encap`: two common paths, from the port to the lookup that says that the datagram is for us, and from there to the port of the bridge; 36 ns a packet alone, 70 stage by stage. Three tables are searched by hash: VNI, far end, and the two stations.',
  'first-packet':
    'The TAPs. A packet at a TAP wakes the worker (native/wait.c), and the rest is the way through two TAPs, there and back, with a system call for each packet. "polling" in the table is the same router without sleeping; it may be the slower one, because net_tap looks at its queues only after a signal, which goes to the main thread there, and to the worker itself where it sleeps.',
  restart:
    'The start of Node.js and what is done one after another in it. EAL, the compiling of the datapath and the loading of the worker thread go on while the program loads (`src/engine/host/early-start.ts`), and the host is told of interfaces behind the last line of the configuration; one after another they had taken 916 ms until the router was ready, 760 ms beyond EAL. In turns with that order on a machine with other work on both cores, the middle of five starts was 1275 ms instead of 1652, and what lay beyond EAL 846 ms instead of 1338. What is left: some 200 ms of reading and linking 440 modules, 60 ms for each veth port, most of which the kernel waits for its own packet sockets, and up to 70 ms in which the process before closes its ports. A program packed into one file, and a successor that loads before the router ends, are the next steps.',
  'compile-node':
    'All plans change: every node gets or loses a route. Not measured in detail. What is made anew are the blocks and routes of the networks that the node has, once for all nodes that send alike, and then, node by node, the list of what its plan is made of; the second grows with all nodes and their networks. A pod that comes or goes is one node and takes a tenth of it (`compile-pod`).',
};
