#include "eal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_version.h>

#include "args.h"
#include "burst.h"
#include "eal-arguments.h"
#include "log.h"
#include "memory.h"
#include "port.h"
#include "thread.h"

#define MAX_EAL_ARGUMENTS 128
#define MAX_EAL_ARGUMENT 1024
#define DOING "start EAL"

/** One start of EAL: what it is given, and how it went. */
struct start {
	/* EAL reorders its arguments and keeps pointers to them, so what it has seen is never freed. */
	char *argv[MAX_EAL_ARGUMENTS + 2];
	int argc;
	cpu_set_t cpus;
	int error;
	double milliseconds;
	pthread_t thread;
	napi_async_work work;
	napi_deferred deferred;
};

static bool ready;
static bool starting;
static cpu_set_t allowed_cpus;

static struct start *prepare(struct call *call, napi_env env, napi_callback_info info);
static void run(napi_env env, void *data);
static void settle(napi_env env, napi_status status, void *data);
static int finish(const struct start *start);
static napi_value take_result(const struct call *call, struct start *start);
static int read_arguments(const struct call *call, char **argv);
static bool read_cpus(const struct call *call, cpu_set_t *cpus);
static bool asks_for_help(const char *argument);
static int init_quietly(int argc, char **argv, const cpu_set_t *cpus);
static void free_arguments(char **argv, int argc);

bool eal_ready(void)
{
	return ready;
}

const cpu_set_t *eal_allowed_cpus(void)
{
	return &allowed_cpus;
}

napi_value eal_init(napi_env env, napi_callback_info info)
{
	struct call call;
	struct start *start = prepare(&call, env, info);

	if (start == NULL)
		return NULL;
	run(NULL, start);
	start->error = start->error != 0 ? start->error : finish(start);
	return take_result(&call, start);
}

napi_value eal_begin(napi_env env, napi_callback_info info)
{
	struct call call;
	napi_value name, promise = NULL;
	struct start *start = prepare(&call, env, info);

	if (start == NULL)
		return NULL;
	if (napi_create_string_latin1(env, call.doing, NAPI_AUTO_LENGTH, &name) != napi_ok ||
		napi_create_async_work(env, NULL, name, run, settle, start, &start->work) != napi_ok ||
		napi_create_promise(env, &start->deferred, &promise) != napi_ok ||
		napi_queue_async_work(env, start->work) != napi_ok) {
		start->error = ENOMEM;
		return take_result(&call, start);
	}
	return promise;
}

napi_value eal_cleanup(napi_env env, napi_callback_info info)
{
	(void)info;
	if (ready) {
		port_close_all();
		memory_release(env);
		ready = false;
		rte_eal_cleanup();
	}
	return make_undefined(env);
}

/* What a start needs of the calling thread; NULL after it has thrown. */
static struct start *prepare(struct call *call, napi_env env, napi_callback_info info)
{
	if (!call_begin(call, env, info, DOING, 2))
		return NULL;
	if (ready || starting) {
		call_fail(call, EALREADY, "EAL runs already in this process");
		return NULL;
	}
	sched_getaffinity(0, sizeof(allowed_cpus), &allowed_cpus);
	struct start *start = calloc(1, sizeof(*start));
	if (start == NULL) {
		call_fail(call, ENOMEM, "no memory");
		return NULL;
	}
	start->argc = -1;
	if (read_cpus(call, &start->cpus))
		start->argc = read_arguments(call, start->argv);
	if (start->argc < 0) {
		free(start);
		return NULL;
	}
	start->error = burst_prepare();
	if (start->error == 0)
		start->error = log_capture();
	if (start->error == 0)
		start->error = thread_join(env);
	starting = true;
	return start;
}

/* The part that takes long and needs no JavaScript, on any thread. */
static void run(napi_env env, void *data)
{
	(void)env;
	struct start *start = data;
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	if (start->error == 0)
		start->error = init_quietly(start->argc, start->argv, &start->cpus);
	clock_gettime(CLOCK_MONOTONIC, &to);
	start->milliseconds = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
	start->thread = pthread_self();
}

static void settle(napi_env env, napi_status status, void *data)
{
	struct start *start = data;
	struct call call = {.env = env, .doing = DOING};
	napi_deferred deferred = start->deferred;
	napi_value error;

	if (status != napi_ok)
		start->error = ECANCELED;
	if (start->error == 0)
		start->error = finish(start);
	napi_delete_async_work(env, start->work);
	napi_value result = take_result(&call, start);
	if (result != NULL)
		napi_resolve_deferred(env, deferred, result);
	else if (napi_get_and_clear_last_exception(env, &error) == napi_ok)
		napi_reject_deferred(env, deferred, error);
}

