/** Most tunnels that carry labels; record zero is none. */
export const MAX_MPLS_TUNNELS = 16384;
/** Records of tunnels: MAX_MPLS_TUNNELS × 64 bytes (datapath/mpls-tunnel.ts). */
export const MPLS_TUNNELS_BYTES = 1048576;
/** VRFs in which labels are taken out of tunnels: 256 × u8, by VRF. */
export const MPLS_UNDERLAYS_BYTES = 256;
/** What left by each tunnel: MAX_MPLS_TUNNELS × { packets u64, bytes u64 }, per worker. */
export const MPLS_TUNNEL_STATS_WORKER_BYTES = 262144;

/** UDP ports that labels come to: that of RFC 7510, and the one of deployments from before it. */
export const MPLS_UDP_PORT = 6635;
export const MPLS_OLD_UDP_PORT = 51234;
