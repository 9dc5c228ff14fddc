/** The demo's nodes and pods as a drawing. */
export const picture = `
   red/web   10.0.246.64        red/db   10.0.153.64        red/edge   10.0.79.0     pods of two tenants,
   blue/web  10.0.246.64        blue/db  10.0.153.64        blue/edge  10.0.79.0     red and blue, with the
   blue/both DPDK and veth      red/fast DPDK              blue/fast DPDK, memif     same addresses
                                shared/dns 10.200.153.64
        │                            │                           │
 ┌──────┴──────────┐          ┌──────┴──────────┐         ┌──────┴──────────┐
 │ vRouter   agent │ worker-1 │ vRouter   agent │ worker-2│ vRouter   agent │ edge   each a namespace with its own
 └──────┬──────────┘          └──────┬──────────┘         └──────┬──────────┘        vrouter, agent and containerd
        │ 192.0.2.2/28               │ 192.0.2.18/28             │ 192.0.2.34/28
        └──────────────────── underlay: Linux routes ────────────┴─── outside 198.51.100.2
             red: MPLSoUDP          blue: MPLSoGRE         to and from edge: VXLAN
`;
