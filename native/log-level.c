#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_log.h>

#include "args.h"

#define LONGEST_PATTERN 128

napi_value log_levels(napi_env env, napi_callback_info info)
{
	struct call call;
	if (!call_begin(&call, env, info, "list log levels", 0))
		return NULL;
	char *text = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&text, &length);
	if (memory == NULL)
		return call_fail(&call, errno, "no memory for the list");
	rte_log_dump(memory);
	fclose(memory);

	napi_value result = NULL;
	napi_create_string_utf8(env, text, length, &result);
	free(text);
	return result;
}

napi_value log_set_level(napi_env env, napi_callback_info info)
{
	struct call call;
	char pattern[LONGEST_PATTERN];
	uint32_t level = 0;
	if (!call_begin(&call, env, info, "set a log level", 2) ||
	    !arg_string(&call, 0, "pattern", pattern, sizeof(pattern)) ||
	    !arg_u32(&call, 1, "level", RTE_LOG_MAX, &level))
		return NULL;
	if (rte_log_set_level_pattern(pattern, level) < 0)
		return call_fail(&call, EINVAL, "expected a pattern of log types, got %s", pattern);
	return make_undefined(env);
}
