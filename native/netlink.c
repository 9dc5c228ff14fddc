/*
 * An exchange with rtnetlink: messages go to the kernel one after another until it refuses one, and all that it
 * answered comes back. What the messages say is JavaScript's business; here only their frame is known (netlink(7)).
 * Between messages the exchange may enter another network namespace, and write to files below /proc.
 *
 * A script is steps, each padded to a multiple of four:
 *
 *   | kind 4 | length 4 | MESSAGE: one message | ENTER: the path of a namespace | WRITE: the path of a file, 0, a text |
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
#define PATH_MOST 4096
/* More than the kernel puts into one answer (NLMSG_GOODSIZE, and its largest step for dumps). */
#define ANSWER_MOST 32768
#define TIMEOUT_SECONDS 10

enum { MESSAGE = 1, ENTER = 2, WRITE = 3 };

struct step {
	uint32_t kind;
	uint32_t length;
	uint8_t bytes[];
};

struct exchange {
	napi_async_work work;
	napi_deferred deferred;
	uint8_t *script;
	size_t length;
	/* Of the namespace that the thread is in; -1 before the first message there. */
	int socket;
	uint32_t sequence;
	bool refused;
	uint8_t *answer;
	size_t answered;
	int error;
	const char *failed;
};

static struct exchange *prepare(struct call *call, napi_env env, napi_callback_info info);
static bool take_script(const struct call *call, struct exchange *exchange);
static void run(napi_env env, void *data);
static void *run_in_thread(void *data);
static int run_script(struct exchange *exchange);
static int run_step(struct exchange *exchange, struct step *step);
static int enter(struct exchange *exchange, const struct step *step);
static int write_text(struct exchange *exchange, const struct step *step);
static int send_message(struct exchange *exchange, struct step *step);
static int open_socket(struct exchange *exchange);
static void close_socket(struct exchange *exchange);
static int await_answer(struct exchange *exchange);
static bool is_over(struct exchange *exchange, size_t from);
static int fail(struct exchange *exchange, const char *what);
static void settle(napi_env env, napi_status status, void *data);
static napi_value take_result(napi_env env, const struct exchange *exchange);
static void release(struct exchange *exchange);

/* netlinkExchange(script): resolves to the answers; rejects when there was no talking. */
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
	exchange->socket = -1;
	if (take_script(call, exchange))
		return exchange;
	release(exchange);
	return NULL;
}

/* A copy: JavaScript may write to its own meanwhile. */
static bool take_script(const struct call *call, struct exchange *exchange)
{
	struct bytes bytes;
	if (!arg_bytes(call, 0, "script", &bytes))
		return false;
	exchange->script = malloc(bytes.length);
	if (exchange->script == NULL) {
		call_fail(call, ENOMEM, "no memory for %zu bytes", bytes.length);
		return false;
	}
	memcpy(exchange->script, bytes.data, bytes.length);
	exchange->length = bytes.length;
	return true;
}

static void run(napi_env env, void *data)
{
	(void)env;
	struct exchange *exchange = data;
	pthread_t thread;

	exchange->error = pthread_create(&thread, NULL, run_in_thread, exchange);
	if (exchange->error == 0)
		pthread_join(thread, NULL);
	else
		exchange->failed = "no thread could be started";
}

static void *run_in_thread(void *data)
{
	struct exchange *exchange = data;
	exchange->error = run_script(exchange);
	close_socket(exchange);
	return NULL;
}

static int run_script(struct exchange *exchange)
{
	for (size_t at = 0; at < exchange->length && !exchange->refused;) {
		struct step *step = (struct step *)(exchange->script + at);
		size_t left = exchange->length - at;
		exchange->failed = "a step is cut off";
		if (left < sizeof(*step) || step->length > left - sizeof(*step))
			return EINVAL;
		int error = run_step(exchange, step);
		if (error != 0)
			return error;
		at += sizeof(*step) + NLMSG_ALIGN(step->length);
	}
	return 0;
}

