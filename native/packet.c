#include "packet.h"

bool packet_own_chain(const struct rte_mbuf *mbuf)
{
	for (uint16_t left = mbuf->nb_segs; left > 0; left--, mbuf = mbuf->next)
		if (mbuf == NULL || !packet_inside(mbuf) || mbuf->buf_addr != (const void *)(mbuf + 1))
			return false;
	return true;
}

bool packet_sound_chain(const struct rte_mbuf *first, bool to_send)
{
	uint16_t left = first->nb_segs;
	uint32_t length = first->data_len;
	for (const struct rte_mbuf *mbuf = first; mbuf->next != NULL; mbuf = mbuf->next) {
		const struct rte_mbuf *next = packet_at((uint32_t)((uintptr_t)mbuf->next - packets.delta));
		if (next != mbuf->next || --left == 0 || !packet_usable(next, to_send))
			return false;
		length += next->data_len;
	}
	/* Drivers that copy go by the packet's length and would run past the last segment. */
	return left == 1 && (!to_send || length == first->pkt_len);
}

struct rte_mbuf *packet_adopt(struct rte_mbuf *mbuf)
{
	struct rte_mbuf *copy = rte_pktmbuf_copy(mbuf, packets.pool, 0, UINT32_MAX);
	rte_pktmbuf_free(mbuf);
	return copy;
}
