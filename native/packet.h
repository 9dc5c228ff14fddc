/*
 * Which mbufs may be followed. WebAssembly sees the packet memory and can write anything into it, so an offset or a
 * pointer that lay there is checked first.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "memory.h"

/** What drivers fulfil by reading and writing headers, which they find by the lengths in the mbuf. */
#define PACKET_HEADER_OFFLOADS \
	(RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_UDP_SEG | \
		RTE_MBUF_F_TX_OUTER_IP_CKSUM | RTE_MBUF_F_TX_OUTER_UDP_CKSUM)

/** The rest of packet_own() for chains. */
bool packet_own_chain(const struct rte_mbuf *mbuf);

/** The rest of packet_chain_at() for chains. */
bool packet_sound_chain(const struct rte_mbuf *first, bool to_send);

/** Copies a packet into the pool and frees it; NULL when the pool is empty. */
struct rte_mbuf *packet_adopt(struct rte_mbuf *mbuf);

/** True when a pointer lies in the packet memory. */
static inline bool packet_inside(const void *pointer)
{
	return (uintptr_t)pointer - packets.start < packets.length;
}

/**
 * Turns an offset that came from WebAssembly into an mbuf; NULL when it is not the start of an mbuf of the pool. What
 * is a multiple of the stride becomes how often it holds it, and anything else a larger number: an exact division by
 * one multiplication and one rotation (Granlund, Montgomery: "Division by invariant integers", 1994, section 9).
 */
static inline struct rte_mbuf *packet_at(uint32_t offset)
{
	uint32_t relative = offset - packets.region;
	uint32_t multiple = ((relative & packets.chunk_mask) - packets.header) * packets.stride_inverse;
	uint32_t place = multiple >> packets.stride_shift | multiple << (32 - packets.stride_shift);
	if (relative >= packets.length || place >= packets.per_chunk)
		return NULL;
	struct rte_mbuf *mbuf = (struct rte_mbuf *)(packets.start + relative);
	return mbuf->pool == packets.pool ? mbuf : NULL;
}

/** Where the buffer of an mbuf of the pool is, for us and for devices. */
static inline const struct buffer_place *packet_buffer_place(const struct rte_mbuf *mbuf)
{
	return &packets.buffers[((uintptr_t)mbuf - packets.start) >> packets.chunk_shift];
}

/** True when an mbuf of the pool has its own buffer, for us and for devices. */
static inline bool packet_own_buffer(const struct rte_mbuf *mbuf)
{
	const struct buffer_place *place = packet_buffer_place(mbuf);
	uintptr_t start = (uintptr_t)mbuf;
	return (uintptr_t)mbuf->buf_addr == start + place->address && mbuf->buf_iova == start + place->iova &&
		(mbuf->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) == 0;
}

/** True when the headers that a driver is asked to work on lie in the first segment: not all drivers look. */
static inline bool packet_has_headers(const struct rte_mbuf *mbuf)
{
	if (likely((mbuf->ol_flags & PACKET_HEADER_OFFLOADS) == 0))
		return true;
	uint32_t inner = (uint32_t)mbuf->l2_len + mbuf->l3_len + mbuf->l4_len;
	return inner + mbuf->outer_l2_len + mbuf->outer_l3_len <= mbuf->data_len;
}

/** True when an mbuf has its own buffer and may be freed or, with `to_send`, sent. */
static inline bool packet_usable(const struct rte_mbuf *mbuf, bool to_send)
{
	if (!packet_own_buffer(mbuf) || mbuf->refcnt == 0)
		return false;
	return !to_send || (uint32_t)mbuf->data_off + mbuf->data_len <= packets.data_room;
}

/** The packet at an offset with its whole chain and its length checked; NULL when it is none. */
static inline struct rte_mbuf *packet_chain_at(uint32_t offset, bool to_send)
{
	struct rte_mbuf *first = packet_at(offset);
	if (unlikely(first == NULL) || !packet_usable(first, to_send) || (to_send && !packet_has_headers(first)))
		return NULL;
	if (unlikely(first->nb_segs != 1 || first->next != NULL))
		return packet_sound_chain(first, to_send) ? first : NULL;
	return !to_send || first->pkt_len == first->data_len ? first : NULL;
}

/** True when WebAssembly can see a whole received packet: every segment in the pool and with its own buffer. */
static inline bool packet_own(const struct rte_mbuf *mbuf)
{
	if (likely(mbuf->nb_segs == 1))
		return packet_inside(mbuf) && mbuf->buf_addr == (const void *)(mbuf + 1);
	return packet_own_chain(mbuf);
}
