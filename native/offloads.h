/* Offloads as the rest of Millrace names them: small flags of our own, whatever DPDK calls its bits. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include <rte_ethdev.h>

struct offload {
	const char *name;
	uint32_t flag;
	uint64_t dpdk;
};

/* The flags are also in src/engine/host/dpdk-types.ts. */
static const struct offload rx_offloads[] = {
	{"ipv4-cksum", 1 << 0, RTE_ETH_RX_OFFLOAD_IPV4_CKSUM},
	{"l4-cksum", 1 << 1, RTE_ETH_RX_OFFLOAD_UDP_CKSUM | RTE_ETH_RX_OFFLOAD_TCP_CKSUM},
	{"vlan-strip", 1 << 2, RTE_ETH_RX_OFFLOAD_VLAN_STRIP},
	{"rss-hash", 1 << 3, RTE_ETH_RX_OFFLOAD_RSS_HASH},
	{"scatter", 1 << 4, RTE_ETH_RX_OFFLOAD_SCATTER},
};

static const struct offload tx_offloads[] = {
	{"ipv4-cksum", 1 << 0, RTE_ETH_TX_OFFLOAD_IPV4_CKSUM},
	{"udp-cksum", 1 << 1, RTE_ETH_TX_OFFLOAD_UDP_CKSUM},
	{"tcp-cksum", 1 << 2, RTE_ETH_TX_OFFLOAD_TCP_CKSUM},
	{"vlan-insert", 1 << 3, RTE_ETH_TX_OFFLOAD_VLAN_INSERT},
	{"tcp-tso", 1 << 4, RTE_ETH_TX_OFFLOAD_TCP_TSO},
	{"multi-segs", 1 << 5, RTE_ETH_TX_OFFLOAD_MULTI_SEGS},
	{"fast-free", 1 << 6, RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE},
};

/** Our flags for DPDK's bits: a flag is set when all of its bits are. */
static inline uint32_t offloads_to_flags(const struct offload *offloads, size_t count, uint64_t dpdk)
{
	uint32_t flags = 0;
	for (size_t i = 0; i < count; i++)
		if ((dpdk & offloads[i].dpdk) == offloads[i].dpdk)
			flags |= offloads[i].flag;
	return flags;
}

/** DPDK's bits for our flags. */
static inline uint64_t offloads_from_flags(const struct offload *offloads, size_t count, uint32_t flags)
{
	uint64_t dpdk = 0;
	for (size_t i = 0; i < count; i++)
		if ((flags & offloads[i].flag) != 0)
			dpdk |= offloads[i].dpdk;
	return dpdk;
}
