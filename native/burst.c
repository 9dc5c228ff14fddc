#include "burst.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_errno.h>

#include "args.h"
#include "memory.h"

struct burst_port burst_ports[RTE_MAX_ETHPORTS];
struct burst_counters burst_counters;

static struct burst_thread *threads;
static pthread_mutex_t threads_lock = PTHREAD_MUTEX_INITIALIZER;
/* In the thread's own static block: found by one instruction, where a library's would take a call. */
static __thread struct burst_thread *self __attribute__((tls_model("initial-exec")));

static uint32_t receive(uint32_t port, uint32_t queue, uint32_t *array, uint32_t max);
static uint32_t transmit(uint32_t port, uint32_t queue, const uint32_t *array, uint32_t count);
static uint16_t send_some(uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint16_t count);
static inline bool own(const struct rte_mbuf *mbuf);
static bool own_chain(const struct rte_mbuf *mbuf);
static struct rte_mbuf *adopt(struct rte_mbuf *mbuf);
static inline struct rte_mbuf *chain_at(uint32_t offset, bool to_send);
static bool sound_chain(const struct rte_mbuf *first, bool to_send);
static inline bool alone(const struct rte_mbuf *mbuf);
static inline bool usable(const struct rte_mbuf *mbuf, bool to_send);
static bool enter(void);
static void leave(void);
static uint32_t *array_at(uint32_t offset, uint32_t count);
static bool numbers(napi_env env, napi_callback_info info, size_t count, uint32_t *out);

napi_value burst_rx(napi_env env, napi_callback_info info)
{
	uint32_t a[4]; /* port, queue, arrayOffset, max */
	uint32_t received = 0;

	if (numbers(env, info, 4, a) && enter()) {
		uint32_t max = RTE_MIN(a[3], (uint32_t)MAX_BURST);
		uint32_t *array = array_at(a[2], max);
		if (array != NULL)
			received = receive(a[0], a[1], array, max);
		leave();
	}
	return make_u32(env, received);
}

napi_value burst_tx(napi_env env, napi_callback_info info)
{
	uint32_t a[4]; /* port, queue, arrayOffset, count */
	uint32_t taken = 0;

	if (numbers(env, info, 4, a) && enter()) {
		const uint32_t *array = array_at(a[2], a[3]);
		if (array != NULL)
			taken = transmit(a[0], a[1], array, a[3]);
		leave();
	}
	return make_u32(env, taken);
}

napi_value burst_alloc(napi_env env, napi_callback_info info)
{
	uint32_t a[2]; /* arrayOffset, count */
	struct rte_mbuf *mbufs[MAX_BURST];
	uint32_t got = 0;

	if (numbers(env, info, 2, a) && a[1] <= MAX_BURST && enter()) {
		uint32_t *array = array_at(a[0], a[1]);
		if (array != NULL && rte_pktmbuf_alloc_bulk(packets.pool, mbufs, a[1]) == 0)
			for (got = 0; got < a[1]; got++)
				array[got] = (uint32_t)((uintptr_t)mbufs[got] - packets.delta);
		leave();
	}
	return make_u32(env, got);
}

napi_value burst_free(napi_env env, napi_callback_info info)
{
	uint32_t a[2]; /* arrayOffset, count */
	struct rte_mbuf *mbufs[MAX_BURST];
	uint32_t freed = 0;

	if (!numbers(env, info, 2, a) || !enter())
		return make_u32(env, 0);
	const uint32_t *array = array_at(a[0], a[1]);
	for (uint32_t at = 0; array != NULL && at < a[1]; at += MAX_BURST) {
		uint32_t some = RTE_MIN(a[1] - at, (uint32_t)MAX_BURST);
		uint32_t good = 0;
		for (uint32_t i = 0; i < some; i++) {
			mbufs[good] = chain_at(array[at + i], false);
			good += mbufs[good] != NULL;
		}
		rte_pktmbuf_free_bulk(mbufs, good);
		freed += good;
		if (good != some)
			atomic_fetch_add(&burst_counters.free_refused, some - good);
	}
	leave();
	return make_u32(env, freed);
}

