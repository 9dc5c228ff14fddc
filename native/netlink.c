/*
 * An exchange with rtnetlink: messages go to the kernel one after another until it refuses one, and all that it
 * answered comes back. What the messages say is JavaScript's business; here only their frame is known (netlink(7)).
 *
 * A socket belongs to the namespace of the thread that opens it. So each exchange has a thread of its own, which enters
 * the namespace and ends there: nothing else is ever run in a container's namespace by mistake.
 */
#include "netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "args.h"

#define DOING "talk to rtnetlink"
#define NETNS_MAX 4096
/* More than the kernel puts into one answer (NLMSG_GOODSIZE, and its largest step for dumps). */
#define ANSWER_MOST 32768
#define TIMEOUT_SECONDS 10

struct exchange {
	napi_async_work work;
	napi_deferred deferred;
	char netns[NETNS_MAX];
	uint8_t *request;
	size_t length;
	uint8_t *answer;
	size_t answered;
	int error;
	const char *failed;
};

static struct exchange *prepare(struct call *call, napi_env env, napi_callback_info info);
static bool take_request(const struct call *call, struct exchange *exchange);
static void run(napi_env env, void *data);
static void *run_in_namespace(void *data);
static int open_socket(struct exchange *exchange);
static int send_all(struct exchange *exchange, int fd);
static int await_answer(struct exchange *exchange, int fd, uint32_t sequence, bool *refused);
static bool is_over(const struct exchange *exchange, size_t from, uint32_t sequence, bool *refused);
static int fail(struct exchange *exchange, const char *what);
static void settle(napi_env env, napi_status status, void *data);
static napi_value take_result(napi_env env, const struct exchange *exchange);
static void release(struct exchange *exchange);

/* netlinkExchange(messages, netns?): resolves to the answers; rejects when there was no talking. */
napi_value netlink_exchange(napi_env env, napi_callback_info info)
{
	struct call call;
	napi_value name, promise = NULL;
	struct exchange *exchange = prepare(&call, env, info);

	if (exchange == NULL)
		return NULL;
	if (napi_create_string_utf8(env, "netlinkExchange", NAPI_AUTO_LENGTH, &name) == napi_ok &&
		napi_create_async_work(env, NULL, name, run, settle, exchange, &exchange->work) == napi_ok &&
		napi_create_promise(env, &exchange->deferred, &promise) == napi_ok &&
		napi_queue_async_work(env, exchange->work) == napi_ok)
		return promise;
	release(exchange);
	return call_fail(&call, ENOMEM, "no work could be queued");
}

/* NULL after it has thrown. */
static struct exchange *prepare(struct call *call, napi_env env, napi_callback_info info)
{
	if (!call_begin(call, env, info, DOING, 1))
		return NULL;
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	if (exchange == NULL) {
		call_fail(call, ENOMEM, "no memory");
		return NULL;
	}
	if (take_request(call, exchange) &&
		(call->count < 2 || arg_string(call, 1, "netns", exchange->netns, sizeof(exchange->netns))))
		return exchange;
	release(exchange);
	return NULL;
}

/* A copy: JavaScript may write to its own meanwhile. */
static bool take_request(const struct call *call, struct exchange *exchange)
{
	struct bytes bytes;
	if (!arg_bytes(call, 0, "messages", &bytes))
		return false;
	exchange->request = malloc(bytes.length);
	if (exchange->request == NULL) {
		call_fail(call, ENOMEM, "no memory for %zu bytes", bytes.length);
		return false;
	}
	memcpy(exchange->request, bytes.data, bytes.length);
	exchange->length = bytes.length;
	return true;
}

static void run(napi_env env, void *data)
{
	(void)env;
	struct exchange *exchange = data;
	pthread_t thread;

	exchange->error = pthread_create(&thread, NULL, run_in_namespace, exchange);
	if (exchange->error == 0)
		pthread_join(thread, NULL);
	else
		exchange->failed = "no thread could be started";
}

static void *run_in_namespace(void *data)
{
	struct exchange *exchange = data;
	int fd = open_socket(exchange);
	if (fd < 0)
		return NULL;
	exchange->error = send_all(exchange, fd);
	close(fd);
	return NULL;
}

