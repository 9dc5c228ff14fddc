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

/* 64 bytes, of which the compiler makes vectors as wide as there are; and which 8 of an mbuf's first 64 these are. */
typedef uint64_t cache_line __attribute__((vector_size(64), aligned(16), may_alias));
typedef uint32_t uint32_a __attribute__((may_alias));
enum { REARM = 2, OL_FLAGS = 3, LENGTHS = 4, DATA_LENGTH = 5, POOL = 7 };

/* refcnt and nb_segs. */
#define HELD_ONCE 0x00010001u

static __rte_always_inline bool all_at(const uint32_t *restrict offsets, uint32_t count,
	struct rte_mbuf **restrict mbufs, uint32_t *restrict places);
static __rte_always_inline bool all_sendable(struct rte_mbuf *const *mbufs, uint32_t count, const uint32_t *places);
static __rte_always_inline bool all_fit(struct rte_mbuf *const *mbufs, uint32_t count, uint32_t bits);
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
 * packet_usable() for all at once, stricter: each is of the pool, nobody else holds it, and what is longest would fit
 * where the last one starts. Of the first 64 bytes of all mbufs the bits are kept that any of them has, and those that
 * all have: a field that is the same in both is the same in all.
 */
static __rte_always_inline bool all_sendable(struct rte_mbuf *const *mbufs, uint32_t count, const uint32_t *places)
{
	const uint64_t pool = (uintptr_t)packets.pool;
	__m128i strayed = _mm_setzero_si128();
	cache_line any = {0}, every = ~any;
	uint64_t wrong = 0;
	uint32_t lengths_differ = 0;

#pragma GCC unroll 4
	for (uint32_t i = 0; i < count; i++) {
		const struct rte_mbuf *mbuf = mbufs[i];
		const cache_line *first = (const cache_line *)(const void *)mbuf;
		strayed = _mm_or_si128(strayed, _mm_xor_si128(*(const __m128i *)(const void *)mbuf, own_buffer(mbuf, places[i])));
		any |= *first;
		every &= *first;
		wrong |= (uintptr_t)mbuf->next;
		lengths_differ |= mbuf->pkt_len ^ *(const uint32_a *)(const void *)&mbuf->data_len; /* and a tag */
	}
	bool own = any[OL_FLAGS] < RTE_MBUF_F_TX_QINQ && _mm_testz_si128(strayed, strayed); /* no wish to the driver */
	bool held_once = (uint32_t)(any[REARM] >> 16) == HELD_ONCE && (uint32_t)(every[REARM] >> 16) == HELD_ONCE;
	bool whole = wrong == 0 && (uint16_t)lengths_differ == 0 && any[LENGTHS] >> 48 == 0;
	bool of_pool = any[POOL] == pool && every[POOL] == pool;
	return own && held_once && whole && of_pool && all_fit(mbufs, count, (uint16_t)any[REARM] + (uint16_t)any[DATA_LENGTH]);
}

/* Whether all end inside their buffers: the bits of all starts and of all lengths are at least as much as any has. */
static __rte_always_inline bool all_fit(struct rte_mbuf *const *mbufs, uint32_t count, uint32_t bits)
{
	uint32_t most = 0;

	if (likely(bits <= packets.data_room))
		return true;
	for (uint32_t i = 0; i < count; i++)
		most = RTE_MAX(most, (uint32_t)mbufs[i]->data_off + mbufs[i]->data_len);
	return most <= packets.data_room;
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
