/** The demo's network as a drawing. */
export const picture = `
   red                    green                   blue                 hosts: network namespaces
   10.1.0.2               10.2.0.2                10.3.0.2             of plain Linux
   fd00:1::2              fd00:2::2               fd00:3::2
      │                      │                       │
      │ TAP                  │ TAP                   │ TAP
 ┌────┴──────────────────────┴────┐             ┌────┴─────────┐
 │ red                     green  │   vRouter   │ blue         │        one process: millrace vrouter
 │           VRF main             │             │  VRF inside  │        every forwarding line TypeScript
 │              left 10.9.0.1     │             │ right        │
 └──────────────┬─────────────────┘             └──┬───────────┘
                │ vhost-user                       │ vhost-user, the router is the client
            ┌───┴──────────────────────────────────┴───┐
            │ port 0         testpmd           port 1  │              a DPDK application, the only
            └──────────────────────────────────────────┘              way from VRF main to VRF inside
`;