napi_value burst_set_clock(napi_env env, napi_callback_info info)
{
	struct call call;
	uint32_t offset;

	if (!call_begin(&call, env, info, "set the clock's address", 1) ||
		!arg_u32(&call, 0, "offset", UINT32_MAX, &offset))
		return NULL;
	if (self == NULL)
		return call_fail(&call, EPERM, "expected a registered worker thread");
	if (offset % sizeof(uint64_t) != 0 || array_at(offset, 2) == NULL)
		return call_fail(&call, EINVAL, "expected 8 aligned bytes inside the mapped memory, got %u", offset);
	self->clock = (uint64_t *)(void *)(packets.base + offset);
	return make_undefined(env);
}

napi_value burst_stats(napi_env env, napi_callback_info info)
{
	(void)info;
	napi_value result = NULL;
	napi_create_object(env, &result);
	set_double(env, result, "foreignCopied", (double)atomic_load(&burst_counters.foreign_copied));
	set_double(env, result, "foreignDropped", (double)atomic_load(&burst_counters.foreign_dropped));
	set_double(env, result, "txRefused", (double)atomic_load(&burst_counters.tx_refused));
	set_double(env, result, "txUnpreparable", (double)atomic_load(&burst_counters.tx_unpreparable));
	set_double(env, result, "freeRefused", (double)atomic_load(&burst_counters.free_refused));
	return result;
}

int burst_thread_add(void)
{
	if (self != NULL)
		return 0;
	self = aligned_alloc(RTE_CACHE_LINE_SIZE, RTE_CACHE_LINE_SIZE);
	if (self == NULL)
		return ENOMEM;
	*self = (struct burst_thread){0};
	pthread_mutex_lock(&threads_lock);
	self->next = threads;
	threads = self;
	pthread_mutex_unlock(&threads_lock);
	return 0;
}

void burst_thread_remove(void)
{
	if (self == NULL)
		return;
	pthread_mutex_lock(&threads_lock);
	struct burst_thread **link = &threads;
	while (*link != self)
		link = &(*link)->next;
	*link = self->next;
	pthread_mutex_unlock(&threads_lock);
	free(self);
	self = NULL;
}

int burst_prepare(void)
{
	return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0 ? 0 : errno;
}

/* The barrier stands on this side alone, so that a burst pays no fence: membarrier(2) runs it on every thread. */
void burst_wait(void)
{
	syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
	pthread_mutex_lock(&threads_lock);
	for (struct burst_thread *thread = threads; thread != NULL; thread = thread->next)
		while (atomic_load_explicit(&thread->busy, memory_order_acquire))
			sched_yield();
	pthread_mutex_unlock(&threads_lock);
}

static uint32_t receive(uint32_t port, uint32_t queue, uint32_t *array, uint32_t max)
{
	struct rte_mbuf *mbufs[MAX_BURST];
	uint32_t kept = 0;

	if (self->clock != NULL)
		*self->clock = rte_get_tsc_cycles();
	if (port >= RTE_MAX_ETHPORTS || !atomic_load_explicit(&burst_ports[port].started, memory_order_acquire) ||
		queue >= burst_ports[port].rx_queues)
		return 0;
	uint16_t count = rte_eth_rx_burst((uint16_t)port, (uint16_t)queue, mbufs, (uint16_t)max);
	for (uint16_t i = 0; i < count; i++) {
		struct rte_mbuf *mbuf = own(mbufs[i]) ? mbufs[i] : adopt(mbufs[i]);
		if (mbuf != NULL)
			array[kept++] = (uint32_t)((uintptr_t)mbuf - packets.delta);
	}
	return kept;
}

static uint32_t transmit(uint32_t port, uint32_t queue, const uint32_t *array, uint32_t count)
{
	struct rte_mbuf *mbufs[MAX_BURST];
	uint32_t done = 0;

	if (port >= RTE_MAX_ETHPORTS || !atomic_load_explicit(&burst_ports[port].started, memory_order_acquire) ||
		queue >= burst_ports[port].tx_queues)
		return 0;
	while (done < count) {
		uint16_t good = 0;
		uint32_t some = RTE_MIN(count - done, (uint32_t)MAX_BURST);
		while (good < some && (mbufs[good] = chain_at(array[done + good], true)) != NULL)
			good++;
		uint16_t sent = send_some((uint16_t)port, (uint16_t)queue, mbufs, good);
		done += sent;
		if (good < some && sent == good)
			atomic_fetch_add(&burst_counters.tx_refused, 1);
		if (sent < some)
			break;
	}
	return done;
}

