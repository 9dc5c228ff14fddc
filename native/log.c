#include "log.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <rte_log.h>

#define LOG_SIZE 16384

/* `end` counts all bytes ever written; the ring holds the last LOG_SIZE of those not taken yet. */
static char ring[LOG_SIZE];
static size_t end;
static size_t taken;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *stream;

static ssize_t ring_write(void *cookie, const char *data, size_t size);

int log_capture(void)
{
	if (stream != NULL)
		return 0;
	stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = ring_write});
	if (stream == NULL)
		return errno;
	setvbuf(stream, NULL, _IOLBF, 1024);
	rte_openlog_stream(stream);
	return 0;
}

napi_value log_take(napi_env env, napi_callback_info info)
{
	(void)info;
	char text[LOG_SIZE];
	size_t length = 0;

	if (stream != NULL)
		fflush(stream);
	pthread_mutex_lock(&lock);
	if (end - taken > LOG_SIZE)
		taken = end - LOG_SIZE;
	while (taken < end)
		text[length++] = ring[taken++ % LOG_SIZE];
	pthread_mutex_unlock(&lock);

	napi_value result = NULL;
	napi_create_string_latin1(env, text, length, &result);
	return result;
}

static ssize_t ring_write(void *cookie, const char *data, size_t size)
{
	(void)cookie;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < size; i++)
		ring[end++ % LOG_SIZE] = data[i];
	pthread_mutex_unlock(&lock);
	return (ssize_t)size;
}
