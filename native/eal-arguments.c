#include "eal-arguments.h"

#include <rte_version.h>

#if RTE_VERSION < RTE_VERSION_NUM(25, 11, 0, 0)

/* Here rte_eal_init() returns an error. */
int eal_try_arguments(int argc, char *const *argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

#else

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_log.h>

#define PATIENCE_SECONDS 5
#define LONGEST_REFUSAL 4096
/* EAL reads the log levels right after its other arguments, and stops at one that is wrong. */
#define STOP_HERE "--log-level=eal-arguments:are-read"

static void try_in_child(int argc, char *const *argv, int output) __attribute__((noreturn));
static void refused(void);
static size_t read_to_end(int input, char *text, size_t size);

/*
 * From 25.11 on rte_eal_init() calls exit() for an argument that it does not know (exit_on_error of rte_argparse.h),
 * so a child process tries them first.
 */
int eal_try_arguments(int argc, char *const *argv)
{
	char said[LONGEST_REFUSAL];
	size_t length = 0;
	int ends[2];
	int status = 0;

	if (pipe(ends) != 0)
		return errno;
	pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		try_in_child(argc, argv, ends[1]);
	}
	int error = child < 0 ? errno : 0;
	close(ends[1]);
	if (error == 0) {
		length = read_to_end(ends[0], said, sizeof(said));
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		error = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS ? 0 : EINVAL;
	}
	close(ends[0]);
	if (error != 0)
		fwrite(said, 1, length, rte_log_get_stream());
	return error;
}

/* Ends without the exit handlers of the process that it was forked from. */
static void try_in_child(int argc, char *const *argv, int output)
{
	char stop[] = STOP_HERE;
	char **tried = calloc((size_t)argc + 2, sizeof(*tried));
	FILE *log = fdopen(output, "w");

	if (tried == NULL || log == NULL || atexit(refused) != 0)
		_exit(EXIT_FAILURE);
	setvbuf(log, NULL, _IONBF, 0);
	dup2(output, STDERR_FILENO); /* EAL writes some of its refusals there */
	rte_openlog_stream(log);
	alarm(PATIENCE_SECONDS);
	memcpy(tried, argv, (size_t)argc * sizeof(*tried));
	tried[argc] = stop;
	rte_eal_init(argc + 1, tried);
	_exit(EXIT_SUCCESS);
}

static void refused(void)
{
	_exit(EXIT_FAILURE);
}

/* What does not fit is read all the same, so that the writer never waits. */
static size_t read_to_end(int input, char *text, size_t size)
{
	char rest[256];
	size_t length = 0;

	for (;;) {
		char *to = length < size ? text + length : rest;
		ssize_t got = read(input, to, length < size ? size - length : sizeof(rest));
		if (got == 0 || (got < 0 && errno != EINTR))
			return length;
		if (got > 0 && to != rest)
			length += (size_t)got;
	}
}

#endif
