#include "burst.h"

#include <errno.h>

#include <rte_cycles.h>
#include <rte_errno.h>

#include "args.h"
#include "memory.h"
#include "packet.h"
#include "plain.h"

struct burst_port burst_ports[RTE_MAX_ETHPORTS];
struct burst_counters burst_counters;

static uint32_t receive(uint32_t port, uint32_t queue, uint32_t *array, uint32_t max);
static uint32_t transmit(uint32_t port, uint32_t queue, const uint32_t *array, uint32_t count);
static uint16_t send_some(uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint16_t count);
static struct rte_mbuf *adopt(struct rte_mbuf *mbuf);
static bool enter(void);
static void leave(void);
static uint32_t *array_at(uint32_t offset, uint32_t count);
static bool numbers(napi_env env, napi_callback_info info, size_t count, uint32_t *out);

uint32_t burst_receive(uint32_t port, uint32_t queue, uint32_t offset, uint32_t most)
{
	uint32_t received = 0;

	if (!enter())
		return 0;
	uint32_t max = RTE_MIN(most, (uint32_t)MAX_BURST);
	uint32_t *array = array_at(offset, max);
	if (array != NULL)
		received = receive(port, queue, array, max);
	leave();
	return received;
}

uint32_t burst_transmit(uint32_t port, uint32_t queue, uint32_t offset, uint32_t count)
{
	uint32_t taken = 0;

	if (!enter())
		return 0;
	const uint32_t *array = array_at(offset, count);
	if (array != NULL)
		taken = transmit(port, queue, array, count);
	leave();
	return taken;
}

uint32_t burst_take(uint32_t offset, uint32_t count)
{
	struct rte_mbuf *mbufs[MAX_BURST];
	uint32_t got = 0;

	if (count > MAX_BURST || !enter())
		return 0;
	uint32_t *array = array_at(offset, count);
	if (array != NULL && rte_pktmbuf_alloc_bulk(packets.pool, mbufs, count) == 0)
		for (got = 0; got < count; got++)
			array[got] = (uint32_t)((uintptr_t)mbufs[got] - packets.delta);
	leave();
	return got;
}

uint32_t burst_give_back(uint32_t offset, uint32_t count)
{
	struct rte_mbuf *mbufs[MAX_BURST];
	uint32_t freed = 0;

	if (!enter())
		return 0;
	const uint32_t *array = array_at(offset, count);
	for (uint32_t at = 0; array != NULL && at < count; at += MAX_BURST) {
		uint32_t some = RTE_MIN(count - at, (uint32_t)MAX_BURST);
		uint32_t good = 0;
		for (uint32_t i = 0; i < some; i++) {
			mbufs[good] = packet_chain_at(array[at + i], false);
			good += mbufs[good] != NULL;
		}
		rte_pktmbuf_free_bulk(mbufs, good);
		freed += good;
		if (good != some)
			atomic_fetch_add(&burst_counters.free_refused, some - good);
	}
	leave();
	return freed;
}

napi_value burst_rx(napi_env env, napi_callback_info info)
{
	uint32_t a[4]; /* port, queue, arrayOffset, max */
	return make_u32(env, numbers(env, info, 4, a) ? burst_receive(a[0], a[1], a[2], a[3]) : 0);
}

napi_value burst_tx(napi_env env, napi_callback_info info)
{
	uint32_t a[4]; /* port, queue, arrayOffset, count */
	return make_u32(env, numbers(env, info, 4, a) ? burst_transmit(a[0], a[1], a[2], a[3]) : 0);
}

napi_value burst_alloc(napi_env env, napi_callback_info info)
{
	uint32_t a[2]; /* arrayOffset, count */
	return make_u32(env, numbers(env, info, 2, a) ? burst_take(a[0], a[1]) : 0);
}

napi_value burst_free(napi_env env, napi_callback_info info)
{
	uint32_t a[2]; /* arrayOffset, count */
	return make_u32(env, numbers(env, info, 2, a) ? burst_give_back(a[0], a[1]) : 0);
}

napi_value burst_set_clock(napi_env env, napi_callback_info info)
{
	struct call call;
	uint32_t offset;

	if (!call_begin(&call, env, info, "set the clock's address", 1) ||
		!arg_u32(&call, 0, "offset", UINT32_MAX, &offset))
		return NULL;
	if (burst_self == NULL)
		return call_fail(&call, EPERM, "expected a registered worker thread");
	if (offset % sizeof(uint64_t) != 0 || array_at(offset, 2) == NULL)
		return call_fail(&call, EINVAL, "expected 8 aligned bytes inside the mapped memory, got %u", offset);
	burst_self->clock = (uint64_t *)(void *)(packets.base + offset);
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

static uint32_t receive(uint32_t port, uint32_t queue, uint32_t *array, uint32_t max)
{
	struct rte_mbuf *mbufs[MAX_BURST];
	uint32_t kept = 0;

	if (burst_self->clock != NULL)
		*burst_self->clock = rte_get_tsc_cycles();
	if (port >= RTE_MAX_ETHPORTS || !atomic_load_explicit(&burst_ports[port].started, memory_order_acquire) ||
		queue >= burst_ports[port].rx_queues)
		return 0;
	uint16_t count = rte_eth_rx_burst((uint16_t)port, (uint16_t)queue, mbufs, (uint16_t)max);
	if (likely(plain_received(mbufs, count, array)))
		return count;
	for (uint16_t i = 0; i < count; i++) {
		struct rte_mbuf *mbuf = packet_own(mbufs[i]) ? mbufs[i] : adopt(mbufs[i]);
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
		if (likely(plain_to_send(array + done, some, mbufs)))
			good = (uint16_t)some;
		while (good < some && (mbufs[good] = packet_chain_at(array[done + good], true)) != NULL)
			good++;
		rte_spinlock_t *lock = &burst_ports[port].sending[queue % MAX_LOCKED_QUEUES];
		rte_spinlock_lock(lock);
		uint16_t sent = send_some((uint16_t)port, (uint16_t)queue, mbufs, good);
		rte_spinlock_unlock(lock);
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

static __rte_noinline struct rte_mbuf *adopt(struct rte_mbuf *mbuf)
{
	struct rte_mbuf *copy = packet_adopt(mbuf);
	atomic_fetch_add(copy != NULL ? &burst_counters.foreign_copied : &burst_counters.foreign_dropped, 1);
	return copy;
}

/* `busy` is set before anything shared is read, see burst_wait. */
static bool enter(void)
{
	if (burst_self == NULL)
		return false;
	atomic_store_explicit(&burst_self->busy, true, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	if (packets.base != NULL)
		return true;
	leave();
	return false;
}

static void leave(void)
{
	atomic_store_explicit(&burst_self->busy, false, memory_order_release);
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