static int run_step(struct exchange *exchange, struct step *step)
{
	switch (step->kind) {
	case MESSAGE:
		return send_message(exchange, step);
	case ENTER:
		return enter(exchange, step);
	case WRITE:
		return write_text(exchange, step);
	default:
		exchange->failed = "a step of no known kind";
		return EINVAL;
	}
}

static int enter(struct exchange *exchange, const struct step *step)
{
	char path[PATH_MOST];

	exchange->failed = "the path of a namespace is too long";
	if (step->length >= sizeof(path))
		return ENAMETOOLONG;
	memcpy(path, step->bytes, step->length);
	path[step->length] = '\0';
	close_socket(exchange);
	int netns = open(path, O_RDONLY | O_CLOEXEC);
	if (netns < 0)
		return fail(exchange, "the namespace could not be opened");
	int entered = setns(netns, CLONE_NEWNET);
	int error = errno;
	close(netns);
	errno = error;
	return entered == 0 ? 0 : fail(exchange, "the namespace could not be entered");
}

/* A kernel without the file has nothing to be told there. */
static int write_text(struct exchange *exchange, const struct step *step)
{
	const char *path = (const char *)step->bytes;
	const char *end = memchr(path, '\0', step->length);

	exchange->failed = "a file has no text";
	if (end == NULL)
		return EINVAL;
	size_t length = step->length - (size_t)(end + 1 - path);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : fail(exchange, "a file could not be opened");
	ssize_t written = write(fd, end + 1, length);
	int error = errno;
	close(fd);
	errno = error;
	return written == (ssize_t)length ? 0 : fail(exchange, "a file could not be written");
}

/* Sets the number of the message itself, so that an answer is known as that of its message. */
static int send_message(struct exchange *exchange, struct step *step)
{
	struct nlmsghdr *message = (struct nlmsghdr *)step->bytes;

	exchange->failed = "a message is cut off";
	if (step->length < sizeof(*message) || message->nlmsg_len < sizeof(*message) || message->nlmsg_len > step->length)
		return EINVAL;
	if (exchange->socket < 0 && open_socket(exchange) != 0)
		return exchange->error;
	message->nlmsg_seq = ++exchange->sequence;
	exchange->failed = "the kernel did not take a message";
	if (send(exchange->socket, message, message->nlmsg_len, 0) < 0)
		return errno;
	exchange->failed = "the kernel did not answer";
	return await_answer(exchange);
}

static int open_socket(struct exchange *exchange)
{
	const struct timeval timeout = {.tv_sec = TIMEOUT_SECONDS};
	const int on = 1;

	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return fail(exchange, "no socket could be made");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	exchange->socket = fd;
	return 0;
}

static void close_socket(struct exchange *exchange)
{
	if (exchange->socket >= 0)
		close(exchange->socket);
	exchange->socket = -1;
}

static int await_answer(struct exchange *exchange)
{
	for (bool over = false; !over;) {
		uint8_t *grown = realloc(exchange->answer, exchange->answered + ANSWER_MOST);
		if (grown == NULL)
			return ENOMEM;
		exchange->answer = grown;
		ssize_t count = recv(exchange->socket, grown + exchange->answered, ANSWER_MOST, 0);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return errno;
		size_t from = exchange->answered;
		exchange->answered += NLMSG_ALIGN((size_t)count);
		over = is_over(exchange, from);
	}
	return 0;
}

static bool is_over(struct exchange *exchange, size_t from)
{
	const struct nlmsghdr *message = (const struct nlmsghdr *)(exchange->answer + from);
	int left = (int)(exchange->answered - from);

	for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
		if (message->nlmsg_seq != exchange->sequence)
			continue;
		if (message->nlmsg_type == NLMSG_ERROR)
			exchange->refused = ((const struct nlmsgerr *)NLMSG_DATA(message))->error != 0;
		if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE)
			return true;
	}
	return false;
}

static int fail(struct exchange *exchange, const char *what)
{
	exchange->error = errno;
	exchange->failed = what;
	return exchange->error;
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
	free(exchange->script);
	free(exchange->answer);
	free(exchange);
}
