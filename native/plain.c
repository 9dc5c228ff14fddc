#include "plain.h"

#include "burst.h"
#include "packet.h"

#ifdef __SSE4_1__
#include <smmintrin.h>

/* Compiled twice, and chosen when the addon is loaded: with AVX a third of the instructions, which copy, is not there. */
#define TWICE __attribute__((target_clones("default", "avx2")))

static __rte_always_inline bool all_at(const uint32_t *offsets, uint32_t count, struct rte_mbuf **mbufs, uint32_t *chunks);
static __rte_always_inline bool all_sendable(struct rte_mbuf *const *mbufs, uint32_t count, const uint32_t *chunks);
static __rte_always_inline __m128i own_buffer(const struct rte_mbuf *mbuf, uint32_t chunk);
static __rte_always_inline bool all_inside(struct rte_mbuf *const *mbufs, uint32_t count, uint32_t *offsets);
static __rte_always_inline bool all_whole(struct rte_mbuf *const *mbufs, uint32_t count);
static __rte_always_inline bool none_above(__m128i most, __m128i last);
static __rte_always_inline uint64_t strays(const struct rte_mbuf *mbuf);

TWICE
bool plain_to_send(const uint32_t *offsets, uint32_t count, struct rte_mbuf **mbufs)
{
	uint32_t chunks[MAX_BURST];

	return all_at(offsets, count, mbufs, chunks) && all_sendable(mbufs, count, chunks);
}

TWICE
bool plain_received(struct rte_mbuf *const *mbufs, uint32_t count, uint32_t *offsets)
{
	return all_whole(mbufs, count) && all_inside(mbufs, count, offsets);
}

/* packet_at() four times at once, but for the pool; and the number of each one's chunk. */
static __rte_always_inline bool all_at(const uint32_t *offsets, uint32_t count, struct rte_mbuf **mbufs, uint32_t *chunks)
{
	const __m128i region = _mm_set1_epi32((int)packets.region);
	const __m128i last_byte = _mm_set1_epi32((int)(packets.length - 1));
	const __m128i chunk_mask = _mm_set1_epi32((int)packets.chunk_mask);
	const __m128i header = _mm_set1_epi32((int)packets.header);
	const __m128i stride_inverse = _mm_set1_epi32((int)packets.stride_inverse);
	const __m128i shift = _mm_cvtsi32_si128((int)packets.stride_shift);
	const __m128i back = _mm_cvtsi32_si128((int)(32 - packets.stride_shift));
	const __m128i chunk_shift = _mm_cvtsi32_si128((int)packets.chunk_shift);
	const __m128i last_place = _mm_set1_epi32((int)(packets.per_chunk - 1));
	const __m128i start = _mm_set1_epi64x((long long)packets.start);
	__m128i most_relative = _mm_setzero_si128(), most_place = _mm_setzero_si128();
	uint32_t i = 0;

	for (; i + 4 <= count; i += 4) {
		__m128i relative = _mm_sub_epi32(_mm_loadu_si128((const __m128i *)(const void *)(offsets + i)), region);
		__m128i from_first = _mm_sub_epi32(_mm_and_si128(relative, chunk_mask), header);
		__m128i multiple = _mm_mullo_epi32(from_first, stride_inverse);
		__m128i place = _mm_or_si128(_mm_srl_epi32(multiple, shift), _mm_sll_epi32(multiple, back));
		most_place = _mm_max_epu32(most_place, place);
		most_relative = _mm_max_epu32(most_relative, relative);
		_mm_storeu_si128((__m128i *)(void *)(chunks + i), _mm_srl_epi32(relative, chunk_shift));
		__m128i *out = (__m128i *)(void *)(mbufs + i);
		_mm_storeu_si128(out, _mm_add_epi64(_mm_cvtepu32_epi64(relative), start));
		_mm_storeu_si128(out + 1, _mm_add_epi64(_mm_cvtepu32_epi64(_mm_srli_si128(relative, 8)), start));
	}
	bool all = none_above(most_place, last_place) && none_above(most_relative, last_byte);
	for (; i < count; i++) {
		chunks[i] = (offsets[i] - packets.region) >> packets.chunk_shift;
		all = (mbufs[i] = packet_at(offsets[i])) != NULL && all;
	}
	return all;
}

/*
 * packet_usable() for all at once, stricter: each is of the pool, nobody else holds it, and the largest would fit where
 * the last one starts. Of eight 16-bit fields the largest and the smallest values in the burst are kept, and only these
 * are compared.
 */
static __rte_always_inline bool all_sendable(struct rte_mbuf *const *mbufs, uint32_t count, const uint32_t *chunks)
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
		strayed = _mm_or_si128(strayed, _mm_xor_si128(quarters[0], own_buffer(mbuf, chunks[i])));
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
static __rte_always_inline __m128i own_buffer(const struct rte_mbuf *mbuf, uint32_t chunk)
{
	__m128i start = _mm_set1_epi64x((long long)(uintptr_t)mbuf);
	return _mm_add_epi64(start, *(const __m128i *)(const void *)&packets.buffers[chunk]);
}

/* packet_inside() for all at once; and where they are for WebAssembly. */
static __rte_always_inline bool all_inside(struct rte_mbuf *const *mbufs, uint32_t count, uint32_t *offsets)
{
	const __m128i start = _mm_set1_epi64x((long long)packets.start);
	const __m128i last_byte = _mm_set1_epi32((int)(packets.length - 1));
	const __m128i region = _mm_set1_epi32((int)packets.region);
	__m128i far = _mm_setzero_si128(), most = _mm_setzero_si128();
	bool all = true;
	uint32_t i = 0;

	for (; i + 4 <= count; i += 4) {
		const __m128i *in = (const __m128i *)(const void *)(mbufs + i);
		__m128i first = _mm_sub_epi64(_mm_loadu_si128(in), start);
		__m128i second = _mm_sub_epi64(_mm_loadu_si128(in + 1), start);
		far = _mm_or_si128(far, _mm_or_si128(first, second));
		__m128i relative = _mm_castps_si128(
			_mm_shuffle_ps(_mm_castsi128_ps(first), _mm_castsi128_ps(second), _MM_SHUFFLE(2, 0, 2, 0)));
		most = _mm_max_epu32(most, relative);
		_mm_storeu_si128((__m128i *)(void *)(offsets + i), _mm_add_epi32(relative, region));
	}
	for (; i < count; i++) {
		all = all && packet_inside(mbufs[i]);
		offsets[i] = (uint32_t)((uintptr_t)mbufs[i] - packets.delta);
	}
	bool near = _mm_testz_si128(far, _mm_set1_epi64x((long long)0xffffffff00000000));
	return all && near && none_above(most, last_byte);
}

/* True when none of four numbers is larger than its last. */
static __rte_always_inline bool none_above(__m128i most, __m128i last)
{
	return _mm_movemask_epi8(_mm_cmpeq_epi32(_mm_max_epu32(most, last), last)) == 0xffff;
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