/* EAL knows the thread that has started it; the calling one, if it is another, gets an lcore id of its own. */
static int finish(const struct start *start)
{
	cpu_set_t cpus;

	if (pthread_equal(start->thread, pthread_self()))
		return 0;
	sched_getaffinity(0, sizeof(cpus), &cpus);
	int error = rte_thread_register() != 0 ? rte_errno : 0;
	sched_setaffinity(0, sizeof(cpus), &cpus);
	return error;
}

/* Says how the start went, and forgets it; NULL after it has thrown. */
static napi_value take_result(const struct call *call, struct start *start)
{
	int error = start->error;
	double milliseconds = start->milliseconds;
	napi_value result = NULL;

	starting = false;
	free(start);
	if (error != 0)
		return call_fail(call, error, "rte_eal_init refused its arguments or found no memory");
	ready = true;
	napi_create_object(call->env, &result);
	set_string(call->env, result, "version", rte_version());
	set_u32(call->env, result, "mainLcore", rte_get_main_lcore());
	set_string(call->env, result, "iovaMode", rte_eal_iova_mode() == RTE_IOVA_PA ? "physical" : "virtual");
	set_bool(call->env, result, "hugepages", rte_eal_has_hugepages() != 0);
	set_double(call->env, result, "startMs", milliseconds);
	return result;
}

static int read_arguments(const struct call *call, char **argv)
{
	uint32_t length = 0;
	char argument[MAX_EAL_ARGUMENT];
	napi_value element;

	if (napi_get_array_length(call->env, call->values[0], &length) != napi_ok || length > MAX_EAL_ARGUMENTS) {
		call_fail(call, EINVAL, "expected an array of at most %d EAL arguments", MAX_EAL_ARGUMENTS);
		return -1;
	}
	int argc = 0;
	argv[argc++] = strdup("millrace");
	for (uint32_t i = 0; i < length; i++) {
		struct call one = {.env = call->env, .doing = call->doing, .count = 1};
		napi_get_element(call->env, call->values[0], i, &element);
		one.values[0] = element;
		if (!arg_string(&one, 0, "an EAL argument", argument, sizeof(argument))) {
			free_arguments(argv, argc);
			return -1;
		}
		if (asks_for_help(argument)) {
			call_fail(call, EINVAL, "EAL would print its help and end the process: %s", argument);
			free_arguments(argv, argc);
			return -1;
		}
		argv[argc++] = strdup(argument);
	}
	return argc;
}

static bool read_cpus(const struct call *call, cpu_set_t *cpus)
{
	uint32_t length = 0;

	CPU_ZERO(cpus);
	if (napi_get_array_length(call->env, call->values[1], &length) != napi_ok) {
		call_fail(call, EINVAL, "expected an array of CPU numbers");
		return false;
	}
	for (uint32_t i = 0; i < length; i++) {
		struct call one = {.env = call->env, .doing = call->doing, .count = 1};
		uint32_t cpu;
		napi_get_element(call->env, call->values[1], i, &one.values[0]);
		if (!arg_u32(&one, 0, "a CPU number", CPU_SETSIZE - 1, &cpu))
			return false;
		if (!CPU_ISSET(cpu, &allowed_cpus)) {
			call_fail(call, EINVAL, "this process may not run on CPU %u", cpu);
			return false;
		}
		CPU_SET(cpu, cpus);
	}
	if (length == 0)
		*cpus = allowed_cpus;
	return true;
}

/* EAL's help ends the process with exit(); getopt accepts abbreviations and bundles of letters. */
static bool asks_for_help(const char *argument)
{
	if (strncmp(argument, "--he", 4) == 0)
		return strncmp("--help", argument, strlen(argument)) == 0;
	return argument[0] == '-' && argument[1 + strspn(argument + 1, "v")] == 'h';
}

/*
 * EAL pins the calling thread to its main lcore and lets its own threads inherit the caller's CPUs, so the
 * caller's affinity is narrowed for the time of the call. A refused option makes EAL print its usage on stdout.
 */
static int init_quietly(int argc, char **argv, const cpu_set_t *cpus)
{
	fflush(stdout);
	int out = dup(STDOUT_FILENO);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (out >= 0 && null >= 0)
		dup2(null, STDOUT_FILENO);
	sched_setaffinity(0, sizeof(*cpus), cpus);

	int error = eal_try_arguments(argc, argv);
	rte_errno = 0;
	if (error == 0 && rte_eal_init(argc, argv) < 0)
		error = rte_errno != 0 ? rte_errno : EINVAL;

	sched_setaffinity(0, sizeof(allowed_cpus), &allowed_cpus);
	fflush(stdout);
	if (out >= 0 && null >= 0)
		dup2(out, STDOUT_FILENO);
	if (out >= 0)
		close(out);
	if (null >= 0)
		close(null);
	return error;
}

static void free_arguments(char **argv, int argc)
{
	for (int i = 0; i < argc; i++)
		free(argv[i]);
}