/* A packet that the driver cannot prepare is dropped, so that it does not hold up those behind it. */
static uint16_t send_some(uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint16_t count)
{
	if (!burst_ports[port].prepare)
		return rte_eth_tx_burst(port, queue, mbufs, count);
	uint16_t done = 0;
	while (done < count) {
		uint16_t ready = rte_eth_tx_prepare(port, queue, mbufs + done, (uint16_t)(count - done));
		uint16_t sent = rte_eth_tx_burst(port, queue, mbufs + done, ready);
		done = (uint16_t)(done + sent);
		if (sent < ready)
			break;
		if (done < count) {
			rte_pktmbuf_free(mbufs[done++]);
			atomic_fetch_add(&burst_counters.tx_unpreparable, 1);
		}
	}
	return done;
}

/* True when WebAssembly can see the whole packet: every segment in the pool and with its own buffer. */
static inline bool own(const struct rte_mbuf *mbuf)
{
	if (likely(mbuf->nb_segs == 1))
		return packet_inside(mbuf) && mbuf->buf_addr == (const void *)(mbuf + 1);
	return own_chain(mbuf);
}

static __rte_noinline bool own_chain(const struct rte_mbuf *mbuf)
{
	for (uint16_t left = mbuf->nb_segs; left > 0; left--, mbuf = mbuf->next)
		if (mbuf == NULL || !packet_inside(mbuf) || mbuf->buf_addr != (const void *)(mbuf + 1))
			return false;
	return true;
}

static __rte_noinline struct rte_mbuf *adopt(struct rte_mbuf *mbuf)
{
	struct rte_mbuf *copy = rte_pktmbuf_copy(mbuf, packets.pool, 0, UINT32_MAX);
	rte_pktmbuf_free(mbuf);
	atomic_fetch_add(copy != NULL ? &burst_counters.foreign_copied : &burst_counters.foreign_dropped, 1);
	return copy;
}

/* WebAssembly can write anything into an mbuf, so nothing in one is followed before it is checked. */
static inline struct rte_mbuf *chain_at(uint32_t offset, bool to_send)
{
	struct rte_mbuf *first = packet_at(offset);
	if (unlikely(first == NULL) || !usable(first, to_send))
		return NULL;
	return likely(alone(first)) || sound_chain(first, to_send) ? first : NULL;
}

static __rte_noinline bool sound_chain(const struct rte_mbuf *first, bool to_send)
{
	uint16_t left = first->nb_segs;
	for (const struct rte_mbuf *mbuf = first; mbuf->next != NULL; mbuf = mbuf->next) {
		const struct rte_mbuf *next = packet_at((uint32_t)((uintptr_t)mbuf->next - packets.delta));
		if (next != mbuf->next || --left == 0 || !usable(next, to_send))
			return false;
	}
	return left == 1;
}

static inline bool alone(const struct rte_mbuf *mbuf)
{
	return mbuf->nb_segs == 1 && mbuf->next == NULL;
}

static inline bool usable(const struct rte_mbuf *mbuf, bool to_send)
{
	if (mbuf->buf_addr != (const void *)(mbuf + 1) || mbuf->refcnt == 0 ||
		(mbuf->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) != 0)
		return false;
	return !to_send || (uint32_t)mbuf->data_off + mbuf->data_len <= packets.data_room;
}

/* `busy` is set before anything shared is read, see burst_wait. */
static bool enter(void)
{
	if (self == NULL)
		return false;
	atomic_store_explicit(&self->busy, true, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	if (packets.base != NULL)
		return true;
	leave();
	return false;
}

static void leave(void)
{
	atomic_store_explicit(&self->busy, false, memory_order_release);
}

static uint32_t *array_at(uint32_t offset, uint32_t count)
{
	bool inside = (uint64_t)offset + (uint64_t)count * sizeof(uint32_t) <= packets.base_length;
	return inside && offset % sizeof(uint32_t) == 0 && packets.base != NULL
		? (uint32_t *)(void *)(packets.base + offset) : NULL;
}

static bool numbers(napi_env env, napi_callback_info info, size_t count, uint32_t *out)
{
	napi_value values[4];
	size_t given = count;

	if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given < count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (napi_get_value_uint32(env, values[i], &out[i]) != napi_ok)
			return false;
	return true;
}