static int open_socket(struct exchange *exchange)
{
	const struct timeval timeout = {.tv_sec = TIMEOUT_SECONDS};
	const int on = 1;

	if (exchange->netns[0] != '\0') {
		int netns = open(exchange->netns, O_RDONLY | O_CLOEXEC);
		if (netns < 0)
			return fail(exchange, "the namespace could not be opened");
		int entered = setns(netns, CLONE_NEWNET);
		int error = errno;
		close(netns);
		errno = error;
		if (entered != 0)
			return fail(exchange, "the namespace could not be entered");
	}
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return fail(exchange, "no socket could be made");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return fd;
}

/* Sets the numbers of the messages itself, so that an answer is known as that of its message. */
static int send_all(struct exchange *exchange, int fd)
{
	uint32_t sequence = 0;
	bool refused = false;

	for (size_t at = 0; at < exchange->length && !refused;) {
		struct nlmsghdr *message = (struct nlmsghdr *)(exchange->request + at);
		size_t left = exchange->length - at;
		exchange->failed = "a message is cut off";
		if (left < sizeof(*message) || message->nlmsg_len < sizeof(*message) || message->nlmsg_len > left)
			return EINVAL;
		message->nlmsg_seq = ++sequence;
		exchange->failed = "the kernel did not take a message";
		if (send(fd, message, message->nlmsg_len, 0) < 0)
			return errno;
		exchange->failed = "the kernel did not answer";
		int error = await_answer(exchange, fd, sequence, &refused);
		if (error != 0)
			return error;
		at += NLMSG_ALIGN(message->nlmsg_len);
	}
	return 0;
}

static int await_answer(struct exchange *exchange, int fd, uint32_t sequence, bool *refused)
{
	for (bool over = false; !over;) {
		uint8_t *grown = realloc(exchange->answer, exchange->answered + ANSWER_MOST);
		if (grown == NULL)
			return ENOMEM;
		exchange->answer = grown;
		ssize_t count = recv(fd, grown + exchange->answered, ANSWER_MOST, 0);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return errno;
		size_t from = exchange->answered;
		exchange->answered += NLMSG_ALIGN((size_t)count);
		over = is_over(exchange, from, sequence, refused);
	}
	return 0;
}

static bool is_over(const struct exchange *exchange, size_t from, uint32_t sequence, bool *refused)
{
	const struct nlmsghdr *message = (const struct nlmsghdr *)(exchange->answer + from);
	int left = (int)(exchange->answered - from);

	for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
		if (message->nlmsg_seq != sequence)
			continue;
		if (message->nlmsg_type == NLMSG_ERROR)
			*refused = ((const struct nlmsgerr *)NLMSG_DATA(message))->error != 0;
		if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE)
			return true;
	}
	return false;
}

static int fail(struct exchange *exchange, const char *what)
{
	exchange->error = errno;
	exchange->failed = what;
	return -1;
}

static void settle(napi_env env, napi_status status, void *data)
{
	struct exchange *exchange = data;
	struct call call = {.env = env, .doing = DOING};
	napi_value error;

	if (status != napi_ok)
		exchange->error = ECANCELED;
	napi_delete_async_work(env, exchange->work);
	napi_value result = NULL;
	if (exchange->error != 0)
		call_fail(&call, exchange->error, "%s", exchange->failed != NULL ? exchange->failed : "it was given up");
	else
		result = take_result(env, exchange);
	if (result != NULL)
		napi_resolve_deferred(env, exchange->deferred, result);
	else if (napi_get_and_clear_last_exception(env, &error) == napi_ok)
		napi_reject_deferred(env, exchange->deferred, error);
	release(exchange);
}

static napi_value take_result(napi_env env, const struct exchange *exchange)
{
	napi_value result = NULL;
	if (napi_create_buffer_copy(env, exchange->answered, exchange->answer, NULL, &result) != napi_ok)
		call_fail(&(struct call){.env = env, .doing = DOING}, ENOMEM, "no memory for the answer");
	return result;
}

static void release(struct exchange *exchange)
{
	free(exchange->request);
	free(exchange->answer);
	free(exchange);
}
