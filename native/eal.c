#include "eal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static bool ready;
static cpu_set_t allowed_cpus;

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
	/* EAL reorders its arguments and keeps pointers to them, so what it has seen is never freed. */
	char *argv[MAX_EAL_ARGUMENTS + 2] = {0};
	struct call call;
	cpu_set_t cpus;

	if (!call_begin(&call, env, info, "start EAL", 2))
		return NULL;
	if (ready)
		return call_fail(&call, EALREADY, "EAL runs already in this process");
	sched_getaffinity(0, sizeof(allowed_cpus), &allowed_cpus);
	if (!read_cpus(&call, &cpus))
		return NULL;
	int argc = read_arguments(&call, argv);
	if (argc < 0)
		return NULL;
	int error = burst_prepare();
	if (error == 0)
		error = log_capture();
	if (error == 0)
		error = thread_join(env);
	if (error == 0)
		error = init_quietly(argc, argv, &cpus);
	if (error != 0)
		return call_fail(&call, error, "rte_eal_init refused its arguments or found no memory");
	ready = true;

	napi_value result = NULL;
	napi_create_object(env, &result);
	set_string(env, result, "version", rte_version());
	set_u32(env, result, "mainLcore", rte_get_main_lcore());
	set_string(env, result, "iovaMode", rte_eal_iova_mode() == RTE_IOVA_PA ? "physical" : "virtual");
	set_bool(env, result, "hugepages", rte_eal_has_hugepages() != 0);
	return result;
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
