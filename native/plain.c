#include "plain.h"

#include "burst.h"
#include "packet.h"

#ifdef __SSE4_1__
#include <smmintrin.h>

/*
 * Compiled for vectors of 16, 32 and 64 bytes, and chosen when the addon is loaded. The loops over offsets are plain C,
 * of which the compiler makes vector instructions only where it is asked to spare no effort.
 */
#define FOR_EACH_WIDTH __attribute__((target_clones("default", "avx2", "arch=x86-64-v4"), optimize("O3")))

static __rte_always_inline bool all_at(const uint32_t *restrict offsets, uint32_t count,
	struct rte_mbuf **restrict mbufs, uint32_t *restrict places);
static __rte_always_inline bool all_sendable(struct rte_mbuf *const *mbufs, uint32_t count, const uint32_t *places);
static __rte_always_inline __m128i own_buffer(const struct rte_mbuf *mbuf, uint32_t place);
static __rte_always_inline bool all_inside(struct rte_mbuf *const *restrict mbufs, uint32_t count,
	uint32_t *restrict offsets);
static __rte_always_inline bool all_whole(struct rte_mbuf *const *mbufs, uint32_t count);
static __rte_always_inline uint64_t strays(const struct rte_mbuf *mbuf);

FOR_EACH_WIDTH
bool plain_to_send(const uint32_t *offsets, uint32_t count, struct rte_mbuf **mbufs)
{
	uint32_t places[MAX_BURST];

	return all_at(offsets, count, mbufs, places) && all_sendable(mbufs, count, places);
}

FOR_EACH_WIDTH
bool plain_received(struct rte_mbuf *const *mbufs, uint32_t count, uint32_t *offsets)
{
	return all_whole(mbufs, count) && all_inside(mbufs, count, offsets);
}

/* packet_at() for all at once, but for the pool; and where what is added to each one's address lies, in words. */
static __rte_always_inline bool all_at(const uint32_t *restrict offsets, uint32_t count,
	struct rte_mbuf **restrict mbufs, uint32_t *restrict places)
{
	const struct packet_memory memory = packets;
	uint32_t most_relative = 0, most_place = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t relative = offsets[i] - memory.region;
		uint32_t multiple = ((relative & memory.chunk_mask) - memory.header) * memory.stride_inverse;
		uint32_t place = multiple >> memory.stride_shift | multiple << (32 - memory.stride_shift);
		most_relative = RTE_MAX(most_relative, relative);
		most_place = RTE_MAX(most_place, place);
		places[i] = relative >> memory.chunk_shift << 1;
		mbufs[i] = (struct rte_mbuf *)(memory.start + relative);
	}
	return most_relative < memory.length && most_place < memory.per_chunk;
}

/*
 * packet_usable() for all at once, stricter: each is of the pool, nobody else holds it, and the largest would fit where
 * the last one starts. Of eight 16-bit fields the largest and the smallest values in the burst are kept, and only these
 * are compared.
 */
static __rte_always_inline bool all_sendable(struct rte_mbuf *const *mbufs, uint32_t count, const uint32_t *places)
{
	const __m128i pool = _mm_set1_epi64x((long long)(uintptr_t)packets.pool);
	/* data_off, refcnt, nb_segs, port, ol_flags; …, data_len, …; …, pool */
	__m128i most = _mm_setzero_si128(), least = _mm_set1_epi32(-1);
	__m128i longest = _mm_setzero_si128();
	__m128i strayed = _mm_setzero_si128(), foreign = _mm_setzero_si128();
	uint64_t wrong = 0;
	uint32_t lengths_differ = 0;

#pragma GCC unroll 4
	for (uint32_t i = 0; i < count; i++) {
		const struct rte_mbuf *mbuf = mbufs[i];
		const __m128i *quarters = (const __m128i *)(const void *)mbuf;
		strayed = _mm_or_si128(strayed, _mm_xor_si128(quarters[0], own_buffer(mbuf, places[i])));
		most = _mm_max_epu16(most, quarters[1]);
		least = _mm_min_epu16(least, quarters[1]);
		longest = _mm_max_epu16(longest, quarters[2]);
		foreign = _mm_or_si128(foreign, _mm_xor_si128(quarters[3], pool));
		wrong |= (uintptr_t)mbuf->next;
		lengths_differ |= mbuf->pkt_len ^ mbuf->data_len;
	}
	const __m128i ones = _mm_set1_epi16(1);
	int one = _mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi16(most, ones), _mm_cmpeq_epi16(least, ones)));
	bool held_once = (one & 0x3c) == 0x3c; /* refcnt and nb_segs */
	/* No wish to the driver, nor a buffer elsewhere: these are the upper bits. */
	bool own = _mm_extract_epi16(most, 7) < (int)(RTE_MBUF_F_TX_QINQ >> 48) && _mm_testz_si128(strayed, strayed);
	bool fit = _mm_extract_epi16(most, 0) + _mm_extract_epi16(longest, 4) <= packets.data_room;
	bool of_pool = _mm_extract_epi64(foreign, 1) == 0;
	return wrong == 0 && lengths_differ == 0 && held_once && own && fit && of_pool;
}

/* Where the buffer of an mbuf is, for us and for devices: its first 16 bytes. */
static __rte_always_inline __m128i own_buffer(const struct rte_mbuf *mbuf, uint32_t place)
{
	const uint64_t *places = &packets.buffers[0].address;
	__m128i start = _mm_set1_epi64x((long long)(uintptr_t)mbuf);
	return _mm_add_epi64(start, *(const __m128i *)(const void *)(places + place));
}

/* packet_inside() for all at once; and where they are for WebAssembly. */
static __rte_always_inline bool all_inside(struct rte_mbuf *const *restrict mbufs, uint32_t count, uint32_t *restrict offsets)
{
	const struct packet_memory memory = packets;
	uint64_t far = 0;
	uint32_t most_relative = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint64_t relative = (uintptr_t)mbufs[i] - memory.start;
		far |= relative;
		most_relative = RTE_MAX(most_relative, (uint32_t)relative);
		offsets[i] = (uint32_t)relative + memory.region;
	}
	return far >> 32 == 0 && most_relative < memory.length;
}

/* packet_own() for all at once, but for where they are. */
static __rte_always_inline bool all_whole(struct rte_mbuf *const *mbufs, uint32_t count)
{
	uint64_t wrong = 0;
	uint16_t segments = 0;

#pragma GCC unroll 4
	for (uint32_t i = 0; i < count; i++) {
		wrong |= strays(mbufs[i]);
		segments |= mbufs[i]->nb_segs;
	}
	return wrong == 0 && segments <= 1;
}

/* Zero when an mbuf's buffer is the one behind it. */
static __rte_always_inline uint64_t strays(const struct rte_mbuf *mbuf)
{
	return (uintptr_t)mbuf->buf_addr ^ (uintptr_t)(mbuf + 1);
}

#else

/* No such instructions: packet by packet. */
bool plain_to_send(const uint32_t *offsets, uint32_t count, struct rte_mbuf **mbufs)
{
	(void)offsets, (void)mbufs;
	return count == 0;
}

bool plain_received(struct rte_mbuf *const *mbufs, uint32_t count, uint32_t *offsets)
{
	(void)mbufs, (void)offsets;
	return count == 0;
}

#endif
