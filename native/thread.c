#include "thread.h"

#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_mempool.h>

#include "args.h"
#include "burst.h"
#include "eal.h"
#include "memory.h"
#include "wait.h"

/* A worker's sleeps are microseconds long; the default slack of 50 µs would swamp them. */
#define TIMER_SLACK_NS 1

static __thread bool registered;

static void leave_eal(void *unused);
static void leave_bursts(void *unused);

napi_value worker_register(napi_env env, napi_callback_info info)
{
	struct call call;
	uint32_t cpu;
	cpu_set_t cpus;

	if (!call_begin(&call, env, info, "register a worker", 1) ||
		!arg_u32(&call, 0, "cpu", CPU_SETSIZE - 1, &cpu))
		return NULL;
	if (!CPU_ISSET(cpu, eal_allowed_cpus()))
		return call_fail(&call, EINVAL, "this process may not run on CPU %u", cpu);
	if (rte_lcore_id() != LCORE_ID_ANY)
		return call_fail(&call, EALREADY, "the thread has lcore %u already", rte_lcore_id());
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) != 0)
		return call_fail(&call, errno, "could not pin the thread to CPU %u", cpu);
	int error = burst_thread_add();
	if (error == 0)
		error = wait_thread_add();
	if (error == 0 && rte_thread_register() != 0)
		error = rte_errno;
	if (error != 0) {
		wait_thread_remove();
		burst_thread_remove();
		sched_setaffinity(0, sizeof(cpu_set_t), eal_allowed_cpus());
		return call_fail(&call, error, "EAL has no lcore id for the thread");
	}
	registered = true;
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS, 0, 0, 0);
	napi_add_env_cleanup_hook(env, leave_eal, &registered);

	napi_value result = NULL;
	napi_create_object(env, &result);
	set_u32(env, result, "lcore", rte_lcore_id());
	return result;
}

napi_value worker_unregister(napi_env env, napi_callback_info info)
{
	(void)info;
	if (registered) {
		napi_remove_env_cleanup_hook(env, leave_eal, &registered);
		leave_eal(NULL);
	}
	return make_undefined(env);
}

int thread_join(napi_env env)
{
	int error = burst_thread_add();
	if (error == 0)
		napi_add_env_cleanup_hook(env, leave_bursts, &registered);
	return error;
}

napi_value thread_id(napi_env env, napi_callback_info info)
{
	(void)info;
	napi_value result = NULL;
	napi_create_uint32(env, (uint32_t)gettid(), &result);
	return result;
}

napi_value thread_pin(napi_env env, napi_callback_info info)
{
	struct call call;
	uint32_t thread, cpu, count = 0;
	cpu_set_t cpus;
	napi_value item;

	if (!call_begin(&call, env, info, "pin a thread", 2) ||
		!arg_u32(&call, 0, "thread", INT32_MAX, &thread))
		return NULL;
	CPU_ZERO(&cpus);
	napi_get_array_length(env, call.values[1], &count);
	for (uint32_t i = 0; i < count; i++) {
		if (napi_get_element(env, call.values[1], i, &item) != napi_ok ||
			napi_get_value_uint32(env, item, &cpu) != napi_ok || cpu >= CPU_SETSIZE)
			return call_fail(&call, EINVAL, "expected CPU numbers below %d", CPU_SETSIZE);
		CPU_SET(cpu, &cpus);
	}
	if (sched_setaffinity((pid_t)thread, sizeof(cpus), &cpus) != 0)
		return call_fail(&call, errno, "could not pin thread %u", thread);
	return make_undefined(env);
}

napi_value thread_cycles(napi_env env, napi_callback_info info)
{
	(void)info;
	napi_value result = NULL;
	napi_create_double(env, (double)rte_get_tsc_cycles(), &result);
	return result;
}

napi_value thread_cycles_per_second(napi_env env, napi_callback_info info)
{
	(void)info;
	napi_value result = NULL;
	napi_create_double(env, (double)rte_get_tsc_hz(), &result);
	return result;
}

napi_value thread_pause(napi_env env, napi_callback_info info)
{
	size_t count = 1;
	napi_value value;
	uint32_t ns = 0;

	if (napi_get_cb_info(env, info, &count, &value, NULL, NULL) == napi_ok && count == 1 &&
		napi_get_value_uint32(env, value, &ns) == napi_ok) {
		struct timespec time = {.tv_sec = ns / 1000000000u, .tv_nsec = ns % 1000000000u};
		nanosleep(&time, NULL);
	}
	return make_undefined(env);
}

/* The cache of an lcore outlives its thread: what it holds goes back to the pool for everyone. */
static void leave_eal(void *unused)
{
	(void)unused;
	wait_thread_remove();
	burst_thread_remove();
	registered = false;
	if (!eal_ready())
		return;
	if (packets.pool != NULL)
		rte_mempool_cache_flush(rte_mempool_default_cache(packets.pool, rte_lcore_id()), packets.pool);
	rte_thread_unregister();
	sched_setaffinity(0, sizeof(cpu_set_t), eal_allowed_cpus());
}

static void leave_bursts(void *unused)
{
	(void)unused;
	burst_thread_remove();
}
