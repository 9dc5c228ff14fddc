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
    "Instructions, counted by a program that single-steps the forwarding thread and is not in the repository: 194 in the stages' loop for a frame between two known stations, of which two lookups are about 60 (docs/decisions/0024-a-station-is-read-in-one-piece.md). The drivers, the checks in C and the crossings between WebAssembly and C are those of `forward`.",
  'latency-p99.9':
    "Others on the forwarding thread's core, and then how long it takes to catch up. In passes of three seconds at 8 million packets a second, with a program that reads /proc and is not in the repository, the forwarding threads of testpmd and of Millrace alike waited 100 to 160 ms for their core, thousands of times; Millrace's p99.9 was 164 to 169 µs and testpmd's 214 to 257. With nice -20 for the thread, so that nobody else had its core, testpmd's fell to 35 to 66 µs and Millrace's stayed at 142 to 207, with 0.6 to 1.5 % of the packets lost: what is left is the router's own. It works at more than half of what it can at bursts of a few packets, so each pause of the core, or of the machine below, leaves a queue that it takes long to work off, until its ring of 1024 is full.",
  'vxlan-encap':
    'Instructions. A frame passes two common paths: from its port to the bridge, and from `vxlan-output` to the port of the underlay (docs/decisions/0020-tunnels-have-common-paths.md). The packet step alone takes 30 ns where bridging takes 11, the best tenth of 20,000 bursts of 64 warm frames, by a script that is not in the repository; stage by stage it was 78. Of that, writing the packet between the two paths and reading it again is some 60 instructions, the hash of the inner flow five multiplications one after the other.',
  'vxlan-decap':
    'As for `vxlan-encap`: two common paths, from the port to the lookup that says that the datagram is for us, and from there to the port of the bridge; 36 ns a packet alone, 70 stage by stage. Three tables are searched by hash: VNI, far end, and the two stations.',
  'first-packet':
    'The TAPs. A packet at a TAP wakes the worker (native/wait.c), and the rest is the way through two TAPs, there and back, with a system call for each packet. "polling" in the table is the same router without sleeping; it may be the slower one, because net_tap looks at its queues only after a signal, which goes to the main thread there, and to the worker itself where it sleeps.',
  restart:
    'What is done one after another (docs/decisions/0021-a-router-takes-over-from-another.md), measured step by step with marks in the program that are not in the repository: 85 ms in which the process before closes two packet sockets, 30 ms until it has gone, 55 ms of Node.js itself, 75 ms of the program and of what it imports until EAL starts to be waited for, 60 ms from there to the first line of the configuration, and the probing of two packet sockets, 50 to 80 ms each, of which a part is hidden. On two cores, EAL takes longer the more is done beside it. "take-over" does the rest of it before the gap begins.',
  'compile-node':
    'All plans change: every node gets or loses a route. Not measured in detail. What is made anew are the blocks and routes of the networks that the node has, once for all nodes that send alike, and then, node by node, the list of what its plan is made of; the second grows with all nodes and their networks. A pod that comes or goes is one node and takes a tenth of it (`compile-pod`).',
};
