#include "netlink-script.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

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

static int run_steps(struct netlink_script *script);
static int run_step(struct netlink_script *script, struct step *step);
static int enter(struct netlink_script *script, const struct step *step);
static int write_text(struct netlink_script *script, const struct step *step);
static int send_message(struct netlink_script *script, struct step *step);
static int open_socket(struct netlink_script *script);
static void close_socket(struct netlink_script *script);
static int await_answer(struct netlink_script *script);
static bool is_over(struct netlink_script *script, size_t from);
static int fail(struct netlink_script *script, const char *what);

void netlink_run(struct netlink_script *script)
{
	script->socket = -1;
	script->error = run_steps(script);
	close_socket(script);
}

static int run_steps(struct netlink_script *script)
{
	for (size_t at = 0; at < script->length && !script->refused;) {
		struct step *step = (struct step *)(script->bytes + at);
		size_t left = script->length - at;
		script->failed = "a step is cut off";
		if (left < sizeof(*step) || step->length > left - sizeof(*step))
			return EINVAL;
		int error = run_step(script, step);
		if (error != 0)
			return error;
		at += sizeof(*step) + NLMSG_ALIGN(step->length);
	}
	return 0;
}

static int run_step(struct netlink_script *script, struct step *step)
{
	switch (step->kind) {
	case MESSAGE:
		return send_message(script, step);
	case ENTER:
		return enter(script, step);
	case WRITE:
		return write_text(script, step);
	default:
		script->failed = "a step of no known kind";
		return EINVAL;
	}
}

static int enter(struct netlink_script *script, const struct step *step)
{
	char path[PATH_MOST];

	script->failed = "the path of a namespace is too long";
	if (step->length >= sizeof(path))
		return ENAMETOOLONG;
	memcpy(path, step->bytes, step->length);
	path[step->length] = '\0';
	close_socket(script);
	int netns = open(path, O_RDONLY | O_CLOEXEC);
	if (netns < 0)
		return fail(script, "the namespace could not be opened");
	int entered = setns(netns, CLONE_NEWNET);
	int error = errno;
	close(netns);
	errno = error;
	return entered == 0 ? 0 : fail(script, "the namespace could not be entered");
}

/* A kernel without the file has nothing to be told there. */
static int write_text(struct netlink_script *script, const struct step *step)
{
	const char *path = (const char *)step->bytes;
	const char *end = memchr(path, '\0', step->length);

	script->failed = "a file has no text";
	if (end == NULL)
		return EINVAL;
	size_t length = step->length - (size_t)(end + 1 - path);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : fail(script, "a file could not be opened");
	ssize_t written = write(fd, end + 1, length);
	int error = errno;
	close(fd);
	errno = error;
	return written == (ssize_t)length ? 0 : fail(script, "a file could not be written");
}

/* Sets the number of the message itself, so that an answer is known as that of its message. */
static int send_message(struct netlink_script *script, struct step *step)
{
	struct nlmsghdr *message = (struct nlmsghdr *)step->bytes;

	script->failed = "a message is cut off";
	if (step->length < sizeof(*message) || message->nlmsg_len < sizeof(*message) || message->nlmsg_len > step->length)
		return EINVAL;
	if (script->socket < 0 && open_socket(script) != 0)
		return script->error;
	message->nlmsg_seq = ++script->sequence;
	script->failed = "the kernel did not take a message";
	if (send(script->socket, message, message->nlmsg_len, 0) < 0)
		return errno;
	script->failed = "the kernel did not answer";
	return await_answer(script);
}

static int open_socket(struct netlink_script *script)
{
	const struct timeval timeout = {.tv_sec = TIMEOUT_SECONDS};
	const int on = 1;

	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return fail(script, "no socket could be made");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	script->socket = fd;
	return 0;
}

static void close_socket(struct netlink_script *script)
{
	if (script->socket >= 0)
		close(script->socket);
	script->socket = -1;
}

static int await_answer(struct netlink_script *script)
{
	for (bool over = false; !over;) {
		uint8_t *grown = realloc(script->answer, script->answered + ANSWER_MOST);
		if (grown == NULL)
			return ENOMEM;
		script->answer = grown;
		ssize_t count = recv(script->socket, grown + script->answered, ANSWER_MOST, 0);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return errno;
		size_t from = script->answered;
		script->answered += NLMSG_ALIGN((size_t)count);
		over = is_over(script, from);
	}
	return 0;
}

static bool is_over(struct netlink_script *script, size_t from)
{
	const struct nlmsghdr *message = (const struct nlmsghdr *)(script->answer + from);
	int left = (int)(script->answered - from);

	for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
		if (message->nlmsg_seq != script->sequence)
			continue;
		if (message->nlmsg_type == NLMSG_ERROR)
			script->refused = ((const struct nlmsgerr *)NLMSG_DATA(message))->error != 0;
		if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE)
			return true;
	}
	return false;
}

static int fail(struct netlink_script *script, const char *what)
{
	script->error = errno;
	script->failed = what;
	return script->error;
}
