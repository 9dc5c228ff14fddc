/*
 * What the datapath's TypeScript takes for granted of DPDK (src/engine/datapath/packet.ts): compiling this file against
 * a DPDK proves it for that DPDK. It has no code.
 */
#include <stddef.h>

#include <rte_mbuf.h>

#define SAME_OFFSET(field, offset) static_assert(offsetof(struct rte_mbuf, field) == (offset), #field)
#define SAME_SIZE(field, size) static_assert(sizeof(((struct rte_mbuf *)NULL)->field) == (size), #field)
#define SAME_FIELD(field, offset, size) SAME_OFFSET(field, offset); SAME_SIZE(field, size)

SAME_FIELD(buf_addr, 0, 8);
SAME_FIELD(buf_iova, 8, 8);
SAME_FIELD(data_off, 16, 2);
SAME_FIELD(refcnt, 18, 2);
SAME_FIELD(nb_segs, 20, 2);
SAME_FIELD(port, 22, 2);
SAME_FIELD(ol_flags, 24, 8);
SAME_FIELD(packet_type, 32, 4);
SAME_FIELD(pkt_len, 36, 4);
SAME_FIELD(data_len, 40, 2);
SAME_FIELD(vlan_tci, 42, 2);
SAME_FIELD(hash.rss, 44, 4);
SAME_FIELD(vlan_tci_outer, 52, 2);
SAME_FIELD(buf_len, 54, 2);
SAME_FIELD(pool, 56, 8);
SAME_FIELD(next, 64, 8);
SAME_FIELD(tx_offload, 72, 8);
SAME_FIELD(shinfo, 80, 8);
SAME_FIELD(priv_size, 88, 2);
SAME_FIELD(timesync, 90, 2);
SAME_FIELD(dynfield1, 92, 36);
static_assert(sizeof(struct rte_mbuf) == 128, "mbuf size");
static_assert(RTE_PKTMBUF_HEADROOM == 128, "headroom");

#define SAME_FLAG(flag, value) static_assert(RTE_MBUF_F_##flag == (value), #flag)

SAME_FLAG(RX_VLAN, 1ull << 0);
SAME_FLAG(RX_RSS_HASH, 1ull << 1);
SAME_FLAG(RX_L4_CKSUM_BAD, 1ull << 3);
SAME_FLAG(RX_IP_CKSUM_BAD, 1ull << 4);
SAME_FLAG(RX_VLAN_STRIPPED, 1ull << 6);
SAME_FLAG(RX_IP_CKSUM_GOOD, 1ull << 7);
SAME_FLAG(RX_L4_CKSUM_GOOD, 1ull << 8);
SAME_FLAG(TX_TCP_SEG, 1ull << 50);
SAME_FLAG(TX_L4_MASK, 3ull << 52);
SAME_FLAG(TX_TCP_CKSUM, 1ull << 52);
SAME_FLAG(TX_UDP_CKSUM, 3ull << 52);
SAME_FLAG(TX_IP_CKSUM, 1ull << 54);
SAME_FLAG(TX_IPV4, 1ull << 55);
SAME_FLAG(TX_IPV6, 1ull << 56);
